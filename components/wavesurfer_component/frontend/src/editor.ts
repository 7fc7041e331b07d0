/** The annotation editor: draw, adjust, label, accept suggestions, save, submit. */
import { ActivityLog } from "./activity";
import { type Annotation, Api, type Job, type Label, type Project, type ProjectModel, type Task } from "./api";
import { type Change, newRegionId, type Origin, type Region, type Value } from "./document";
import { el, icon, kbd } from "./dom";
import { actionOf, isNudge, nudgeSeconds } from "./keys";
import { keyOverlay } from "./overlay";
import { capturePanel } from "./panels";
import { Saver, type SaveState } from "./saver";
import type { Scope } from "./scope";
import { type Hit, type LaneRow, Stage } from "./stage";
import { browserStore, newUuid, tabId } from "./storage";
import { Store } from "./store";
import { RegionTable } from "./table";
import { clock, rounded } from "./time";
import { button, playAction, transport, type Transport } from "./transport";

export interface EditorData {
  mode: "annotate";
  task: string;
  project: string;
  api: string;
  readonly?: boolean;
}

interface Drag {
  kind: "create" | "move" | "start" | "end";
  id: string | null;
  lane: number;
  from: number;
  before: Region | null;
  moved: boolean;
  onWave: boolean;
}

const HUMAN: Origin = { kind: "human" };
const SHORTEST = 0.001;
const MANY_LABELS = 8;
const SAYS: Record<SaveState, string> = {
  saved: "All changes saved",
  saving: "Saving…",
  offline: "Not saved yet – kept in this browser",
  merged: "Merged with changes from another tab",
  refused: "Not saved",
  closed: "Not saved",
};

export async function mountEditor(
  host: HTMLElement,
  data: EditorData,
  scope: Scope,
  navigate: (task: string | null) => void,
): Promise<void> {
  const api = new Api(data.api);
  const [task, project, annotation, predictions, models] = await Promise.all([
    api.task(data.task),
    api.project(data.project),
    api.annotation(data.task),
    api.predictions(data.task),
    api.models(data.project).catch(() => []),
  ]);
  if (scope.ended) return; // left while it was fetched
  const editor = new Editor(host, api, task, project, annotation, models, data.readonly ?? false, scope, navigate);
  editor.store.predictions = predictions;
  editor.refresh();
}

class Editor {
  readonly store: Store;
  private readonly stage: Stage;
  private readonly saver: Saver;
  private readonly table: RegionTable;
  private readonly panel: ReturnType<typeof capturePanel>;
  private readonly bar: Transport;
  private readonly status = el("span", { class: "save-status", role: "status" });
  private readonly live = el("div", { class: "screen-reader", "aria-live": "polite" });
  private readonly banner = el("div", { class: "banner", hidden: true });
  private readonly undoButton = button("Undo (Ctrl + Z)", () => this.act("undo"), icon("undo"));
  private readonly redoButton = button("Redo (Ctrl + Shift + Z)", () => this.act("redo"), icon("redo"));
  private readonly submitButton = el(
    "button",
    { type: "button", class: "primary", title: "Submit and go on (Ctrl + Enter)", onclick: () => this.act("submit") },
    "Submit",
    kbd("Ctrl ↵"),
  );
  private readonly root: HTMLElement;
  private activeLabel: string;
  private state: Annotation["state"];
  private drag: Drag | null = null;
  private inPoint: number | null = null;
  private overlay: HTMLElement | null = null;
  private job: Job | null = null;
  private jobProblem = "";
  private submitting = false;

