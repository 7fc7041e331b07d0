/** The stage that editor and review share: overview, ruler, beats, waveform, spectrogram, lanes and playhead, drawn from one viewport. */
import type { Api, Label, Task } from "../api";
import { el } from "../dom";
import type { DrawnChange } from "../editing/drawn_list";
import { BEATS_HEIGHT, type BeatDrag, drawBeats } from "../layers/beats";
import { type Drawn, drawLanes, type Ghost, type LaneView, type Marquee } from "../layers/regions";
import { drawRuler } from "../layers/ruler";
import { type Box, drawSpectrogram, frequencyAtY, frequencyY } from "../layers/spectrogram";
import { drawWaveform } from "../layers/waveform";
import { channelButtons } from "../panels/channels";
import { resizer } from "../panels/resizer";
import { rulerChoice } from "../panels/ruler";
import { spectrogramChoices } from "../panels/spectrogram";
import { Playback } from "../playback/playback";
import type { Scope } from "../scope";
import { BeatGrid } from "./beat_grid";
import { LaneIndex } from "./lanes";
import { Overview } from "./overview";
import { PeakStore } from "./peaks";
import { SampleStore } from "./samples";
import { SpectrogramStore } from "./spectrogram";
import { HIGHEST_SPECTROGRAM, keepLook, keptLook, LOWEST_SPECTROGRAM, type SpectrogramLook, USUAL_LOOK } from "./spectrogram_look";
import { keepStageLook, keptStageLook, type StageLook } from "./stage_look";
import { inkUpon, readTheme, type Theme } from "./theme";
import { Viewport } from "./viewport";

export interface LaneRow {
  label: Label;
  caption: string;
  drawn: readonly Drawn[];
}

export interface Hit {
  lane: number;
  time: number;
  drawn: Drawn | null;
  edge: "start" | "end" | null;
}

/** The selected region as the layers draw it; frequencies in Hz, null where it is not bounded. */
export interface SelectedSpan {
  start: number;
  end: number;
  low: number | null;
  high: number | null;
  color: string;
}

export interface StagePorts {
  isSelected(id: string): boolean;
  selectedSpan(): SelectedSpan | null;
  follow(): boolean;
  /** Instants that edges may snap to in a stretch, and the one that an edge has just snapped to. */
  snapTicks?(start: number, stop: number): { ticks: readonly number[]; caught: number | null };
}

const EDGE_PIXELS = 7;
const LOWEST_WAVE = 112;
const HIGHEST_WAVE = 240;
const HIGHEST_CHOSEN_WAVE = 600;
const LOWEST_CHANNEL = 40;
/** Overview and ruler. */
const ABOVE_WAVE = 68;
const LOWEST_ROW = 26;
const HIGHEST_ROW = 40;

export class Stage {
  readonly root: HTMLElement;
  readonly lanesCanvas = el("canvas", { class: "lanes-canvas", role: "img", "aria-label": "Regions by label" });
  readonly waveCanvas = el("canvas", { class: "wave-canvas", role: "img", "aria-label": "Waveform" });
  readonly spectrogramCanvas = el("canvas", { class: "spectrogram-canvas", role: "img", "aria-label": "Spectrogram" });
  readonly beatsCanvas = el("canvas", { class: "beats-canvas", role: "img", "aria-label": "Beats" });
  readonly view: Viewport;
  readonly playback: Playback;
  theme: Theme;
  ghost: Ghost | null = null;
  marquee: Marquee | null = null;
  grid = new BeatGrid([]);
  selectedBeat: string | null = null;
  beatDrag: BeatDrag | null = null;
  lanes: LaneView[] = [];
  peaks: PeakStore | null = null;
  samples: SampleStore | null = null;
  look: SpectrogramLook = keptLook();
  stageLook: StageLook = keptStageLook();
  private spectrogram: SpectrogramStore | null = null;
  private readonly rulerCanvas = el("canvas", { class: "ruler-canvas", "aria-hidden": true });
  private readonly overview: Overview;
  private readonly heads = el("div", { class: "lane-heads" });
  private readonly playhead = el("div", { class: "playhead" });
  private readonly laneHint = el("div", { class: "lane-hint", "aria-hidden": true });
  private readonly laneBody = el("div", { class: "lane-body" });
  private readonly laneScroll = el("div", { class: "lanes-scroll" }, this.laneBody);
  private readonly waveCell = el("div", { class: "cell" }, this.waveCanvas);
  /** Beside the waveform: what is heard of each channel. */
  readonly waveHead = el("div", { class: "head" }, "Waveform");
  private readonly beatsRow = el("div", { class: "row", hidden: true }, el("div", { class: "head" }, "Beats"), el("div", { class: "cell" }, this.beatsCanvas));
  private readonly waveRow = el("div", { class: "row resizable" }, this.waveHead, this.waveCell);
  private readonly spectrogramRow = el("div", { class: "row resizable" }, el("div", { class: "head" }, "Spectrogram", ...spectrogramChoices(this)), el("div", { class: "cell" }, this.spectrogramCanvas));
  private dirty = true;
  private lanesHeight = 120;
  private waveHeight = LOWEST_WAVE;
  private themeKey = "";
  private lanesVersion = 0;
  private beatsHint = "";

