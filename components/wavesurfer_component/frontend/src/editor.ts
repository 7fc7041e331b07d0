/** The annotation editor: draw, adjust, label, accept suggestions, save, submit. */
import { ActivityLog } from "./activity";
import { type Annotation, Api, type Label, type Project, type ProjectModel, type Task } from "./api";
import { el, icon, kbd } from "./dom";
import type { Region, Value } from "./editing/document";
import { Edits } from "./editing/edits";
import { Gestures } from "./editing/gestures";
import { Journals } from "./editing/journals";
import { type KeyPress, nudgeSeconds } from "./editing/keys";
import { Saver, type SaveState } from "./editing/saver";
import { browserStore, newUuid } from "./editing/storage";
import { Store } from "./editing/store";
import { type LaneRow, Stage, type SelectedSpan } from "./engine/stage";
import { clock } from "./engine/time";
import { keepView, restoreView } from "./engine/view_memory";
import { HandingIn } from "./handing_in";
import { Keyboard } from "./keyboard";
import { capturePanel, type Panel } from "./panels/capture";
import { Notice } from "./panels/notice";
import { RegionTable } from "./panels/table";
import { button, playAction, transport, type Transport } from "./playback/transport";
import { Predicting } from "./predicting";
import type { Scope } from "./scope";

export interface EditorData {
  mode: "annotate";
  task: string;
  project: string;
  api: string;
}

const MANY_LABELS = 8;
const REGION_MOVE = 0.01;
const NEW_REGION = 1.0;
const SAYS: Record<SaveState, string> = {
  saved: "All changes saved",
  saving: "Saving…",
  offline: "Not saved yet – kept in this browser",
  unkept: "Not saved, and this browser keeps nothing: leave this tab open",
  merged: "Merged with changes from another tab",
  refused: "Not saved",
  closed: "Not saved",
};
/** Editors that were left and still send their last edits. */
const leaving = new Set<Promise<void>>();
const LEAVING_MS = 1500;

export async function mountEditor(
  host: HTMLElement,
  data: EditorData,
  scope: Scope,
  navigate: (task: string | null) => void,
): Promise<void> {
  const api = new Api(data.api);
  await Promise.race([Promise.all(leaving), new Promise((resolve) => setTimeout(resolve, LEAVING_MS))]);
  const [task, project, annotation, predictions, models] = await Promise.all([
    api.task(data.task),
    api.project(data.project),
    api.annotation(data.task),
    api.predictions(data.task),
    api.models(data.project).catch(() => []),
  ]);
  if (scope.ended) return; // left while it was fetched
  const editor = new Editor(host, api, task, project, annotation, models, scope, navigate);
  editor.store.predictions = predictions;
  editor.refresh();
}

class Editor {
  readonly store: Store;
  private readonly stage: Stage;
  private readonly saver: Saver;
  private readonly edits: Edits;
  private readonly gestures: Gestures;
  private readonly handing: HandingIn;
  private readonly predicting: Predicting;
  private readonly keyboard: Keyboard;
  private readonly notice: Notice;
  private readonly table: RegionTable;
  private readonly panel: Panel;
  private readonly bar: Transport;
  private readonly status = el("span", { class: "save-status", role: "status" });
  private readonly live = el("div", { class: "screen-reader", "aria-live": "polite" });
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
  private inPoint: number | null = null;