  constructor(
    host: HTMLElement,
    private readonly api: Api,
    private readonly task: Task,
    private readonly project: Project,
    annotation: Annotation,
    private readonly models: ProjectModel[],
    private readonly readonly: boolean,
    private readonly scope: Scope,
    private readonly navigate: (task: string | null) => void,
  ) {
    this.activeLabel = project.labels[0]?.id ?? "";
    this.state = annotation.state;
    const tab = tabId();
    this.store = new Store(
      project.labels,
      (operations) => this.saver.push(operations),
      (prediction, item, decision) => void this.sendDecision(prediction, item, decision),
      () => this.refresh(),
    );
    this.store.reviews = annotation.reviews;
    this.saver = new Saver(browserStore(), `labelbuddy:journal:${annotation.user}:${task.id}:`, tab, newUuid(), {
      send: (batch) => api.save(task.id, batch),
      reload: async () => {
        const present = await api.annotation(task.id);
        this.state = present.state;
        return present;
      },
      replaced: (items) => {
        this.store.items = items;
        this.refresh();
      },
      corrected: (collection, values) => this.corrected(collection, values),
      told: (state, detail) => this.told(state, detail),
      wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      now: () => Date.now(),
    });
    scope.add(() => this.saver.stop());
    scope.every(2000, () => this.saver.touch());
    this.stage = new Stage(
      api,
      task,
      scope,
      host,
      {
        selectedId: () => this.store.selected,
        selectedSpan: () => this.selectedSpan(),
        follow: () => this.drag === null,
      },
      () => this.bar?.refresh(),
    );
    this.table = new RegionTable(
      (id) => this.store.label(id).name,
      (id) => this.store.label(id).color,
      (id) => this.select(id, true),
    );
    this.panel = capturePanel(project, this.store, {
      editable: () => this.editable,
      activeLabel: () => this.activeLabel,
      pickLabel: (id) => this.pickLabel(id),
      accept: (id) => this.accept(id),
      reject: (id) => this.reject(id),
      remove: () => this.act("delete"),
      play: () => this.act("play-region"),
      changeRegion: (changes, key) => this.changeSelected(changes, key),
      acceptTag: (id, label) => this.acceptTag(id, label),
      rejectItem: (id, item) => this.rejectItem(id, item),
      acceptCaption: () => this.acceptCaption(),
      acceptAll: () => this.act("accept-all"),
      thresholdMoved: () => this.refresh(),
      predict: (model) => void this.predict(model),
      cancelPrediction: () => void this.cancelPrediction(),
      models,
      job: () => this.job,
      jobProblem: () => this.jobProblem,
      clampTime: (seconds) => this.stage.clamp(seconds),
    });
    this.bar = transport(this.stage, (action) => this.act(action), task.stop - task.start, [
      el("span", { class: "spring" }),
      this.status,
      this.undoButton,
      this.redoButton,
      this.submitButton,
    ]);
    scope.add(() => this.panel.commit());
    this.root = el(
      "div",
      { class: "lb-editor", role: "application", "aria-label": `Annotate ${task.recording.name}`, tabindex: 0 },
      this.banner,
      this.bar.root,
      el("div", { class: "columns" }, this.stage.root, el("div", { class: "side" }, ...this.panel.sections, this.tableSection())),
      this.live,
    );
    host.replaceChildren(this.root);
    this.listen();
    this.store.items = this.saver.begin(annotation.revision, annotation.document);
    new ActivityLog(api, task.id, tab, () => this.takePlayed(), scope, this.root);
    this.restoreView();
    this.root.focus({ preventScroll: true });
  }

  /** Bring everything on screen in line with the state. */
  refresh(): void {
    const drawn = this.store.drawn();
    if (this.store.selected && !drawn.some((one) => one.id === this.store.selected)) this.store.selected = null;
    this.stage.setLanes(this.laneRows(drawn), drawn.length || !this.editable ? "" : this.laneHint());
    this.table.set(drawn, this.store.selected);
    this.panel.refresh();
    this.undoButton.disabled = !this.editable || !this.store.history.canUndo;
    this.redoButton.disabled = !this.editable || !this.store.history.canRedo;
    this.submitButton.disabled = !this.editable || this.submitting;
    this.submitButton.hidden = this.readonly;
    this.showBanner();
    this.bar.refresh();
    this.stage.mark();
  }

  private get editable(): boolean {
    return !this.readonly && (this.state === "draft" || this.state === "rejected");
  }

