/** The review editor: hear what somebody marked, decide region by region, approve or send back with feedback. */
import { type Annotation, Api, type Label, type Preferences, type Project, type RegionDecision, type Task, USUAL_PREFERENCES } from "./api";
import { beatsOf } from "./editing/beats";
import { instantOf, itemsOf, type Region } from "./editing/document";
import { KeyMap } from "./editing/key_map";
import { forgetInTab, keepInTab, keptInTab } from "./editing/storage";
import { unknownLabel } from "./editing/store";
import { laneOf, tierNames } from "./editing/tiers";
import { el, icon, kbd } from "./dom";
import type { Drawn } from "./layers/regions";
import { Keyboard } from "./keyboard";
import type { Scope } from "./scope";
import { BeatGrid } from "./engine/beat_grid";
import { tierLanes } from "./engine/lane_rows";
import { inOrder } from "./engine/lanes";
import { type LaneRow, Stage, type SelectedSpan } from "./engine/stage";
import { keyOverlay } from "./panels/overlay";
import { RegionTable } from "./panels/table";
import { clock } from "./engine/time";
import { playAction, transport, type Transport } from "./playback/transport";

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
  const api = new Api(data.api);
  const [task, project, annotations, preferences] = await Promise.all([
    api.task(data.task),
    api.project(data.project),
    api.annotations(data.task),
    api.preferences().catch(() => USUAL_PREFERENCES),
  ]);
  if (scope.ended) return; // left while it was fetched
  const chosen = annotations.find((one) => one.id === data.annotation);
  if (!chosen) throw new Error("It is not in your review queue any more: it was decided or withdrawn. Reload the page for the next one.");
  const others = annotations.filter((one) => one.id !== data.annotation);
  new ReviewEditor(host, api, task, project, chosen, others, preferences, scope, reviewed);
}

class ReviewEditor {
  private readonly stage: Stage;
  private readonly table: RegionTable;
  private readonly bar: Transport;
  private readonly root: HTMLElement;
  private readonly regionPanel = el("section", { class: "panel" });
  private readonly feedback = el("textarea", { rows: 3, placeholder: "What should be changed, or what was good", "aria-label": "Feedback on the whole annotation" });
  private readonly problem = el("p", { class: "bad", role: "alert", hidden: true });
  private readonly approveButton = el("button", { type: "button", class: "primary", onclick: () => void this.decide("approve") }, icon("check"), "Approve", kbd("Ctrl ↵"));
  private readonly rejectButton = el("button", { type: "button", class: "danger", onclick: () => void this.decide("reject") }, icon("cross"), "Send back");
  private readonly decisions = new Map<string, RegionDecision>();
  private readonly regions: Region[];
  private selected: string | null = null;
  private readonly keyboard: Keyboard;
  private busy = false;
  private keys: KeyMap;

  constructor(
    host: HTMLElement,
    private readonly api: Api,
    task: Task,
    private readonly project: Project,
    private readonly annotation: Annotation,
    private readonly others: Annotation[],
    private preferences: Preferences,
    private readonly scope: Scope,
    private readonly reviewed: (annotation: string, decision: string) => void,
  ) {
    this.keys = new KeyMap(preferences.keys);
    this.regions = [...itemsOf(annotation.document).values()].filter((value): value is Region => "start" in value && "label" in value && "id" in value);
    this.stage = new Stage(
      api,
      task,
      scope,
      host,
      { isSelected: (id) => id === this.selected, selectedSpan: () => this.span(), follow: () => true },
      () => this.bar?.refresh(),
    );
    this.table = new RegionTable(
      (id) => this.label(id).name,
      (id) => this.label(id).color,
      (id) => this.select(id, true),
    );
    this.bar = transport(this.stage, (action) => this.act(action), [el("span", { class: "spring" })]);
    this.root = el(
      "div",
      { class: "lb-editor", role: "application", "aria-label": `Review ${task.recording.name}`, tabindex: 0 },
      this.bar.root,
      el(
        "div",
        { class: "columns" },
        this.stage.root,
        el("div", { class: "side" }, this.decisionPanel(), this.regionPanel, this.clipPanel(), this.historyPanel(), el("section", { class: "panel grow" }, el("h3", {}, "Regions"), this.table.root)),
      ),
    );
    host.replaceChildren(this.root);
    this.keyboard = new Keyboard(
      this.root,
      {
        review: true,
        keys: () => this.keys,
        act: (action) => this.act(action),
        other: () => false,
        escape: () => this.select(null),
        overlay: (close) => keyOverlay({ review: true, preferences: () => this.preferences, keep: (preferences) => this.keepKeys(preferences), close }),
      },
      scope,
    );
    this.listen();
    this.restore();
    this.stage.playback.seek(task.start);
    const beats = beatsOf(annotation.document.points);
    this.stage.setBeats(new BeatGrid(beats), beats.length > 0);
    this.refresh();
    this.keyboard.focus();
  }

  private async keepKeys(preferences: Preferences): Promise<void> {
    this.preferences = preferences;
    this.keys = new KeyMap(preferences.keys);
    await this.api.setPreferences(preferences);
  }