  constructor(
    host: HTMLElement,
    private readonly api: Api,
    private readonly task: Task,
    private readonly project: Project,
    annotation: Annotation,
    private readonly models: ProjectModel[],
    scope: Scope,
    navigate: (task: string | null) => void,
  ) {
    this.activeLabel = project.labels[0]?.id ?? "";
    this.notice = new Notice(scope);
    this.store = new Store(
      project.labels,
      (operations) => this.saver.push(operations),
      (prediction, item, decision) => void this.sendDecision(prediction, item, decision),
      () => this.refresh(),
    );
    this.store.reviews = annotation.reviews;
    const client = newUuid();
    this.saver = this.makeSaver(annotation.user, client);
    this.handing = new HandingIn(api, task, project, annotation, this.saver, this.notice, {
      commit: () => this.panel.commit(),
      refresh: () => this.refresh(),
      say: (text) => this.say(text),
      reviews: () => this.store.reviews,
      navigate,
    });
    this.predicting = new Predicting(api, task.id, this.store, scope, () => this.refresh(), (text) => this.say(text));
    this.stage = new Stage(
      api,
      task,
      scope,
      host,
      { selectedId: () => this.store.selected, selectedSpan: () => this.selectedSpan(), follow: () => !this.gestures.active },
      () => this.bar?.refresh(),
    );
    this.edits = new Edits(this.store, {
      first: task.start,
      last: task.stop,
      playhead: () => this.stage.playback.time,
      say: (text) => this.say(text),
    });
    this.gestures = new Gestures(
      this.stage,
      this.edits,
      {
        editable: () => this.editable,
        selectedId: () => this.store.selected,
        activeLabel: () => this.activeLabel,
        select: (id) => this.select(id),
        pressed: () => this.keyboard.focus(),
        playRegion: () => this.act("play-region"),
      },
      scope,
    );
    this.table = new RegionTable(
      (id) => this.store.label(id).name,
      (id) => this.store.label(id).color,
      (id) => this.select(id, true),
    );
    this.panel = this.makePanel();
    this.bar = transport(this.stage, (action) => this.act(action), [
      el("span", { class: "spring" }),
      this.status,
      this.undoButton,
      this.redoButton,
      this.submitButton,
    ]);
    const list = el("section", { class: "panel grow" }, el("h3", {}, "Regions"), this.table.root);
    this.root = el(
      "div",
      { class: "lb-editor", role: "application", "aria-label": `Annotate ${task.recording.name}`, tabindex: 0 },
      this.handing.banner,
      this.notice.root,
      this.bar.root,
      el("div", { class: "columns" }, this.stage.root, el("div", { class: "side" }, ...this.panel.sections, list)),
      this.live,
    );
    host.replaceChildren(this.root);
    this.keyboard = new Keyboard(
      this.root,
      {
        review: false,
        act: (action, press) => this.act(action, press),
        other: (press) => this.pickByKey(press),
        escape: () => (this.gestures.active ? this.gestures.cancel() : this.select(null)),
      },
      scope,
    );
    this.store.items = this.saver.begin(annotation.revision, annotation.document);
    new ActivityLog(api, task.id, client, () => this.stage.playback.takePlayed(), scope, this.root);
    restoreView(this.stage, task.id);
    this.listen(scope);
    this.keyboard.focus();
  }

  /** Bring everything on screen in line with the state. */
  refresh(): void {
    const drawn = this.store.drawn();
    if (this.store.selected && !drawn.some((one) => one.id === this.store.selected)) this.store.selected = null;
    this.stage.setLanes(this.laneRows(drawn), drawn.length || !this.editable ? "" : this.laneHint());
    this.keyboard.keepingFocus(() => {
      this.table.set(drawn, this.store.selected);
      this.panel.refresh();
      this.handing.drawBanner();
      this.undoButton.disabled = !this.editable || !this.store.history.canUndo;
      this.redoButton.disabled = !this.editable || !this.store.history.canRedo;
      this.submitButton.disabled = !this.editable || this.handing.busy;
    });
    this.bar.refresh();
    this.stage.mark();
  }

  private get editable(): boolean {
    return this.handing.editable;
  }

  private makeSaver(user: string, client: string): Saver {
    const journals = new Journals(browserStore(), `labelbuddy:journal:${user}:${this.task.id}:`);
    return new Saver(journals, client, {
      send: (batch, last) => this.api.save(this.task.id, batch, last),
      reload: async () => {
        const present = await this.api.annotation(this.task.id);
        this.handing.state = present.state;
        return present;
      },
      replaced: (items) => {
        this.store.items = items;
        this.refresh();
      },
      corrected: (collection, values) => this.corrected(collection, values),
      told: (state, detail) => this.told(state, detail),
      wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    });
  }

