/** What models suggest and nobody has decided about yet. */
import type { Prediction } from "../api";
import { type Caption, markedIn, type Point, type Region, type Tag } from "./document";
import type { DocumentItems } from "./items";
import type { ItemDecision } from "./pending_decisions";

export interface Suggestion {
  prediction: Prediction;
  region: Region;
}

export class OpenSuggestions {
  /** Decisions that the server does not have yet. */
  pending: () => readonly ItemDecision[] = () => [];
  private asked: Prediction[] = [];
  /** Suggested regions by their ids, until they must be worked out again. */
  private known: Map<string, Suggestion> | null = null;

  /** `items` is the document as it is now. */
  constructor(private readonly items: () => DocumentItems) {}

  get predictions(): Prediction[] {
    return this.asked;
  }

  set predictions(predictions: Prediction[]) {
    this.asked = predictions;
    for (const { prediction, region, decision } of this.pending()) {
      const decisions = this.decisionsOn(prediction);
      if (decisions && decision === "rejected") decisions[region] = decision;
      else delete decisions?.[region];
    }
    this.stale();
  }

  /** Work everything out again. */
  stale(): void {
    this.known = null;
  }

  /** Suggested regions that are neither accepted nor rejected, by their ids. */
  get regions(): ReadonlyMap<string, Suggestion> {
    return (this.known ??= new Map(this.openRegions().map((one) => [one.region.id, one])));
  }

  /** Suggested tags that are neither in the document nor rejected. */
  get tags(): { prediction: Prediction; tag: Tag }[] {
    const present = this.items().of("tags");
    return this.asked.flatMap((prediction) =>
      prediction.document.tags
        .filter((tag) => !present.has(tag.label) && prediction.decisions[`tag:${tag.label}`] !== "rejected")
        .map((tag) => ({ prediction, tag })),
    );
  }

  get caption(): { prediction: Prediction; caption: Caption } | null {
    const present = (this.items().of("caption").get("caption") as Caption | undefined) ?? null;
    for (const prediction of this.asked) {
      const caption = prediction.document.caption;
      const taken = present !== null && (present.text === caption?.text || present.origin.prediction === prediction.id);
      if (caption && !taken && prediction.decisions["caption"] !== "rejected") return { prediction, caption };
    }
    return null;
  }

  /** Note a decision; false when its prediction is not there. */
  decide(prediction: string, item: string, rejected: boolean): boolean {
    const decisions = this.decisionsOn(prediction);
    if (!decisions) return false;
    if (rejected) decisions[item] = "rejected";
    else delete decisions[item];
    this.reopen(item, prediction);
    return true;
  }

  /** Whether a suggested region is open again, or not any more. */
  reopen(id: string, of: string | null = null): void {
    if (!this.known) return;
    const found = this.known.get(id);
    const prediction = found?.prediction ?? this.asked.find((one) => (of === null || one.id === of) && markedIn(one.document).some((region) => region.id === id));
    const region = found?.region ?? (prediction && markedIn(prediction.document).find((one) => one.id === id));
    const own = this.items().of("regions").has(id) || this.items().of("points").has(id);
    if (prediction && region && !own && prediction.decisions[id] !== "rejected") this.known.set(id, { prediction, region });
    else this.known.delete(id);
  }

  private openRegions(): Suggestion[] {
    if (!this.asked.length) return [];
    const taken = new Set<string>();
    for (const collection of ["regions", "points"] as const) {
      for (const { origin } of this.items().of(collection).values() as Iterable<Region | Point>) {
        if (origin?.kind === "model" && origin.region) taken.add(`${origin.prediction}:${origin.region}`);
      }
    }
    return this.asked.flatMap((prediction) =>
      markedIn(prediction.document)
        .filter((region) => prediction.decisions[region.id] !== "rejected" && !taken.has(`${prediction.id}:${region.id}`))
        .map((region) => ({ prediction, region })),
    );
  }

  private decisionsOn(prediction: string): Record<string, string> | undefined {
    return this.asked.find((one) => one.id === prediction)?.decisions;
  }
}
