/** The annotation editor: draw, adjust, label, accept suggestions, save, submit. */
import { ActivityLog } from "./activity";
import { type Annotation, Api, type Label, type Preferences, type Project, type ProjectModel, type Task, USUAL_PREFERENCES } from "./api";
import { el, icon, kbd } from "./dom";
import { beatGestures } from "./editing/beat_gestures";
import { Beats } from "./editing/beats";
import { type Decided, itemKey, type Region, type Value } from "./editing/document";
import { type Band, Edits } from "./editing/edits";
import { beatActions, changingActions, type EditorActionPorts, otherActions, reject } from "./editing/editor_actions";
import { Gestures } from "./editing/gestures";
import { HeldLabel } from "./editing/held_label";
import { HistoryMemory } from "./editing/history_memory";
import { Journals } from "./editing/journals";
import { KeyMap } from "./editing/key_map";
import type { KeyPress } from "./editing/key_press";
import { type Actions, regionActions } from "./editing/region_actions";
import { Saver, type SaveState } from "./editing/saver";
import { inView, nextSuggestion, stepped } from "./editing/selecting";
import { Snapping } from "./editing/snapping";
import { browserStore, newUuid } from "./editing/storage";
import { Store } from "./editing/store";
import { laneOf, tierOf, Tiers } from "./editing/tiers";
import { type LaneOptions, laneRows } from "./engine/lane_rows";
import { SnapPoints } from "./engine/snap_points";
import { Stage, type SelectedSpan } from "./engine/stage";
import { clock, parseClock } from "./engine/time";
import { keepView, restoreView } from "./engine/view_memory";
import { FirstPass } from "./first_pass";
import { HandingIn } from "./handing_in";
import { t } from "./i18n";
import { Keyboard } from "./keyboard";
import { beatPanel } from "./panels/beats";
import { capturePanel, type Panel } from "./panels/capture";
import { instructionsOver } from "./panels/instructions";
import { Notice } from "./panels/notice";
import { keyOverlay } from "./panels/overlay";
import { soundPanel, type SoundPanel } from "./panels/sound";
import { snapChoice } from "./panels/snapping";
import { RegionTable } from "./panels/table";
import { tierHeads, tierPanel } from "./panels/tiers";
import { button, playAction, transport, type Transport } from "./playback/transport";
import { Predicting } from "./predicting";
import type { Scope } from "./scope";

export interface EditorData {
  mode: "annotate";
  task: string;
  project: string;
  api: string;
}

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
/** How far the nearest onset, beat or zero crossing may lie for the keys that ask for it (s). */
const SNAP_REACH = 1;

export async function mountEditor(host: HTMLElement, data: EditorData, scope: Scope, navigate: (task: string | null) => void): Promise<void> {
  const api = new Api(data.api);
  await Promise.race([Promise.all(leaving), new Promise((resolve) => setTimeout(resolve, LEAVING_MS))]);
  const [task, project, annotation, suggested, models, preferences] = await Promise.all([
    api.task(data.task),
    api.project(data.project),
    api.annotation(data.task),
    api.predictions(data.task),
    api.models(data.project).catch(() => []),
    api.preferences().catch(() => USUAL_PREFERENCES),
  ]);
  if (scope.ended) return; // left while it was fetched
  const editor = new Editor(host, api, task, project, annotation, models, preferences, scope, navigate);
  editor.firstPass.take(suggested);
  editor.refresh();
}

