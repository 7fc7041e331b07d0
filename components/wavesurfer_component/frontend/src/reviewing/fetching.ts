/** All that is fetched before a review is shown. */
import { type Annotation, type ComparedCaptions, type GroundTruthAnswer, type Prediction, type Preferences, type Project, type RegionDecision, type SentBack, type Task, USUAL_PREFERENCES } from "../api/answers";
import { Problem } from "../api/problem";
import { speak, t } from "../i18n";
import type { ReviewApi } from "./review_api";

export interface Fetched {
  task: Task;
  project: Project;
  annotation: Annotation;
  others: Annotation[];
  predictions: Prediction[];
  /** Null where the person may not see it. */
  groundTruth: GroundTruthAnswer | null;
  /** Null where it was never sent back. */
  sentBack: SentBack | null;
  /** What the reviewer said of regions in the verify grid. */
  verdicts: RegionDecision[];
  /** Null where they are not compared. */
  captions: ComparedCaptions | null;
  preferences: Preferences;
  /** Who reviews. */
  me: string;
}

export async function fetchReview(api: ReviewApi, taskId: string, projectId: string, annotationId: string): Promise<Fetched> {
  const [task, project, annotations, preferences, predictions, groundTruth, verdicts, captions, me] = await Promise.all([
    api.task(taskId),
    api.project(projectId),
    api.annotations(taskId),
    api.preferences().catch(() => USUAL_PREFERENCES),
    api.predictions(taskId).then(({ items }) => items, unlessForbidden<Prediction[]>([])),
    api.groundTruth(taskId).catch(unlessForbidden(null)),
    api.regionVerdicts(annotationId).catch(unlessForbidden<RegionDecision[]>([])),
    api.captions(taskId).catch(unlessForbidden(null)),
    api.me(),
  ]);
  const annotation = annotations.find((one) => one.id === annotationId);
  if (!annotation) {
    await speak(preferences.language);
    throw new Error(t("It is not in your review queue any more: it was decided or withdrawn. Reload the page for the next one."));
  }
  const others = annotations.filter((one) => one !== annotation);
  const sentBack = annotation.reviews.some((one) => one.decision === "reject") ? await api.sentBack(annotationId) : null;
  return { task, project, annotation, others, predictions, groundTruth, sentBack, verdicts, captions, preferences, me };
}

/** What is not shown to this person is as if it were not there. */
function unlessForbidden<T>(otherwise: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof Problem && (error.status === 403 || error.status === 404)) return otherwise;
    throw error;
  };
}
