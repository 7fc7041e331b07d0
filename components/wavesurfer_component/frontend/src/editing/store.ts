/** The editor's state: what the document says, what models suggest, what is selected; every edit goes through here. */
import type { Label, Prediction, RegionDecision, Review } from "../api";
import {
  BEAT,
  type Caption,
  type Change,
  type Collection,
  type Decided,
  type Decision,
  type DocumentChange,
  instantOf,
  type Items,
  keptForm,
  type Point,
  type Region,
  type Tag,
  type Value,
} from "./document";
import { type ChangeReader, DrawnList, type DrawnChange } from "./drawn_list";
import { DrawnOnTier, DrawnRegion } from "./drawn_region";
import { History } from "./history";
import { DocumentItems } from "./items";
import type { Locks } from "./locks";
import { OpenSuggestions, type Suggestion } from "./open_suggestions";
import type { ItemDecision } from "./pending_decisions";
import { Selection } from "./selection";
import { laneOf } from "./tiers";
import type { Drawn, Mark } from "../layers/regions";

/** What lies on tiers, where there are tiers. */
const TIERED = ["regions", "points"] as const;

/** The id of the suggestion that something was accepted from; its own for all else. */
const takenFrom = (one: Region | Point | null, id: string): string => (one?.origin?.kind === "model" && one.origin.region) || id;

/** With more selected than this, single ones do not stand out. */
const MOST_CHOSEN = 500;

/** Stands in for a label that is not in the project's set any more. */
export function unknownLabel(id: string): Label {
  return { id, name: id, color: "#7f7f7f", key: null, parent: null, description: "", overlap: "allow", shortest: 0, vocabulary: "free", attributes: [] };
}

export class Store {
  readonly selection = new Selection();
  readonly history = new History();
  /** Lanes that must not be changed. */
  locks: Pick<Locks, "allowed" | "all"> | null = null;
  /** How many regions and instants lie on each tier. */
  readonly tierCounts = new Map<string, number>();
  private held = new DocumentItems();
  private readonly suggested = new OpenSuggestions(() => this.held);
  private said: Review[] = [];
  private saidLast = new Map<string, RegionDecision>();
  private lowest = 0;
  private hidden = false;
  private unscored = false;
  private ghosts = false;
  private readonly labels: Map<string, Label>;
  private readonly list = new DrawnList(
    () => this.allDrawn(),
    (id) => this.drawnOne(id),
  );
  private readonly drawnChanges = this.list.reader();
  private grid: readonly Point[] | null = null;

  constructor(
    readonly allLabels: readonly Label[],
    private readonly saved: (changes: readonly DocumentChange[]) => void,
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
    this.held = DocumentItems.from(items);
    this.tierCounts.clear();
    for (const collection of TIERED) for (const one of this.held.of(collection).values()) this.countTier(one, 1);
    this.stale();
  }

  /** Where decisions are that the server does not have yet. */
  set pending(pending: () => readonly ItemDecision[]) {
    this.suggested.pending = pending;
  }

  get predictions(): Prediction[] {
    return this.suggested.predictions;
  }

  set predictions(predictions: Prediction[]) {
    this.suggested.predictions = predictions;
    this.stale();
  }

  get reviews(): Review[] {
    return this.said;
  }

  set reviews(reviews: Review[]) {
    this.said = reviews;
    this.saidLast = new Map(reviews[reviews.length - 1]?.regions.map((one) => [one.id, one]));
    this.stale();
  }

  /** The lowest score of suggestions that are worth a look: any while scores are hidden. */
  get threshold(): number {
    return this.unscored ? 0 : this.lowest;
  }

