/** The stage that editor and review share: overview, ruler, waveform, lanes and playhead, drawn from one viewport. */
import type { Api, Label, Task } from "../api";
import { el } from "../dom";
import { type Drawn, drawLanes, type LaneView } from "../layers/regions";
import { drawRuler } from "../layers/ruler";
import { spectrogramChoices } from "../panels/spectrogram";
import { drawSpectrogram } from "../layers/spectrogram";
import { drawWaveform } from "../layers/waveform";
import { LaneIndex } from "./lanes";
import { PeakStore } from "./peaks";
import { SampleStore } from "./samples";
import { SpectrogramStore } from "./spectrogram";
import { keepLook, keptLook, type SpectrogramLook } from "./spectrogram_look";
import { Playback } from "../playback/playback";
import type { Scope } from "../scope";
import { readTheme, type Theme } from "./theme";
import { Viewport } from "./viewport";

export interface LaneRow {
  label: Label;
  caption: string;
  drawn: Drawn[];
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
  selectedId(): string | null;
  selectedSpan(): SelectedSpan | null;
  follow(): boolean;
}

const EDGE_PIXELS = 7;
const LOWEST_WAVE = 112;
const HIGHEST_WAVE = 240;
const LOWEST_CHANNEL = 40;
/** Overview and ruler. */
const ABOVE_WAVE = 68;
const LOWEST_ROW = 26;
const HIGHEST_ROW = 40;

export class Stage {
  readonly root: HTMLElement;
  readonly lanesCanvas = el("canvas", { class: "lanes-canvas", role: "img", "aria-label": "Regions by label" });
  readonly waveCanvas = el("canvas", { class: "wave-canvas", role: "img", "aria-label": "Waveform" });
  readonly view: Viewport;
  readonly playback: Playback;
  theme: Theme;
  ghost: { lane: number; start: number; end: number } | null = null;
  lanes: LaneView[] = [];
  peaks: PeakStore | null = null;
  readonly spectrogramCanvas = el("canvas", { class: "spectrogram-canvas", role: "img", "aria-label": "Spectrogram" });
  look: SpectrogramLook = keptLook();
  private samples: SampleStore | null = null;
  private spectrogram: SpectrogramStore | null = null;
  private readonly rulerCanvas = el("canvas", { class: "ruler-canvas", "aria-hidden": true });
  private readonly overviewBox = el("div", { class: "overview-wave" });
  private readonly overviewWindow = el("div", { class: "overview-window" });
  private readonly overview = el("div", { class: "cell overview" }, this.overviewBox, this.overviewWindow);
  private readonly heads = el("div", { class: "lane-heads" });
  private readonly playhead = el("div", { class: "playhead" });
  private readonly laneHint = el("div", { class: "lane-hint", "aria-hidden": true });
  private readonly laneBody = el("div", { class: "lane-body" });
  private readonly laneScroll = el("div", { class: "lanes-scroll" }, this.laneBody);
  private readonly waveCell = el("div", { class: "cell" }, this.waveCanvas);
  private readonly spectrogramRow = el("div", { class: "row" }, el("div", { class: "head" }, "Spectrogram", ...spectrogramChoices(this)), el("div", { class: "cell" }, this.spectrogramCanvas));
  private dirty = true;
  private lanesHeight = 120;
  private waveHeight = LOWEST_WAVE;
  private themeKey = "";

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
    this.laneBody.append(this.heads, el("div", { class: "cell" }, this.lanesCanvas, this.laneHint));
    this.root = el(
      "div",
      { class: "stage" },
      el("div", { class: "row" }, el("div", { class: "head" }, "Overview"), this.overview),
      el("div", { class: "row" }, el("div", { class: "head" }), el("div", { class: "cell" }, this.rulerCanvas)),
      el("div", { class: "row" }, el("div", { class: "head" }, "Waveform"), this.waveCell),
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

  /** Show these lanes; `hint` says what to do on the last one while there is nothing. */
  setLanes(rows: readonly LaneRow[], hint = ""): void {
    this.laneHint.textContent = hint;
    this.lanes = rows.map((row) => ({ label: row.label, index: new LaneIndex(row.drawn), top: 0, height: 0, row: LOWEST_ROW }));
    this.heads.replaceChildren(
      ...rows.map((row) => {
        const head = el(
          "div",
          { class: "lane-head", title: row.label.name },
          el("i", { class: "swatch" }),
          el("b", {}, row.label.name),
          el("span", {}, row.caption),
        );
        (head.firstChild as HTMLElement).style.background = row.label.color;
        return head;
      }),
    );
    this.layOut();
  }

  /** Give the lanes their heights: what there is, shared among them within limits. */
  private layOut(): void {
    const count = this.lanes.reduce((sum, lane) => sum + lane.index.rows, 0) || 1;
    const channels = this.peaks?.header.channels ?? 1;
    const spectrogram = this.look.shown ? this.look.height : 0;
    const spare = this.root.clientHeight - ABOVE_WAVE - spectrogram - count * HIGHEST_ROW - 4 * this.lanes.length;
    const lowest = Math.max(LOWEST_WAVE, LOWEST_CHANNEL * channels);
    this.waveHeight = Math.min(Math.max(spare, lowest), Math.max(lowest, HIGHEST_WAVE));
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
    if (!drawn) return { lane, time, drawn: null, edge: null };
    const nearStart = Math.abs(time - drawn.start) <= slack;
    const nearEnd = Math.abs(time - drawn.end) <= slack;
    const edge = nearEnd && (!nearStart || time > (drawn.start + drawn.end) / 2) ? "end" : nearStart ? "start" : null;
    return { lane, time, drawn, edge };
  }

  clamp(seconds: number): number {
    return Math.min(Math.max(seconds, this.task.start), this.task.stop);
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
      this.layOut();
      await this.playback.overview(this.overviewBox, this.peaks, this.theme);
      this.mark();
    } catch (error) {
      this.waveCell.append(el("div", { class: "wave-problem" }, `The waveform cannot be shown: ${(error as Error).message} Reload the page to try again.`));
    }
  }

