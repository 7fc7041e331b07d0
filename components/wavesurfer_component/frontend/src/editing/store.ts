/** The editor's state: what the document says, what models suggest, what is selected; every edit goes through here. */
import type { Label, Prediction, RegionDecision, Review } from "../api";
import {
  BEAT,
  type Caption,
  type Change,
  type Collection,
  type Decided,
  type Decision,
  instantOf,
  type Items,
  itemKey,
  keptForm,
  operationOf,
  type Operation,
  type Point,
  type Region,
  type Tag,
  type Value,
} from "./document";
import { DrawnList, type DrawnChange } from "./drawn_list";
import { History } from "./history";
import { Selection } from "./selection";
import { laneOf } from "./tiers";
import type { Drawn } from "../layers/regions";

export interface Suggestion {
  prediction: Prediction;
  region: Region;
}

/** Stands in for a label that is not in the project's set any more. */
export function unknownLabel(id: string): Label {
  return { id, name: id, color: "#7f7f7f", key: null, parent: null, description: "", overlap: "allow", shortest: 0, vocabulary: "free", attributes: [] };
}

type ByCollection = Record<Collection, Map<string, Value>>;

function grouped(items: Items): ByCollection {
  const groups: ByCollection = { regions: new Map(), points: new Map(), tags: new Map(), caption: new Map(), answers: new Map(), tiers: new Map() };
  for (const [key, value] of items) groups[key.slice(0, key.indexOf(":")) as Collection].set(key, value);
  return groups;
}

export class Store {
  readonly selection = new Selection();
  readonly history = new History();
  /** How many regions and instants lie on each tier. */
  readonly tierCounts = new Map<string, number>();
  private held: Items = new Map();
  private byCollection = grouped(new Map());
  private asked: Prediction[] = [];
  private said: Review[] = [];
  private lowest = 0;
  private hidden = false;
  private readonly labels: Map<string, Label>;
  /** What was worked out from all of the above, until one of them changes. */
  private open: Map<string, Suggestion> | null = null;
  private readonly list = new DrawnList(
    () => this.allDrawn(),
    (id) => this.drawnOne(id),
  );
  private grid: readonly Point[] | null = null;

  constructor(
    readonly allLabels: readonly Label[],
    private readonly saved: (operations: Operation[]) => void,
    private readonly decided: (prediction: string, item: string, decision: "rejected" | "undecided", by?: Decided) => void,
    private readonly changed: () => void,
    /** Whether lanes are tiers. */
    readonly byTier = false,
  ) {
    this.labels = new Map(allLabels.map((label) => [label.id, label]));
  }

  /** All items of the document. */
  get items(): Items {
    return this.held;
  }

  set items(items: Items) {
    this.held = items;
    this.byCollection = grouped(items);
    this.tierCounts.clear();
    for (const one of [...this.byCollection.regions.values(), ...this.byCollection.points.values()]) this.countTier(one, 1);
    this.stale();
  }

  get predictions(): Prediction[] {
    return this.asked;
  }

  set predictions(predictions: Prediction[]) {
    this.asked = predictions;
    this.stale();
  }

  get reviews(): Review[] {
    return this.said;
  }

  set reviews(reviews: Review[]) {
    this.said = reviews;
    this.stale();
  }

  /** The lowest score of suggestions that are worth a look. */
  get threshold(): number {
    return this.lowest;
  }

  set threshold(score: number) {
    this.lowest = score;
    this.list.reset();
  }

  get hidesSuggestions(): boolean {
    return this.hidden;
  }

  set hidesSuggestions(hidden: boolean) {
    this.hidden = hidden;
    this.list.reset();
  }

  /** The region whose edges keys move. */
  get selected(): string | null {
    return this.selection.primary;
  }

  /** Select one region alone, or none. */
  set selected(id: string | null) {
    this.selection.only(id);
  }

  label(id: string): Label {
    return this.labels.get(id) ?? unknownLabel(id);
  }

  /** Replace an item as the server keeps it; no edit, and nothing to undo. */
  correct(collection: Collection, id: string, value: Value): void {
    this.keep(collection, id, value);
    this.changedItems([{ collection, id, before: null, after: value }]);
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
    return { collection, id, before: this.held.get(itemKey(collection, id)) ?? null, after };
  }

