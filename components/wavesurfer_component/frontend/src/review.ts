/** The review editor: hear what somebody marked, decide region by region, approve or send back with feedback. */
import { el } from "./dom";
import { beatPoints, beatsOf } from "./editing/beat_points";
import { Bookmarks } from "./editing/bookmarks";
import { instantOf, itemsOf, type Region } from "./editing/document";
import { type KeyPress, NO_PRESS } from "./editing/key_press";
import { LaneControl } from "./editing/lane_control";
import { LaneStates } from "./editing/lane_states";
import { PersonalKeys } from "./editing/personal_keys";
import { placeActions } from "./editing/place_actions";
import type { Actions } from "./editing/region_actions";
import { browserStore } from "./editing/storage";
import { tierOf } from "./editing/tier_names";
import { BeatGrid } from "./engine/beat_grid";
import { Stage } from "./engine/stage";
import { RegionGrid } from "./grid/region_grid";
import { type RegionList, regionList } from "./grid/region_list";
import { reviewGrid } from "./grid/review_grid";
import { speak, spoken, t } from "./i18n";
import { Keyboard } from "./keyboard";
import { renewHints } from "./panels/key_hints";
import { instructionsPanel } from "./panels/instructions";
import { keyOverlay } from "./panels/overlay";
import { mediaKeys } from "./playback/media_keys";
import { playAction, transport, type Transport } from "./playback/transport";
import { changesSince } from "./reviewing/changes";
import { ChangesPanel } from "./reviewing/changes_panel";
import { ClipTruth } from "./reviewing/clip_truth";
import { Comparison } from "./reviewing/comparison";
import { Decisions } from "./reviewing/decisions";
import { DisagreementPanel } from "./reviewing/disagreement_panel";
import { type Fetched, fetchReview } from "./reviewing/fetching";
import { GroundTruth } from "./reviewing/ground_truth";
import { ReviewApi } from "./reviewing/review_api";
import { ReviewLanes } from "./reviewing/lanes";
import { clipPanel, earlierReviews } from "./reviewing/panels";
import { reviewPointing } from "./reviewing/pointing";
import { RegionDecisionPanel } from "./reviewing/region_panel";
import { Reserving } from "./reviewing/reserving";
import { ReviewSound } from "./reviewing/review_sound";
import { ReviewSelection } from "./reviewing/selection";
import { Sending } from "./reviewing/sending";
import { take, truthActions, type TruthPorts } from "./reviewing/truth_actions";
import { versionsOf } from "./reviewing/versions";
import { WholePanel } from "./reviewing/whole_panel";
import type { Scope } from "./scope";

export { mountStretchPlayer } from "./stretch_player"; // in one file with the review, whose parts they share
export { mountVerify } from "./verify";

export interface ReviewData {
  mode: "review";
  task: string;
  project: string;
  annotation: string;
  api: string;
  /** The id of whose page this is. */
  person: string;
}

export async function mountReview(
  host: HTMLElement,
  data: ReviewData,
  scope: Scope,
  reviewed: (annotation: string, decision: string) => void,
): Promise<void> {
  const api = new ReviewApi(data.api, data.person);
  const fetched = await fetchReview(api, data.task, data.project, data.annotation);
  await speak(fetched.preferences.language);
  if (scope.ended) return; // left while it was fetched
  host.lang = spoken();
  new ReviewEditor(host, api, fetched, scope, reviewed);
}

class ReviewEditor {
  private readonly stage: Stage;
  private readonly list: RegionList;
  private readonly bar: Transport;
  private readonly sound: ReviewSound;
  private readonly keyboard: Keyboard;
  private readonly decisions: Decisions;
  private readonly comparison: Comparison;
  private readonly lanes: ReviewLanes;
  private readonly disagreements: DisagreementPanel;
  private readonly changes: ChangesPanel;
  private readonly sending: Sending;
  private readonly clip: ClipTruth | null;
  private readonly truth: Actions;
  private readonly whole: WholePanel;
  private readonly regionPanel: RegionDecisionPanel;
  private readonly regions: Region[];
  private readonly live = el("div", { class: "screen-reader", "aria-live": "polite" });
  private readonly places: Actions;
  private readonly selection: ReviewSelection;

