/** The row of beats: a line each, downbeats tall, anchors with a head, the selected one marked. */
import type { BeatGrid } from "../engine/beat_grid";
import type { Theme } from "../engine/theme";
import type { Viewport } from "../engine/viewport";
import { FONT, prepare } from "./canvas";

export const BEATS_HEIGHT = 30;
/** With fewer pixels between beats only downbeats are drawn; with fewer between those, a band. */
const LEAST_GAP = 4;

export interface BeatDrag {
  index: number;
  time: number;
}

export function drawBeats(canvas: HTMLCanvasElement, view: Viewport, grid: BeatGrid, theme: Theme, selected: string | null, drag: BeatDrag | null, hint: string): void {
  const context = prepare(canvas, view.width, BEATS_HEIGHT);
  context.font = FONT;
  context.textBaseline = "middle";
  const { beats } = grid;
  if (!beats.length) {
    context.fillStyle = theme.muted;
    context.fillText(hint, 10, BEATS_HEIGHT / 2);
    return;
  }
  const gap = averageGap(grid, view) / view.secondsPerPixel;
  let last = -Infinity;
  for (let index = grid.from(view.start); index < beats.length && beats[index]!.time <= view.stop; index++) {
    const beat = beats[index]!;
    const moved = drag?.index === index;
    const x = Math.round(view.x(moved ? drag.time : beat.time));
    const first = beat.position === 1;
    if (gap < LEAST_GAP && !first && beat.id !== selected) continue;
    if (x - last < 2) continue;
    last = x;
    const height = first ? BEATS_HEIGHT - 4 : (BEATS_HEIGHT - 4) * 0.45;
    context.fillStyle = moved || beat.id === selected ? theme.playhead : first ? theme.primary : theme.muted;
    context.fillRect(x, BEATS_HEIGHT - height, first ? 2 : 1, height);
    if (beat.anchor || beat.id === selected) drawHead(context, x, BEATS_HEIGHT - height, beat.id === selected);
    const changed = grid.changes.has(index); // told beside the bar, also where there is little room
    if (first && (changed || gap * grid.meter > 34)) context.fillText(changed ? `${grid.bars[index]} · ${grid.meters[index]}/` : String(grid.bars[index]), x + 5, 9);
    else if (gap > 26) context.fillText(String(beat.position), x + 4, BEATS_HEIGHT - 8);
  }
}

/** Beats that were rejected, over the row as it is drawn: finely dotted, and struck through as a whole. */
export function drawRejectedBeats(canvas: HTMLCanvasElement, view: Viewport, grid: BeatGrid, theme: Theme): void {
  const context = canvas.getContext("2d");
  const last = grid.from(view.stop);
  const first = grid.from(view.start);
  if (!context || first >= last) return;
  const gap = averageGap(grid, view) / view.secondsPerPixel;
  context.fillStyle = context.strokeStyle = theme.muted;
  context.setLineDash([1, 3]);
  context.beginPath();
  let before = -Infinity;
  for (let index = first; index < last; index++) {
    const { time, position } = grid.beats[index]!;
    const x = Math.round(view.x(time)) + 0.5;
    if ((gap < LEAST_GAP && position !== 1) || x - before < 2) continue;
    before = x;
    context.moveTo(x, position === 1 ? 4 : BEATS_HEIGHT * 0.5);
    context.lineTo(x, BEATS_HEIGHT);
  }
  context.stroke();
  context.setLineDash([]);
  const [left, right] = [view.x(grid.beats[first]!.time), view.x(grid.beats[last - 1]!.time)];
  context.fillRect(left - 3, Math.round(BEATS_HEIGHT * 0.75), right - left + 6, 1);
}

/** Thin lines of the beats through another layer. */
export function drawBeatLines(context: CanvasRenderingContext2D, view: Viewport, grid: BeatGrid, theme: Theme, height: number): void {
  const gap = averageGap(grid, view) / view.secondsPerPixel;
  context.fillStyle = theme.primary;
  for (let index = grid.from(view.start); index < grid.beats.length && grid.beats[index]!.time <= view.stop; index++) {
    const first = grid.beats[index]!.position === 1;
    if (gap < 12 && (!first || gap * grid.meter < 12)) continue;
    context.globalAlpha = first ? 0.5 : 0.2;
    context.fillRect(Math.round(view.x(grid.beats[index]!.time)), 0, 1, height);
  }
  context.globalAlpha = 1;
}

function averageGap({ beats }: BeatGrid, view: Viewport): number {
  if (beats.length < 2) return view.stop - view.start;
  return (beats[beats.length - 1]!.time - beats[0]!.time) / (beats.length - 1);
}

function drawHead(context: CanvasRenderingContext2D, x: number, top: number, selected: boolean): void {
  context.beginPath();
  context.arc(x + 0.5, Math.max(4, top), selected ? 4 : 3, 0, 7);
  context.fill();
}
