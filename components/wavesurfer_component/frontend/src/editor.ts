/** The annotation editor: draw, adjust, label, accept suggestions, save, submit. Here its parts are brought together. */
import { ActivityLog } from "./activity";
import { type Annotation, type Api, HttpApi, type Preferences, type Project, type ProjectModel, type Suggested, type Task, USUAL_PREFERENCES } from "./api";
import { beatGestures } from "./editing/beat_gestures";
import { Beats } from "./editing/beats";
import { Bookmarks } from "./editing/bookmarks";
import { Choosing } from "./editing/choosing";
import { Commands } from "./editing/commands";
import type { Comparison } from "./editing/conflicts";
import { Deciding } from "./editing/deciding";
import { Edits } from "./editing/edits";
import { Gestures } from "./editing/gestures";
import { LabelKeys } from "./editing/label_keys";
import { editorLanes } from "./editing/lane_control";
import { LaneMarking } from "./editing/lane_marking";
import { Merging } from "./editing/merging";
import { PendingDecisions } from "./editing/pending_decisions";
import { firstMissing } from "./editing/missing";
import { PersonalKeys } from "./editing/personal_keys";
import { leftEditors, Saving } from "./editing/saving";
import { snapSources } from "./editing/snap_sources";
import { Snapping } from "./editing/snapping";
import { snapTicks, StageContents } from "./editing/stage_contents";
import { browserStore, newUuid } from "./editing/storage";
import { Store } from "./editing/store";
import { laneOf, tierOf, Tiers } from "./editing/tiers";
import { WorkMemory } from "./editing/work_memory";
import { SnapPoints } from "./engine/snap_points";
import { Stage } from "./engine/stage";
import { keepView, restoreView } from "./engine/view_memory";
import { FirstPass } from "./first_pass";
import { HandingIn } from "./handing_in";
import { speak, spoken, t } from "./i18n";
import { Keyboard } from "./keyboard";
import { renewHints } from "./panels/key_hints";
import { Notice } from "./panels/notice";
import { Screen } from "./panels/screen";
import { tierHeads } from "./panels/tiers";
import { mediaKeys } from "./playback/media_keys";
import { Predicting } from "./predicting";
import type { Scope } from "./scope";

export interface EditorData {
  mode: "annotate";
  task: string;
  project: string;
  api: string;
}

/** What is fetched before an editor opens. */
interface Opened {
  api: Api;
  task: Task;
  project: Project;
  annotation: Annotation;
  models: ProjectModel[];
  preferences: Preferences;
}

/** What may be done to an editor from outside. */
export interface OpenedEditor {
  /** Bring everything on screen in line with the state. */
  refresh(): void;
  /** Models suggest this now. */
  suggest(suggested: Suggested): void;
  /** Make an edit of what was typed and is not one yet. */
  commit(): void;
}

export async function mountEditor(host: HTMLElement, data: EditorData, scope: Scope, navigate: (task: string | null) => void): Promise<void> {
  await openEditor(host, new HttpApi(data.api), data, scope, navigate);
}

/** Open a task with whatever answers for it; null when it was left meanwhile. */
export async function openEditor(
  host: HTMLElement,
  api: Api,
  data: { task: string; project: string },
  scope: Scope,
  navigate: (task: string | null) => void,
): Promise<OpenedEditor | null> {
  await leftEditors();
  const [task, project, annotation, suggested, models, preferences] = await Promise.all([
    api.task(data.task),
    api.project(data.project),
    api.annotation(data.task),
    api.predictions(data.task),
    api.models(data.project).catch(() => []),
    api.preferences().catch(() => USUAL_PREFERENCES),
  ]);
  await speak(preferences.language);
  if (scope.ended) return null; // left while it was fetched
  host.lang = spoken();
  const editor = new Editor(host, { api, task, project, annotation, models, preferences }, scope, navigate);
  editor.suggest(suggested);
  editor.resume();
  return editor;
}