  private label(id: string) {
    return this.project.labels.find((one) => one.id === id) ?? unknownLabel(id);
  }

  private refresh(): void {
    const drawn = this.drawn(this.annotation, "");
    this.stage.setLanes(this.rows(drawn));
    this.keyboard.keepingFocus(() => {
      this.table.set(drawn, this.selected);
      this.showRegion();
    });
    const open = this.annotation.state === "submitted" && !this.busy;
    this.approveButton.disabled = this.rejectButton.disabled = !open;
    this.feedback.disabled = !open;
    this.stage.mark();
  }

  private drawn(annotation: Annotation, prefix: string): Drawn[] {
    const instants = annotation.document.points.map(instantOf).filter((one) => one !== null);
    return [...annotation.document.regions, ...instants].sort(inOrder).map((region) => {
      const decided = prefix ? undefined : this.decisions.get(region.id)?.decision;
      return {
        id: prefix + region.id,
        start: region.start,
        end: region.end,
        low: region.low ?? null,
        high: region.high ?? null,
        label: region.label,
        text: region.text || this.label(region.label).name,
        mark: decided === "reject" ? "rejected" : decided === "approve" ? "approved" : region.origin.kind === "model" ? "accepted" : "human",
        score: null,
        feedback: Boolean(this.decisions.get(region.id)?.feedback) && !prefix,
        ...(this.project.lanes === "tiers" ? { lane: laneOf(region.tier), color: this.label(region.label).color } : {}),
      };
    });
  }

  /** Lanes of the annotation under review by label or tier, then one lane for each other annotator. */
  private rows(drawn: Drawn[]): LaneRow[] {
    const used = new Set(drawn.map((one) => one.label));
    const ofLabels = (): Label[] => this.project.labels.filter((label) => used.has(label.id) || this.project.labels.length <= 6);
    const rows = (this.project.lanes === "tiers" ? this.tiers(drawn) : ofLabels())
      .map((label) => {
        const regions = drawn.filter((one) => (one.lane ?? one.label) === label.id);
        return { label, caption: regions.length ? String(regions.length) : "", drawn: regions };
      });
    const beside = this.others.map((other) => ({
      label: { ...this.label(""), name: other.annotator?.name ?? other.user, color: "#8b95a7" },
      caption: other.state,
      drawn: this.drawn(other, `${other.id}:`),
    }));
    return [...rows, ...beside];
  }

  private tiers(drawn: readonly Drawn[]): Label[] {
    const { regions, points, tiers } = this.annotation.document;
    const used = [...regions, ...points].map((one) => one.tier).filter((tier) => tier != null);
    return tierLanes(tierNames(tiers ?? [], this.project.tiers, used), drawn.some((one) => one.lane === laneOf(null)));
  }

  private decisionPanel(): HTMLElement {
    const who = this.annotation.annotator?.name ?? this.annotation.user;
    return el(
      "section",
      { class: "panel" },
      el("h3", {}, "Decision"),
      el("p", {}, el("b", {}, who), el("span", { class: "muted" }, ` · ${this.annotation.state}, revision ${this.annotation.revision}`)),
      this.feedback,
      this.problem,
      el("div", { class: "buttons" }, this.approveButton, this.rejectButton),
    );
  }

  private clipPanel(): HTMLElement {
    const { tags, caption } = this.annotation.document;
    const section = el("section", { class: "panel", hidden: !tags.length && !caption }, el("h3", {}, "Clip"));
    section.append(el("div", { class: "chips" }, ...tags.map((tag) => el("span", { class: "chip" }, this.label(tag.label).name))));
    if (caption) section.append(el("p", {}, caption.text));
    return section;
  }

  private historyPanel(): HTMLElement {
    const reviews = this.annotation.reviews;
    return el(
      "section",
      { class: "panel", hidden: !reviews.length },
      el("h3", {}, "Earlier reviews"),
      ...reviews.map((one) =>
        el(
          "div",
          { class: "earlier" },
          el("b", {}, `${one.reviewer} ${one.decision === "approve" ? "approved" : "sent back"} revision ${one.revision}`),
          el("p", {}, one.feedback),
          ...one.regions.filter((region) => region.feedback).map((region) => el("p", { class: "muted" }, region.feedback)),
        ),
      ),
    );
  }