class Editor {
  readonly firstPass: FirstPass;
  private readonly tiers: Tiers;
  private readonly markTier: () => void;
  private readonly store: Store;
  private readonly stage: Stage;
  private readonly saver: Saver;
  private readonly edits: Edits;
  private readonly beats: Beats;
  private readonly snapping: Snapping;
  private readonly gestures: Gestures;
  private readonly held: HeldLabel;
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
  private readonly boxButton = button("Mark boxes in time and frequency on the spectrogram (F)", () => this.act("box-mode"), icon("box"));
  private readonly submitButton = el(
    "button",
    { type: "button", class: "primary", title: "Submit and go on (Ctrl + Enter)", onclick: () => this.act("submit") },
    "Submit",
    kbd("Ctrl ↵"),
  );
  private readonly root: HTMLElement;
  private readonly own: Actions;
  private readonly changing: Actions;
  private readonly ofBeats: Actions;
  private readonly sound: SoundPanel;
  private readonly snapSelect: { root: HTMLElement; refresh(): void };
  private keys: KeyMap;
  private activeLabel: string;
  private boxMode = false;
  private modelsApart = false;
  private drawnOnStage: unknown[] = [];

  constructor(
    host: HTMLElement,
    private readonly api: Api,
    private readonly task: Task,
    private readonly project: Project,
    annotation: Annotation,
    private readonly models: ProjectModel[],
    private preferences: Preferences,
    scope: Scope,
    navigate: (task: string | null) => void,
  ) {
    this.activeLabel = project.labels[0]?.id ?? "";
    this.keys = new KeyMap(preferences.keys);
    this.notice = new Notice(scope);
    const say = (text: string): void => this.say(text);
    const complain = (text: string): void => this.notice.show(text);
    this.store = new Store(
      project.labels,
      (operations) => this.saver.push(operations),
      (prediction, item, decision, by) => void this.sendDecision(prediction, item, decision, by),
      () => this.refresh(),
      project.lanes === "tiers",
    );
    this.tiers = new Tiers(this.store, project.lanes === "tiers" ? project.tiers : null, {
      say,
      complain,
      ask: (text, value) => this.keyboard.ask(text, value),
      confirm: (text, yes) => this.keyboard.confirm(text, yes),
      refresh: () => this.refresh(),
    });
    this.store.reviews = annotation.reviews;
    const client = newUuid();
    this.saver = this.makeSaver(annotation.user, client);
    this.handing = new HandingIn(api, task, project, annotation, this.saver, this.notice, {
      commit: () => this.panel.commit(),
      refresh: () => this.refresh(),
      say,
      reviews: () => this.store.reviews,
      missing: () => this.missing(),
      ask: (text, value) => this.keyboard.ask(text, value),
      navigate,
    });
    this.firstPass = new FirstPass(api, task.id, this.store, this.saver, {
      commit: () => this.panel.commit(),
      confirm: (text, yes) => this.keyboard.confirm(text, yes),
      complain,
      say,
      refresh: () => this.refresh(),
    });
    this.predicting = new Predicting(api, task.id, this.store, scope, () => this.refresh(), () => this.firstPass.noteView(), say);
    this.snapping = new Snapping(this.snapPoints(), browserStore());
    this.stage = new Stage(
      api,
      task,
      scope,
      host,
      {
        isSelected: (id) => this.store.selection.has(id),
        selectedSpan: () => this.selectedSpan(),
        follow: () => !this.gestures.active,
        snapTicks: (start, stop) => this.snapTicks(start, stop),
      },
      () => this.frame(),
    );
    const { playback } = this.stage;
    const playhead = (): number => playback.time;
    this.markTier = this.tiers.on ? tierHeads(this.stage, this.tiers, scope) : () => undefined;
    const tierFor = (tier: string | null | undefined): string | null => this.tiers.fitting(tier);
    this.edits = new Edits(this.store, { first: task.start, last: task.stop, playhead, say, complain, clipboard: browserStore(), tierFor });
    this.beats = new Beats(api, task.id, this.store, {
      playing: () => playback.playing,
      playhead,
      editable: () => this.editable,
      say,
      complain,
      changed: () => this.refresh(),
    });
    this.held = new HeldLabel({
      playing: () => playback.playing && this.editable,
      playhead,
      reaction: () => this.preferences.reaction * playback.rate,
      pick: (label) => this.pickLabel(label),
      create: (label, from, to) => this.edits.create(label, from, to),
    });
    const ports = this.actionPorts();
    this.own = { ...otherActions(ports), ...this.viewActions() };
    this.changing = {
      ...changingActions(ports),
      ...regionActions(this.edits, {
        activeLabel: () => this.activeLabel,
        toTier: (down) => this.moveToTier(0, down),
        labelOfDigit: (digit) => this.labelOf(digit)?.id ?? "",
        playhead,
        instants: project.controls.points,
        say,
        nearest: (kind, time) => this.snapping.points.find(kind, time, kind === "zero" ? 0.05 : SNAP_REACH),
      }),
    };
    this.ofBeats = beatActions(this.beats);
    this.gestures = new Gestures(
      this.stage,
      this.edits,
      this.snapping,
      {
        editable: () => this.editable,
        isSelected: (id) => this.store.selection.has(id),
        activeLane: () => this.activeLane(),
        create: (lane, start, end, band) => this.createIn(lane, start, end, band),
        move: (from, to, by) => this.moveToTier(by, this.tiers.distance(from, to)),
        mayGoTo: (lane) => Boolean(tierOf(lane)),
        colorOf: (id) => (this.tiers.on ? this.store.label(id === null ? this.activeLabel : (this.edits.grabbed(id)?.label ?? "")).color : undefined),
        boxMode: () => this.boxMode,
        select: (id) => this.select(id),
        toggle: (id) => this.toggle(id),
        selectAll: (ids) => this.selectAll(ids),
        pressed: () => this.keyboard.focus(),
        playRegion: () => this.act("play-region"),
      },
      scope,
    );
    beatGestures(this.stage, this.beats, this.snapping, { editable: () => this.editable, pressed: () => this.pressedBeats(), changed: () => this.refresh() }, scope);
    this.table = new RegionTable(
      (id) => this.store.label(id).name,
      (id) => this.store.label(id).color,
      (id, more) => (more ? this.toggle(id) : this.select(id, true)),
    );
    this.panel = this.makePanel();
    this.sound = soundPanel(playback.sound, () => this.selectedBand());
    this.snapSelect = snapChoice(this.snapping, () => this.refresh());
    this.bar = transport(this.stage, (action) => this.act(action), [
      this.boxButton,
      this.snapSelect.root,
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
      el("div", { class: "columns" }, this.stage.root, el("div", { class: "side" }, ...this.panel.sections, this.sound.root, list)),
      this.live,
    );
    host.replaceChildren(this.root);
    this.keyboard = this.makeKeyboard(scope);
    this.store.items = this.saver.begin(annotation.revision, annotation.document);
    const memory = new HistoryMemory(this.store.history, () => this.store.items, `labelbuddy:history:${annotation.user}:${task.id}`);
    memory.restore();
    scope.every(1000, () => memory.keep());
    scope.onWindow("pagehide", () => memory.keep());
    scope.add(() => memory.keep());
    new ActivityLog(api, task.id, client, playback, scope, this.root, (idle) => this.idle(idle));
    restoreView(this.stage, task.id);
    this.listen(scope);
    this.keyboard.focus();
  }

  /** Bring everything on screen in line with the state. */
  refresh(): void {
    const { store, stage, beats } = this;
    const changes = store.takeChanges();
    const drawn = store.drawn();
    store.selection.keep((id) => this.edits.grabbed(id) !== null && (!store.hidesSuggestions || store.region(id) !== null));
    const state = [drawn, this.activeLabel, this.editable, this.modelsApart, this.tiers.names.join("\n")];
    const same = state.every((one, index) => one === this.drawnOnStage[index]);
    const inPlace = same && changes !== null && !this.modelsApart && stage.changeLanes(changes);
    if (!inPlace && (!same || changes === null || changes.length)) {
      this.drawnOnStage = state;
      stage.setLanes(laneRows(drawn, this.laneOptions()));
    }
    this.markTier();
    stage.setHint(drawn.length || !this.editable ? "" : this.laneHint());
    const grid = beats.grid;
    stage.selectedBeat = beats.selected;
    stage.setBeats(grid, this.project.controls.points || grid.beats.length > 0, "No beats yet: T taps along, Shift+T takes those that were found");
    this.keyboard.keepingFocus(() => {
      this.table.set(drawn, store.selected, (id) => store.selection.has(id));
      this.panel.refresh();
      this.handing.drawBanner();
      this.undoButton.disabled = !this.editable || !store.history.canUndo;
      this.redoButton.disabled = !this.editable || !store.history.canRedo;
      this.submitButton.disabled = !this.editable || this.handing.busy;
      this.boxButton.setAttribute("aria-pressed", String(this.boxMode));
      this.boxButton.classList.toggle("chosen", this.boxMode);
      this.snapSelect.refresh();
      this.sound.refresh();
    });
    this.bar.refresh();
    stage.mark();
  }

  private get editable(): boolean {
    return this.handing.editable;
  }

  /** Called while it plays, in every frame. */
  private frame(): void {
    this.bar?.refresh();
    const ghost = this.held?.ghost;
    if (ghost) {
      const lane = this.stage.lanes.findIndex((one) => one.label.id === (this.tiers.on ? this.activeLane() : ghost.label));
      const color = this.tiers.on ? { color: this.store.label(ghost.label).color } : {};
      this.stage.ghost = { lane, start: ghost.start, end: ghost.end, low: null, high: null, ...color };
      this.stage.mark();
    }
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

  private makeKeyboard(scope: Scope): Keyboard {
    const overlay = (close: () => void) =>
      keyOverlay({ review: false, preferences: () => this.preferences, keep: (preferences) => this.keep(preferences), close });
    return new Keyboard(
      this.root,
      {
        review: false,
        keys: () => this.keys,
        act: (action, press) => this.act(action, press),
        other: (press) => this.pressLabel(press),
        released: (code) => {
          this.held.up(code);
          if (!this.gestures.active && this.stage.ghost) this.gestures.cancel();
        },
        escape: () => this.escape(),
        overlay,
      },
      scope,
    );
  }

  private makePanel(): Panel {
    const changing = (action: () => void): void => {
      if (this.editable) action();
    };
    const beats = this.project.controls.points ? beatPanel(this.beats, this.store, { editable: () => this.editable, playhead: () => this.stage.playback.time }) : null;
    return capturePanel(
      this.project,
      this.store,
      {
        editable: () => this.editable,
        activeLabel: () => this.activeLabel,
        pickLabel: (id) => this.pickLabel(id),
        keyIsFree: (key) => this.keys.isFree(key),
        keysNumber: () => Object.keys(this.preferences.keys).length,
        backToEditor: () => this.keyboard.focus(),
        accept: (ids) => changing(() => this.edits.accept(ids)),
        reject: (ids) => changing(() => reject(this.store, this.edits, ids)),
        remove: () => this.act("delete"),
        merge: () => this.act("merge"),
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
        acceptLabel: (label) => changing(() => this.edits.acceptAll(label)),
        thresholdMoved: () => this.refresh(),
        hideSuggestions: () => this.act("hide-suggestions"),
        modelsApart: () => this.modelsApart,
        setModelsApart: (apart) => {
          this.modelsApart = apart;
          this.refresh();
        },
        withheld: () => this.firstPass.reason,
        asksForFirstPass: () => this.firstPass.withheld?.setting === "after_first_pass",
        declareFirstPass: () => changing(() => void this.firstPass.declare()),
        tiers: () => (this.tiers.on ? this.tiers.names : null),
        predict: (model, selection) => changing(() => void this.predicting.ask(model, selection ? this.stretch() : null)),
        cancelPrediction: () => void this.predicting.cancel(),
        models: this.models,
        job: () => this.predicting.job,
        jobProblem: () => this.predicting.problem,
        first: this.task.start,
        last: this.task.stop,
        highest: this.task.recording.sample_rate / 2,
        complain: (text) => this.notice.show(text),
      },
      beats,
      this.tiers.on ? tierPanel(this.tiers, () => this.editable) : null,
    );
  }

  private actionPorts(): EditorActionPorts {
    return {
      store: this.store,
      edits: this.edits,
      beats: this.beats,
      snapping: this.snapping,
      predicting: this.predicting,
      firstPass: this.firstPass,
      tiers: this.tiers,
      handing: this.handing,
      chosenModel: () => this.panel.chosenModel(),
      stretch: () => this.stretch(),
      editText: () => this.panel.focusText(),
      say: (text) => this.say(text),
      refresh: () => this.refresh(),
    };
  }

  private viewActions(): Actions {
    const { store, stage } = this;
    const snapStep = (by: 1 | -1) => (): void => {
      const kind = this.snapping.mode === "beat" || this.snapping.mode === "bar" ? this.snapping.mode : "onset";
      const at = stage.playback.time;
      const times = this.snapping.points.between(kind, Math.max(0, at - 300), at + 300);
      const found = by > 0 ? times.find((time) => time > at + 0.001) : times.filter((time) => time < at - 0.001).pop();
      if (found === undefined) return this.say(`No ${kind} ${by > 0 ? "after" : "before"} the playhead`);
      stage.playback.seek(stage.clamp(found));
      stage.view.reveal(found);
      stage.mark();
    };
    return {
      help: () => this.keyboard.toggleHelp(),
      instructions: () => this.showInstructions(),
      "next-region": () => this.selectDrawn(stepped(store.drawn(), store.selected, 1)),
      "previous-region": () => this.selectDrawn(stepped(store.drawn(), store.selected, -1)),
      "next-prediction": () => this.selectDrawn(nextSuggestion(store.drawn(), store.selected)),
      "select-all": () => this.selectAll(inView(store.drawn(), stage.view.start, stage.view.stop)),
      "find-label": () => this.panel.focusSearch(),
      "go-to": () => void this.goTo(),
      "next-snap": snapStep(1),
      "previous-snap": snapStep(-1),
      "box-mode": () => {
        this.boxMode = !this.boxMode;
        if (this.boxMode && !stage.look.shown) stage.setLook({ shown: true });
        this.say(this.boxMode ? "Drags on the spectrogram mark boxes" : "Drags on the spectrogram mark regions");
        this.refresh();
      },
      band: () => this.say(this.sound.toggleBand() ? "Only the frequencies of the selected box" : "All frequencies"),
      label: (press) => this.held.down(this.labelOf(press.key)?.id ?? "", press.code),
      flag: () => void this.handing.flag(),
    };
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
    scope.onWindow("blur", () => this.held.cancel());
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
    const pressed = press ?? NO_PRESS;
    const own = this.own[action];
    if (own) return own(pressed);
    if (!this.editable) return;
    const ofBeat = this.beats.selected && !this.store.selected ? this.ofBeats[action] : undefined;
    (ofBeat ?? this.changing[action])?.(pressed);
  }

  /** The first region that lacks a required answer is selected, and said. */
  private missing(): string | null {
    for (const region of this.store.collection<Region>("regions")) {
      const label = this.store.label(region.label);
      const open = label.attributes.find((one) => one.required && (region.attributes?.[one.id] ?? null) === null);
      if (!open) continue;
      this.select(region.id, true);
      return `“${open.name}” is not answered for ${label.name} at ${clock(region.start)}. Answer it, then submit again.`;
    }
    return null;
  }

  /** Nothing has happened for a minute, or something happens again. */
  private idle(idle: boolean): void {
    if (idle) this.notice.show("Paused: your time is not counted while nothing happens. Go on whenever you like.", 3_600_000);
    else this.notice.hide();
  }

  private escape(): void {
    this.held.cancel();
    if (this.gestures.active) return this.gestures.cancel();
    this.beats.selected = null;
    this.select(null);
  }

  private pressedBeats(): void {
    this.keyboard.focus();
    this.store.selected = null;
  }

  private async keep(preferences: Preferences): Promise<void> {
    this.preferences = preferences;
    this.keys = new KeyMap(preferences.keys);
    this.refresh();
    await this.api.setPreferences(preferences);
  }

  private async sendDecision(prediction: string, item: string, decision: "rejected" | "undecided", by?: Decided): Promise<void> {
    try {
      await this.api.decide(prediction, item, decision, by);
    } catch (error) {
      this.store.setDecision(prediction, item, decision !== "rejected");
      this.notice.show(`The suggestion is as it was: ${(error as Error).message}`);
      this.refresh();
    }
  }

  private pressLabel(press: KeyPress): boolean {
    if (press.ctrlKey || press.metaKey || press.altKey) return false;
    const label = this.labelOf(press.key);
    if (label) this.held.down(label.id, press.code);
    return label !== null;
  }

  private labelOf(key: string): Label | null {
    return this.project.labels.find((one) => one.key !== null && one.key.toLowerCase() === key.toLowerCase()) ?? null;
  }

  private pickLabel(id: string): void {
    if (!id) return;
    this.activeLabel = id;
    const regions = this.edits.chosen.filter((region) => region.label !== id);
    if (regions.length && this.editable) this.edits.relabel(regions, id);
    else this.refresh();
  }

  private select(id: string | null, show = false): void {
    this.store.selected = id;
    if (id !== null) this.beats.selected = null;
    this.selected(show);
  }

  private selectDrawn(one: { id: string } | null): void {
    if (one) this.select(one.id, true);
  }

  private toggle(id: string): void {
    this.store.selection.toggle(id);
    this.selected(false);
  }

  private selectAll(ids: readonly string[]): void {
    this.store.selection.all(ids);
    this.selected(false);
  }

  private selected(show: boolean): void {
    const span = this.selectedSpan();
    if (span && show) {
      this.stage.view.reveal(span.start);
      this.stage.playback.seek(span.start);
    }
    const region = this.edits.selected;
    const many = this.store.selection.size;
    if (many > 1) this.say(`${many} selected`);
    else if (region) {
      const suggested = this.store.suggestion(region.id) ? `, suggestion ${Math.round((region.origin.score ?? 0) * 100)} percent` : "";
      this.say(`${this.store.label(region.label).name}, ${clock(region.start)} to ${clock(region.end)}${suggested}`);
    }
    this.refresh();
  }

  private showInstructions(): void {
    const text = this.project.instructions.trim() || "This project has no instructions.";
    this.keyboard.show((close) => instructionsOver(text, close));
  }

  private async goTo(): Promise<void> {
    const typed = await this.keyboard.ask("Go to a time, for example 12.5 or 1:02.5", clock(this.stage.playback.time));
    if (typed === null) return;
    const seconds = parseClock(typed);
    if (seconds === null) return this.notice.show(`${typed} is no time. Type one such as 12.5, 1:02.5 or 1:01:02.5.`);
    const time = this.stage.clamp(seconds);
    this.stage.playback.seek(time);
    this.stage.view.reveal(time);
    this.stage.mark();
  }

  /** The lane that is drawn for new regions. */
  private activeLane(): string {
    return this.tiers.on ? laneOf(this.tiers.active) : this.activeLabel;
  }

  /** Mark a region in a lane: of its label, or on its tier with the active label. */
  private createIn(lane: string, start: number, end: number, band: Partial<Band>): void {
    const tier = tierOf(lane);
    if (tier) this.tiers.pick(tier);
    this.edits.create(tier === null ? lane : this.activeLabel, start, end, band, tier);
  }

  /** Move what is selected by some seconds, and some tiers down, as far as all of it can. */
  private moveToTier(by: number, down: number): void {
    const regions = this.edits.chosen;
    const there = (region: Region): string | null => (down ? this.tiers.beside(region.tier, down) : (region.tier ?? null));
    if (!regions.length) return;
    if (!down || regions.some((region) => there(region) === null)) {
      if (by) this.edits.moveTogether(regions, by);
      else this.say(this.tiers.on ? t("There is no tier there") : t("This project has no tiers"));
      return;
    }
    this.edits.moveTogether(regions, by, null, there);
    this.say(t("Now on {tier}", { tier: this.edits.chosen[0]?.tier ?? "" }));
  }

  private selectedSpan(): SelectedSpan | null {
    const region = this.edits?.selected ?? null;
    if (!region || region.instant) return null;
    const { start, end, low, high } = region;
    return { start, end, low: low ?? null, high: high ?? null, color: this.store.label(region.label).color };
  }

  /** The frequencies of the selected box; null when nothing is bounded. */
  private selectedBand(): { low: number; high: number } | null {
    const region = this.edits.selected;
    if (!region || (region.low == null && region.high == null)) return null;
    return { low: region.low ?? 0, high: region.high ?? this.task.recording.sample_rate / 2 };
  }

  private stretch(): { start: number; stop: number } {
    const { view } = this.stage;
    const span = this.selectedSpan();
    return span ? { start: span.start, stop: span.end } : { start: Math.max(view.first, view.start), stop: Math.min(view.last, view.stop) };
  }

  private laneOptions(): LaneOptions {
    const models = this.modelsApart && !this.store.hidesSuggestions ? this.store.predictions : [];
    return { labels: this.project.labels, active: this.activeLabel, models, tiers: this.tiers.on ? this.tiers.names : null };
  }

  private laneHint(): string {
    return this.activeLabel ? `Drag here to mark ${this.store.label(this.activeLabel).name}, or press I and O` : "";
  }

  private snapPoints(): SnapPoints {
    return new SnapPoints(
      {
        fetch: (start, stop, kinds) => this.api.snapPoints(this.task.id, start, stop, kinds),
        ownBeats: () => this.beats.grid.beats,
        edges: (start, stop, but) =>
          this.stage.lanes.flatMap((lane) =>
            [...lane.index.between(start, stop)]
              .filter((one) => !but.has(one.id))
              .flatMap((one) => [one.start, one.end])
              .filter((time) => time >= start && time <= stop),
          ),
        samples: () => {
          const { samples, peaks } = this.stage;
          if (!samples || !peaks) return null;
          const { sample_rate: rate, frames, channels } = peaks.header;
          return { store: samples, rate, frames, channels };
        },
      },
      () => this.stage.mark(),
    );
  }

  private snapTicks(start: number, stop: number): { ticks: readonly number[]; caught: number | null } {
    const { mode, caught } = this.snapping;
    return { ticks: mode === "off" || mode === "edge" ? [] : this.snapping.points.between(mode, start, stop), caught };
  }

  /** The server rounds times; take its values over where nothing newer is on the screen. */
  private corrected(collection: string, values: Value[]): void {
    if (collection !== "regions" || !this.saver.idle) return;
    for (const value of values as Region[]) {
      const present = this.store.items.get(itemKey("regions", value.id)) as Region | undefined;
      if (present && Math.abs(present.start - value.start) < 0.01 && Math.abs(present.end - value.end) < 0.01) {
        this.store.correct("regions", value.id, { ...present, start: value.start, end: value.end });
      }
    }
  }

  private told(state: SaveState, detail: string): void {
    if (state === "merged") this.notice.show("Another tab changed this annotation too. Both changes are kept.");
    this.status.className = `save-status is-${state}`;
    this.status.textContent = detail && state !== "saved" ? `${SAYS[state]}: ${detail}` : SAYS[state];
    this.status.title = this.status.textContent;
    if (["refused", "closed"].includes(state)) this.notice.show(this.status.textContent);
    if (["offline", "unkept", "refused", "closed"].includes(state)) this.say(this.status.textContent);
  }

  private say(text: string): void {
    this.live.textContent = text;
  }
}

/** What a button is to an action that asks which keys were held. */
const NO_PRESS: KeyPress = { key: "", code: "", shiftKey: false, altKey: false, ctrlKey: false, metaKey: false };