  private laneRows(drawn: ReturnType<Store["drawn"]>): LaneRow[] {
    const byLabel = new Map<string, typeof drawn>();
    for (const one of drawn) {
      const present = byLabel.get(one.label);
      if (present) present.push(one);
      else byLabel.set(one.label, [one]);
    }
    const shown = this.project.labels.filter(
      (label) => this.project.labels.length <= MANY_LABELS || byLabel.has(label.id) || label.id === this.activeLabel,
    );
    return shown.map((label) => {
      const regions = byLabel.get(label.id) ?? [];
      return { label, caption: regions.length ? String(regions.length) : "", drawn: regions };
    });
  }

  private laneHint(): string {
    return this.activeLabel ? `Drag here to mark ${this.store.label(this.activeLabel).name}, or press I and O` : "";
  }

  private tableSection(): HTMLElement {
    return el("section", { class: "panel grow" }, el("h3", {}, "Regions"), this.table.root);
  }

  private listen(): void {
    this.scope.on(this.root, "keydown", (event) => this.key(event));
    const lanes = this.stage.lanesCanvas;
    this.scope.on(lanes, "pointerdown", (event) => this.press(event, this.stage.hit(event)));
    this.scope.on(lanes, "pointermove", (event) => this.dragTo(event));
    this.scope.on(lanes, "pointerup", (event) => this.release(event));
    this.scope.on(lanes, "pointercancel", () => this.cancelDrag());
    this.scope.on(lanes, "dblclick", () => this.act("play-region"));
    const wave = this.stage.waveCanvas;
    this.scope.on(wave, "pointerdown", (event) => {
      const lane = this.stage.lanes.findIndex((one) => one.label.id === this.activeLabel);
      this.press(event, { lane, time: this.stage.view.time(event.offsetX), drawn: null, edge: null });
    });
    this.scope.on(wave, "pointermove", (event) => this.dragTo(event));
    this.scope.on(wave, "pointerup", (event) => this.release(event));
    this.scope.on(wave, "pointercancel", () => this.cancelDrag());
    this.scope.onWindow("beforeunload", (event) => {
      if (!this.saver.idle) event.preventDefault();
    });
    this.scope.every(1000, () => this.keepView());
  }

  private key(event: KeyboardEvent): void {
    event.stopPropagation(); // Streamlit listens for bare keys on the page
    const target = event.composedPath()[0];
    const typing = target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
    if (event.key === "Escape") {
      if (this.overlay) this.toggleOverlay();
      else if (this.drag) this.cancelDrag();
      else if (typing) this.root.focus();
      else this.select(null);
      return;
    }
    if (typing && !(event.key === "Enter" && (event.ctrlKey || event.metaKey))) return;
    if (target instanceof HTMLButtonElement && (event.key === " " || event.key === "Enter") && !event.ctrlKey) return;
    const action = actionOf(event, false) ?? (this.labelOfKey(event) ? "label" : null);
    if (action === null) return;
    event.preventDefault();
    if (isNudge(action)) this.nudge(action, nudgeSeconds(event));
    else if (action === "label") this.pickLabel(this.labelOfKey(event)?.id ?? null);
    else this.act(action);
  }

  private act(action: string): void {
    if (playAction(this.stage, action, this.selectedSpan(), this.task.stop)) {
      this.bar.refresh();
      return;
    }
    if (action === "help") return this.toggleOverlay();
    if (action === "deselect") return this.select(null);
    if (action === "next-region" || action === "previous-region") return this.step(action === "next-region" ? 1 : -1);
    if (action === "next-prediction") return this.nextSuggestion();
    if (!this.editable) return;
    const region = this.store.region(this.store.selected);
    switch (action) {
      case "undo":
        if (this.store.undo()) this.say("Undone");
        break;
      case "redo":
        if (this.store.redo()) this.say("Redone");
        break;
      case "in-point":
        this.inPoint = this.stage.playback.time;
        this.say(`Region starts at ${clock(this.inPoint)}; press O where it ends`);
        break;
      case "out-point":
        if (this.inPoint !== null) this.create(this.activeLabel, this.inPoint, this.stage.playback.time);
        this.inPoint = null;
        break;
      case "split":
        if (region) this.split(region);
        break;
      case "duplicate":
        if (region) this.create(region.label, region.end, Math.min(this.task.stop, 2 * region.end - region.start));
        break;
      case "delete":
        if (region) this.remove(region);
        else if (this.store.selected) this.reject(this.store.selected);
        break;
      case "edit-text":
        this.panel.focusText();
        break;
      case "accept":
        if (this.store.selected) this.accept(this.store.selected);
        break;
      case "reject":
        if (this.store.selected) this.reject(this.store.selected);
        break;
      case "accept-all":
        this.acceptAll();
        break;
      case "predict":
        if (this.models[0]) void this.predict(this.panel.chosenModel());
        break;
      case "submit":
        void this.submit();
        break;
    }
  }

