/** The editor's state: what the document says, what models suggest, what is selected; every edit goes through here. */
import type { Label, Prediction, RegionDecision, Review } from "../api";
import {
  type Caption,
  type Change,
  type Collection,
  type Decision,
  type Items,
  itemKey,
  operationOf,
  type Operation,
  type Region,
  type Tag,
  type Value,
} from "./document";
import { History } from "./history";
import type { Drawn } from "../layers/regions";

export interface Suggestion {
  prediction: Prediction;
  region: Region;
}

export class Store {
  items: Items = new Map();
  predictions: Prediction[] = [];
  reviews: Review[] = [];
  selected: string | null = null;
  threshold = 0;
  hidesSuggestions = false;
  readonly history = new History();
  private readonly labels: Map<string, Label>;

  constructor(
    labels: readonly Label[],
    private readonly saved: (operations: Operation[]) => void,
    private readonly decided: (prediction: string, item: string, decision: "rejected" | "undecided") => void,
    private readonly changed: () => void,
  ) {
    this.labels = new Map(labels.map((label) => [label.id, label]));
  }

  label(id: string): Label {
    return this.labels.get(id) ?? { id, name: id, color: "#7f7f7f", key: null, parent: null, description: "" };
  }

  /** Make an edit: shown at once, noted for undo, sent to be saved. */
  edit(changes: Change[], key: string | null = null): void {
    if (!changes.length) return;
    this.history.push(changes, key);
    this.apply(changes);
  }

  undo(): boolean {
    const changes = this.history.undo();
    if (changes) this.apply(changes);
    return changes !== null;
  }

  redo(): boolean {
    const changes = this.history.redo();
    if (changes) this.apply(changes);
    return changes !== null;
  }

  put(collection: Collection, id: string, after: Value | null): Change {
    return { collection, id, before: this.items.get(itemKey(collection, id)) ?? null, after };
  }

  region(id: string | null): Region | null {
    return id === null ? null : ((this.items.get(itemKey("regions", id)) as Region | undefined) ?? null);
  }

  suggestion(id: string | null): Suggestion | null {
    return this.suggestions().find((one) => one.region.id === id) ?? null;
  }

  get tags(): Tag[] {
    return this.collection<Tag>("tags");
  }

  get caption(): Caption | null {
    return (this.items.get(itemKey("caption", "caption")) as Caption | undefined) ?? null;
  }

  /** Regions that models suggest and nobody has accepted or rejected yet. */
  suggestions(): Suggestion[] {
    const taken = new Set<string>();
    for (const region of this.collection<Region>("regions")) {
      if (region.origin.kind === "model" && region.origin.region) taken.add(`${region.origin.prediction}:${region.origin.region}`);
    }
    return this.predictions.flatMap((prediction) =>
      prediction.document.regions
        .filter((region) => prediction.decisions[region.id] !== "rejected" && !taken.has(`${prediction.id}:${region.id}`))
        .map((region) => ({ prediction, region })),
    );
  }

  /** Tags that models suggest and that are neither in the document nor rejected. */
  suggestedTags(): { prediction: Prediction; tag: Tag }[] {
    const present = new Set(this.tags.map((tag) => tag.label));
    return this.predictions.flatMap((prediction) =>
      prediction.document.tags
        .filter((tag) => !present.has(tag.label) && prediction.decisions[`tag:${tag.label}`] !== "rejected")
        .map((tag) => ({ prediction, tag })),
    );
  }

  suggestedCaption(): { prediction: Prediction; caption: Caption } | null {
    for (const prediction of this.predictions) {
      const caption = prediction.document.caption;
      const present = this.caption;
      const taken = present !== null && (present.text === caption?.text || present.origin.prediction === prediction.id);
      if (caption && !taken && prediction.decisions["caption"] !== "rejected") return { prediction, caption };
    }
    return null;
  }

  /** What the last review said on a region. */
  feedback(id: string): RegionDecision | null {
    const last = this.reviews[this.reviews.length - 1];
    return last?.regions.find((one) => one.id === id) ?? null;
  }

  /** Everything that is drawn, in order of time. */
  drawn(): Drawn[] {
    const own: Drawn[] = this.collection<Region>("regions").map((region) => {
      const feedback = this.feedback(region.id);
      return {
        id: region.id,
        start: region.start,
        end: region.end,
        label: region.label,
        text: region.text || this.label(region.label).name,
        mark: feedback?.decision === "reject" ? "rejected" : region.origin.kind === "model" ? "accepted" : "human",
        score: region.origin.score ?? null,
        feedback: feedback !== null && feedback.decision === "reject",
      };
    });
    const suggested: Drawn[] = (this.hidesSuggestions ? [] : this.suggestions()).map(({ region }) => ({
      id: region.id,
      start: region.start,
      end: region.end,
      label: region.label,
      text: region.text || this.label(region.label).name,
      mark: (region.origin.score ?? 0) >= this.threshold ? "prediction" : "below",
      score: region.origin.score ?? null,
      feedback: false,
    }));
    return [...own, ...suggested].sort((a, b) => a.start - b.start || a.end - b.end);
  }

  collection<T>(collection: Collection): T[] {
    const prefix = `${collection}:`;
    const found: T[] = [];
    for (const [key, value] of this.items) if (key.startsWith(prefix)) found.push(value as T);
    return found;
  }

  /** The change that rejects an item of a prediction: a region by its id, `tag:<label>` or `caption`. */
  rejection(prediction: string, item: string): Change {
    const after: Decision = { decision: "rejected" };
    return { collection: "decisions", id: `${prediction}:${item}`, before: null, after };
  }

  /** Note a decision as it is on the server. */
  setDecision(prediction: string, item: string, rejected: boolean): void {
    const decisions = this.predictions.find((one) => one.id === prediction)?.decisions;
    if (!decisions) return;
    if (rejected) decisions[item] = "rejected";
    else delete decisions[item];
  }

  private apply(changes: Change[]): void {
    const operations: Operation[] = [];
    for (const change of changes) {
      if (change.collection === "decisions") {
        this.decide(change);
        continue;
      }
      const key = itemKey(change.collection, change.id);
      if (change.after === null) this.items.delete(key);
      else this.items.set(key, change.after);
      operations.push(operationOf({ ...change, collection: change.collection }));
    }
    if (operations.length) this.saved(operations);
    this.changed();
  }

  private decide(change: Change): void {
    const at = change.id.indexOf(":");
    const [prediction, item] = [change.id.slice(0, at), change.id.slice(at + 1)];
    this.setDecision(prediction, item, change.after !== null);
    this.decided(prediction, item, change.after === null ? "undecided" : "rejected");
  }
}
