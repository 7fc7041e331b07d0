/** What models suggest: what nobody has decided about yet, and what was rejected. */
import type { Prediction } from "../api/answers";
import { type Caption, markedIn, type Point, type Region, type Tag } from "./document";
import type { DocumentItems } from "./items";
import type { ItemDecision } from "./pending_decisions";
import { type SuggestedGrid, suggestedGrids } from "./suggested_grids";

export interface Suggestion {
  prediction: Prediction;
  region: Region;
}

export interface SuggestedTag {
  prediction: Prediction;
  tag: Tag;
}

interface Known {
  open: Map<string, Suggestion>;
  rejected: Map<string, Suggestion>;
  /** Those that the document has. */
  taken: Map<string, Suggestion>;
  /** Of those, what the document has under another id: a part of one that was split. */
  elsewhere: Set<string>;
}

const sourceOf = (prediction: string, region: string): string => `${prediction}:${region}`;

export class OpenSuggestions {
  /** Decisions that the server does not have yet. */
  pending: () => readonly ItemDecision[] = () => [];
  private asked: Prediction[] = [];
  /** Suggested regions by their ids, until they must be worked out again. */
  private known: Known | null = null;

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
    return (this.known ??= this.sorted()).open;
  }

  /** Suggested regions that were rejected, by their ids. */
  get rejectedRegions(): ReadonlyMap<string, Suggestion> {
    return (this.known ??= this.sorted()).rejected;
  }

  /** Suggested tags that are neither in the document nor rejected. */
  get tags(): SuggestedTag[] {
    return this.tagsThat((rejected) => !rejected);
  }

  /** Suggested tags that were rejected, and are not in the document. */
  get rejectedTags(): SuggestedTag[] {
    return this.tagsThat((rejected) => rejected);
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

  /** Suggested captions that were rejected. */
  get rejectedCaptions(): { prediction: Prediction; caption: Caption }[] {
    return this.asked.flatMap((prediction) => {
      const { caption } = prediction.document;
      return caption && prediction.decisions["caption"] === "rejected" ? [{ prediction, caption }] : [];
    });
  }

  /** Note a decision; false when its prediction is not there. */
  decide(prediction: string, item: string, rejected: boolean): boolean {
    const decisions = this.decisionsOn(prediction);
    if (!decisions) return false;
    if (rejected) decisions[item] = "rejected";
    else delete decisions[item];
    this.reopen(item);
    return true;
  }

  /** Whether a suggested region is open, rejected, or neither any more. */
  reopen(id: string): void {
    if (!this.known) return;
    const { open, rejected, taken } = this.known;
    const found = open.get(id) ?? rejected.get(id) ?? taken.get(id);
    if (!found) return; // a beat, a tag, or no suggestion at all
    const own = this.items().of("regions").has(id) || this.items().of("points").has(id) || this.known.elsewhere.has(sourceOf(found.prediction.id, id));
    for (const one of [open, rejected, taken]) one.delete(id);
    (own ? taken : found.prediction.decisions[id] === "rejected" ? rejected : open).set(id, found);
  }

  /** Beat grids that models suggest. */
  get grids(): SuggestedGrid[] {
    return suggestedGrids(this.asked, this.items().of("points").values() as Iterable<Point>);
  }

  private sorted(): Known {
    const open = new Map<string, Suggestion>();
    const rejected = new Map<string, Suggestion>();
    const taken = new Map<string, Suggestion>();
    const elsewhere = new Set<string>();
    if (!this.asked.length) return { open, rejected, taken, elsewhere };
    const sources = new Set<string>();
    for (const collection of ["regions", "points"] as const) {
      for (const { id, origin } of this.items().of(collection).values() as Iterable<Region | Point>) {
        if (origin?.kind !== "model" || !origin.region) continue;
        const source = sourceOf(String(origin.prediction), origin.region);
        sources.add(source);
        if (id !== origin.region) elsewhere.add(source);
      }
    }
    for (const prediction of this.asked) {
      for (const region of markedIn(prediction.document)) {
        const isTaken = sources.has(sourceOf(prediction.id, region.id));
        (isTaken ? taken : prediction.decisions[region.id] === "rejected" ? rejected : open).set(region.id, { prediction, region });
      }
    }
    return { open, rejected, taken, elsewhere };
  }

  private tagsThat(fits: (rejected: boolean) => boolean): SuggestedTag[] {
    const present = this.items().of("tags");
    return this.asked.flatMap((prediction) =>
      prediction.document.tags
        .filter((tag) => !present.has(tag.label) && fits(prediction.decisions[`tag:${tag.label}`] === "rejected"))
        .map((tag) => ({ prediction, tag })),
    );
  }

  private decisionsOn(prediction: string): Record<string, string> | undefined {
    return this.asked.find((one) => one.id === prediction)?.decisions;
  }
}
