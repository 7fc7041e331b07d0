/** Beat grids that models suggest: each is accepted or rejected as a whole. */
import type { Prediction } from "../api/answers";
import { BEAT, type Point } from "./document";

export interface SuggestedGrid {
  prediction: Prediction;
  beats: readonly Point[];
  /** `taken` while the document has beats of it, edited or not. */
  standing: "open" | "taken" | "rejected";
}

/** The grids of predictions beside the points of a document. */
export function suggestedGrids(predictions: readonly Prediction[], points: Iterable<Point>): SuggestedGrid[] {
  const found = predictions.map((prediction) => ({ prediction, beats: beatsIn(prediction) })).filter(({ beats }) => beats.length > 0);
  if (!found.length) return [];
  const taken = new Set<string | null | undefined>();
  for (const { kind, origin } of points) if (kind === BEAT && origin?.kind === "model") taken.add(origin.prediction);
  return found.map(({ prediction, beats }) => ({ prediction, beats, standing: taken.has(prediction.id) ? "taken" : isRejected(prediction, beats) ? "rejected" : "open" }));
}

export function beatsIn({ document }: Pick<Prediction, "document">): Point[] {
  return document.points.filter((point) => point.kind === BEAT);
}

function isRejected({ decisions }: Prediction, beats: readonly Point[]): boolean {
  return beats.every(({ id }) => decisions[id] === "rejected");
}
