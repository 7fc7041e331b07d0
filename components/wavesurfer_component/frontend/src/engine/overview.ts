/** The overview of the whole recording: wavesurfer's strip with the regions upon it and the window that is in view. */
import { el } from "../dom";
import type { LaneView } from "../layers/regions";
import { faded, type Theme } from "./theme";
import type { Scope } from "../scope";
import type { Viewport } from "./viewport";
import { prepare } from "../layers/canvas";

const HEIGHT = 40;
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
    const about = `${width}:${whole}:${theme.background}`;
    if (about === this.drawnFor && (version === this.drawnVersion || this.timer)) return;
    this.drawnFor = about;
    this.drawnVersion = version;
    this.drawRegions(lanes, width, whole);
    // All regions are drawn for it, so not for every one of many edits.
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.timer = 0;
      this.ports.again();
    }, APART_MS);
  }

  /** A line for each lane; regions nearer than a pixel are one. */
  private drawRegions(lanes: readonly LaneView[], width: number, whole: number): void {
    const context = prepare(this.canvas, width, HEIGHT);
    const used = lanes.filter((lane) => !lane.index.empty);
    const height = Math.max(1, Math.min(3, FOOT / Math.max(1, used.length)));
    used.forEach((lane, number) => {
      context.fillStyle = faded(lane.label.color, 0.9);
      const y = HEIGHT - FOOT + ((number * height) % FOOT);
      let filled = -1;
      for (const one of lane.index.between(0, Infinity)) {
        const left = (one.start / whole) * width;
        const right = Math.max(left + 1, (one.end / whole) * width);
        if (right <= filled) continue;
        if (one.color) context.fillStyle = faded(one.color, 0.9);
        context.fillRect(Math.max(left, filled), y, right - Math.max(left, filled), height);
        filled = right;
      }
    });
  }
}
