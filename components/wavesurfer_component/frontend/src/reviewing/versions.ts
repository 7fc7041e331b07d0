/** The versions that a review compares: what each annotator handed in, and what each model predicted. */
import type { Annotation, Prediction } from "../api/answers";
import { type AnnotationDocument, markedIn, type Origin, type Region } from "../editing/document";
import { msg, t } from "../i18n";
import type { Version } from "./disagreements";

export interface ReviewVersion extends Version {
  name: string;
  /** Of a person the username. */
  user: string | null;
  /** How it stands, or that it is a model's. */
  caption: string;
  marks: readonly Region[];
  /** All that a person said; null of a model, of which only regions and instants are taken. */
  document: AnnotationDocument | null;
  /** Where a region comes from that is taken from here. */
  originOf(mark: Region): Origin;
}

const STATES: Record<Annotation["state"], string> = { draft: msg("draft"), submitted: msg("submitted"), approved: msg("approved"), rejected: msg("sent back") };

/** The annotation under review first, then those of others, then one version of each model. */
export function versionsOf(annotation: Annotation, others: readonly Annotation[], predictions: readonly Prediction[]): ReviewVersion[] {
  return [...[annotation, ...others].map(ofAnnotation), ...ofModels(predictions)];
}

/** What the lane of a version is called. */
export const laneOfVersion = ({ id }: Version): string => `version:${id}`;

function ofAnnotation(annotation: Annotation): ReviewVersion {
  return {
    id: annotation.id!,
    name: annotation.annotator?.name ?? annotation.user,
    user: annotation.annotator?.username ?? annotation.user,
    caption: t(STATES[annotation.state]),
    marks: markedIn(annotation.document),
    document: annotation.document,
    originOf: ({ id }) => ({ kind: "consensus", annotation: annotation.id, region: id }),
  };
}

/** Predictions come newest first: of a model all parts of its newest version. */
function ofModels(predictions: readonly Prediction[]): ReviewVersion[] {
  const byModel = new Map<string, Prediction[]>();
  for (const one of predictions) {
    const found = byModel.get(one.model);
    if (!found) byModel.set(one.model, [one]);
    else if (found[0]!.version === one.version) found.push(one);
  }
  return [...byModel].map(([model, parts]) => ({
    id: `model-${model}`,
    name: `${parts[0]!.model_name} ${parts[0]!.version}`,
    user: null,
    caption: t("model"),
    marks: parts.flatMap(({ id, document }) => markedIn(document).map((mark) => ({ ...mark, id: parts.length > 1 ? `${id}-${mark.id}` : mark.id }))),
    document: null,
    originOf: ({ origin }) => ({ ...origin, kind: "consensus" }),
  }));
}
