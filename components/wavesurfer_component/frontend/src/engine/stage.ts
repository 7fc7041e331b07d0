/** The stage that editor and review share: overview, ruler, beats, waveform, spectrogram, lanes and playhead, drawn from one viewport. */
import type { Task } from "../api/answers";
import type { Api } from "../api/api";
import { el } from "../dom";
import type { DrawnChange } from "../editing/drawn_list";
import { BEATS_HEIGHT, type BeatDrag } from "../layers/beats";
import type { Drawn, Ghost, LaneView, Marquee } from "../layers/regions";
import type { LaneHeads } from "../panels/lane_heads";
import { Playback } from "../playback/playback";
import type { Scope } from "../scope";
import { afterwards } from "./afterwards";
import { BeatGrid } from "./beat_grid";
import { under } from "./boxes";
import { Follower } from "./follow";
import { Frames } from "./frames";
import { FrequencyAxis } from "./frequency_axis";
import { type LaneRow, LaneStack } from "./lane_stack";
import { Overview } from "./overview";
import type { PeakStore } from "./peaks";
import type { SampleStore } from "./samples";
import { keepLook, keptLook, shownRows, type SpectrogramLook } from "./spectrogram_look";
import { StageData } from "./stage_data";
import { drawStage, type Scene } from "./stage_drawing";
import { scrubOn, wheelOn } from "./stage_gestures";
import { heightOfWave, leastHeight } from "./stage_heights";
import { keepStageLook, keptStageLook, type StageLook } from "./stage_look";
import type { StagePorts } from "./stage_ports";
import { StageRows } from "./stage_rows";
import { watchSizes } from "./stage_sizes";
import type { Theme } from "./theme";
import { ThemeWatch } from "./theme_watch";
import { Viewport } from "./viewport";

export class Stage implements Scene {
  readonly root: HTMLElement;
  readonly view: Viewport;
  readonly playback: Playback;
  ghost: Ghost | null = null;
  marquee: Marquee | null = null;
  grid = new BeatGrid([]);
  selectedBeat: string | null = null;
  beatDrag: BeatDrag | null = null;
  beatsHint = "";
  rejectedBeats: readonly BeatGrid[] = [];
  /** Instants that somebody wants to come back to (s). */
  bookmarks: readonly number[] = [];
  /** The box under the pointer: its name is shown. */
  pointed: string | null = null;
  look: SpectrogramLook = keptLook();
  stageLook: StageLook = keptStageLook();
  /** Pixels of the waveform as it is drawn. */
  waveHeight = 0;
  readonly stack: LaneStack;
  readonly data: StageData;
  readonly rows: StageRows;
  readonly overview: Overview;
  private readonly playhead = el("div", { class: "playhead" });
  private readonly follower = new Follower();
  private readonly frames: Frames;
  private toldDrawn = false;
  private readonly colors: ThemeWatch;

  constructor(
    api: Api,
    private readonly task: Task,
    scope: Scope,
    host: HTMLElement,
    private readonly ports: StagePorts,
    private readonly changed: () => void,
  ) {
    this.colors = new ThemeWatch(host, scope, () => this.mark(), (theme) => this.playback.strip.recolor(theme));
    this.view = new Viewport(task.start, task.stop);
    this.frames = new Frames(() => this.tick(), () => this.playback.playing, scope);
    this.stack = new LaneStack(this.view, ports.heads ?? null);
    this.data = new StageData(api, task, scope, () => this.mark());
    this.playback = new Playback(api, task.id, scope, task.stop, () => {
      this.mark();
      changed();
    });
    this.overview = new Overview(
      {
        duration: () => this.data.duration,
        show: (center) => {
          this.view.scrollBy(center - (this.view.start + this.view.stop) / 2);
          this.mark();
        },
        seek: (time) => this.playback.seek(this.clamp(time)),
        again: () => this.mark(),
      },
      scope,
    );
    this.rows = new StageRows(this, this.overview.root, scope);
    this.root = el("div", { class: "stage" }, ...this.rows.all, this.stack.root, this.rows.lanesEdge, this.playhead);
    watchSizes(this.rows.waveCell, (width) => (this.view.resize(width), this.mark()), scope);
    watchSizes(this.stack.root, () => this.layOut(), scope);
    wheelOn(this.root, this.rows.wave, this.view, () => this.mark(), scope);
    scrubOn(this.rows.ruler, this.playback, this.data, (x) => this.clamp(this.view.time(x)), scope);
    void this.openPeaks();
    if (this.look.shown) void this.openSpectrogram();
    this.mark();
  }

  get theme(): Theme {
    return this.colors.theme;
  }

  get waveCanvas(): HTMLCanvasElement {
    return this.rows.wave;
  }

  get spectrogramCanvas(): HTMLCanvasElement {
    return this.rows.spectrogram;
  }

  get beatsCanvas(): HTMLCanvasElement {
    return this.rows.beats;
  }

  get lanesCanvas(): HTMLCanvasElement {
    return this.stack.canvas;
  }

  get heads(): LaneHeads {
    return this.stack.heads;
  }

  get lanes(): readonly LaneView[] {
    return this.stack.lanes;
  }

  get peaks(): PeakStore | null {
    return this.data.peaks;
  }

  get samples(): SampleStore | null {
    return this.data.samples;
  }

  /** Draw again in the next frame. */
  mark(): void {
    this.frames.mark();
  }