  private showRegion(): void {
    const region = this.regions.find((one) => one.id === this.selected);
    if (!region) {
      this.regionPanel.replaceChildren(el("h3", {}, "Selected region"), el("p", { class: "muted" }, "Select a region to decide on it alone. Regions you leave alone follow the whole."));
      return;
    }
    const decided = this.decisions.get(region.id);
    const swatch = el("i", { class: "swatch" });
    swatch.style.background = this.label(region.label).color;
    const note = el("textarea", { rows: 2, placeholder: "What is wrong with this region", "aria-label": "Feedback on the region" });
    note.value = decided?.feedback ?? "";
    note.addEventListener("input", () => {
      this.decisions.set(region.id, { id: region.id, decision: "reject", feedback: note.value });
      this.stage.setLanes(this.rows(this.drawn(this.annotation, "")));
      this.table.set(this.drawn(this.annotation, ""), this.selected);
      mark();
      this.keep();
    });
    const approve = el("button", { type: "button", onclick: () => this.decideRegion("approve") }, icon("check"), "Right", kbd("Y"));
    const reject = el("button", { type: "button", onclick: () => this.decideRegion("reject") }, icon("cross"), "Wrong", kbd("X"));
    const mark = (): void => {
      approve.classList.toggle("chosen", this.decisions.get(region.id)?.decision === "approve");
      reject.classList.toggle("chosen", this.decisions.get(region.id)?.decision === "reject");
    };
    mark();
    this.regionPanel.replaceChildren(
      el("h3", {}, "Selected region"),
      el("div", { class: "region-title" }, swatch, el("b", {}, this.label(region.label).name), el("span", { class: "muted number" }, `${clock(region.start)} – ${clock(region.end)}`)),
      el("p", {}, region.text ?? ""),
      el("div", { class: "buttons" }, el("button", { type: "button", onclick: () => this.act("play-region") }, icon("play"), "Play"), approve, reject),
      note,
    );
  }

  private decideRegion(decision: "approve" | "reject"): void {
    if (!this.selected || !this.regions.some((one) => one.id === this.selected)) return;
    const present = this.decisions.get(this.selected);
    if (present?.decision === decision) this.decisions.delete(this.selected);
    else this.decisions.set(this.selected, { id: this.selected, decision, feedback: decision === "reject" ? (present?.feedback ?? "") : "" });
    this.keep();
    this.refresh();
    if (decision === "reject" && this.decisions.has(this.selected)) this.regionPanel.querySelector("textarea")?.focus();
  }

  private async decide(decision: "approve" | "reject"): Promise<void> {
    if (this.busy || this.annotation.state !== "submitted") return;
    const rejected = [...this.decisions.values()].filter((one) => one.decision === "reject");
    if (decision === "approve" && rejected.length) {
      return this.tell(`${rejected.length} region(s) are marked as wrong. Send the annotation back, or clear those marks.`);
    }
    if (decision === "reject" && !this.feedback.value.trim() && !rejected.some((one) => one.feedback.trim())) {
      this.feedback.focus();
      return this.tell("Say what should be changed: overall, or on a region.");
    }
    this.busy = true;
    this.refresh();
    try {
      await this.api.review(this.annotation.id!, {
        revision: this.annotation.revision,
        decision,
        feedback: this.feedback.value,
        regions: [...this.decisions.values()],
      });
      forgetInTab(this.keptAs);
      this.reviewed(this.annotation.id!, decision);
    } catch (error) {
      this.busy = false;
      this.tell((error as Error).message);
      this.refresh();
    }
  }

  private tell(text: string): void {
    this.problem.hidden = false;
    this.problem.textContent = text;
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
    return { start, end, low: low ?? null, high: high ?? null, color: this.label(region.label).color };
  }

  private act(action: string): void {
    if (playAction(this.stage, action, () => this.span())) return this.bar.refresh();
    if (action === "help") return this.keyboard.toggleHelp();
    if (action === "approve-region") return this.decideRegion("approve");
    if (action === "reject-region") return this.decideRegion("reject");
    if (action === "submit") return void this.decide("approve");
    if (action === "reject-all") return void this.decide("reject");
    if (action !== "next-region" && action !== "previous-region") return;
    const order = this.regions;
    if (!order.length) return;
    const at = order.findIndex((one) => one.id === this.selected);
    const by = action === "next-region" ? 1 : -1;
    const next = at < 0 ? (by > 0 ? 0 : order.length - 1) : (at + by + order.length) % order.length;
    this.select(order[next]!.id, true);
  }

  private listen(): void {
    this.scope.on(this.feedback, "input", () => this.keep());
    this.scope.on(this.stage.lanesCanvas, "pointerdown", (event) => {
      const hit = this.stage.hit(event);
      if (hit.drawn) this.select(hit.drawn.id);
      else {
        this.select(null);
        this.stage.playback.seek(this.stage.clamp(hit.time));
      }
      this.keyboard.focus();
    });
    this.scope.on(this.stage.lanesCanvas, "dblclick", () => this.act("play-region"));
    for (const canvas of [this.stage.waveCanvas, this.stage.spectrogramCanvas]) {
      this.scope.on(canvas, "pointerdown", (event) => {
        this.stage.playback.seek(this.stage.clamp(this.stage.view.time(event.offsetX)));
        this.keyboard.focus();
      });
    }
  }

  /** A review that is not sent yet survives a reload of this tab. */
  private keep(): void {
    keepInTab(this.keptAs, { feedback: this.feedback.value, regions: [...this.decisions.values()] });
  }

  private restore(): void {
    const kept = keptInTab<{ feedback: string; regions: RegionDecision[] }>(this.keptAs);
    this.feedback.value = kept?.feedback ?? "";
    for (const one of kept?.regions ?? []) this.decisions.set(one.id, one);
  }

  private get keptAs(): string {
    return `labelbuddy:review:${this.annotation.id}:${this.annotation.revision}`;
  }
}
