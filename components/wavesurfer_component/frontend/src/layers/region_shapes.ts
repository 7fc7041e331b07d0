/** How a region, an instant and a lane that is locked or hidden look. */
import { faded } from "../engine/contrast";
import type { Theme } from "../engine/theme";
import type { Viewport } from "../engine/viewport";
import { percent } from "../i18n";
import { edgeColor, instantColor, regionColors } from "./region_colors";
import type { Drawn, LaneView, Mark } from "./regions";

/** Pixels between the lines of hatching. */
const HATCH = 9;
/** Opacities of shaded areas; what is written on them can be read. */
const LIGHTEST = 0.08;
const DARKEST = 0.36;

/** Fine hatching behind what cannot be changed. */
export function drawLocked(context: CanvasRenderingContext2D, { top, height }: LaneView, width: number, theme: Theme): void {
  context.save();
  context.beginPath();
  context.rect(0, top, width, height - 1);
  context.clip();
  context.strokeStyle = theme.line;
  context.lineWidth = 1;
  context.beginPath();
  for (let x = -height; x < width; x += HATCH) {
    context.moveTo(x, top + height);
    context.lineTo(x + height, top);
  }
  context.stroke();
  context.restore();
}

/** A thin line where there are regions; those nearer than a pixel are one. */
export function drawFolded(context: CanvasRenderingContext2D, view: Viewport, lane: LaneView, theme: Theme): void {
  context.fillStyle = edgeColor(lane.label.color, theme);
  let filled = -1;
  lane.index.visit(view.start, view.stop, view.secondsPerPixel, ({ start, end }) => {
    const left = Math.max(filled, view.x(start));
    const right = Math.max(left + 1, view.x(end));
    if (right <= filled) return;
    context.fillRect(left, lane.top + lane.height / 2 - 1.5, right - left, 2);
    filled = right;
  });
}

/** How the edge of a suggestion is broken: dashed, dotted below the threshold, finely dotted when it was rejected. */
const DASHES: Partial<Record<Mark, readonly number[]>> = { prediction: [5, 3], below: [2, 3], dismissed: [1, 3] };

const isSuggested = (drawn: Drawn): boolean => drawn.mark in DASHES;

/** A diamond on a line. */
export function drawInstant(context: CanvasRenderingContext2D, drawn: Drawn, color: string, theme: Theme, x: number, top: number, height: number, selected: boolean): void {
  const half = Math.min(7, height / 2 - 1);
  const middle = top + height / 2;
  context.strokeStyle = selected ? theme.text : edgeColor(color, theme);
  context.lineWidth = selected ? 2 : 1.25;
  context.fillStyle = instantColor(color, theme, isSuggested(drawn));
  if (drawn.mark === "dismissed") context.setLineDash([...DASHES.dismissed!]);
  context.beginPath();
  context.moveTo(x, top);
  context.lineTo(x, top + height);
  context.moveTo(x, middle - half);
  context.lineTo(x + half, middle);
  context.lineTo(x, middle + half);
  context.lineTo(x - half, middle);
  context.closePath();
  context.fill();
  context.stroke();
  context.setLineDash([]);
}

/** An area whose darkness says how much: hatched, so that it is not taken for a region. */
export function drawShade(context: CanvasRenderingContext2D, { text, mark }: Drawn, shade: number, theme: Theme, left: number, top: number, width: number, height: number, selected: boolean): void {
  const w = Math.max(2, width);
  const open = mark !== "approved";
  context.save();
  context.beginPath();
  context.rect(left, top, w, height);
  context.clip();
  context.fillStyle = faded(theme.text, open ? LIGHTEST + (DARKEST - LIGHTEST) * Math.min(1, shade) : 0);
  if (!theme.forced) context.fillRect(left, top, w, height);
  context.strokeStyle = faded(theme.text, open ? 0.22 : 0.1);
  context.lineWidth = 1;
  context.beginPath();
  for (let x = left - height; x < left + w; x += HATCH) {
    context.moveTo(x, top + height);
    context.lineTo(x + height, top);
  }
  context.stroke();
  context.fillStyle = theme.text;
  const room = context.measureText(text).width + 16;
  if (w > room) context.fillText(text, Math.max(left, 0) + 8, top + height / 2 + 0.5);
  context.restore();
  context.strokeStyle = selected ? theme.text : faded(theme.text, open ? 0.7 : 0.3);
  context.lineWidth = selected ? 2.5 : 1;
  context.strokeRect(left + 0.5, top + 0.5, w - 1, height - 1);
}

export function drawRegion(
  context: CanvasRenderingContext2D,
  drawn: Drawn,
  color: string,
  theme: Theme,
  left: number,
  top: number,
  width: number,
  height: number,
  selected: boolean,
  viewWidth: number,
): void {
  const w = Math.max(2, width);
  const suggestion = isSuggested(drawn);
  const { fill, edge, ink } = regionColors(color, theme, { suggested: suggestion, selected });
  const dismissed = drawn.mark === "dismissed";
  context.fillStyle = fill;
  if (!dismissed || selected) context.fillRect(left, top, w, height);
  if (w > 3) {
    context.strokeStyle = drawn.mark === "rejected" && !theme.forced ? theme.playhead : edge;
    context.lineWidth = drawn.mark === "rejected" || drawn.mark === "approved" ? 2 : 1.25;
    if (suggestion) context.setLineDash([...DASHES[drawn.mark]!]);
    context.strokeRect(left + 0.5, top + 0.5, w - 1, height - 1);
    if (suggestion) context.setLineDash([]);
  }
  if (suggestion && !dismissed && drawn.score !== null && w > 6) {
    context.fillStyle = edge;
    context.fillRect(left + 1, top + height - 3, (w - 2) * drawn.score, 2);
  }
  if (drawn.mark === "accepted" && w > 12) {
    context.fillStyle = edge;
    context.beginPath();
    context.moveTo(left + 1, top + 1);
    context.lineTo(left + 8, top + 1);
    context.lineTo(left + 1, top + 8);
    context.fill();
  }
  if (drawn.feedback && w > 10) {
    context.fillStyle = theme.forced ? ink : theme.playhead;
    context.beginPath();
    context.arc(Math.min(left + w - 7, viewWidth - 7), top + height / 2, 4, 0, 7);
    context.fill();
  }
  if (w > 36) {
    context.save();
    context.beginPath();
    context.rect(left + 4, top, w - 8, height);
    context.clip();
    context.fillStyle = ink;
    const score = suggestion && drawn.score !== null ? `${percent(drawn.score)}  ` : "";
    const [x, y] = [Math.max(left, 0) + 8, top + height / 2 + (suggestion ? -1 : 0.5)];
    context.fillText(score + drawn.text, x, y);
    if (dismissed) context.fillRect(x, Math.round(y), context.measureText(score + drawn.text).width, 1); // struck through
    context.restore();
  }
  if (selected) {
    context.strokeStyle = theme.text;
    context.lineWidth = 2;
    context.strokeRect(left - 1, top - 1, w + 2, height + 2);
    context.fillStyle = theme.text;
    context.fillRect(left - 2, top + 3, 4, height - 6);
    context.fillRect(left + w - 2, top + 3, 4, height - 6);
  }
}