  /** A region or a labeled instant of the document. */
  region(id: string | null): Region | null {
    if (id === null) return null;
    const region = this.held.get(itemKey("regions", id)) as Region | undefined;
    const point = region ? undefined : (this.held.get(itemKey("points", id)) as Point | undefined);
    return region ?? (point ? instantOf(point) : null);
  }

  /** All regions and labeled instants of the document. */
  ownRegions(): Region[] {
    const instants = this.collection<Point>("points").map(instantOf).filter((one) => one !== null);
    return [...this.collection<Region>("regions"), ...instants];
  }

  /** The change that makes a region or a labeled instant what it shall be. */
  putRegion(after: Region): Change {
    const { collection, value } = keptForm(after);
    return this.put(collection, after.id, value);
  }

  /** The beats of the document, ascending. */
  get beats(): readonly Point[] {
    return (this.grid ??= this.collection<Point>("points")
      .filter((point) => point.kind === BEAT)
      .sort((one, other) => one.time - other.time));
  }

  suggestion(id: string | null): Suggestion | null {
    return id === null ? null : (this.byId().get(id) ?? null);
  }

  get tags(): Tag[] {
    return this.collection<Tag>("tags");
  }

  get caption(): Caption | null {
    return (this.held.get(itemKey("caption", "caption")) as Caption | undefined) ?? null;
  }

  /** Regions that models suggest and nobody has accepted or rejected yet. */
  suggestions(): Suggestion[] {
    return [...this.byId().values()];
  }

  private byId(): Map<string, Suggestion> {
    return (this.open ??= new Map(this.openSuggestions().map((one) => [one.region.id, one])));
  }

  private openSuggestions(): Suggestion[] {
    if (!this.asked.length) return [];
    const taken = new Set<string>();
    for (const { origin } of this.collection<Region>("regions")) if (origin.kind === "model" && origin.region) taken.add(`${origin.prediction}:${origin.region}`);
    return this.asked.flatMap((prediction) =>
      prediction.document.regions
        .filter((region) => prediction.decisions[region.id] !== "rejected" && !taken.has(`${prediction.id}:${region.id}`))
        .map((region) => ({ prediction, region })),
    );
  }

  /** Tags that models suggest and that are neither in the document nor rejected. */
  suggestedTags(): { prediction: Prediction; tag: Tag }[] {
    const present = new Set(this.tags.map((tag) => tag.label));
    return this.asked.flatMap((prediction) =>
      prediction.document.tags
        .filter((tag) => !present.has(tag.label) && prediction.decisions[`tag:${tag.label}`] !== "rejected")
        .map((tag) => ({ prediction, tag })),
    );
  }

  suggestedCaption(): { prediction: Prediction; caption: Caption } | null {
    for (const prediction of this.asked) {
      const caption = prediction.document.caption;
      const present = this.caption;
      const taken = present !== null && (present.text === caption?.text || present.origin.prediction === prediction.id);
      if (caption && !taken && prediction.decisions["caption"] !== "rejected") return { prediction, caption };
    }
    return null;
  }

  /** What the last review said on a region. */
  feedback(id: string): RegionDecision | null {
    const last = this.said[this.said.length - 1];
    return last?.regions.find((one) => one.id === id) ?? null;
  }

  /** Everything that is drawn, in order of time; the same array until everything may be different. */
  drawn(): readonly Drawn[] {
    return this.list.get();
  }

  /** What is drawn otherwise than the last time this was asked; null when everything may be. */
  takeChanges(): DrawnChange[] | null {
    return this.list.takeChanges();
  }

  collection<T>(collection: Collection): T[] {
    return [...this.byCollection[collection].values()] as T[];
  }

  /** The change that takes a region away: deletes it, or rejects it when it is a suggestion; null when it is neither. */
  removal(id: string): Change | null {
    const present = this.region(id);
    if (present) return this.put(keptForm(present).collection, id, null);
    const found = this.suggestion(id);
    return found && this.rejection(found.prediction.id, id);
  }

  /** The change that rejects an item of a prediction: a region by its id, `tag:<label>` or `caption`. */
  rejection(prediction: string, item: string): Change {
    const after: Decision = { decision: "rejected" };
    return { collection: "decisions", id: `${prediction}:${item}`, before: null, after };
  }

  /** Note a decision as it is on the server. */
  setDecision(prediction: string, item: string, rejected: boolean): void {
    const decisions = this.asked.find((one) => one.id === prediction)?.decisions;
    if (!decisions) return;
    if (rejected) decisions[item] = "rejected";
    else delete decisions[item];
    this.reopen(item, prediction);
    this.list.changed([item]);
  }

