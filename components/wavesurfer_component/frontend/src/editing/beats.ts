/** The beats of the document: taken from the analysis, tapped, moved, counted; each change is one step of undo. */
import type { GridChange, Prediction } from "../api/answers";
import type { Api } from "../api/api";
import { BeatGrid } from "../engine/beat_grid";
import { rounded } from "../engine/time";
import { decimal, msg, plural, t } from "../i18n";
import { keysTo } from "../panels/key_hints";
import { changedGrid } from "./beat_changes";
import { accepting, beatsOf, made, type PointChange, replacing, taking, type WantedBeat } from "./beat_points";
import { type Change, type Decided, newRegionId, type Point } from "./document";
import { inBar, spokenBeat } from "./spoken_beat";
import type { Store } from "./store";
import { beatsIn } from "./suggested_grids";

export interface BeatPorts {
  /** The stretch that beats lie in (s). */
  first: number;
  last: number;
  playing(): boolean;
  playhead(): number;
  editable(): boolean;
  say(text: string): void;
  complain(text: string): void;
  /** The selection or the taps that wait are others now. */
  changed(): void;
}

/** Taps end when none has come for so long (ms), or for so many times the last pause between two: some beats are slow. */
const TAPS_END_MS = 1500;
const TAPS_END_PAUSES = 2.5;
const USUAL_METER = 4;
/** How the beats of a prediction are decided upon. */
const TOGETHER: Decided = { how: "all", threshold: 0 };
type OfModel = Pick<Prediction, "id" | "document" | "decisions">;
export const NONE_SELECTED = msg("Select a beat first: click it in the row of beats, or press Alt + W.");

export class Beats {
  selected: string | null = null;
  /** What was tapped and is not a grid yet (s). */
  taps: number[] = [];
  private timer = 0;
  /** When the last tap was (ms). */
  private tappedAt = 0;
  private kept: { of: readonly Point[]; grid: BeatGrid } | null = null;
  private chosenMeter = USUAL_METER;
  private busy = false;

  constructor(
    private readonly api: Api,
    private readonly task: string,
    private readonly store: Store,
    private readonly ports: BeatPorts,
  ) {}

  get grid(): BeatGrid {
    const points = this.store.beats;
    if (this.kept?.of !== points) {
      this.kept = { of: points, grid: new BeatGrid(beatsOf(points), this.chosenMeter) };
      if (this.selected && !points.some((point) => point.id === this.selected)) this.selected = null;
    }
    return this.kept.grid;
  }

  /** Beats in a bar at the selected beat, or at the playhead. */
  get meter(): number {
    return this.grid.meters[this.grid.index(this.selected)] ?? this.grid.meterAt(this.ports.playhead()) ?? this.chosenMeter;
  }

  /** Where a beat of the grid lies, in words. */
  spoken(index: number): string {
    return spokenBeat(this.grid, index);
  }

  /** Select a beat, and no region any more. */
  select(id: string): void {
    this.store.selected = null;
    this.selected = id;
  }

  /** Take the beats that the analysis of the recording found. */
  async useFound(): Promise<void> {
    if (this.busy || !this.ports.editable()) return;
    this.busy = true;
    const before = this.store.beats;
    try {
      const { beats, origin } = await this.api.beats(this.task);
      if (!beats.length) this.ports.complain(t("The analysis found no beats in this stretch. Tap them while it plays."));
      else if (same(this.store.beats, before)) this.put(taking(before, beats, origin), t("Beats taken from the analysis"));
      else this.ports.complain(t("The beats were changed meanwhile; do it again."));
    } catch (error) {
      this.ports.complain((error as Error).message);
    }
    this.busy = false;
  }

  /** Take the beats of a prediction, also of one that was rejected: they stay its beats, and each is accepted with all others. */
  usePredicted(prediction: OfModel): void {
    if (this.unseen()) return;
    this.put(accepting(this.store.beats, prediction.document.points), t("Beats taken from the model"), null, TOGETHER, this.reconsidered(prediction));
  }

  /** Reject all beats of a prediction. */
  rejectPredicted({ id, document, model_name: model }: OfModel & Pick<Prediction, "model_name">): void {
    if (this.unseen() || !this.ports.editable()) return;
    const made = this.store.edit(beatsIn({ document }).map((beat) => ({ ...this.store.rejection(id, beat.id), by: TOGETHER })));
    if (made) this.ports.say(t("Beats of {model} rejected; Ctrl+Z brings them back", { model }));
  }

  /** Make the rejected beats of a prediction a suggestion again. */
  takeBackPredicted(prediction: OfModel): void {
    if (this.unseen() || !this.ports.editable()) return;
    if (this.store.edit(this.reconsidered(prediction))) this.ports.say(t("The suggestion is open again"));
  }