  private makePanel(): Panel {
    const changing = (action: () => void): void => {
      if (this.editable) action();
    };
    return capturePanel(this.project, this.store, {
      editable: () => this.editable,
      activeLabel: () => this.activeLabel,
      pickLabel: (id) => this.pickLabel(id),
      accept: (id) => changing(() => this.edits.accept(id)),
      reject: (id) => this.reject(id),
      remove: () => this.act("delete"),
      play: () => this.act("play-region"),
      changeRegion: (id, changes, key) =>
        changing(() => {
          const region = this.edits.grabbed(id);
          if (region) this.edits.change(region, changes, `${key}:${id}`);
        }),
      acceptTag: (id, label) => changing(() => this.edits.acceptTag(id, label)),
      rejectItem: (id, item) => changing(() => this.edits.rejectItem(id, item)),
      acceptCaption: () => changing(() => this.edits.acceptCaption()),
      acceptAll: () => this.act("accept-all"),
      thresholdMoved: () => this.refresh(),
      predict: (model) => changing(() => void this.predicting.ask(model)),
      cancelPrediction: () => void this.predicting.cancel(),
      models: this.models,
      job: () => this.predicting.job,
      jobProblem: () => this.predicting.problem,
      first: this.task.start,
      last: this.task.stop,
      complain: (text) => this.notice.show(text),
    });
  }

  private listen(scope: Scope): void {
    scope.onWindow("beforeunload", (event) => {
      this.panel.commit();
      if (!this.saver.idle) event.preventDefault();
    });
    scope.onWindow("pagehide", () => {
      this.panel.commit();
      this.saver.part();
    });
    scope.every(2000, () => this.saver.touch());
    scope.every(1000, () => keepView(this.stage, this.task.id));
    scope.add(() => {
      this.panel.commit();
      const done = this.saver.leave();
      leaving.add(done);
      void done.finally(() => leaving.delete(done));
    });
  }

  private act(action: string, press?: KeyPress): void {
    if (playAction(this.stage, action, () => this.selectedSpan())) return this.bar.refresh();
    switch (action) {
      case "help":
        return this.keyboard.toggleHelp();
      case "next-region":
        return this.step(1);
      case "previous-region":
        return this.step(-1);
      case "next-prediction":
        return this.nextSuggestion();
      case "find-label":
        return this.panel.focusSearch();
      case "hide-suggestions":
        this.store.hidesSuggestions = !this.store.hidesSuggestions;
        this.say(this.store.hidesSuggestions ? "Suggestions hidden" : "Suggestions shown");
        return this.refresh();
      case "threshold-down":
      case "threshold-up":
        return this.moveThreshold(action === "threshold-up" ? 0.05 : -0.05);
      case "next-task":
        return void this.handing.skip();
      case "submit":
        return void this.handing.submit();
      case "label":
        return this.pickLabel(this.labelOf(press!.key)?.id ?? null);
    }
    if (this.editable) this.change(action, press);
  }

  /** Actions that change the annotation. */
  private change(action: string, press?: KeyPress): void {
    const { edits, store } = this;
    const region = store.region(store.selected);
    const playhead = this.stage.playback.time;
    switch (action) {
      case "undo":
        if (store.undo()) this.say("Undone");
        break;
      case "redo":
        if (store.redo()) this.say("Redone");
        break;
      case "in-point":
        this.inPoint = playhead;
        this.say(`Region starts at ${clock(playhead)}; press O where it ends`);
        break;
      case "out-point":
        if (this.inPoint !== null) edits.create(this.activeLabel, this.inPoint, playhead);
        this.inPoint = null;
        break;
      case "label-here":
        edits.create(this.labelOf(press!.code.slice(-1))?.id ?? "", playhead, playhead + NEW_REGION);
        break;
      case "start-earlier":
      case "start-later":
      case "end-earlier":
      case "end-later": {
        const [edge, way] = action.split("-") as ["start" | "end", string];
        edits.nudgeEdge(edge, (way === "later" ? 1 : -1) * nudgeSeconds(press!));
        break;
      }
      case "start-to-playhead":
        edits.edgeToPlayhead("start");
        break;
      case "end-to-playhead":
        edits.edgeToPlayhead("end");
        break;
      case "region-earlier":
        edits.nudgeRegion(-REGION_MOVE);
        break;
      case "region-later":
        edits.nudgeRegion(REGION_MOVE);
        break;
      case "split":
        if (region) edits.split(region);
        break;
      case "merge":
        if (region) edits.merge(region);
        break;
      case "duplicate":
        if (region) edits.create(region.label, region.end, 2 * region.end - region.start);
        break;
      case "delete":
        if (region) edits.remove(region);
        else if (store.selected) this.reject(store.selected);
        break;
      case "edit-text":
        this.panel.focusText();
        break;
      case "accept":
        if (store.selected) edits.accept(store.selected);
        break;
      case "reject":
        if (store.selected) this.reject(store.selected);
        break;
      case "accept-all":
        edits.acceptAll();
        break;
      case "reject-below":
        this.rejectBelow();
        break;
      case "predict":
        void this.predicting.ask(this.panel.chosenModel());
        break;
    }
  }