  private apply(changes: Change[]): void {
    const operations: Operation[] = [];
    for (const change of changes) {
      if (change.collection === "decisions") {
        this.decide(change);
        continue;
      }
      this.keep(change.collection, change.id, change.after);
      operations.push(operationOf({ ...change, collection: change.collection }));
    }
    this.changedItems(changes);
    if (operations.length) this.saved(operations);
    this.changed();
  }

  private keep(collection: Collection, id: string, value: Value | null): void {
    const key = itemKey(collection, id);
    if (collection === "regions" || collection === "points") {
      this.countTier(this.held.get(key) ?? null, -1);
      this.countTier(value, 1);
    }
    if (value === null) {
      this.held.delete(key);
      this.byCollection[collection].delete(key);
    } else {
      this.held.set(key, value);
      this.byCollection[collection].set(key, value);
    }
  }

  private countTier(value: Value | null, by: 1 | -1): void {
    const tier = (value as Region | Point | null)?.tier;
    if (!tier) return;
    const count = (this.tierCounts.get(tier) ?? 0) + by;
    if (count) this.tierCounts.set(tier, count);
    else this.tierCounts.delete(tier);
  }

  private stale(): void {
    this.open = null;
    this.list.reset();
    this.grid = null;
  }

  /** Bring what was worked out in line with changed items: item by item, where that is possible. */
  private changedItems(changes: readonly Change[]): void {
    const regions = changes.filter((change) => change.collection === "regions");
    const moved = regions.some(({ id, before, after }) => [before, after].some((one) => ((one as Region | null)?.origin.region ?? id) !== id));
    if (moved) return this.stale(); // a suggestion was taken over under another id
    if (changes.some((change) => change.collection === "points")) this.grid = null;
    for (const { id } of regions) this.reopen(id);
    this.list.changed(changes.filter((change) => change.collection === "regions" || change.collection === "points").map((change) => change.id));
  }

  /** Whether a suggested region is open again, or not any more. */
  private reopen(id: string, of: string | null = null): void {
    if (!this.open) return;
    const found = this.open.get(id);
    const prediction = found?.prediction ?? this.asked.find((one) => (of === null || one.id === of) && one.document.regions.some((region) => region.id === id));
    const region = found?.region ?? prediction?.document.regions.find((one) => one.id === id);
    const own = this.byCollection.regions.has(itemKey("regions", id));
    if (prediction && region && !own && prediction.decisions[id] !== "rejected") this.open.set(id, { prediction, region });
    else this.open.delete(id);
  }

  private allDrawn(): Drawn[] {
    const own = this.ownRegions().map((region) => this.drawnOwn(region));
    return this.hidden ? own : own.concat(this.suggestions().map((one) => this.drawnSuggestion(one)));
  }

  private drawnOne(id: string): Drawn | null {
    const region = this.region(id);
    if (region) return this.drawnOwn(region);
    const found = this.hidden ? undefined : this.byId().get(id);
    return found ? this.drawnSuggestion(found) : null;
  }

  private drawnOwn(region: Region): Drawn {
    const sentBack = this.feedback(region.id)?.decision === "reject";
    const mark = sentBack ? "rejected" : region.origin.kind === "model" ? "accepted" : "human";
    return { ...this.shape(region), mark, feedback: sentBack };
  }

  private drawnSuggestion({ prediction, region }: Suggestion): Drawn {
    const mark = (region.origin.score ?? 0) >= this.lowest ? "prediction" : "below";
    return { ...this.shape(region), mark, feedback: false, prediction: prediction.id };
  }

  private shape({ id, start, end, low, high, label, tier, text, origin }: Region): Omit<Drawn, "mark" | "feedback"> {
    const lane = this.byTier ? { lane: laneOf(tier), color: this.label(label).color } : {};
    return { id, start, end, low: low ?? null, high: high ?? null, label, text: text || this.label(label).name, score: origin.score ?? null, ...lane };
  }

  private decide(change: Change): void {
    const at = change.id.indexOf(":");
    const [prediction, item] = [change.id.slice(0, at), change.id.slice(at + 1)];
    this.setDecision(prediction, item, change.after !== null);
    if (change.after === null) this.decided(prediction, item, "undecided");
    else this.decided(prediction, item, "rejected", change.by);
  }
}
