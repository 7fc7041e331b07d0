/** The review editor: hear what somebody marked, decide region by region, approve or send back with feedback. */
import { type Annotation, HttpApi, type Preferences, type Project, type Task, USUAL_PREFERENCES } from "./api";
import { el } from "./dom";
import { beatsOf } from "./editing/beat_points";
import { boxesUnder, nextUnder, point } from "./editing/box_pointing";
import { Bookmarks } from "./editing/bookmarks";
import { instantOf, itemsOf, type Region } from "./editing/document";
import { NO_PRESS } from "./editing/key_press";
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
import { instructionsPanel } from "./panels/instructions";
import { mediaKeys } from "./playback/media_keys";
import { playAction, transport, type Transport } from "./playback/transport";
import { Decisions } from "./reviewing/decisions";
import { ReviewLanes } from "./reviewing/lanes";
import { clipPanel, earlierReviews } from "./reviewing/panels";
import { RegionDecisionPanel } from "./reviewing/region_panel";
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
  const [task, project, annotations, preferences] = await Promise.all([
    api.task(data.task),
    api.project(data.project),
    api.annotations(data.task),
    api.preferences().catch(() => USUAL_PREFERENCES),
  ]);
  await speak(preferences.language);
  if (scope.ended) return; // left while it was fetched
  host.lang = spoken();
  const chosen = annotations.find((one) => one.id === data.annotation);
  if (!chosen) throw new Error(t("It is not in your review queue any more: it was decided or withdrawn. Reload the page for the next one."));
  const others = annotations.filter((one) => one.id !== data.annotation);
  new ReviewEditor(host, api, task, project, chosen, others, preferences, scope, reviewed);
}

class ReviewEditor {
  private readonly stage: Stage;
  private readonly list: RegionList;
  private readonly bar: Transport;
  private readonly keyboard: Keyboard;
  private readonly decisions: Decisions;
  private readonly lanes: ReviewLanes;
  private readonly whole: WholePanel;
  private readonly regionPanel: RegionDecisionPanel;
  private readonly regions: Region[];
  private readonly live = el("div", { class: "screen-reader", "aria-live": "polite" });
  private readonly places: Actions;
  private selected: string | null = null;
  private busy = false;

  constructor(
    host: HTMLElement,
    private readonly api: HttpApi,
    task: Task,
    project: Project,
    private readonly annotation: Annotation,
    private readonly others: Annotation[],
    preferences: Preferences,
    scope: Scope,
    private readonly reviewed: (annotation: string, decision: string) => void,
  ) {
    const keys = new PersonalKeys(api, preferences, true, () => undefined);
    const decisions = (this.decisions = new Decisions(annotation));
    const say = (text: string): void => this.say(text);
    const focus = (): void => this.keyboard.focus();
    const states = new LaneStates(browserStore(), `labelbuddy:review-lanes:${project.id}`, (lane) => tierOf(lane) !== null || project.labels.some((one) => one.id === lane));
    const lanes = (this.lanes = new ReviewLanes(project, annotation, others, decisions, states));
    const control = new LaneControl(states, { stage: () => this.stage, keyOf: () => null, offers: () => ["hidden", "solo"], say, changed: () => this.refresh(), leave: focus });
    const label = (id: string) => lanes.label(id);
    this.regions = [...itemsOf(annotation.document).values()].filter((value): value is Region => "start" in value && "label" in value && "id" in value);
    this.stage = new Stage(
      api,
      task,
      scope,
      host,
      { isSelected: (id) => id === this.selected, nameOf: (id) => label(id).name, chosen: () => this.chosen(), selectedSpan: () => this.span(), follow: () => true, heads: control.heads },
      () => this.bar?.refresh(),
    );
    this.stage.playback.solo = control.solo;
    this.whole = new WholePanel(annotation, decisions, (decision) => void this.decide(decision));
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
    const side = el("div", { class: "side" }, instructions.root, this.whole.root, this.regionPanel.root, clipPanel(annotation, label), earlierReviews(annotation));
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
        act: (action) => this.act(action),
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
    });
    this.whole.open = this.annotation.state === "submitted" && !this.busy;
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

  private async decide(decision: "approve" | "reject"): Promise<void> {
    if (this.busy || this.annotation.state !== "submitted") return;
    const objection = this.decisions.objection(decision);
    if (objection) {
      if (decision === "reject") this.whole.focusFeedback();
      return this.whole.tell(objection);
    }
    this.busy = true;
    this.refresh();
    try {
      const { feedback, all: regions } = this.decisions;
      await this.api.review(this.annotation.id!, { revision: this.annotation.revision, decision, feedback, regions });
      this.decisions.forget();
      this.reviewed(this.annotation.id!, decision);
    } catch (error) {
      this.busy = false;
      this.whole.tell((error as Error).message);
      this.refresh();
    }
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

  private span(): SelectedSpan | null {
    const all = [this.annotation, ...this.others].flatMap((one) =>
      one.document.regions.map((region) => ({ region, id: one === this.annotation ? region.id : `${one.id}:${region.id}` })),
    );
    const region = all.find((one) => one.id === this.selected)?.region;
    if (!region) return null;
    const { start, end, low, high } = region;
    return { start, end, low: low ?? null, high: high ?? null, color: this.lanes.label(region.label).color, handles: false };
  }

  private chosen(): Drawn[] {
    const at = this.span()?.start;
    return at === undefined ? [] : this.stage.lanes.flatMap((lane) => [...lane.index.between(at, at)]).filter((one) => one.id === this.selected);
  }

  private act(action: string): void {
    if (playAction(this.stage, action, () => this.span())) return this.bar.refresh();
    const place = this.places[action];
    if (place) return place(NO_PRESS);
    if (action === "approve-region") return this.decideRegion("approve");
    if (action === "reject-region") return this.decideRegion("reject");
    if (action === "to-list") return this.list.focus();
    if (action === "to-lanes") return this.stage.heads.focus();
    if (action === "submit") return void this.decide("approve");
    if (action === "reject-all") return void this.decide("reject");
    if (action === "next-region") this.step(1);
    if (action === "previous-region") this.step(-1);
  }

  /** Select the region before or after the selected one, around the ends. */
  private step(by: 1 | -1): void {
    const order = this.regions;
    if (!order.length) return;
    const at = order.findIndex((one) => one.id === this.selected);
    const next = at < 0 ? (by > 0 ? 0 : order.length - 1) : (at + by + order.length) % order.length;
    this.select(order[next]!.id, true);
  }

  private listen(scope: Scope): void {
    const { stage } = this;
    scope.on(stage.lanesCanvas, "pointerdown", (event) => {
      const hit = stage.stack.hit(event);
      if (hit.drawn) this.select(hit.drawn.id);
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