  private press(event: PointerEvent, hit: Hit): void {
    if (event.button !== 0) return;
    this.root.focus({ preventScroll: true });
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    const selected = hit.drawn !== null && hit.drawn.id === this.store.selected;
    const grabs = selected && !event.altKey && this.editable;
    const before = grabs ? this.grabbed(hit.drawn!.id) : null;
    this.drag = {
      kind: before ? (hit.edge ?? "move") : "create",
      id: hit.drawn?.id ?? null,
      lane: hit.lane,
      from: hit.time,
      before,
      moved: false,
      onWave: event.currentTarget === this.stage.waveCanvas,
    };
  }

  private dragTo(event: PointerEvent): void {
    const drag = this.drag;
    if (!drag) {
      const hit = event.currentTarget === this.stage.lanesCanvas ? this.stage.hit(event) : null;
      const own = hit?.drawn && hit.drawn.id === this.store.selected && this.editable;
      this.stage.lanesCanvas.style.cursor = own ? (hit.edge ? "ew-resize" : "grab") : hit?.drawn ? "pointer" : "crosshair";
      return;
    }
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const time = this.stage.clamp(this.stage.view.time(event.clientX - box.left));
    if (!drag.moved && Math.abs(time - drag.from) < 4 * this.stage.view.secondsPerPixel) return;
    drag.moved = true;
    if (!this.editable || drag.lane < 0) return;
    const span = this.dragged(drag, time);
    this.stage.ghost = { lane: drag.lane, ...span };
    this.stage.mark();
  }

  private release(event: PointerEvent): void {
    const drag = this.drag;
    this.cancelDrag();
    if (!drag) return;
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const time = this.stage.clamp(this.stage.view.time(event.clientX - box.left));
    if (!drag.moved) {
      if (drag.onWave) return this.stage.playback.seek(time); // the selection stays, for example to be split there
      this.select(drag.id);
      if (drag.id === null) this.stage.playback.seek(time);
      return;
    }
    if (!this.editable || drag.lane < 0) return;
    const span = this.dragged(drag, time);
    if (drag.kind === "create") {
      const lane = this.stage.lanes[drag.lane];
      if (lane) this.create(lane.label.id, span.start, span.end);
    } else if (drag.before) {
      this.putRegion(drag.before, { start: span.start, end: span.end }, null);
    }
  }

  private cancelDrag(): void {
    this.drag = null;
    this.stage.ghost = null;
    this.stage.mark();
  }

  private dragged(drag: Drag, time: number): { start: number; end: number } {
    const { before } = drag;
    if (!before) return { start: rounded(Math.min(drag.from, time)), end: rounded(Math.max(drag.from, time)) };
    if (drag.kind === "start") return { start: rounded(Math.min(time, before.end - SHORTEST)), end: before.end };
    if (drag.kind === "end") return { start: before.start, end: rounded(Math.max(time, before.start + SHORTEST)) };
    const length = before.end - before.start;
    const start = Math.min(Math.max(before.start + time - drag.from, this.task.start), this.task.stop - length);
    return { start: rounded(start), end: rounded(start + length) };
  }

  /** The region behind an id, of the document or suggested. */
  private grabbed(id: string): Region | null {
    return this.store.region(id) ?? this.store.suggestion(id)?.region ?? null;
  }