  /** Show the spectrogram otherwise, or not at all; remembered in this browser. */
  setLook(look: Partial<SpectrogramLook>): void {
    this.look = { ...this.look, ...look };
    keepLook(this.look);
    this.spectrogramRow.hidden = !this.look.shown;
    if (this.look.shown && !this.spectrogram) void this.openSpectrogram();
    this.layOut();
  }

  private async openSpectrogram(): Promise<void> {
    try {
      const about = await this.api.spectrogram(this.task.id);
      this.spectrogram = new SpectrogramStore(about, (level, tile, scale) => this.api.tile(this.task.id, level, tile, scale), () => this.mark());
      this.mark();
    } catch (error) {
      this.spectrogramRow.lastElementChild!.append(el("div", { class: "wave-problem" }, `The spectrogram cannot be shown: ${(error as Error).message}`));
    }
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
    const seekInOverview = (event: PointerEvent): void => {
      const box = this.overviewBox.getBoundingClientRect();
      const seconds = ((event.clientX - box.left) / box.width) * this.wholeDuration;
      this.view.scrollBy(seconds - (this.view.start + this.view.stop) / 2);
      this.mark();
    };
    this.scope.on(this.overview, "pointerdown", (event) => {
      this.overview.setPointerCapture(event.pointerId);
      seekInOverview(event);
    });
    this.scope.on(this.overview, "pointermove", (event) => {
      if (event.buttons & 1) seekInOverview(event);
    });
    this.scope.on(this.overview, "dblclick", (event) => {
      const box = this.overviewBox.getBoundingClientRect();
      this.playback.seek(this.clamp(((event.clientX - box.left) / box.width) * this.wholeDuration));
    });
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
    drawRuler(this.rulerCanvas, this.view, this.theme);
    drawWaveform(this.waveCanvas, this.view, this.peaks, this.samples, this.theme, this.waveHeight, this.ports.selectedSpan());
    if (this.look.shown) {
      const { scale, palette, low, high, height } = this.look;
      const coloring = { palette, low, high };
      drawSpectrogram(this.spectrogramCanvas, this.view, this.spectrogram, scale, coloring, this.theme, height, this.ports.selectedSpan());
    }
    drawLanes(this.lanesCanvas, this.view, this.lanes, this.theme, this.lanesHeight, this.ports.selectedId(), this.ghost);
    const whole = this.wholeDuration || 1;
    this.overviewWindow.style.left = `${(100 * this.view.start) / whole}%`;
    this.overviewWindow.style.width = `${Math.max(0.3, (100 * (this.view.stop - this.view.start)) / whole)}%`;
  }

  private refreshTheme(): void {
    const theme = readTheme(this.host);
    const key = theme.background + theme.primary + theme.text;
    if (key !== this.themeKey) {
      this.themeKey = key;
      this.theme = theme;
      this.host.dataset["dark"] = String(theme.dark);
      this.playback.recolor(theme);
    }
  }
}
