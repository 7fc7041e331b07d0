/** What people work with: gestures, edits, panels, list and keys. It comes after the waveform; `editor.ts` is there before. */
import { ActivityLog } from "./activity";
import type { Annotation, Project, ProjectModel, Task } from "./api/answers";
import type { Api } from "./api/api";
import { beatGestures } from "./editing/beat_gestures";
import { Beats } from "./editing/beats";
import { Bookmarks } from "./editing/bookmarks";
import { Choosing } from "./editing/choosing";
import { Commands } from "./editing/commands";
import { Deciding } from "./editing/deciding";
import { Edits } from "./editing/edits";
import { Gestures } from "./editing/gestures";
import type { KeyPress } from "./editing/key_press";
import type { LabelKeys } from "./editing/label_keys";
import type { LaneControl } from "./editing/lane_control";
import { LaneMarking } from "./editing/lane_marking";
import type { Locks } from "./editing/locks";
import { Merging } from "./editing/merging";
import { firstMissing } from "./editing/missing";
import type { PersonalKeys } from "./editing/personal_keys";
import type { Saving } from "./editing/saving";
import type { SnapChoice } from "./editing/snap_choice";
import { snapSources } from "./editing/snap_sources";
import { Snapping } from "./editing/snapping";
import type { StageContents } from "./editing/stage_contents";
import { browserStore } from "./editing/storage";
import type { Store } from "./editing/store";
import { laneOf, tierOf } from "./editing/tier_names";
import type { TierList } from "./editing/tier_list";
import { Tiers } from "./editing/tiers";
import { SnapPoints } from "./engine/snap_points";
import type { Stage } from "./engine/stage";
import type { FirstPass } from "./first_pass";
import { HandingIn } from "./handing_in";
import { t } from "./i18n";
import type { Keyboard } from "./keyboard";
import * as asking from "./panels/asking";
import { Desk } from "./panels/desk";
import type { Notice } from "./panels/notice";
import { keyOverlay } from "./panels/overlay";
import type { Screen } from "./panels/screen";
import type { StandingLine } from "./panels/standing_line";
import { Predicting } from "./predicting";
import type { Scope } from "./scope";
import type { Standing } from "./standing";

/** What of an editor is there already. */
export interface Begun {
  api: Api;
  task: Task;
  project: Project;
  annotation: Annotation;
  models: ProjectModel[];
  /** This tab, for the server. */
  client: string;
  store: Store;
  stage: Stage;
  saving: Saving;
  standing: Standing;
  firstPass: FirstPass;
  snapping: SnapChoice;
  keys: PersonalKeys;
  keyboard: Keyboard;
  labels: LabelKeys;
  lanes: LaneControl;
  locks: Locks;
  /** The active one may have been kept. */
  tiers: TierList;
  contents: StageContents;
  notice: Notice;
  line: StandingLine;
  screen: Screen;
  scope: Scope;
  editable(): boolean;
  /** Where the playhead is, or was when what is being done was asked for (s). */
  playhead(): number;
  focus(): void;
  act(action: string): void;
  say(text: string): void;
  complain(text: string): void;
  refresh(): void;
  navigate(task: string | null): void;
}

export class Workbench {
  /** Ask before something is done; `yes` is what the button says. */
  readonly confirm: (text: string, yes: string) => Promise<boolean>;
  readonly tiers: Tiers;
  readonly snapping: Snapping;
  readonly desk: Desk;
  readonly handing: HandingIn;
  readonly merging: Merging;
  readonly edits: Edits;
  readonly beats: Beats;
  readonly choosing: Choosing;
  readonly marking: LaneMarking;
  readonly gestures: Gestures;
  private readonly commands: Commands;
  boxMode = false;
  /** Hides the message that the time is not counted. */
  private unpause = (): void => undefined;

