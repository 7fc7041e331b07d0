/** Handles at the edges of what is selected: where they can be pulled. */
import type { Rectangle } from "../engine/boxes";
import type { Theme } from "../engine/theme";
import { isTouched } from "../engine/touched";

/** Pixels; larger where fingers point. */
const SMALL = { across: 6, along: 18 };
const LARGE = { across: 10, along: 30 };

/** At the left and the right edge; also above and below, where those can be pulled. */
export function drawHandles(context: CanvasRenderingContext2D, { left, right, top, bottom }: Rectangle, theme: Theme, upAndDown: boolean): void {
  const { across, along } = isTouched() ? LARGE : SMALL;
  const middle = (top + bottom) / 2;
  const center = (left + right) / 2;
  const grip = (x: number, y: number, width: number, height: number): void => {
    context.fillRect(x - width / 2, y - height / 2, width, height);
    context.strokeRect(x - width / 2, y - height / 2, width, height);
  };
  context.fillStyle = theme.text;
  context.strokeStyle = theme.background; // seen upon every color
  context.lineWidth = 1;
  for (const x of [left, right]) {
    context.fillRect(x - 0.75, top, 1.5, bottom - top);
    grip(x, middle, across, Math.min(along, bottom - top));
  }
  if (!upAndDown) return;
  for (const y of [top, bottom]) grip(center, y, Math.min(along, right - left), across);
}