  constructor(
    private readonly api: Api,
    private readonly task: Task,
    private readonly scope: Scope,
    private readonly host: HTMLElement,
    private readonly ports: StagePorts,
    private readonly changed: () => void,
  ) {
    this.theme = readTheme(host);
    this.view = new Viewport(task.start, task.stop);
    this.playback = new Playback(api, task.id, scope, task.stop, () => {
      this.mark();
      changed();
    });
    this.overview = new Overview(
      {
        duration: () => this.wholeDuration,
        show: (center) => {
          this.view.scrollBy(center - (this.view.start + this.view.stop) / 2);
          this.mark();
        },
        seek: (time) => this.playback.seek(this.clamp(time)),
        again: () => this.mark(),
      },
      scope,
    );
    this.waveRow.append(this.waveResizer());
    this.spectrogramRow.append(this.spectrogramResizer());
    this.laneBody.append(this.heads, el("div", { class: "cell" }, this.lanesCanvas, this.laneHint));
    this.root = el(
      "div",
      { class: "stage" },
      el("div", { class: "row" }, el("div", { class: "head" }, "Overview"), this.overview.root),
      el("div", { class: "row" }, el("div", { class: "head ruler-head" }, rulerChoice(this)), el("div", { class: "cell" }, this.rulerCanvas)),
      this.beatsRow,
      this.waveRow,
      this.spectrogramRow,
      this.laneScroll,
      this.playhead,
    );
    this.listen();
    this.spectrogramRow.hidden = !this.look.shown;
    void this.openPeaks(api);
    if (this.look.shown) void this.openSpectrogram();
    let frame = 0;
    const loop = (): void => {
      this.tick();
      frame = requestAnimationFrame(loop);
    };
    frame = requestAnimationFrame(loop);
    scope.add(() => cancelAnimationFrame(frame));
  }

  /** Draw again in the next frame. */
  mark(): void {
    this.dirty = true;
  }

  /** What to do on the first lane while there is nothing. */
  setHint(hint: string): void {
    if (this.laneHint.textContent !== hint) this.laneHint.textContent = hint;
  }

  /** Show these lanes. */
  setLanes(rows: readonly LaneRow[]): void {
    this.lanes = rows.map((row) => ({ label: row.label, index: new LaneIndex(row.drawn), top: 0, height: 0, row: LOWEST_ROW }));
    this.lanesVersion++;
    this.heads.replaceChildren(...rows.map(laneHead));
    this.layOut();
  }

  /** Change single regions of the lanes that are shown; false when one of them has no lane here. */
  changeLanes(changes: readonly DrawnChange[]): boolean {
    if (!changes.length) return true;
    const lanes = new Map(this.lanes.map((lane) => [lane.label.id, lane]));
    const laneOf = (one: Drawn): LaneView | undefined => lanes.get(one.lane ?? one.label);
    if (changes.some(({ before, after }) => (before && !laneOf(before)) || (after && !laneOf(after)))) return false;
    for (const { before, after } of changes) {
      if (before) laneOf(before)!.index.remove(before);
      if (after) laneOf(after)!.index.insert(after);
    }
    this.lanesVersion++;
    this.lanes.forEach(({ index }, number) => (this.heads.children[number]!.lastElementChild!.textContent = index.empty ? "" : String(index.size)));
    this.layOut();
    return true;
  }