  constructor(private readonly begun: Begun) {
    const { api, task, project, annotation, client, store, stage, saving, firstPass, keyboard, labels, lanes, locks, notice, screen, scope } = begun;
    const { editable, playhead, focus, act, say, complain, refresh } = begun;
    const { playback } = stage;
    const commit = (): void => this.commit();
    const ask = (text: string, value: string): Promise<string | null> => asking.ask(keyboard, text, value);
    const confirm = (this.confirm = (text, yes) => asking.confirm(keyboard, text, yes));
    const tiers = (this.tiers = new Tiers(store, store.byTier ? project.tiers : null, { say, complain, ask, confirm, refresh, locked: (tier) => locks.why(laneOf(tier)), named: (from, to) => lanes.renamed(from, to) }));
    if (begun.tiers.active !== null) tiers.restore(begun.tiers.active);
    const tierFor = (tier: string | null | undefined): string | null => tiers.fitting(tier);
    this.merging = new Merging({ me: annotation.user, store, notice, line: begun.line, stage: () => stage, choosing: () => this.choosing, keyboard: () => keyboard, editable, say, came: () => this.handing.editedElsewhere() });
    const handing = (this.handing = new HandingIn(api, task, project, begun.standing, saving.saver, notice, { commit, refresh, say, missing: () => this.missing(), ask, navigate: (to) => begun.navigate(to), dragging: () => this.gestures.active }, scope));
    screen.bar.root.before(handing.line.root);
    const predicting = new Predicting(api, task.id, store, scope, refresh, () => firstPass.noteView(), say);
    const deciding = new Deciding(store, { say, complain, tierFor });
    const edits = (this.edits = new Edits(store, { first: task.start, last: task.stop, playhead, say, complain, clipboard: browserStore(), task: task.id, tierFor, chosenTier: () => tiers.chosen }));
    const beats = (this.beats = new Beats(api, task.id, store, { first: task.start, last: task.stop, playing: () => playback.playing, playhead, editable, say, complain, changed: refresh }));
    const choosing = (this.choosing = new Choosing({ store, stage, edits, beats, locks, highest: task.recording.sample_rate / 2, editable, say, complain, refresh }));
    const marking = (this.marking = new LaneMarking({ store, edits, tiers, labels, say }));
    const sources = snapSources(api, task.id, () => stage, () => beats.grid.beats);
    const snapping = (this.snapping = new Snapping(new SnapPoints(sources, () => stage.mark()), browserStore()));
    snapping.kinds = begun.snapping.kinds;
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
    beatGestures(stage, beats, snapping, { choosing, editable, pressed: () => this.pressedBeats(), changed: refresh }, scope);
    const shared = { ...begun, tiers, snapping, handing, edits, deciding, beats, bookmarks, lanes: lanes.states, marking, choosing, predicting };
    const desk = (this.desk = new Desk({ ...shared, bar: screen.bar.root }, scope));
    this.commands = new Commands({
      ...shared,
      instructions: desk.instructions,
      chosenModel: () => desk.panel.chosenModel(),
      editText: () => desk.panel.focusText(),
      findLabel: () => desk.panel.focusSearch(),
      toList: () => desk.list.focus(),
      toggleBoxMode: () => this.toggleBoxMode(),
      toggleBand: () => say(desk.sound.toggleBand() ? t("Only the frequencies of the selected box") : t("All frequencies")),
      toggleLeveling: () => desk.leveling.toggle(),
      played: () => screen.bar.refresh(),
    });
    if (api.served) new ActivityLog(api, task.id, client, playback, scope, screen.root, (idle) => this.idle(idle));
    screen.fill(desk.beside, desk.list.root);
  }

  /** Where edges may snap to in a stretch, and where one has just snapped. */
  snapTicks(start: number, stop: number): { ticks: readonly number[]; caught: number | null } {
    const { kinds, caught, points } = this.snapping;
    return { ticks: kinds.flatMap((kind) => (kind === "edge" ? [] : points.between(kind, start, stop))), caught };
  }

  run(action: string, press: KeyPress): void {
    this.commands.run(action, press);
  }

  /** Make an edit of what was typed and is not one yet. */
  commit(): void {
    this.desk.commit();
  }

  /** A label was picked: what is selected gets it too. */
  relabel(label: string): void {
    const regions = this.edits.chosen.filter((region) => region.label !== label);
    if (regions.length && this.begun.editable()) this.edits.relabel(regions, label);
    else this.begun.refresh();
  }

  help(): void {
    const { keyboard, keys } = this.begun;
    keyboard.show((close) => keyOverlay(keys.overlay(close)));
  }

  /** A key went up: nothing is marked by holding it any more. */
  released(): void {
    if (!this.gestures.active && this.begun.stage.ghost) this.gestures.cancel();
  }

  escape(): void {
    if (this.gestures.active) return this.gestures.cancel();
    this.beats.selected = null;
    this.choosing.select(null);
  }

  /** What is in the way of handing in: a text that was typed and is not kept, or the first region that is not ready, which is selected. */
  private missing(): string | null {
    const typed = this.desk.panel.unkept();
    if (typed !== null) return typed;
    const open = firstMissing(this.begun.store);
    if (open) this.choosing.select(open.region, true);
    return open?.says ?? null;
  }

  private toggleBoxMode(): void {
    const { stage, say, refresh } = this.begun;
    this.boxMode = !this.boxMode;
    if (this.boxMode && !stage.look.shown) stage.setLook({ shown: true });
    say(this.boxMode ? t("Drags on the spectrogram mark boxes") : t("Drags on the spectrogram mark regions"));
    refresh();
  }

  private pressedBeats(): void {
    this.begun.focus();
    this.begun.store.selected = null;
  }

  /** Nothing has happened for a minute, or something happens again. */
  private idle(idle: boolean): void {
    if (idle) this.unpause = this.begun.notice.show(t("Paused: your time is not counted while nothing happens. Go on whenever you like."), 3_600_000);
    else this.unpause();
  }
}