  private create(label: string, from: number, to: number): void {
    const start = rounded(this.stage.clamp(Math.min(from, to)));
    const end = rounded(this.stage.clamp(Math.max(from, to)));
    if (!label || end - start < SHORTEST) return;
    const region: Region = { id: newRegionId(), start, end, label, origin: HUMAN };
    this.store.selected = region.id;
    this.store.edit([this.store.put("regions", region.id, region)]);
    this.say(`${this.store.label(label).name}, ${clock(start)} to ${clock(end)}`);
  }

  /** Change a region; a suggestion becomes part of the document, marked as edited. */
  private putRegion(before: Region, changes: Partial<Region>, key: string | null): void {
    const inDocument = this.store.region(before.id) !== null;
    const shape = changes.start !== undefined || changes.end !== undefined || changes.label !== undefined;
    const origin = before.origin.kind === "model" && shape ? { ...before.origin, edited: true } : before.origin;
    const after: Region = { ...before, ...changes, origin };
    const change: Change = inDocument
      ? this.store.put("regions", before.id, after)
      : { collection: "regions", id: before.id, before: null, after };
    this.store.edit([change], key);
  }

  private changeSelected(changes: Partial<Region>, key: string): void {
    const region = this.store.selected === null ? null : this.grabbed(this.store.selected);
    if (region && this.editable) this.putRegion(region, changes, `${key}:${region.id}`);
  }

  private nudge(action: string, seconds: number): void {
    const region = this.store.selected === null ? null : this.grabbed(this.store.selected);
    if (!region || !this.editable) return;
    const by = action.endsWith("earlier") ? -seconds : seconds;
    const changes = action.startsWith("start")
      ? { start: rounded(Math.min(this.stage.clamp(region.start + by), region.end - SHORTEST)) }
      : { end: rounded(Math.max(this.stage.clamp(region.end + by), region.start + SHORTEST)) };
    this.putRegion(region, changes, `nudge-${action.split("-")[0]}:${region.id}`);
    this.say(action.startsWith("start") ? `Start ${clock(changes.start!)}` : `End ${clock(changes.end!)}`);
  }

  private split(region: Region): void {
    const at = rounded(this.stage.playback.time);
    if (at <= region.start || at >= region.end) return this.say("Put the playhead inside the region to split it");
    const second: Region = { ...region, id: newRegionId(), start: at, origin: region.origin.kind === "model" ? HUMAN : region.origin };
    this.store.edit([this.store.put("regions", region.id, { ...region, end: at }), this.store.put("regions", second.id, second)]);
  }

  private remove(region: Region): void {
    this.store.selected = null;
    this.store.edit([this.store.put("regions", region.id, null)]);
    this.say("Region deleted; Ctrl+Z brings it back");
  }

  private accept(id: string): void {
    const found = this.store.suggestion(id);
    if (!found || !this.editable) return;
    this.store.edit([this.store.put("regions", id, found.region)]);
    this.say(`${this.store.label(found.region.label).name} accepted`);
  }

  private acceptAll(): void {
    const chosen = this.store.suggestions().filter(({ region }) => (region.origin.score ?? 0) >= this.store.threshold);
    this.store.edit(chosen.map(({ region }) => this.store.put("regions", region.id, region)));
    this.say(`${chosen.length} suggestions accepted`);
  }

  private reject(id: string): void {
    const found = this.store.suggestion(id);
    if (!found || !this.editable) return;
    const drawn = this.store.drawn();
    const next = drawn.slice(drawn.findIndex((one) => one.id === id) + 1).find((one) => one.mark === "prediction" || one.mark === "below");
    this.rejectItem(found.prediction.id, id);
    this.select(next?.id ?? null);
  }

  private rejectItem(prediction: string, item: string): void {
    if (!this.editable) return;
    this.store.edit([this.store.rejection(prediction, item)]);
    this.say("Suggestion rejected; Ctrl+Z brings it back");
  }