  constructor(
    host: HTMLElement,
    api: ReviewApi,
    { task, project, annotation, others, predictions, groundTruth, sentBack, verdicts, captions, preferences, me }: Fetched,
    scope: Scope,
    reviewed: (annotation: string, decision: string) => void,
  ) {
    const keys = new PersonalKeys(api, preferences, true, [], () => renewHints(host));
    const decisions = (this.decisions = new Decisions(annotation, verdicts));
    const say = (text: string): void => this.say(text);
    const focus = (): void => this.keyboard.focus();
    const lasts = (lane: string): boolean => tierOf(lane) !== null || project.labels.some((one) => one.id === lane);
    const states = new LaneStates(browserStore(), `labelbuddy:review-lanes:${project.id}`, lasts);
    const truth = groundTruth && new GroundTruth(groundTruth, annotation.document, `labelbuddy:truth:${annotation.id}:${annotation.revision}`);
    const versions = versionsOf(annotation, others, predictions);
    const comparison = (this.comparison = new Comparison(versions, truth, project, browserStore(), (lane) => states.is("hidden", lane), task));
    const lanes = (this.lanes = new ReviewLanes(project, comparison, decisions, states));
    const control = new LaneControl(states, { stage: () => this.stage, keyOf: () => null, offers: () => ["hidden", "solo"], say, changed: () => this.refresh(), leave: focus });
    const label = (id: string) => lanes.label(id);
    const selection = (this.selection = new ReviewSelection({ comparison, lanes, stage: () => this.stage, shown: () => this.shownRegions, changed: () => this.refresh() }));
    this.regions = [...itemsOf(annotation.document).values()].filter((value): value is Region => "start" in value && "label" in value && "id" in value);
    this.stage = new Stage(
      api,
      task,
      scope,
      host,
      { isSelected: (id) => selection.has(id), nameOf: (id) => label(id).name, chosen: () => selection.drawn, selectedSpan: () => selection.span, follow: () => true, heads: control.heads, opened: () => (this.sound.restore(), this.bar.refresh()) },
      () => this.bar?.refresh(),
    );
    this.stage.playback.solo = control.solo;
    const complain = (text: string): void => this.whole.tell(text);
    this.sound = new ReviewSound({ stage: this.stage, task, keys, say, complain }, me, scope);
    this.whole = new WholePanel(annotation, decisions, project.review_reasons ?? [], (decision) => void this.sending.decide(decision));
    this.sending = new Sending({
      ...{ api, annotation, decisions, truth, whole: this.whole, changed: () => this.refresh() },
      reviewed: (id, decision) => {
        reserving?.done();
        reviewed(id, decision);
      },
    });
    let weights: Promise<ReadonlyMap<string, number>> | null = null;
    const ports: TruthPorts = {
      comparison,
      playback: () => this.stage.playback,
      bounds: task,
      weights: () => (weights ??= api.weights(project.id).catch((error: unknown) => ((weights = null), Promise.reject(error as Error)))),
      selected: () => selection.id,
      select: (id, show) => selection.select(id, show),
      say,
      complain,
      changed: () => this.refresh(),
    };
    this.truth = truthActions(ports);
    this.disagreements = new DisagreementPanel(comparison, { label, act: (action) => this.act(action), take: (group, version) => take(ports, group, version), measured: () => this.refresh() });
    this.clip = truth && new ClipTruth({ truth, captions, versions, describes: project.controls.caption, label, changed: () => this.refresh() });
    const since = sentBack && changesSince(sentBack.document, annotation.document);
    this.changes = new ChangesPanel(since, sentBack?.revision ?? null, () => this.showChanges());
    lanes.changes = this.changes.shown;
    this.regionPanel = new RegionDecisionPanel(decisions, {
      label,
      decide: (decision) => this.decideRegion(decision),
      play: () => this.act("play-region"),
      typed: () => this.draw(),
    });
    const beats = beatPoints(annotation.document.points);
    const beatGrid = new BeatGrid(beatsOf(beats));
    const grid = reviewGrid({
      rows: () => lanes.drawn(),
      regions: [...this.regions, ...annotation.document.points.map(instantOf).filter((one) => one !== null)],
      label,
      labels: project.labels,
      keys: () => keys.map,
      selected: () => selection.id,
      select: (id, show) => selection.select(id, show),
      beats,
      grid: beatGrid,
      selectedBeat: () => this.stage.selectedBeat,
      selectBeat: (id) => say(selection.selectBeat(id)),
      leave: focus,
      say,
    });
    this.list = regionList(new RegionGrid(grid), say, scope);
    this.bar = transport(this.stage, (action) => this.act(action), [this.sound.leveling.root, el("span", { class: "spring" })]);
    const instructions = instructionsPanel(project.instructions, { memory: browserStore(), key: `labelbuddy:instructions:review:${project.id}`, leave: focus, changed: () => undefined });
    const side = el("div", { class: "side" }, instructions.root, this.changes.root, this.whole.root, this.disagreements.root, this.regionPanel.root, this.clip?.root ?? null, clipPanel(annotation, label), earlierReviews(annotation), this.sound.panel.root);
    const root = el(
      "div",
      { class: "lb-editor", role: "application", "aria-label": t("Review {recording}", { recording: task.recording.name }), tabindex: 0 },
      this.bar.root,
      el("div", { class: "columns" }, el("div", { class: "main" }, this.stage.root, this.list.root), side),
      this.live,
    );
    host.replaceChildren(root);
    const reserving =
      annotation.state === "submitted"
        ? new Reserving({ hold: () => api.hold(annotation.id!), leave: () => api.leave(annotation.id!), playing: () => this.stage.playback.playing, refused: (why) => this.whole.tell(why) }, root, scope)
        : null;
    this.keyboard = new Keyboard(
      root,
      {
        review: true,
        keys: () => keys.map,
        act: (action, press) => this.act(action, press),
        other: () => false,
        escape: () => selection.select(null),
        help: () => this.keyboard.show((close) => keyOverlay(keys.overlay(close))),
      },
      scope,
    );
    this.places = placeActions({
      instructions,
      stage: this.stage,
      bookmarks: new Bookmarks(browserStore(), `labelbuddy:bookmarks:review:${annotation.id}`),
      keyboard: this.keyboard,
      selected: () => selection.id,
      selectDrawn: (one) => {
        if (one) selection.select(one.id, true);
      },
      say: (text) => this.say(text),
      complain,
    });
    mediaKeys((action) => this.act(action), scope);
    reviewPointing(this.stage, selection, { focus, play: () => this.act("play-region") }, scope);
    this.stage.playback.seek(task.start);
    this.stage.setBeats(beatGrid, beats.length > 0);
    this.refresh();
    this.keyboard.focus();
  }

