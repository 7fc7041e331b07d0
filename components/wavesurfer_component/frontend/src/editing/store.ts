/** The editor's state: what the document says, what models suggest, what is selected; every edit goes through here. */
import type { Label, Prediction, RegionDecision, Review } from "../api/answers";
import { type Change, type Decided, type Decision, type DocumentChange, keptForm, type Point, type Region } from "./document";
import { DrawnContents } from "./drawn_contents";
import type { ChangeReader, DrawnChange } from "./drawn_list";
import { EditedDocument } from "./edited_document";
import { OpenSuggestions, type Suggestion } from "./open_suggestions";
import type { ItemDecision } from "./pending_decisions";
import { Selection } from "./selection";
import type { SuggestedGrid } from "./suggested_grids";
import { laneOf } from "./tier_names";
import type { Drawn } from "../layers/regions";

/** The id of the suggestion that something was accepted from; its own for all else. */
const takenFrom = (one: Region | Point | null, id: string): string => (one?.origin?.kind === "model" && one.origin.region) || id;

/** With more selected than this, single ones do not stand out. */
const MOST_CHOSEN = 500;

/** Stands in for a label that is not in the project's set any more. */
export function unknownLabel(id: string): Label {
  return { id, name: id, color: "#7f7f7f", key: null, parent: null, description: "", overlap: "allow", shortest: 0, vocabulary: "free", attributes: [] };
}

export class Store extends EditedDocument {
  readonly selection = new Selection();
  private readonly suggested = new OpenSuggestions(() => this.held.items);
  private said: Review[] = [];
  private saidLast = new Map<string, RegionDecision>();
  private readonly labels: Map<string, Label>;
  private readonly contents: DrawnContents;

  constructor(
    readonly allLabels: readonly Label[],
    saved: (changes: readonly DocumentChange[]) => void,
    private readonly decided: (prediction: string, item: string, decision: "rejected" | "undecided", by?: Decided) => void,
    changed: () => void,
    /** Whether lanes are tiers. */
    readonly byTier = false,
  ) {
    super(saved, changed);
    this.labels = new Map(allLabels.map((label) => [label.id, label]));
    this.contents = new DrawnContents({
      held: this.held,
      suggested: this.suggested,
      label: (id) => this.label(id),
      sentBack: (id) => this.feedback(id)?.decision === "reject",
      byTier,
    });
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
    return this.contents.threshold;
  }

  set threshold(score: number) {
    this.contents.threshold = score;
  }

  /** The threshold that was set, and holds where scores are seen. */
  get setThreshold(): number {
    return this.contents.setThreshold;
  }

  get hidesSuggestions(): boolean {
    return this.contents.hidesSuggestions;
  }

  set hidesSuggestions(hidden: boolean) {
    this.contents.hidesSuggestions = hidden;
  }

  /** Whether rejected suggestions are drawn too, to be taken back. */
  get showsRejected(): boolean {
    return this.contents.showsRejected;
  }

  set showsRejected(shown: boolean) {
    this.contents.showsRejected = shown;
  }

  get hidesScores(): boolean {
    return this.contents.hidesScores;
  }

  set hidesScores(hidden: boolean) {
    this.contents.hidesScores = hidden;
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

  suggestion(id: string | null): Suggestion | null {
    return id === null ? null : (this.suggested.regions.get(id) ?? null);
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
    return this.contents.rejected(id);
  }

  /** Tags and captions that were rejected, while such are shown. */
  rejectedItems(): Pick<OpenSuggestions, "rejectedTags" | "rejectedCaptions"> {
    return this.contents.seesRejected ? this.suggested : { rejectedTags: [], rejectedCaptions: [] };
  }

  /** Beat grids that models suggest and that may be seen: rejected ones while such are shown. */
  suggestedGrids(): SuggestedGrid[] {
    if (this.hidesSuggestions) return [];
    return this.suggested.grids.filter(({ standing }) => standing !== "rejected" || this.showsRejected);
  }

  /** How many suggestions were rejected, shown or not; a beat grid is one. */
  get rejectedCount(): number {
    const { rejectedRegions, rejectedTags, rejectedCaptions, grids } = this.suggested;
    return rejectedRegions.size + rejectedTags.length + rejectedCaptions.length + grids.filter(({ standing }) => standing === "rejected").length;
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
    return this.contents.list.get();
  }

  /** What is selected as it is drawn; of very many only some. */
  chosenDrawn(): Drawn[] {
    return this.selection.some(MOST_CHOSEN).map((id) => this.contents.list.find(id)).filter((one) => one !== null);
  }

  /** What is drawn otherwise than the last time this was asked; null when everything may be. */
  takeChanges(): DrawnChange[] | null {
    return this.contents.take();
  }

  /** The same for somebody else, who asks at other times. */
  changeReader(): ChangeReader {
    return this.contents.list.reader();
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
    if (this.suggested.decide(prediction, item, rejected)) this.contents.list.changed([item]);
  }

  protected stale(): void {
    this.suggested.stale();
    this.contents.list.reset();
  }

  /** Bring what was worked out in line with changed items: item by item, where that is possible. */
  protected changedItems(changes: readonly Change[]): void {
    const regions = changes.filter((change) => change.collection === "regions" || change.collection === "points");
    const moved = regions.some(({ id, before, after }) => [before, after].some((one) => takenFrom(one as Region | Point | null, id) !== id));
    if (moved) return this.stale(); // a suggestion was taken over under another id
    for (const { id } of regions) this.suggested.reopen(id);
    this.contents.list.changed(regions.map((change) => change.id));
  }

  protected decide(change: Change): void {
    const at = change.id.indexOf(":");
    const [prediction, item] = [change.id.slice(0, at), change.id.slice(at + 1)];
    this.setDecision(prediction, item, change.after !== null);
    if (change.after === null) this.decided(prediction, item, "undecided");
    else this.decided(prediction, item, "rejected", change.by);
  }
}