  private reject(id: string): void {
    const found = this.store.suggestion(id);
    if (!found || !this.editable) return;
    const drawn = this.store.drawn();
    const next = drawn.slice(drawn.findIndex((one) => one.id === id) + 1).find((one) => one.mark === "prediction" || one.mark === "below");
    this.store.selected = next?.id ?? null;
    this.edits.rejectItem(found.prediction.id, id);
  }

  private rejectBelow(): void {
    const below = this.store.suggestions().filter(({ region }) => (region.origin.score ?? 0) < this.store.threshold);
    this.store.edit(below.map(({ prediction, region }) => this.store.rejection(prediction.id, region.id)));
    this.say(`${below.length} suggestions rejected`);
  }

  private moveThreshold(by: number): void {
    this.store.threshold = Math.min(1, Math.max(0, Math.round((this.store.threshold + by) * 100) / 100));
    this.say(`Scores from ${this.store.threshold.toFixed(2)} on`);
    this.refresh();
  }

  private async sendDecision(prediction: string, item: string, decision: "rejected" | "undecided"): Promise<void> {
    try {
      await this.api.decide(prediction, item, decision);
    } catch (error) {
      this.store.setDecision(prediction, item, decision !== "rejected");
      this.notice.show(`The suggestion is as it was: ${(error as Error).message}`);
      this.refresh();
    }
  }

  private pickByKey(press: KeyPress): boolean {
    if (press.ctrlKey || press.metaKey || press.altKey) return false;
    const label = this.labelOf(press.key);
    if (label) this.pickLabel(label.id);
    return label !== null;
  }

  private labelOf(key: string): Label | null {
    return this.project.labels.find((one) => one.key !== null && one.key.toLowerCase() === key.toLowerCase()) ?? null;
  }

  private pickLabel(id: string | null): void {
    if (id === null) return;
    this.activeLabel = id;
    const region = this.edits.selected;
    if (region && this.editable && region.label !== id) this.edits.relabel(region, id);
    else this.refresh();
  }

  private select(id: string | null, show = false): void {
    this.store.selected = id;
    const span = this.selectedSpan();
    if (span && show) {
      this.stage.view.reveal(span.start);
      this.stage.playback.seek(span.start);
    }
    const region = this.edits.selected;
    if (region) {
      const suggested = this.store.suggestion(region.id) ? `, suggestion ${Math.round((region.origin.score ?? 0) * 100)} percent` : "";
      this.say(`${this.store.label(region.label).name}, ${clock(region.start)} to ${clock(region.end)}${suggested}`);
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

  private selectedSpan(): SelectedSpan | null {
    const region = this.edits?.selected ?? null;
    if (!region) return null;
    const { start, end, low, high } = region;
    return { start, end, low: low ?? null, high: high ?? null, color: this.store.label(region.label).color };
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

  /** The server rounds times; take its values over where nothing newer is on the screen. */
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
    if (state === "merged") this.notice.show("Another tab changed this annotation too. Both changes are kept.");
    this.status.className = `save-status is-${state}`;
    this.status.textContent = detail && state !== "saved" ? `${SAYS[state]}: ${detail}` : SAYS[state];
    if (["offline", "unkept", "refused", "closed"].includes(state)) this.say(this.status.textContent);
  }

  private say(text: string): void {
    this.live.textContent = text;
  }
}
