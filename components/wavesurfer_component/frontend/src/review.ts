/** The review editor: hear what somebody marked, decide region by region, approve or send back with feedback. */
import { HttpApi } from "./api";
import { el } from "./dom";
import { beatsOf } from "./editing/beat_points";
import { boxesUnder, nextUnder, point } from "./editing/box_pointing";
import { Bookmarks } from "./editing/bookmarks";
import { instantOf, itemsOf, type Region } from "./editing/document";
import { type KeyPress, NO_PRESS } from "./editing/key_press";
import { LaneControl } from "./editing/lane_control";
import { LaneStates } from "./editing/lane_states";
import { PersonalKeys } from "./editing/personal_keys";
import { placeActions } from "./editing/place_actions";
import type { Actions } from "./editing/region_actions";
import { browserStore } from "./editing/storage";
import { tierOf } from "./editing/tiers";
import { BeatGrid } from "./engine/beat_grid";
import { type SelectedSpan, Stage } from "./engine/stage";
import { RegionGrid } from "./grid/region_grid";
import { type RegionList, regionList } from "./grid/region_list";
import { reviewGrid } from "./grid/review_grid";
import { speak, spoken, t } from "./i18n";
import { Keyboard } from "./keyboard";
import type { Drawn } from "./layers/regions";
import { renewHints } from "./panels/key_hints";
import { instructionsPanel } from "./panels/instructions";
import { mediaKeys } from "./playback/media_keys";
import { playAction, transport, type Transport } from "./playback/transport";
import { changesSince } from "./reviewing/changes";
import { ChangesPanel } from "./reviewing/changes_panel";
import { Comparison } from "./reviewing/comparison";
import { Decisions } from "./reviewing/decisions";
import { DisagreementPanel } from "./reviewing/disagreement_panel";
import { type Fetched, fetchReview } from "./reviewing/fetching";
import { GroundTruth } from "./reviewing/ground_truth";
import { groupCalled, ReviewLanes } from "./reviewing/lanes";
import { clipPanel, earlierReviews } from "./reviewing/panels";
import { RegionDecisionPanel } from "./reviewing/region_panel";
import { Sending } from "./reviewing/sending";
import { take, truthActions, type TruthPorts } from "./reviewing/truth_actions";
import { versionsOf } from "./reviewing/versions";
import { WholePanel } from "./reviewing/whole_panel";
import type { Scope } from "./scope";

export interface ReviewData {
  mode: "review";
  task: string;
  project: string;
  annotation: string;
  api: string;
}

