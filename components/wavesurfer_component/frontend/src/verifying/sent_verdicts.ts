/** Sends verdicts one after the other, so that the last one on a region is the one that is kept. */
import type { RegionToVerify } from "../api/answers";
import type { ReviewApi } from "../reviewing/review_api";

export interface SentVerdictsPorts {
  /** The server did not take one: what it said. */
  refused(place: number, problem: string): void;
}

export class SentVerdicts {
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly api: Pick<ReviewApi, "decideRegion">,
    private readonly ports: SentVerdictsPorts,
  ) {}

  send(place: number, { annotation, revision, region }: RegionToVerify, decision: "approve" | "reject" | null): void {
    this.last = this.last.then(async () => {
      try {
        await this.api.decideRegion(annotation, { region: region.id, revision, decision });
      } catch (error) {
        this.ports.refused(place, (error as Error).message);
      }
    });
  }

  /** When everything that was sent is answered. */
  settled(): Promise<void> {
    return this.last;
  }
}