  private async sendDecision(prediction: string, item: string, decision: "rejected" | "undecided"): Promise<void> {
    try {
      await this.api.decide(prediction, item, decision);
    } catch (error) {
      this.store.setDecision(prediction, item, decision !== "rejected");
      this.told("refused", (error as Error).message);
      this.refresh();
    }
  }

  private acceptTag(predictionId: string, label: string): void {
    const found = this.store.suggestedTags().find((one) => one.prediction.id === predictionId && one.tag.label === label);
    if (found && this.editable) this.store.edit([this.store.put("tags", label, found.tag)]);
  }

  private acceptCaption(): void {
    const found = this.store.suggestedCaption();
    if (found && this.editable) this.store.edit([this.store.put("caption", "caption", found.caption)]);
  }

  /** The label that a key press picks. */
  private labelOfKey(press: KeyboardEvent): Label | null {
    if (press.ctrlKey || press.metaKey || press.altKey) return null;
    return this.project.labels.find((one) => one.key !== null && one.key.toLowerCase() === press.key.toLowerCase()) ?? null;
  }

  private pickLabel(id: string | null): void {
    if (id === null) return;
    this.activeLabel = id;
    const region = this.store.selected === null ? null : this.grabbed(this.store.selected);
    if (region && this.editable && region.label !== id) {
      this.putRegion(region, { label: id }, null);
      this.say(`Now ${this.store.label(id).name}`);
    } else this.refresh();
  }

  private select(id: string | null, show = false): void {
    this.store.selected = id;
    const span = this.selectedSpan();
    if (span && show) {
      this.stage.view.reveal(span.start);
      this.stage.playback.seek(span.start);
    }
    if (span && id) {
      const drawn = this.store.drawn().find((one) => one.id === id);
      if (drawn) {
        const score = drawn.mark === "prediction" || drawn.mark === "below" ? `, suggestion ${Math.round((drawn.score ?? 0) * 100)} percent` : "";
        this.say(`${this.store.label(drawn.label).name}, ${clock(drawn.start)} to ${clock(drawn.end)}${score}`);
      }
    }
    this.refresh();
  }

  private step(by: 1 | -1): void {
    const drawn = this.store.drawn();
    if (!drawn.length) return;
    const at = drawn.findIndex((one) => one.id === this.store.selected);
    const next = at < 0 ? (by > 0 ? 0 : drawn.length - 1) : (at + by + drawn.length) % drawn.length;
    this.select(drawn[next]!.id, true);
  }

  private nextSuggestion(): void {
    const drawn = this.store.drawn();
    const at = drawn.findIndex((one) => one.id === this.store.selected);
    const later = [...drawn.slice(at + 1), ...drawn.slice(0, Math.max(0, at))];
    const next = later.find((one) => one.mark === "prediction");
    if (next) this.select(next.id, true);
  }

  private selectedSpan(): { start: number; end: number; color: string } | null {
    const region = this.store.selected === null ? null : this.grabbed(this.store.selected);
    return region ? { start: region.start, end: region.end, color: this.store.label(region.label).color } : null;
  }

  private async predict(model: string): Promise<void> {
    if (this.job || !this.editable || !model) return;
    this.jobProblem = "";
    try {
      this.job = await this.api.predict(this.task.id, model);
      while (this.job && ["queued", "running"].includes(this.job.state)) {
        this.panel.refresh();
        await new Promise((resolve) => setTimeout(resolve, 400));
        if (this.scope.ended) return;
        if (this.job) this.job = await this.api.job(this.job.id);
      }
      if (this.job?.state === "failed") this.jobProblem = this.job.problem ?? "The prediction failed.";
      this.job = null;
      this.store.predictions = await this.api.predictions(this.task.id);
      if (!this.jobProblem) this.say(`${this.store.suggestions().length} suggestions, ${this.store.suggestedTags().length} tags`);
    } catch (error) {
      this.job = null;
      this.jobProblem = (error as Error).message;
    }
    this.refresh();
  }

  private async cancelPrediction(): Promise<void> {
    if (!this.job) return;
    await this.api.cancelJob(this.job.id).catch(() => undefined);
  }

