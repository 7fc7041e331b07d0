/** The ruler: seconds, bars and beats, or numbers of samples. */
import type { BeatGrid } from "../engine/beat_grid";
import type { Theme } from "../engine/theme";
import { clock, rulerStep } from "../engine/time";
import type { Viewport } from "../engine/viewport";
import { prepare } from "./canvas";

export type RulerUnit = "time" | "bars" | "samples";

const HEIGHT = 24;
/** Least pixels between two names. */
const APART = 64;
const TICK = 5;

export function drawRuler(canvas: HTMLCanvasElement, view: Viewport, theme: Theme, unit: RulerUnit, grid: BeatGrid, rate: number, bookmarks: readonly number[]): void {
  const context = prepare(canvas, view.width, HEIGHT);
  context.font = "11px ui-monospace, SFMono-Regular, Menlo, monospace";
  context.textBaseline = "top";
  context.fillStyle = theme.muted;
  if (unit === "bars" && grid.beats.length > 1) drawBars(context, view, grid);
  else if (unit === "samples") drawSamples(context, view, rate);
  else drawTimes(context, view);
  context.fillStyle = theme.primary;
  for (const time of bookmarks) if (time >= view.start && time <= view.stop) drawBookmark(context, view.x(time));
}

/** A ribbon that hangs from the upper edge. */
function drawBookmark(context: CanvasRenderingContext2D, x: number): void {
  context.beginPath();
  context.moveTo(x - 4, 0);
  context.lineTo(x + 4, 0);
  context.lineTo(x + 4, 12);
  context.lineTo(x, 8);
  context.lineTo(x - 4, 12);
  context.closePath();
  context.fill();
}

function drawTimes(context: CanvasRenderingContext2D, view: Viewport): void {
  const step = rulerStep(view.secondsPerPixel);
  const decimals = step >= 1 ? 0 : Math.min(6, Math.ceil(-Math.log10(step)));
  for (let number = Math.ceil(view.start / step); number * step <= view.stop; number++) mark(context, view.x(number * step), clock(number * step, decimals));
  ticks(context, view, step / 5);
}

/** Counted from the first sample of the recording, at its own rate. */
function drawSamples(context: CanvasRenderingContext2D, view: Viewport, rate: number): void {
  const wanted = view.secondsPerPixel * 1.4 * APART * rate;
  const power = 10 ** Math.max(0, Math.floor(Math.log10(wanted)));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= wanted) ?? 10 * power;
  for (let sample = Math.ceil((view.start * rate) / step) * step; sample / rate <= view.stop; sample += step) {
    mark(context, view.x(sample / rate), sample.toLocaleString("en-US").replaceAll(",", "\u202f"));
  }
  if (step >= 5) ticks(context, view, step / 5 / rate);
}

function drawBars(context: CanvasRenderingContext2D, view: Viewport, grid: BeatGrid): void {
  const { beats, bars } = grid;
  let named = -Infinity;
  for (let index = grid.from(view.start); index < beats.length && beats[index]!.time <= view.stop; index++) {
    const x = view.x(beats[index]!.time);
    const first = beats[index]!.position === 1;
    if (x - named >= APART && (first || view.secondsPerPixel < 0.004)) {
      mark(context, x, first ? String(bars[index]) : `${bars[index]}.${beats[index]!.position}`);
      named = x;
    } else if (first || view.secondsPerPixel < 0.05) context.fillRect(Math.round(x), HEIGHT - TICK, 1, TICK);
  }
}

function mark(context: CanvasRenderingContext2D, x: number, text: string): void {
  context.fillRect(Math.round(x), 0, 1, HEIGHT);
  context.fillText(text, Math.round(x) + 4, 5);
}

function ticks(context: CanvasRenderingContext2D, view: Viewport, step: number): void {
  context.globalAlpha = 0.45;
  for (let number = Math.ceil(view.start / step); number * step <= view.stop; number++) context.fillRect(Math.round(view.x(number * step)), HEIGHT - TICK, 1, TICK);
  context.globalAlpha = 1;
}
