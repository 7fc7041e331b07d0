/**
 * The annotation editor as it is from the first moment: the stage with what is marked, saving, undo, and keys that are noted.
 * What people work with (`workbench.ts`) is fetched as soon as the waveform is drawn, or somebody wants it.
 */
import type { Suggested } from "./api/answers";
import { beatsOf } from "./editing/beat_points";
import type { Beats } from "./editing/beats";
import { earlyPointer } from "./editing/early_pointer";
import { type KeyPress, NO_PRESS } from "./editing/key_press";
import { LabelKeys } from "./editing/label_keys";
import { editorLanes } from "./editing/lane_control";
import type { PendingDecisions } from "./editing/pending_decisions";
import { PersonalKeys } from "./editing/personal_keys";
import { Saving } from "./editing/saving";
import { sentDecisions } from "./editing/sent_decisions";
import { SnapChoice } from "./editing/snap_choice";
import { StageContents } from "./editing/stage_contents";
import { browserStore, newUuid } from "./editing/storage";
import { Store } from "./editing/store";
import { TierList } from "./editing/tier_list";
import { WorkMemory } from "./editing/work_memory";
import type { Opened, OpenedEditor } from "./editor";
import { afterwards } from "./engine/afterwards";
import { BeatGrid } from "./engine/beat_grid";
import { Stage } from "./engine/stage";
import { keepView, restoreView } from "./engine/view_memory";
import { FirstPass } from "./first_pass";
import { Keyboard } from "./keyboard";
import { fetchWorkbench } from "./late_workbench";
import { Later } from "./later";
import { renewHints } from "./panels/key_hints";
import { Notice } from "./panels/notice";
import { Screen } from "./panels/screen";
import { StandingLine } from "./panels/standing_line";
import { tierHeads } from "./panels/tier_heads";
import { mediaKeys } from "./playback/media_keys";
import { playAction } from "./playback/transport";
import type { Scope } from "./scope";
import { Standing } from "./standing";
import type { Begun, Workbench } from "./workbench";

/** What people work with is fetched after so long in any case: tabs in the background draw no waveform (ms). */
const LATEST_MS = 3000;
/** Actions of playing and zooming that ask for the selected region: they wait for what selects. */
const OF_SELECTION: ReadonlySet<string> = new Set(["play-region", "loop", "zoom-region"]);

export class Editor implements OpenedEditor {
  private readonly store: Store;
  private readonly firstPass: FirstPass;
  private readonly decisions: PendingDecisions;
  private readonly stage: Stage;
  private readonly saving: Saving;
  private readonly standing: Standing;
  private readonly labels: LabelKeys;
  private readonly contents: StageContents;
  private readonly keyboard: Keyboard;
  private readonly notice: Notice;
  private readonly screen: Screen;
  private readonly memory: WorkMemory;
  private readonly begun: Begun;
  private readonly work: Later<Workbench>;
  private fetching = false;
  /** What was kept of the selection is brought back. */
  private resumed = false;

