/** What only a review asks of the server: kept out of what the editor loads before its first picture. */
import type { Annotation, ComparedCaptions, GroundTruthAnswer, NewReview, RegionDecision, RegionsToVerify, Review, SentBack } from "../api/answers";
import { HttpApi } from "../api/http_api";

export class ReviewApi extends HttpApi {
  annotations = async (task: string): Promise<Annotation[]> =>
    (await this.ask<{ items: Annotation[] }>("GET", `/tasks/${task}/annotations`)).items;
  review = (annotation: string, body: NewReview): Promise<Review> => this.ask("POST", `/annotations/${annotation}/reviews`, body);
  groundTruth = (task: string): Promise<GroundTruthAnswer> => this.ask("GET", `/tasks/${task}/consensus`);
  regionsToVerify = (project: string, label: string, offset: number): Promise<RegionsToVerify> =>
    this.ask("GET", `/projects/${project}/regions-to-verify?label=${encodeURIComponent(label)}&offset=${offset}`);
  decideRegion = (annotation: string, verdict: { region: string; revision: number; decision: "approve" | "reject" | null }): Promise<unknown> =>
    this.ask("PUT", `/annotations/${annotation}/region-verdicts`, verdict);
  regionVerdicts = async (annotation: string): Promise<RegionDecision[]> =>
    (await this.ask<{ items: RegionDecision[] }>("GET", `/annotations/${annotation}/region-verdicts`)).items;
  finishVerified = (project: string, feedback: string): Promise<{ approve: string[]; send_back: string[] }> =>
    this.ask("POST", `/projects/${project}/verified-annotations`, { feedback });
  captions = (task: string): Promise<ComparedCaptions> => this.ask("GET", `/tasks/${task}/captions`);
  /** Who is signed in: the username. */
  me = async (): Promise<string> => (await this.ask<{ username: string }>("GET", "/me")).username;
  sentBack = (annotation: string): Promise<SentBack | null> => this.ask("GET", `/annotations/${annotation}/sent-back`);
  /** What the answers of annotators weigh, as the last merge of the project learned it: by username. */
  weights = async (project: string): Promise<Map<string, number>> => {
    const { annotators } = await this.ask<{ annotators: { annotator: string; weights_time: number | null }[] }>("GET", `/projects/${project}/consensus`);
    return new Map(annotators.flatMap(({ annotator, weights_time }) => (weights_time === null ? [] : [[annotator, Math.max(0, weights_time)] as const])));
  };
  hold = (annotation: string): Promise<unknown> => this.ask("PUT", `/annotations/${annotation}/review-claim`);
  leave = (annotation: string): void => void this.ask("DELETE", `/annotations/${annotation}/review-claim`, undefined, true).catch(() => undefined);
}