  private async submit(): Promise<void> {
    if (this.submitting || !this.editable) return;
    this.panel.commit();
    this.submitting = true;
    this.refresh();
    try {
      const revision = await this.saver.flush();
      const submitted = await this.api.submit(this.task.id, revision);
      this.state = submitted.state;
      this.say("Submitted");
      const next = await this.api.next(this.project.id, this.task.id).catch(() => null);
      this.navigate(next && next.id !== this.task.id ? next.id : null);
    } catch (error) {
      this.told("refused", (error as Error).message);
    }
    this.submitting = false;
    this.refresh();
  }

  private async withdraw(): Promise<void> {
    try {
      this.state = (await this.api.withdraw(this.task.id)).state;
    } catch (error) {
      this.told("refused", (error as Error).message);
    }
    this.refresh();
  }

  private corrected(collection: string, values: Value[]): void {
    if (collection !== "regions" || !this.saver.idle) return;
    for (const value of values as Region[]) {
      const present = this.store.region(value.id);
      if (present && Math.abs(present.start - value.start) < 0.01 && Math.abs(present.end - value.end) < 0.01) {
        this.store.items.set(`regions:${value.id}`, { ...present, start: value.start, end: value.end });
      }
    }
  }

  private told(state: SaveState, detail: string): void {
    this.status.className = `save-status is-${state}`;
    this.status.textContent = detail && state !== "saved" ? `${SAYS[state]}: ${detail}` : SAYS[state];
    if (state === "offline" || state === "refused" || state === "closed") this.say(this.status.textContent);
  }

  private showBanner(): void {
    const last = this.store.reviews[this.store.reviews.length - 1];
    const parts: (Node | string)[] = [];
    let kind = "";
    if (this.state === "submitted") {
      kind = "info";
      parts.push("You submitted this. It waits for review.");
      if (!this.readonly) parts.push(el("button", { type: "button", onclick: () => void this.withdraw() }, "Withdraw"));
    } else if (this.state === "approved") {
      kind = "good";
      parts.push(last ? `Approved by ${last.reviewer}. ` : "Approved. ", last?.feedback ?? "");
    } else if (last?.decision === "reject") {
      const marked = last.regions.filter((one) => one.decision === "reject").length;
      kind = "bad-banner";
      parts.push(el("b", {}, `${last.reviewer} sent this back. `), last.feedback || "");
      if (marked) parts.push(` ${marked} region${marked === 1 ? " is" : "s are"} marked.`);
    } else if (this.task.recording.warning) {
      kind = "warn";
      parts.push(this.task.recording.warning);
    }
    this.banner.hidden = parts.length === 0;
    this.banner.className = `banner ${kind}`;
    this.banner.replaceChildren(...parts);
  }

  private say(text: string): void {
    this.live.textContent = text;
  }

  private toggleOverlay(): void {
    if (this.overlay) {
      this.overlay.remove();
      this.overlay = null;
      this.root.focus();
    } else {
      this.overlay = keyOverlay(false, () => this.toggleOverlay());
      this.root.append(this.overlay);
      this.overlay.querySelector("button")?.focus();
    }
  }

  private takePlayed(): number {
    const played = this.stage.playback.playedSeconds;
    this.stage.playback.playedSeconds = 0;
    return played;
  }

  private keepView(): void {
    const { start, secondsPerPixel, showsEverything } = this.stage.view;
    const kept = [start, showsEverything ? null : secondsPerPixel, this.stage.playback.time];
    sessionStorage.setItem(`labelbuddy:view:${this.task.id}`, JSON.stringify(kept));
  }

  private restoreView(): void {
    const kept = sessionStorage.getItem(`labelbuddy:view:${this.task.id}`);
    this.stage.playback.seek(this.task.start);
    if (!kept) return;
    const [start, secondsPerPixel, time] = JSON.parse(kept) as [number, number | null, number];
    if (secondsPerPixel !== null) this.stage.view.restore(start, secondsPerPixel);
    this.stage.playback.seek(this.stage.clamp(time));
  }
}