  constructor(
    host: HTMLElement,
    opened: Opened,
    private readonly scope: Scope,
    navigate: (task: string | null) => void,
  ) {
    const { api, task, project, annotation, models } = opened;
    const say = (text: string): void => this.screen.say(text);
    const complain = (text: string): void => void this.notice.show(text);
    const refresh = (): void => this.refresh();
    const act = (action: string): void => this.act(action);
    const editable = (): boolean => this.standing.editable;
    const commit = (): void => this.commit();
    const focus = (): void => this.keyboard.focus();
    const dragging = (): boolean => this.work.here?.gestures.active ?? false;
    const client = newUuid();
    const work = (this.work = new Later<Workbench>(() => this.stage.playback.time, () => void this.fetch()));
    const notice = (this.notice = new Notice(scope));
    const store = (this.store = new Store(
      project.labels,
      (changes) => {
        this.saving.saver.push(changes);
        this.work.here?.handing.edited();
      },
      (prediction, region, decision, by) => {
        this.decisions.push({ prediction, region, decision, ...(by ? { by } : {}) });
        this.work.here?.handing.edited();
      },
      refresh,
      project.lanes === "tiers",
    ));
    store.reviews = annotation.reviews;
    this.decisions = sentDecisions(api, task.id, annotation, client, store, { complain, refresh }, scope);
    const { lanes, locks } = editorLanes(project, store, {
      stage: () => this.stage,
      keyOf: ({ key }) => keys.shownFor(key),
      say,
      complain,
      changed: refresh,
      leave: focus,
    });
    const confirm = (text: string, yes: string): Promise<boolean> => new Promise((resolve) => work.do((workbench) => void workbench.confirm(text, yes).then(resolve)));
    const firstTiers = new TierList(store, store.byTier ? project.tiers : null);
    const tiers = (): TierList => work.here?.tiers ?? firstTiers;
    const line = new StandingLine("warn", dragging, scope);
    const saving = (this.saving = new Saving(api, task, annotation, client, store, notice, { refresh, say, commit, stands: (state) => void (this.standing.state = state), gone: (why) => this.lose(why), saved: () => this.standing.takenUp(dragging()), merged: (documents, by) => work.do(({ merging }) => merging.heard(documents, by)), dragging }, scope));
    const standing = (this.standing = new Standing(() => api.readonly, task, annotation, {
      reviews: () => store.reviews,
      withdraw: () => work.do(({ handing }) => void handing.withdraw()),
      flag: () => work.do(({ handing }) => void handing.flag()),
      next: () => navigate(null),
    }));
    const firstPass = (this.firstPass = new FirstPass(api, task.id, store, saving.saver, { commit, confirm, complain, say, refresh }));
    const firstSnapping = new SnapChoice(browserStore());
    const snapping = (): SnapChoice => work.here?.snapping ?? firstSnapping;
    const stage = (this.stage = new Stage(
      api,
      task,
      scope,
      host,
      {
        isSelected: (id) => store.selection.has(id),
        nameOf: (label) => store.label(label).name,
        chosen: () => store.chosenDrawn(),
        selectedSpan: () => work.here?.choosing.span ?? null,
        follow: () => !dragging(),
        snapTicks: (start, stop) => work.here?.snapTicks(start, stop),
        heads: lanes.heads,
        opened: (channels) => this.memory.restoreSound(channels),
        drawn: () => afterwards(() => void this.fetch()),
      },
      () => this.frame(),
    ));
    const { playback } = stage;
    playback.solo = lanes.solo;
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
      playhead: () => playback.time,
      reaction: () => keys.reaction * playback.rate,
      create: (label, from, to) => work.do(({ edits }) => edits.create(label, from, to)),
      picked: (label) => {
        if (!work.here) refresh(); // what new regions get is seen at once
        work.do((bench) => bench.relabel(label));
      },
    }));
    const contents = (this.contents = new StageContents({
      stage,
      store,
      beats: () => this.beats,
      labels,
      lanes: lanes.states,
      tiers,
      marking: () => work.here?.marking ?? null,
      markTier: firstTiers.on ? tierHeads(stage, () => tiers().active, (tier) => work.do((bench) => bench.tiers.pick(tier)), scope) : () => undefined,
      keys,
      project,
      readonly: api.readonly,
    }));
    const memory = (this.memory = new WorkMemory({ project: project.id, task: task.id, user: annotation.user, store, stage, labels, tiers, contents }));
    memory.restore();
    if (opened.apart) contents.modelsApart = true;
    const screen = (this.screen = new Screen({ api, task, store, stage, snapping, saving, standing, line, notice, act, refresh }));
    host.replaceChildren(screen.root);
    const keyboard = (this.keyboard = new Keyboard(
      screen.root,
      {
        review: false,
        keys: () => keys.map,
        act: (action, press) => this.act(action, press),
        other: (press) => labels.press(press),
        released: (code) => this.released(code),
        escape: () => this.escape(),
        help: () => work.do((bench) => bench.help()),
      },
      scope,
    ));
    this.begun = {
      ...{ api, task, project, annotation, models, client, store, stage, saving, standing, firstPass, snapping: firstSnapping, keys, keyboard, labels, lanes, locks, tiers: firstTiers, contents, notice, line, screen, scope },
      ...{ editable, playhead: () => work.moment, focus, act, say, complain, refresh, navigate },
    };
    const { lanesCanvas, waveCanvas, spectrogramCanvas, beatsCanvas } = stage;
    earlyPointer([lanesCanvas, waveCanvas, spectrogramCanvas, beatsCanvas], () => work.here !== null, (make) => work.do(make), scope);
    mediaKeys(act, scope);
    saving.begin(scope);
    restoreView(stage, task.id, opened.at);
    const keep = (): void => {
      keepView(stage, task.id);
      if (this.resumed) memory.keep();
    };
    scope.every(1000, keep);
    scope.onWindow("pagehide", keep);
    scope.add(keep);
    scope.onWindow("blur", () => labels.cancel());
    const waited = setTimeout(() => void this.fetch(), LATEST_MS);
    scope.add(() => clearTimeout(waited));
    if (api.served || document.activeElement === document.body) focus(); // somebody may be typing elsewhere in another app
  }

  /** The task is not there for this person any more: nothing is edited, and the banner says where to go. */
  private lose(why: string): void {
    this.standing.gone = why;
    this.stage.playback.gone = true;
    this.standing.drawBanner();
    this.refresh();
  }

  /** Bring everything on screen in line with the state. */
  refresh(): void {
    const bench = this.work.here;
    bench?.choosing.keepWhatExists();
    this.contents.refresh(this.standing.editable);
    this.keyboard.keepingFocus(() => {
      bench?.desk.refresh();
      this.screen.refresh(bench?.boxMode ?? false);
    });
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
    this.work.here?.commit();
  }

  /** Fetch what people work with, once; what they did meanwhile is done then. */
  private async fetch(): Promise<void> {
    if (this.fetching) return;
    this.fetching = true;
    const late = await fetchWorkbench(this.notice, this.scope);
    if (!late) return;
    const bench = (this.work.here = new late.Workbench(this.begun));
    this.refresh();
    this.work.catchUp(bench);
  }

  /** The beats as they are counted; before they can be changed, as the document has them. */
  private get beats(): Pick<Beats, "grid" | "selected"> {
    return this.work.here?.beats ?? { grid: new BeatGrid(beatsOf(this.store.beats)), selected: null };
  }

  /** Called while it plays, in every frame. */
  private frame(): void {
    this.screen?.bar.refresh();
    this.contents?.drawHeld();
  }

  /** What sounds and what is picked for new regions needs nothing else. */
  private act(action: string, press: KeyPress = NO_PRESS): void {
    const early = this.work.here === null && !OF_SELECTION.has(action);
    const digit = /^label-(\d)$/.exec(action)?.[1];
    if (early && digit) return this.labels.down(digit, press.code);
    if (early && playAction(this.stage, action, () => null)) return this.screen.bar.refresh();
    this.work.do((bench) => bench.run(action, press));
  }

  private released(code: string): void {
    this.labels.up(code);
    this.work.here?.released();
  }

  private escape(): void {
    this.labels.cancel();
    this.work.do((bench) => bench.escape());
  }
}