  /** A tap while it plays; without playing a beat at the playhead. */
  tap(): void {
    if (!this.ports.playing()) return this.insert(this.ports.playhead());
    this.taps.push(rounded(this.ports.playhead()));
    const now = performance.now();
    const pause = this.taps.length > 1 ? now - this.tappedAt : 0;
    this.tappedAt = now;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.finishTaps(), Math.max(TAPS_END_MS, TAPS_END_PAUSES * pause));
    this.ports.say(plural(this.taps.length, "{count} tap", "{count} taps"));
    this.ports.changed();
  }

  finishTaps(): void {
    window.clearTimeout(this.timer);
    const times = this.taps;
    this.taps = [];
    if (times.length < 2) return this.ports.changed();
    const within = this.grid.beats.length > 1;
    this.change({ kind: "taps", times }, within ? t("Beats where you tapped; the others stay") : t("Grid through the taps"));
    if (!within) return;
    const last = this.grid.beats[this.grid.nearest(times[times.length - 1]!)]!;
    this.select(last.id); // from there the tempo may go on
    this.ports.changed();
  }

  /** One more beat, an anchor, counted on from the beat before. */
  insert(time: number): void {
    if (!this.ports.editable()) return;
    const { grid } = this;
    const before = grid.from(time) - 1;
    const position = before < 0 ? 1 : (grid.beats[before]!.position % grid.meters[before]!) + 1;
    const point = made(newRegionId(), { time: rounded(time), position, anchor: true });
    this.selected = point.id;
    this.store.edit([this.store.put("points", point.id, point)]);
    this.ports.say(t("Beat {number}", { number: position }));
  }

  /** Move a beat and make it an anchor; the beats up to the next anchors follow. False when it cannot be there, which was told. */
  move(id: string, time: number, key: string | null = null): boolean {
    const number = this.grid.index(id);
    return number >= 0 && this.change({ kind: "move", number, time }, t("Beat at {time} s", { time: decimal(time, 3) }), key);
  }

  /** Move the selected beat by some seconds; several such moves are one step of undo. */
  nudge(by: number): void {
    const beat = this.grid.beats[this.grid.index(this.selected)];
    if (beat) this.move(beat.id, rounded(beat.time + by), `nudge-beat:${beat.id}`);
  }

  /** Count the bars from the selected beat. */
  downbeat(): void {
    const number = this.grid.index(this.selected);
    if (number < 0) return this.ports.complain(t(NONE_SELECTED));
    this.change({ kind: "downbeat", number }, t("The bar begins here"));
  }

  /** Make the selected beat begin a bar; where it does, let the bar before go on. */
  toggleDownbeat(): void {
    const number = this.grid.index(this.selected);
    if (this.grid.beats[number]?.position !== 1) return this.downbeat();
    this.change({ kind: "join", number }, t("The bar before goes on here"));
  }

  /** Let the tempo at the selected beat go on, up to the next anchor. */
  onward(): void {
    const number = this.grid.index(this.selected);
    if (number < 0) return this.ports.complain(t(NONE_SELECTED));
    this.change({ kind: "onward", number }, t("The tempo goes on from here"));
  }

  double(): void {
    this.change({ kind: "double" }, t("Twice as many beats"));
  }

  halve(): void {
    this.change({ kind: "halve" }, t("Half as many beats"));
  }

  /** So many beats in every bar, counted from the first downbeat. */
  setMeter(meter: number): void {
    this.chosenMeter = meter;
    this.kept = null; // what is counted in no complete bar yet is counted so now
    if (this.grid.beats.length) this.change({ kind: "meter", meter }, inBar(meter));
    else this.ports.changed();
  }

  /** So many beats in a bar from the selected beat on, up to the next change. */
  setMeterFrom(meter: number): void {
    const number = this.grid.index(this.selected);
    if (number < 0) return this.ports.complain(t(NONE_SELECTED));
    this.change({ kind: "meter_from", number, meter }, plural(meter, "{count} beat in a bar from here on", "{count} beats in a bar from here on"));
  }

  remove(): void {
    if (!this.selected || !this.ports.editable()) return;
    const id = this.selected;
    this.selected = null;
    this.store.edit([this.store.put("points", id, null)]);
    this.ports.say(t("Beat deleted; Ctrl+Z brings it back"));
  }

  clear(): void {
    this.replace([], t("All beats deleted; Ctrl+Z brings them back"));
  }

  private change(change: GridChange, says: string, key: string | null = null): boolean {
    if (!this.ports.editable()) return false;
    const { beats } = this.grid;
    const meter = beats.length ? this.grid.meter : this.chosenMeter;
    try {
      this.replace(changedGrid(beats, meter, change, this.ports.first, this.ports.last).beats, says, key);
      return true;
    } catch (error) {
      this.ports.complain((error as Error).message);
      return false;
    }
  }

  /** Make these the beats of the document; those that stay keep their ids, and so do as many others as possible. */
  private replace(beats: readonly WantedBeat[], says: string, key: string | null = null): void {
    this.put(replacing(this.store.beats, beats), says, key);
  }

  private put(changes: readonly PointChange[], says: string, key: string | null = null, by?: Decided, first: readonly Change[] = []): void {
    if (!this.ports.editable()) return;
    this.store.edit([...first, ...changes.map(({ id, after }) => ({ ...this.store.put("points", id, after), ...(by && after ? { by } : {}) }))], key);
    this.ports.say(says);
  }

  /** The changes that take the rejections of a prediction's beats back. */
  private reconsidered({ id, document, decisions }: OfModel): Change[] {
    return beatsIn({ document }).filter((beat) => decisions[beat.id] === "rejected").map((beat) => this.store.reconsideration(id, beat.id));
  }

  /** Nobody decides on what they do not see. */
  private unseen(): boolean {
    if (this.store.hidesSuggestions) this.ports.complain(t("Suggestions are hidden. Show them ({keys}) to decide on them.", { keys: keysTo("hide-suggestions") }));
    return this.store.hidesSuggestions;
  }
}

const same = (one: readonly Point[], other: readonly Point[]): boolean =>
  one.length === other.length && one.every((point, index) => point.id === other[index]!.id && point.time === other[index]!.time);