export async function mountReview(
  host: HTMLElement,
  data: ReviewData,
  scope: Scope,
  reviewed: (annotation: string, decision: string) => void,
): Promise<void> {
  const api = new HttpApi(data.api);
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
  private readonly keyboard: Keyboard;
  private readonly decisions: Decisions;
  private readonly comparison: Comparison;
  private readonly lanes: ReviewLanes;
  private readonly disagreements: DisagreementPanel;
  private readonly changes: ChangesPanel;
  private readonly sending: Sending;
  private readonly truth: Actions;
  private readonly whole: WholePanel;
  private readonly regionPanel: RegionDecisionPanel;
  private readonly regions: Region[];
  private readonly live = el("div", { class: "screen-reader", "aria-live": "polite" });
  private readonly places: Actions;
  private selected: string | null = null;

  constructor(
    host: HTMLElement,
    api: HttpApi,
    { task, project, annotation, others, predictions, groundTruth, sentBack, preferences }: Fetched,
    scope: Scope,
    reviewed: (annotation: string, decision: string) => void,
  ) {
    const keys = new PersonalKeys(api, preferences, true, [], () => renewHints(host));
    const decisions = (this.decisions = new Decisions(annotation));
    const say = (text: string): void => this.say(text);
    const focus = (): void => this.keyboard.focus();
    const lasts = (lane: string): boolean => tierOf(lane) !== null || project.labels.some((one) => one.id === lane);
    const states = new LaneStates(browserStore(), `labelbuddy:review-lanes:${project.id}`, lasts);
    const truth = groundTruth && new GroundTruth(groundTruth, annotation.document, `labelbuddy:truth:${annotation.id}:${annotation.revision}`);
    const versions = versionsOf(annotation, others, predictions);
    const comparison = (this.comparison = new Comparison(versions, truth, project, browserStore(), (lane) => states.is("hidden", lane)));
    const lanes = (this.lanes = new ReviewLanes(project, comparison, decisions, states));
    const control = new LaneControl(states, { stage: () => this.stage, keyOf: () => null, offers: () => ["hidden", "solo"], say, changed: () => this.refresh(), leave: focus });
    const label = (id: string) => lanes.label(id);
    this.regions = [...itemsOf(annotation.document).values()].filter((value): value is Region => "start" in value && "label" in value && "id" in value);
    this.stage = new Stage(
      api,
      task,
      scope,
      host,
      { isSelected: (id) => this.isSelected(id), nameOf: (id) => label(id).name, chosen: () => this.chosen(), selectedSpan: () => this.span(), follow: () => true, heads: control.heads },
      () => this.bar?.refresh(),
    );
    this.stage.playback.solo = control.solo;
    this.whole = new WholePanel(annotation, decisions, project.review_reasons ?? [], (decision) => void this.sending.decide(decision));
    this.sending = new Sending({ api, task: task.id, annotation, decisions, truth, whole: this.whole, changed: () => this.refresh(), reviewed });
    const ports: TruthPorts = {
      comparison,
      playback: () => this.stage.playback,
      bounds: task,
      selected: () => this.selected,
      select: (id, show) => this.select(id, show),
      say,
      complain: (text) => this.whole.tell(text),
      changed: () => this.refresh(),
    };
    this.truth = truthActions(ports);
    this.disagreements = new DisagreementPanel(comparison, { label, act: (action) => this.act(action), take: (group, version) => take(ports, group, version), measured: () => this.refresh() });
    const since = sentBack && changesSince(sentBack.document, annotation.document);
    this.changes = new ChangesPanel(since, sentBack?.revision ?? null, () => this.showChanges());
    lanes.changes = this.changes.shown;
    this.regionPanel = new RegionDecisionPanel(decisions, {
      label,
      decide: (decision) => this.decideRegion(decision),
      play: () => this.act("play-region"),
      typed: () => this.draw(),
    });
    const grid = reviewGrid({
      rows: () => lanes.drawn(),
      regions: [...this.regions, ...annotation.document.points.map(instantOf).filter((one) => one !== null)],
      label,
      labels: project.labels,
      keys: () => keys.map,
      selected: () => this.selected,
      select: (id, show) => this.select(id, show),
      leave: focus,
      say,
    });
    this.list = regionList(new RegionGrid(grid), say, scope);
    this.bar = transport(this.stage, (action) => this.act(action), [el("span", { class: "spring" })]);
    const instructions = instructionsPanel(project.instructions, { memory: browserStore(), key: `labelbuddy:instructions:review:${project.id}`, leave: focus, changed: () => undefined });
    const side = el("div", { class: "side" }, instructions.root, this.changes.root, this.whole.root, this.disagreements.root, this.regionPanel.root, clipPanel(annotation, label), earlierReviews(annotation));
    const root = el(
      "div",
      { class: "lb-editor", role: "application", "aria-label": t("Review {recording}", { recording: task.recording.name }), tabindex: 0 },
      this.bar.root,
      el("div", { class: "columns" }, el("div", { class: "main" }, this.stage.root, this.list.root), side),
      this.live,
    );
    host.replaceChildren(root);
    this.keyboard = new Keyboard(
      root,
      {
        review: true,
        keys: () => keys.map,
        act: (action, press) => this.act(action, press),
        other: () => false,
        escape: () => this.select(null),
        overlay: (close) => keys.overlay(close),
      },
      scope,
    );
    this.places = placeActions({
      instructions,
      stage: this.stage,
      bookmarks: new Bookmarks(browserStore(), `labelbuddy:bookmarks:review:${annotation.id}`),
      keyboard: this.keyboard,
      selected: () => this.selected,
      selectDrawn: (one) => {
        if (one) this.select(one.id, true);
      },
      say: (text) => this.say(text),
      complain: (text) => this.whole.tell(text),
    });
    mediaKeys((action) => this.act(action), scope);
    this.listen(scope);
    this.stage.playback.seek(task.start);
    const beats = beatsOf(annotation.document.points);
    this.stage.setBeats(new BeatGrid(beats), beats.length > 0);
    this.refresh();
    this.keyboard.focus();
  }

  private refresh(): void {
    this.keyboard.keepingFocus(() => {
      this.draw();
      this.regionPanel.show(this.region);
      this.disagreements.show(this.comparison.groupOf(this.selected));
    });
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
    return this.regions.find((one) => one.id === this.selected) ?? null;
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
    if (this.region && !this.shownRegions.includes(this.region)) this.selected = null;
    this.refresh();
    this.keyboard.focus();
  }

  /** The regions of the annotation that are shown now. */
  private get shownRegions(): Region[] {
    const { changes } = this.lanes;
    return changes ? this.regions.filter((one) => changes.present.has(one.id)) : this.regions;
  }

  private isSelected(id: string): boolean {
    if (id === this.selected) return true;
    const group = groupCalled(id);
    return group !== null && group === this.comparison.groupOf(this.selected)?.key;
  }

  private say(text: string): void {
    this.live.replaceChildren(el("span", {}, text)); // a new element is read out, also when it says the same again
  }

  private select(id: string | null, show = false): void {
    this.selected = id;
    const span = this.span();
    if (span && show) {
      this.stage.view.reveal(span.start);
      this.stage.playback.seek(span.start);
    }
    this.refresh();
  }

  /** Select what was clicked: of a disagreement the first version that has something. */
  private choose(id: string): void {
    const group = this.comparison.groups.find((one) => one.key === groupCalled(id));
    const version = group && this.comparison.compared.find((one) => group.members.has(one.id));
    if (group && version) this.select(this.comparison.idOf(version, group.members.get(version.id)!));
    else if (this.comparison.called(id)) this.select(id);
  }

  private span(): SelectedSpan | null {
    const found = this.comparison.called(this.selected);
    if (!found) return null;
    const { start, end, low, high, label } = found.mark;
    return { start, end, low: low ?? null, high: high ?? null, color: this.lanes.label(label).color, handles: false };
  }

  private chosen(): Drawn[] {
    const at = this.span()?.start;
    return at === undefined ? [] : this.stage.lanes.flatMap((lane) => [...lane.index.between(at, at)]).filter((one) => one.id === this.selected);
  }

  private act(action: string, press: KeyPress = NO_PRESS): void {
    if (playAction(this.stage, action, () => this.span())) return this.bar.refresh();
    const does = this.places[action] ?? this.truth[action];
    if (does) return does(press);
    if (action === "approve-region") return this.decideRegion("approve");
    if (action === "reject-region") return this.decideRegion("reject");
    if (action === "to-list") return this.list.focus();
    if (action === "to-lanes") return this.stage.heads.focus();
    if (action === "submit") return void this.sending.decide("approve");
    if (action === "reject-all") return void this.sending.decide("reject");
    if (action === "all-or-changes") return this.changes.toggle();
    if (action === "next-region") this.step(1);
    if (action === "previous-region") this.step(-1);
  }

  /** Select the region before or after the selected one, around the ends. */
  private step(by: 1 | -1): void {
    const order = this.shownRegions;
    if (!order.length) return;
    const at = order.findIndex((one) => one.id === this.selected);
    const next = at < 0 ? (by > 0 ? 0 : order.length - 1) : (at + by + order.length) % order.length;
    this.select(order[next]!.id, true);
  }

  private listen(scope: Scope): void {
    const { stage } = this;
    scope.on(stage.lanesCanvas, "pointerdown", (event) => {
      const hit = stage.stack.hit(event);
      if (hit.drawn) this.choose(hit.drawn.id);
      else {
        this.select(null);
        stage.playback.seek(stage.clamp(hit.time));
      }
      this.keyboard.focus();
    });
    scope.on(stage.lanesCanvas, "dblclick", () => this.act("play-region"));
    for (const canvas of [stage.waveCanvas, stage.spectrogramCanvas]) {
      scope.on(canvas, "pointerdown", (event) => {
        const boxes = boxesUnder(stage, event);
        const box = nextUnder(boxes, this.selected);
        if (box && box.id !== this.selected) this.select(box.id);
        else stage.playback.seek(stage.clamp(stage.view.time(event.offsetX)));
        this.keyboard.focus();
      });
    }
    scope.on(stage.spectrogramCanvas, "pointermove", (event) => point(stage, nextUnder(boxesUnder(stage, event), this.selected)?.id ?? null));
    scope.on(stage.spectrogramCanvas, "pointerleave", () => point(stage, null));
  }
}
