/** The overview of the whole recording: wavesurfer's strip with the regions upon it and the window that is in view. */
import { el } from "../dom";
import type { LaneView } from "../layers/regions";
import { USUAL_OVERVIEW } from "./stage_look";
import type { Theme } from "./theme";
import type { Scope } from "../scope";
import type { Viewport } from "./viewport";
import { prepare } from "../layers/canvas";
import { edgeColor } from "../layers/region_colors";

const APART_MS = 300;
/** Height of all the lines of regions at the foot. */
const FOOT = 12;

export interface OverviewPorts {
  /** Seconds of the whole recording. */
  duration(): number;
  show(center: number): void;
  seek(time: number): void;
  /** Draw again in the next frame. */
  again(): void;
}

export class Overview {
  readonly strip = el("div", { class: "overview-wave" });
  private readonly canvas = el("canvas", { class: "overview-regions", "aria-hidden": true });
  private readonly frame = el("div", { class: "overview-window" });
  readonly root = el("div", { class: "cell overview" }, this.strip, this.canvas, this.frame);
  /** Pixels. */
  height = USUAL_OVERVIEW;
  private drawnFor = "";
  private drawnVersion = -1;
  private timer = 0;

  constructor(
    private readonly ports: OverviewPorts,
    scope: Scope,
  ) {
    scope.add(() => window.clearTimeout(this.timer));
    const time = (event: MouseEvent): number => {
      const box = this.strip.getBoundingClientRect();
      return ((event.clientX - box.left) / box.width) * ports.duration();
    };
    scope.on(this.root, "pointerdown", (event) => {
      this.root.setPointerCapture(event.pointerId);
      ports.show(time(event));
    });
    scope.on(this.root, "pointermove", (event) => {
      if (event.buttons & 1) ports.show(time(event));
    });
    scope.on(this.root, "dblclick", (event) => ports.seek(time(event)));
  }

  /** `version` is another whenever the lanes are. */
  draw(view: Viewport, lanes: readonly LaneView[], version: number, theme: Theme): void {
    const whole = this.ports.duration() || 1;
    this.frame.style.left = `${(100 * view.start) / whole}%`;
    this.frame.style.width = `${Math.max(0.3, (100 * (view.stop - view.start)) / whole)}%`;
    const width = this.root.clientWidth;
    this.root.style.height = `${this.height}px`;
    const about = `${width}:${this.height}:${whole}:${theme.background}:${theme.text}`;
    if (about === this.drawnFor && (version === this.drawnVersion || this.timer)) return;
    this.drawnFor = about;
    this.drawnVersion = version;
    this.drawRegions(lanes, width, whole, theme);
    // All regions are drawn for it, so not for every one of many edits.
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.timer = 0;
      this.ports.again();
    }, APART_MS);
  }

  /** A line for each lane; regions nearer than a pixel are one. */
  private drawRegions(lanes: readonly LaneView[], width: number, whole: number, theme: Theme): void {
    const context = prepare(this.canvas, width, this.height);
    const used = lanes.filter((lane) => !lane.index.empty);
    const height = Math.max(1, Math.min(3, FOOT / Math.max(1, used.length)));
    used.forEach((lane, number) => {
      context.fillStyle = edgeColor(lane.label.color, theme);
      const y = this.height - FOOT + ((number * height) % FOOT);
      let filled = 0;
      lane.index.visit(0, whole, whole / width, (one) => {
        const left = Math.max(filled, Math.floor((one.start / whole) * width));
        const right = Math.max(left + 1, Math.ceil((one.end / whole) * width));
        if (right <= filled) return;
        if (one.color) context.fillStyle = edgeColor(one.color, theme);
        context.fillRect(left, y, right - left, height);
        filled = right;
      });
    });
  }
}