class Editor implements OpenedEditor {
  private readonly store: Store;
  private readonly firstPass: FirstPass;
  private readonly decisions: PendingDecisions;
  private readonly stage: Stage;
  private readonly saving: Saving;
  private readonly edits: Edits;
  private readonly beats: Beats;
  private readonly labels: LabelKeys;
  private readonly choosing: Choosing;
  private readonly contents: StageContents;
  private readonly gestures: Gestures;
  private readonly handing: HandingIn;
  private readonly commands: Commands;
  private readonly keyboard: Keyboard;
  private readonly notice: Notice;
  private readonly screen: Screen;
  private readonly memory: WorkMemory;
  private boxMode = false;
  /** Hides the message that the time is not counted. */
  private unpause = (): void => undefined;
  /** What was kept of the selection is brought back. */
  private resumed = false;

  constructor(host: HTMLElement, opened: Opened, scope: Scope, navigate: (task: string | null) => void) {
    const { api, task, project, annotation } = opened;
    const say = (text: string): void => this.screen.say(text);
    const complain = (text: string): void => void this.notice.show(text);
    const refresh = (): void => this.refresh();
    const act = (action: string): void => this.commands.run(action);
    const editable = (): boolean => this.handing.editable;
    const commit = (): void => this.commit();
    const focus = (): void => this.keyboard.focus();
    const dragging = (): boolean => this.gestures.active;
    const client = newUuid();
    const notice = (this.notice = new Notice(scope));
    const store = (this.store = new Store(
      project.labels,
      (changes) => this.saving.saver.push(changes),
      (prediction, region, decision, by) => this.decisions.push({ prediction, region, decision, ...(by ? { by } : {}) }),
      refresh,
      project.lanes === "tiers",
    ));
    store.reviews = annotation.reviews;
    this.decisions = new PendingDecisions(browserStore(), `labelbuddy:decisions:${annotation.user}:${task.id}:`, client, {
      send: (decisions) => api.decide(task.id, decisions),
      refused: (decisions, why) => {
        for (const { prediction, region, decision } of decisions) store.setDecision(prediction, region, decision !== "rejected");
        complain(t("The suggestion is as it was: {why}", { why }));
        refresh();
      },
      adopted: (decisions) => {
        for (const { prediction, region, decision } of decisions) store.setDecision(prediction, region, decision === "rejected");
        refresh();
      },
      wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      ended: () => scope.ended,
      now: () => Date.now(),
    });
    scope.every(2000, () => this.decisions.touch());
    scope.onWindow("pagehide", () => this.decisions.part());
    store.pending = () => this.decisions.all;
    const { lanes, locks } = editorLanes(project, store, {
      stage: () => this.stage,
      keyOf: ({ key }) => keys.shownFor(key),
      say,
      complain,
      changed: refresh,
      leave: focus,
    });
    const confirm = (text: string, yes: string): Promise<boolean> => this.keyboard.confirm(text, yes);
    const ask = (text: string, value: string): Promise<string | null> => this.keyboard.ask(text, value);
    const tiers = new Tiers(store, store.byTier ? project.tiers : null, { say, complain, ask, confirm, refresh, locked: (tier) => locks.why(laneOf(tier)), named: (from, to) => lanes.renamed(from, to) });
    const merging = new Merging(
      {
        me: annotation.user,
        store,
        notice,
        stage: () => this.stage,
        choosing: () => this.choosing,
        keyboard: () => this.keyboard,
        editable,
        dragging,
        say,
      },
      scope,
    );
    const merged = (comparison: Comparison, by: string): void => merging.heard(comparison, by);
    const stands = (state: Annotation["state"]): void => void (this.handing.state = state);
    const saving = (this.saving = new Saving(api, task, annotation, client, store, notice, { refresh, say, commit, stands, merged, dragging }, scope));
    const handing = (this.handing = new HandingIn(api, task, project, annotation, saving.saver, notice, {
      commit,
      refresh,
      say,
      reviews: () => store.reviews,
      missing: () => this.missing(),
      ask,
      navigate,
    }));
    const firstPass = (this.firstPass = new FirstPass(api, task.id, store, saving.saver, { commit, confirm, complain, say, refresh }));
    const predicting = new Predicting(api, task.id, store, scope, refresh, () => firstPass.noteView(), say);
    const sources = snapSources(api, task.id, () => this.stage, () => this.beats.grid.beats);
    const snapping = new Snapping(new SnapPoints(sources, () => this.stage.mark()), browserStore());
    const stage = (this.stage = new Stage(
      api,
      task,
      scope,
      host,
      {
        isSelected: (id) => store.selection.has(id),
        nameOf: (label) => store.label(label).name,
        chosen: () => store.chosenDrawn(),
        selectedSpan: () => this.choosing?.span ?? null,
        follow: () => !this.gestures.active,
        snapTicks: (start, stop) => snapTicks(snapping, start, stop),
        heads: lanes.heads,
        opened: (channels) => this.memory.restoreSound(channels),
      },
      () => this.frame(),
    ));
    const { playback } = stage;
    playback.solo = lanes.solo;
    const playhead = (): number => playback.time;
    const tierFor = (tier: string | null | undefined): string | null => tiers.fitting(tier);
    const deciding = new Deciding(store, { say, complain, tierFor });
    const edits = (this.edits = new Edits(store, { first: task.start, last: task.stop, playhead, say, complain, clipboard: browserStore(), task: task.id, tierFor, chosenTier: () => tiers.chosen }));
    const beats = (this.beats = new Beats(api, task.id, store, { first: task.start, last: task.stop, playing: () => playback.playing, playhead, editable, say, complain, changed: refresh }));
    const keys = new PersonalKeys(api, opened.preferences, false, project.labels, () => {
      if (store.hidesScores !== keys.hidesScores) {
        store.hidesScores = keys.hidesScores;
        firstPass.noteView();
      }
      renewHints(host);
      refresh();
    });
    store.hidesScores = keys.hidesScores;
    const labels = (this.labels = new LabelKeys(project.labels, {
      playing: () => playback.playing && editable(),
      playhead,
      reaction: () => keys.reaction * playback.rate,
      create: (label, from, to) => edits.create(label, from, to),
      picked: (label) => this.relabel(label),
    }));
    const choosing = (this.choosing = new Choosing({ store, stage, edits, beats, locks, highest: task.recording.sample_rate / 2, editable, say, complain, refresh }));
    const marking = new LaneMarking({ store, edits, tiers, labels, say });
    const markTier = tiers.on ? tierHeads(stage, tiers, scope) : () => undefined;
    const contents = (this.contents = new StageContents({ stage, store, beats, labels, lanes: lanes.states, tiers, marking, markTier, keys, project }));
    const memory = (this.memory = new WorkMemory({ project: project.id, task: task.id, store, stage, labels, tiers, contents }));
    memory.restore();
    const bookmarks = new Bookmarks(browserStore(), `labelbuddy:bookmarks:${annotation.user}:${task.id}`);
    this.gestures = new Gestures(
      stage,
      edits,
      snapping,
      {
        editable,
        locked: (lane) => locks.has(lane),
        isSelected: (id) => store.selection.has(id),
        span: () => choosing.span,
        activeLane: () => marking.laneOf(),
        create: (lane, start, end, band) => marking.create(lane, start, end, band),
        move: (from, to, by) => marking.move(from, to, by),
        mayGoTo: (lane) => Boolean(tierOf(lane)),
        colorOf: (id) => marking.colorOf(id),
        boxMode: () => this.boxMode,
        select: (id) => choosing.tapped(id),
        toggle: (id) => choosing.toggle(id),
        several: () => choosing.several,
        selectAll: (ids) => choosing.selectAll(ids),
        pressed: focus,
        playRegion: () => act("play-region"),
      },
      scope,
    );
    beatGestures(stage, beats, snapping, { editable, pressed: () => this.pressedBeats(), changed: refresh }, scope);
    const shared = { ...opened, store, stage, snapping, saving, handing, merging, notice, edits, deciding, beats, labels, bookmarks, lanes: lanes.states, locks, tiers, marking, firstPass, keys, choosing, contents, predicting, editable, playhead, focus, act, say, refresh, complain };
    const screen = (this.screen = new Screen(shared, scope));
    host.replaceChildren(screen.root);
    this.keyboard = new Keyboard(
      screen.root,
      {
        review: false,
        keys: () => keys.map,
        act: (action, press) => this.commands.run(action, press),
        other: (press) => labels.press(press),
        released: (code) => this.released(code),
        escape: () => this.escape(),
        overlay: (close) => keys.overlay(close),
      },
      scope,
    );
    this.commands = new Commands({
      ...shared,
      keyboard: this.keyboard,
      instructions: screen.instructions,
      chosenModel: () => screen.panel.chosenModel(),
      editText: () => screen.panel.focusText(),
      findLabel: () => screen.panel.focusSearch(),
      toList: () => screen.list.focus(),
      toggleBoxMode: () => this.toggleBoxMode(),
      toggleBand: () => say(screen.sound.toggleBand() ? t("Only the frequencies of the selected box") : t("All frequencies")),
      played: () => screen.bar.refresh(),
    });
    mediaKeys(act, scope);
    saving.begin(scope);
    if (api.served) new ActivityLog(api, task.id, client, playback, scope, screen.root, (idle) => this.idle(idle));
    restoreView(stage, task.id);
    const keep = (): void => {
      keepView(stage, task.id);
      if (this.resumed) memory.keep();
    };
    scope.every(1000, keep);
    scope.onWindow("pagehide", keep);
    scope.add(keep);
    scope.onWindow("blur", () => labels.cancel());
    if (api.served || document.activeElement === document.body) focus(); // somebody may be typing elsewhere in another app
  }

