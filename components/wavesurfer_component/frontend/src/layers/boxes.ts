/** Regions upon the spectrogram: those that are bounded in frequency with their names, and the selected one. */
import { type Rectangle, rectangleOf } from "../engine/boxes";
import { faded } from "../engine/contrast";
import type { FrequencyAxis } from "../engine/frequency_axis";
import type { SelectedSpan } from "../engine/stage_ports";
import type { Theme } from "../engine/theme";
import type { Viewport } from "../engine/viewport";
import { FONT } from "./canvas";
import { drawHandles } from "./handles";

/** A region that is bounded in frequency. */
export interface Box {
  start: number;
  end: number;
  low: number | null;
  high: number | null;
  color: string;
  dashed: boolean;
  /** The name of its label. */
  name: string;
  /** Whether the name is written also where there is no room in the box. */
  named: boolean;
}

const NAME_HEIGHT = 16;
const NAME_ROOM = 4;

/**
 * Where the name of a box is written, from its upper left corner: in the box where there is room. Else nowhere; but one that
 * is wanted in any case is above the box, or where nothing is above it below it, or upon it.
 */
export function nameSpot(box: Rectangle, textWidth: number, width: number, height: number, anyway: boolean): { x: number; y: number } | null {
  const needed = textWidth + 2 * NAME_ROOM;
  const left = Math.max(0, box.left);
  if (Math.min(width, box.right) - left >= needed + 2 && box.bottom - box.top >= NAME_HEIGHT + 2) return { x: left + 1, y: box.top + 1 };
  if (!anyway) return null;
  const x = Math.max(0, Math.min(left, width - needed));
  if (box.top >= NAME_HEIGHT) return { x, y: box.top - NAME_HEIGHT };
  return { x, y: box.bottom + NAME_HEIGHT <= height ? box.bottom : box.top };
}

/** Draw the boxes, then their names upon them. */
export function drawBoxes(context: CanvasRenderingContext2D, view: Viewport, axis: FrequencyAxis, theme: Theme, boxes: Iterable<Box>): void {
  const names: { text: string; x: number; y: number; width: number }[] = [];
  context.font = FONT;
  context.lineWidth = 1.5;
  for (const box of boxes) {
    const rectangle = rectangleOf(box, view, axis);
    const { left, right, top, bottom } = rectangle;
    context.strokeStyle = box.color;
    context.setLineDash(box.dashed ? [5, 3] : []);
    context.strokeRect(left + 0.5, top + 0.5, Math.max(1, right - left - 1), Math.max(1, bottom - top - 1));
    const width = widthOf(context, box.name);
    const spot = nameSpot(rectangle, width, view.width, axis.height, box.named);
    if (spot) names.push({ text: box.name, ...spot, width });
  }
  context.setLineDash([]);
  context.lineWidth = 1;
  context.textBaseline = "middle";
  for (const { text, x, y, width } of names) {
    context.fillStyle = faded(theme.background, 0.8);
    context.fillRect(x, y, width + 2 * NAME_ROOM, NAME_HEIGHT);
    context.fillStyle = theme.text;
    context.fillText(text, x + NAME_ROOM, y + NAME_HEIGHT / 2 + 0.5);
  }
}

export function drawSelection(context: CanvasRenderingContext2D, view: Viewport, axis: FrequencyAxis, selection: SelectedSpan): void {
  const rectangle = rectangleOf(selection, view, axis);
  const { left, top, bottom } = rectangle;
  const width = Math.max(1, rectangle.right - left);
  context.fillStyle = faded(selection.color, 0.18);
  context.fillRect(left, top, width, bottom - top);
  context.strokeStyle = selection.color;
  context.strokeRect(left + 0.5, top + 0.5, width - 1, Math.max(1, bottom - top - 1));
}

/** Handles of the selected region, where it can be pulled. */
export function drawHandlesOf(context: CanvasRenderingContext2D, view: Viewport, axis: FrequencyAxis, theme: Theme, selection: SelectedSpan): void {
  if (selection.handles) drawHandles(context, rectangleOf(selection, view, axis), theme, selection.low !== null || selection.high !== null);
}

/** The same few names are drawn in every frame. */
const widths = new Map<string, number>();
const MOST_WIDTHS = 2000;

function widthOf(context: CanvasRenderingContext2D, text: string): number {
  let width = widths.get(text);
  if (width === undefined) {
    if (widths.size >= MOST_WIDTHS) widths.clear();
    width = context.measureText(text).width;
    widths.set(text, width);
  }
  return width;
}