  private refresh(): void {
    this.keyboard.keepingFocus(() => {
      this.draw();
      this.regionPanel.show(this.region);
      this.disagreements.show(this.comparison.groupOf(this.selection.id));
    });
    this.clip?.refresh();
    this.whole.open = this.sending.open;
    this.stage.mark();
  }

  private draw(): void {
    const drawn = this.lanes.drawn();
    this.stage.setLanes(this.lanes.rows(drawn));
    this.list.refresh();
  }

  /** The selected region of the annotation under review. */
  private get region(): Region | null {
    return this.regions.find((one) => one.id === this.selection.id) ?? null;
  }

  private decideRegion(decision: "approve" | "reject"): void {
    const id = this.region?.id;
    if (id === undefined) return;
    this.decisions.toggle(id, decision);
    this.refresh();
    if (decision === "reject" && this.decisions.of(id)) this.regionPanel.focusNote();
  }

  private showChanges(): void {
    this.lanes.changes = this.changes.shown;
    if (this.region && !this.shownRegions.includes(this.region)) this.selection.id = null;
    this.refresh();
    this.keyboard.focus();
  }

  /** The regions of the annotation that are shown now. */
  private get shownRegions(): Region[] {
    const { changes } = this.lanes;
    return changes ? this.regions.filter((one) => changes.present.has(one.id)) : this.regions;
  }

  private say(text: string): void {
    this.live.replaceChildren(el("span", {}, text)); // a new element is read out, also when it says the same again
  }

  private act(action: string, press: KeyPress = NO_PRESS): void {
    if (playAction(this.stage, action, () => this.selection.span)) return this.bar.refresh();
    const does = this.places[action] ?? this.truth[action];
    if (does) return does(press);
    if (action === "leveling") return this.sound.leveling.toggle();
    if (action === "approve-region") return this.decideRegion("approve");
    if (action === "reject-region") return this.decideRegion("reject");
    if (action === "to-list") return this.list.focus();
    if (action === "to-lanes") return this.stage.heads.focus();
    if (action === "submit") return void this.sending.decide("approve");
    if (action === "reject-all") return void this.sending.decide("reject");
    if (action === "all-or-changes") return this.changes.toggle();
    if (action === "next-region") this.selection.step(1);
    if (action === "previous-region") this.selection.step(-1);
  }
}