  /** Show the row of beats, or not; `hint` says what to do while there are none. */
  setBeats(grid: BeatGrid, shown: boolean, hint = ""): void {
    this.grid = grid;
    this.beatsHint = hint;
    if (this.beatsRow.hidden === shown) {
      this.beatsRow.hidden = !shown;
      this.layOut();
    }
    this.mark();
  }

  /** Give the lanes their heights: what there is, shared among them within limits. */
  private layOut(): void {
    const count = this.lanes.reduce((sum, lane) => sum + lane.index.rows, 0) || 1;
    const channels = this.peaks?.header.channels ?? 1;
    const beside = (this.look.shown ? this.look.height : 0) + (this.beatsRow.hidden ? 0 : BEATS_HEIGHT);
    const spare = this.root.clientHeight - ABOVE_WAVE - beside - count * HIGHEST_ROW - 4 * this.lanes.length;
    const lowest = Math.max(LOWEST_WAVE, LOWEST_CHANNEL * channels);
    this.waveHeight = this.stageLook.waveHeight ?? Math.min(Math.max(spare, lowest), Math.max(lowest, HIGHEST_WAVE));
    const free = this.laneScroll.clientHeight - 4 * this.lanes.length - 1;
    const row = Math.min(HIGHEST_ROW, Math.max(LOWEST_ROW, Math.floor(free / count)));
    let top = 0;
    this.lanes.forEach((lane, number) => {
      lane.row = row;
      lane.top = top;
      lane.height = lane.index.rows * row + 4;
      top += lane.height;
      (this.heads.children[number] as HTMLElement).style.height = `${lane.height}px`;
    });
    this.lanesHeight = Math.max(top, 40);
    this.mark();
  }

  /** What is under a pointer on the lanes; `slack` in pixels. */
  hit(event: PointerEvent): Hit {
    const box = this.lanesCanvas.getBoundingClientRect();
    const y = event.clientY - box.top;
    const time = this.view.time(event.clientX - box.left);
    const pixels = event.pointerType === "touch" ? 16 : EDGE_PIXELS;
    let lane = this.lanes.findIndex((one) => y < one.top + one.height);
    if (lane < 0) lane = this.lanes.length - 1;
    const found = this.lanes[lane];
    if (!found) return { lane: -1, time, drawn: null, edge: null };
    const slack = pixels * this.view.secondsPerPixel;
    const row = Math.min(found.index.rows - 1, Math.max(0, Math.floor((y - found.top - 3) / found.row)));
    const drawn = found.index.at(time, slack, row);
    if (!drawn || drawn.end === drawn.start) return { lane, time, drawn, edge: null };
    const nearStart = Math.abs(time - drawn.start) <= slack;
    const nearEnd = Math.abs(time - drawn.end) <= slack;
    const edge = nearEnd && (!nearStart || time > (drawn.start + drawn.end) / 2) ? "end" : nearStart ? "start" : null;
    return { lane, time, drawn, edge };
  }

  /** The regions that a marquee on the lanes touches. */
  within({ from, to, top, bottom }: Marquee): string[] {
    return this.lanes
      .filter((lane) => lane.top < bottom && lane.top + lane.height > top)
      .flatMap((lane) => [...lane.index.between(Math.min(from, to), Math.max(from, to))].map((one) => one.id));
  }

  /** The frequency (Hz) at some pixels from the top of the spectrogram. */
  frequencyAt(y: number): number {
    const frequencies = this.spectrogram?.about.scales[this.look.scale];
    return frequencies ? frequencyAtY(frequencies, y, this.look.height) : 0;
  }

  /** Pixels from the top of the spectrogram of a frequency (Hz). */
  frequencyY(hertz: number): number {
    const frequencies = this.spectrogram?.about.scales[this.look.scale];
    return frequencies ? frequencyY(frequencies, hertz, this.look.height) : 0;
  }