  /** The threshold that was set, and holds where scores are seen. */
  get setThreshold(): number {
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

  /** Whether rejected suggestions are drawn too, to be taken back. */
  get showsRejected(): boolean {
    return this.ghosts;
  }

  set showsRejected(shown: boolean) {
    this.ghosts = shown;
    this.list.reset();
  }

  get hidesScores(): boolean {
    return this.unscored;
  }

  set hidesScores(hidden: boolean) {
    if (this.unscored === hidden) return;
    this.unscored = hidden;
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

  /** The lane that something of the document, or suggested, lies in. */
  laneOf({ label, tier }: { label: string; tier?: string | null }): string {
    return this.byTier ? laneOf(tier) : label;
  }

  /** Replace an item as the server keeps it; no edit, and nothing to undo. */
  correct(collection: Collection, id: string, value: Value): void {
    this.keep(collection, id, value);
    this.changedItems([{ collection, id, before: null, after: value }]);
  }

  /** Make an edit: shown at once, noted for undo, sent to be saved. How many changes were made: those in locked lanes are not. */
  edit(changes: Change[], key: string | null = null): number {
    const allowed = this.locks ? this.locks.allowed(changes) : changes;
    if (!allowed.length) return 0;
    this.history.push(allowed, key);
    this.apply(allowed);
    return allowed.length;
  }

  /** Take the last step back: what was changed by that; null when there is none, or it lies in a locked lane. */
  undo(): Change[] | null {
    return this.step(this.history.nextUndo, () => this.history.undo());
  }

  /** Make the last undone step again. */
  redo(): Change[] | null {
    return this.step(this.history.nextRedo, () => this.history.redo());
  }

  private step(next: readonly Change[], take: () => Change[] | null): Change[] | null {
    if (this.locks && !this.locks.all(next)) return null;
    const changes = take();
    if (changes) this.apply(changes);
    return changes;
  }

  put(collection: Collection, id: string, after: Value | null): Change {
    return { collection, id, before: this.held.of(collection).get(id) ?? null, after };
  }

  /** A region or a labeled instant of the document. */
  region(id: string | null): Region | null {
    if (id === null) return null;
    const region = this.held.of("regions").get(id) as Region | undefined;
    const point = region ? undefined : (this.held.of("points").get(id) as Point | undefined);
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
    return id === null ? null : (this.suggested.regions.get(id) ?? null);
  }

  get tags(): Tag[] {
    return this.collection<Tag>("tags");
  }

  get caption(): Caption | null {
    return (this.held.of("caption").get("caption") as Caption | undefined) ?? null;
  }

  /** Regions that models suggest and nobody has accepted or rejected yet. */
  suggestions(): Suggestion[] {
    return [...this.suggested.regions.values()];
  }

  /** Tags that models suggest and that are neither in the document nor rejected. */
  suggestedTags(): OpenSuggestions["tags"] {
    return this.suggested.tags;
  }

  /** A suggested region that was rejected, while such are shown. */
  rejected(id: string | null): Suggestion | null {
    return id === null || !this.seesRejected ? null : (this.suggested.rejectedRegions.get(id) ?? null);
  }

  /** Tags and captions that were rejected, while such are shown. */
  rejectedItems(): Pick<OpenSuggestions, "rejectedTags" | "rejectedCaptions"> {
    return this.seesRejected ? this.suggested : { rejectedTags: [], rejectedCaptions: [] };
  }

  /** How many suggestions were rejected, shown or not. */
  get rejectedCount(): number {
    const { rejectedRegions, rejectedTags, rejectedCaptions } = this.suggested;
    return rejectedRegions.size + rejectedTags.length + rejectedCaptions.length;
  }

  suggestedCaption(): OpenSuggestions["caption"] {
    return this.suggested.caption;
  }

  /** What the last review said on a region. */
  feedback(id: string): RegionDecision | null {
    return this.saidLast.get(id) ?? null;
  }

  /** Everything that is drawn, in order of time; the same array until everything may be different. */
  drawn(): readonly Drawn[] {
    return this.list.get();
  }

  /** What is selected as it is drawn; of very many only some. */
  chosenDrawn(): Drawn[] {
    return this.selection.some(MOST_CHOSEN).map((id) => this.list.find(id)).filter((one) => one !== null);
  }

  /** What is drawn otherwise than the last time this was asked; null when everything may be. */
  takeChanges(): DrawnChange[] | null {
    return this.drawnChanges();
  }

  /** The same for somebody else, who asks at other times. */
  changeReader(): ChangeReader {
    return this.list.reader();
  }

  collection<T>(collection: Collection): T[] {
    return [...this.held.of(collection).values()] as T[];
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

  /** The change that takes a rejection back. */
  reconsideration(prediction: string, item: string): Change {
    return { ...this.rejection(prediction, item), before: { decision: "rejected" }, after: null };
  }

  /** Note a decision as it is on the server. */
  setDecision(prediction: string, item: string, rejected: boolean): void {
    if (this.suggested.decide(prediction, item, rejected)) this.list.changed([item]);
  }

  private apply(changes: Change[]): void {
    const ofDocument: DocumentChange[] = [];
    for (const change of changes) {
      if (change.collection === "decisions") {
        this.decide(change);
        continue;
      }
      const { collection, id } = change;
      ofDocument.push({ ...change, collection, before: this.held.of(collection).get(id) ?? null });
      this.keep(collection, id, change.after);
    }
    this.changedItems(changes);
    if (ofDocument.length) this.saved(ofDocument);
    this.changed();
  }

  private keep(collection: Collection, id: string, value: Value | null): void {
    const items = this.held.of(collection);
    if (collection === "regions" || collection === "points") {
      this.countTier(items.get(id) ?? null, -1);
      this.countTier(value, 1);
    }
    if (value === null) items.delete(id);
    else items.set(id, value);
  }

  private countTier(value: Value | null, by: 1 | -1): void {
    const tier = (value as Region | Point | null)?.tier;
    if (!tier) return;
    const count = (this.tierCounts.get(tier) ?? 0) + by;
    if (count) this.tierCounts.set(tier, count);
    else this.tierCounts.delete(tier);
  }

  private stale(): void {
    this.suggested.stale();
    this.list.reset();
    this.grid = null;
  }

  /** Bring what was worked out in line with changed items: item by item, where that is possible. */
  private changedItems(changes: readonly Change[]): void {
    const regions = changes.filter((change) => change.collection === "regions" || change.collection === "points");
    const moved = regions.some(({ id, before, after }) => [before, after].some((one) => takenFrom(one as Region | Point | null, id) !== id));
    if (moved) return this.stale(); // a suggestion was taken over under another id
    if (changes.some((change) => change.collection === "points")) this.grid = null;
    for (const { id } of regions) this.suggested.reopen(id);
    this.list.changed(regions.map((change) => change.id));
  }

  private allDrawn(): Drawn[] {
    const drawn: Drawn[] = [];
    for (const region of this.held.of("regions").values()) drawn.push(this.drawnOwn(region as Region));
    for (const point of this.held.of("points").values()) {
      const instant = instantOf(point as Point);
      if (instant) drawn.push(this.drawnOwn(instant));
    }
    if (!this.hidden) for (const one of this.suggested.regions.values()) drawn.push(this.drawnSuggestion(one));
    if (this.seesRejected) for (const one of this.suggested.rejectedRegions.values()) drawn.push(this.drawnRejected(one));
    return drawn;
  }

  private drawnOne(id: string): Drawn | null {
    const region = this.region(id);
    if (region) return this.drawnOwn(region);
    const found = this.hidden ? undefined : this.suggested.regions.get(id);
    const rejected = found ? null : this.rejected(id);
    return found ? this.drawnSuggestion(found) : rejected && this.drawnRejected(rejected);
  }

  private drawnOwn(region: Region): Drawn {
    const sentBack = this.feedback(region.id)?.decision === "reject";
    const mark = sentBack ? "rejected" : region.origin.kind === "model" ? "accepted" : "human";
    return this.drawnAs(region, mark, sentBack);
  }

  private drawnSuggestion({ prediction, region }: Suggestion): Drawn {
    const mark = (region.origin.score ?? 0) >= this.threshold ? "prediction" : "below";
    return this.drawnAs(region, mark, false, prediction.id);
  }

  private drawnRejected({ prediction, region }: Suggestion): Drawn {
    return this.drawnAs(region, "dismissed", false, prediction.id);
  }

  private get seesRejected(): boolean {
    return this.ghosts && !this.hidden;
  }

  private drawnAs(region: Region, mark: Mark, feedback: boolean, prediction?: string): Drawn {
    const { name, color } = this.label(region.label);
    const score = this.unscored ? null : (region.origin.score ?? null);
    return this.byTier ? new DrawnOnTier(color, region, mark, name, feedback, score, prediction) : new DrawnRegion(region, mark, name, feedback, score, prediction);
  }

  private decide(change: Change): void {
    const at = change.id.indexOf(":");
    const [prediction, item] = [change.id.slice(0, at), change.id.slice(at + 1)];
    this.setDecision(prediction, item, change.after !== null);
    if (change.after === null) this.decided(prediction, item, "undecided");
    else this.decided(prediction, item, "rejected", change.by);
  }
}