  /** Bring everything on screen in line with the state. */
  refresh(): void {
    this.choosing.keepWhatExists();
    this.contents.refresh(this.handing.editable);
    this.keyboard.keepingFocus(() => this.screen.refresh(this.boxMode));
    this.screen.bar.refresh();
    this.stage.mark();
  }

  suggest(suggested: Suggested): void {
    this.firstPass.take(suggested);
    this.refresh();
  }

  /** Go on where this task was left. */
  resume(): void {
    this.resumed = true;
    if (this.memory.restoreSelection()) this.refresh();
  }

  commit(): void {
    this.screen.commit();
  }

  /** Called while it plays, in every frame. */
  private frame(): void {
    this.screen?.bar.refresh();
    this.contents?.drawHeld();
  }

  /** A label was picked: what is selected gets it too. */
  private relabel(label: string): void {
    const regions = this.edits.chosen.filter((region) => region.label !== label);
    if (regions.length && this.handing.editable) this.edits.relabel(regions, label);
    else this.refresh();
  }

  /** What is in the way of handing in: a text that was typed and is not kept, or the first region that is not ready, which is selected. */
  private missing(): string | null {
    const typed = this.screen.panel.unkept();
    if (typed !== null) return typed;
    const open = firstMissing(this.store);
    if (open) this.choosing.select(open.region, true);
    return open?.says ?? null;
  }

  private toggleBoxMode(): void {
    this.boxMode = !this.boxMode;
    if (this.boxMode && !this.stage.look.shown) this.stage.setLook({ shown: true });
    this.screen.say(this.boxMode ? t("Drags on the spectrogram mark boxes") : t("Drags on the spectrogram mark regions"));
    this.refresh();
  }

  private pressedBeats(): void {
    this.keyboard.focus();
    this.store.selected = null;
  }

  /** Nothing has happened for a minute, or something happens again. */
  private idle(idle: boolean): void {
    if (idle) this.unpause = this.notice.show(t("Paused: your time is not counted while nothing happens. Go on whenever you like."), 3_600_000);
    else this.unpause();
  }

  private released(code: string): void {
    this.labels.up(code);
    if (!this.gestures.active && this.stage.ghost) this.gestures.cancel();
  }

  private escape(): void {
    this.labels.cancel();
    if (this.gestures.active) return this.gestures.cancel();
    this.beats.selected = null;
    this.choosing.select(null);
  }
}