  clamp(seconds: number): number {
    return Math.min(Math.max(seconds, this.task.start), this.task.stop);
  }

  /** Show the spectrogram otherwise, or not at all; remembered in this browser. */
  setLook(look: Partial<SpectrogramLook>): void {
    this.look = { ...this.look, ...look };
    keepLook(this.look);
    this.spectrogramRow.hidden = !this.look.shown;
    if (this.look.shown && !this.spectrogram) void this.openSpectrogram();
    this.layOut();
  }

  /** Another unit of the ruler, or another height of the waveform; remembered in this browser. */
  setStageLook(look: Partial<StageLook>): void {
    this.stageLook = { ...this.stageLook, ...look };
    keepStageLook(this.stageLook);
    this.layOut();
  }

  private async openPeaks(api: Api): Promise<void> {
    try {
      this.peaks = await PeakStore.open(
        (start, stop) => api.peaks(this.task.id, start, stop),
        () => this.mark(),
      );
      if (this.scope.ended) return;
      const { channels, frames } = this.peaks.header;
      this.samples = new SampleStore(channels, frames, (start, stop) => api.samples(this.task.id, start, stop), () => this.mark());
      const rate = this.peaks.header.sample_rate;
      this.playback.samples = { rate, frames, channels, fetch: (start, stop) => api.samples(this.task.id, start, stop) };
      this.waveHead.append(...channelButtons(channels, this.playback.sound));
      this.layOut();
      await this.playback.overview(this.overview.strip, this.peaks, this.theme);
      this.mark();
    } catch (error) {
      this.waveCell.append(el("div", { class: "wave-problem" }, `The waveform cannot be shown: ${(error as Error).message} Reload the page to try again.`));
    }
  }

  private async openSpectrogram(): Promise<void> {
    try {
      const about = await this.api.spectrogram(this.task.id);
      this.spectrogram = new SpectrogramStore(about, (level, tile, scale) => this.api.tile(this.task.id, level, tile, scale), () => this.mark());
      this.mark();
    } catch (error) {
      this.spectrogramCanvas.parentElement!.append(el("div", { class: "wave-problem" }, `The spectrogram cannot be shown: ${(error as Error).message}`));
    }
  }

  private waveResizer(): HTMLElement {
    const resize = (waveHeight: number | null): void => this.setStageLook({ waveHeight });
    return resizer({ name: "waveform", lowest: 48, highest: HIGHEST_CHOSEN_WAVE, height: () => this.waveHeight, resize }, this.scope);
  }

  private spectrogramResizer(): HTMLElement {
    const resize = (height: number | null): void => this.setLook({ height: height ?? USUAL_LOOK.height });
    return resizer({ name: "spectrogram", lowest: LOWEST_SPECTROGRAM, highest: HIGHEST_SPECTROGRAM, height: () => this.look.height, resize }, this.scope);
  }

  private listen(): void {
    const resize = new ResizeObserver(() => {
      this.view.resize(this.waveCell.clientWidth);
      this.mark();
    });
    resize.observe(this.waveCell);
    const grow = new ResizeObserver(() => this.layOut());
    grow.observe(this.laneScroll);
    this.scope.onRedraw(() => this.mark());
    this.scope.add(() => resize.disconnect());
    this.scope.add(() => grow.disconnect());
    this.scrub();
    this.scope.on(
      this.root,
      "wheel",
      (event) => {
        const x = event.clientX - this.waveCanvas.getBoundingClientRect().left;
        const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
        if (event.ctrlKey || event.metaKey) this.view.zoom(Math.exp(-event.deltaY / 300), x);
        else if (sideways) this.view.scrollBy((event.deltaX || event.deltaY) * this.view.secondsPerPixel);
        else return;
        event.preventDefault();
        this.mark();
      },
      { passive: false },
    );
  }