  /** Show these lanes. */
  setLanes(rows: readonly LaneRow[]): void {
    this.stack.set(rows);
    this.layOut();
  }

  /** Change single regions of the lanes that are shown; false when one of them has no lane here. */
  changeLanes(changes: readonly DrawnChange[]): boolean {
    if (!changes.length) return true;
    if (!this.stack.change(changes)) return false;
    this.layOut();
    return true;
  }

  /** Show the row of beats, or not; `hint` says what to do while there are none. */
  setBeats(grid: BeatGrid, shown: boolean, hint = ""): void {
    this.grid = grid;
    this.beatsHint = hint;
    if (this.rows.showsBeats !== shown) {
      this.rows.showsBeats = shown;
      this.layOut();
    }
    this.mark();
  }

  /** Pixels of all lanes as they are seen. */
  get lanesHeight(): number {
    return this.stack.root.clientHeight;
  }

  get highestFrequency(): number {
    return this.task.recording.sample_rate / 2;
  }

  /** The frequencies of the spectrogram as it is shown; null until something is known about them. */
  get axis(): FrequencyAxis | null {
    const all = this.data.spectrogram?.about.scales[this.look.scale];
    if (!all || !this.look.shown) return null;
    const { first, stop } = shownRows(all, this.look);
    return new FrequencyAxis(all.slice(first, stop), this.look.height);
  }

  /** The boxes at a point of the spectrogram or so many pixels beside it, the smallest first. */
  boxesAt(x: number, y: number, slack: number): Drawn[] {
    const { view, stack, axis } = this;
    return axis ? under(stack.boxesBetween(view.time(x - slack), view.time(x + slack)), view, axis, x, y, slack) : [];
  }

  /** The lane of a selected region; −1 when it has none. */
  laneOfSelected(id: string): number {
    const region = this.ports.chosen().find((one) => one.id === id);
    return region ? this.stack.laneHolding(region) : -1;
  }

  /** The smallest step of the playhead (s): a sample where each has a pixel of its own, else 10 ms. */
  get fineStep(): number {
    const sample = 1 / this.task.recording.sample_rate;
    return this.view.secondsPerPixel <= sample ? sample : 0.01;
  }

  clamp(seconds: number): number {
    return Math.min(Math.max(seconds, this.task.start), this.task.stop);
  }

  /** Show the spectrogram otherwise, or not at all; remembered in this browser. */
  setLook(look: Partial<SpectrogramLook>): void {
    this.look = { ...this.look, ...look };
    keepLook(this.look);
    this.rows.showSpectrogram(this.look.shown);
    if (this.look.shown && !this.data.spectrogram) void this.openSpectrogram();
    this.layOut();
  }

  /** Another unit of the ruler, or another height of the waveform; remembered in this browser. */
  setStageLook(look: Partial<StageLook>): void {
    this.stageLook = { ...this.stageLook, ...look };
    keepStageLook(this.stageLook);
    this.layOut();
  }

  /** Share the height of the stage between waveform and lanes. */
  private layOut(): void {
    const { stack, stageLook, rows } = this;
    const beside = (this.look.shown ? this.look.height : 0) + (rows.showsBeats ? BEATS_HEIGHT : 0);
    this.overview.height = stageLook.overviewHeight;
    this.playback.strip.setHeight(stageLook.overviewHeight);
    stack.chosenHeight = stageLook.lanesHeight;
    this.waveHeight = heightOfWave(leastHeight(this.root, stageLook), stageLook, beside, stack.wanted, this.peaks?.header.channels ?? 1);
    stack.layOut();
    this.mark();
  }

  private async openPeaks(): Promise<void> {
    try {
      const peaks = await this.data.openPeaks();
      if (!peaks) return;
      const { channels, frames, sample_rate: rate } = peaks.header;
      this.playback.samples = { rate, frames, channels, fetch: this.data.fetchSamples };
      this.ports.opened?.(channels);
      this.rows.addChannels(channels, this.playback.sound);
      this.layOut();
      await this.playback.strip.draw(this.overview.strip, peaks, this.theme);
      this.mark();
    } catch (error) {
      this.rows.noWave((error as Error).message);
      this.tellDrawn();
    }
  }

  private async openSpectrogram(): Promise<void> {
    try {
      await this.data.openSpectrogram();
    } catch (error) {
      this.rows.noSpectrogram((error as Error).message);
    }
  }

  private tick(): void {
    this.playback.tick();
    const time = this.playback.time;
    if (this.playback.playing && this.ports.follow() && this.follower.follow(this.view, time)) this.frames.dirty = true;
    const left = this.rows.waveCell.offsetLeft + this.view.x(time);
    const visible = time >= this.view.start && time <= this.view.stop;
    this.playhead.style.transform = `translateX(${left}px)`;
    this.playhead.style.visibility = visible ? "visible" : "hidden";
    if (this.playback.playing) this.changed();
    if (this.frames.dirty) this.draw();
  }

  private draw(): void {
    this.frames.dirty = false;
    if (this.view.width <= 1) this.view.resize(this.rows.waveCell.clientWidth);
    this.colors.refresh();
    drawStage(this, this.ports, this.task.recording.sample_rate);
    if (this.peaks) this.tellDrawn();
  }

  private tellDrawn(): void {
    if (this.toldDrawn) return;
    this.toldDrawn = true;
    afterwards(() => void this.playback.fetch().catch(() => undefined)); // else when it is wanted
    this.ports.drawn?.();
  }
}