  /** Dragging on the ruler sounds what is under the pointer. */
  private scrub(): void {
    let scrubbing = false;
    const to = (event: PointerEvent): void => {
      const time = this.clamp(this.view.time(event.offsetX));
      this.playback.seek(time);
      if (this.samples && this.peaks) this.playback.scrubber.grain(time, this.samples, this.peaks.header.sample_rate, this.peaks.header.channels);
    };
    this.scope.on(this.rulerCanvas, "pointerdown", (event) => {
      scrubbing = true;
      this.rulerCanvas.setPointerCapture(event.pointerId);
      if (this.playback.playing) this.playback.pause();
      to(event);
    });
    this.scope.on(this.rulerCanvas, "pointermove", (event) => {
      if (scrubbing) to(event);
    });
    for (const name of ["pointerup", "pointercancel"] as const) this.scope.on(this.rulerCanvas, name, () => (scrubbing = false));
  }

  private get wholeDuration(): number {
    return this.peaks?.duration ?? this.task.recording.duration;
  }

  private tick(): void {
    this.playback.tick();
    const time = this.playback.time;
    if (this.playback.playing && this.ports.follow() && this.view.reveal(time)) this.dirty = true;
    const left = this.waveCell.offsetLeft + this.view.x(time);
    const visible = time >= this.view.start && time <= this.view.stop;
    this.playhead.style.transform = `translateX(${left}px)`;
    this.playhead.style.visibility = visible ? "visible" : "hidden";
    if (this.playback.playing) this.changed();
    if (this.dirty) this.draw();
  }

  private draw(): void {
    this.dirty = false;
    if (this.view.width <= 1) this.view.resize(this.waveCell.clientWidth);
    this.refreshTheme();
    const { view, theme } = this;
    const selected = this.ports.selectedSpan();
    const rate = this.task.recording.sample_rate;
    drawRuler(this.rulerCanvas, view, theme, this.stageLook.unit, this.grid, rate);
    if (!this.beatsRow.hidden) drawBeats(this.beatsCanvas, view, this.grid, theme, this.selectedBeat, this.beatDrag, this.beatsHint);
    const snap = this.ports.snapTicks?.(view.start, view.stop) ?? { ticks: [], caught: null };
    const marks = { grid: this.beatsRow.hidden ? null : this.grid, ...snap };
    drawWaveform(this.waveCanvas, view, this.peaks, this.samples, theme, this.waveHeight, this.ghost ?? selected, marks);
    if (this.look.shown) {
      const { scale, palette, low, high, height } = this.look;
      const shown = this.ghost && selected ? { ...this.ghost, color: selected.color } : this.ghost ? { ...this.ghost, color: this.ghost.color ?? this.lanes[this.ghost.lane]?.label.color ?? theme.primary } : selected;
      drawSpectrogram(this.spectrogramCanvas, view, this.spectrogram, scale, { palette, low, high }, theme, height, this.boxes(), shown);
    }
    drawLanes(this.lanesCanvas, view, this.lanes, theme, this.lanesHeight, (id) => this.ports.isSelected(id), this.ghost, this.marquee);
    this.overview.draw(view, this.lanes, this.lanesVersion, theme);
  }

  /** The regions in view that are bounded in frequency. */
  private *boxes(): Generator<Box> {
    for (const lane of this.lanes) {
      for (const { start, end, low, high, mark, color } of lane.index.between(this.view.start, this.view.stop)) {
        if (low !== null || high !== null) yield { start, end, low, high, color: color ?? lane.label.color, dashed: mark === "prediction" || mark === "below" };
      }
    }
  }

  private refreshTheme(): void {
    const theme = readTheme(this.host);
    const key = theme.background + theme.primary + theme.text;
    if (key !== this.themeKey) {
      this.themeKey = key;
      this.theme = theme;
      this.host.dataset["dark"] = String(theme.dark);
      this.host.style.setProperty("--on-primary", inkUpon(theme.primary));
      this.playback.recolor(theme);
    }
  }
}

function laneHead({ label, caption }: LaneRow): HTMLElement {
  const swatch = el("i", { class: "swatch" });
  swatch.style.background = label.color;
  return el("div", { class: "lane-head", title: label.name }, swatch, el("b", {}, label.name), el("span", {}, caption));
}
