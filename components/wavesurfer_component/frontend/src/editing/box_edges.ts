/** Pulling the selected region on waveform and spectrogram: which edge a pointer is on, and the frequencies between two heights. */
import { type Rectangle, rectangleOf } from "../engine/boxes";
import type { Stage } from "../engine/stage";
import type { SelectedSpan } from "../engine/stage_ports";
import type { Band } from "./edits";

/** What of a region is taken hold of. */
export type BoxPart = "start" | "end" | "low" | "high" | "move";

const EDGE_PIXELS = 6;
/** A finger hits an area of 44 pixels (WCAG 2.2, 2.5.5). */
const TOUCH_PIXELS = 22;

/** Pixels beside an edge at which a pointer still takes hold of it. */
export const slackOf = (pointerType: string): number => (pointerType === "touch" ? TOUCH_PIXELS : EDGE_PIXELS);

/** The edge in time at some pixels from the left: the nearer one, within `slack`. */
export function spanEdgeAt(left: number, right: number, x: number, slack: number): "start" | "end" | null {
  const [toLeft, toRight] = [Math.abs(x - left), Math.abs(x - right)];
  if (Math.min(toLeft, toRight) > slack) return null;
  return toLeft < toRight ? "start" : "end";
}

/** The edge of a box at a point; `move` inside it, null elsewhere. */
export function boxPartAt({ left, right, top, bottom }: Rectangle, x: number, y: number, slack: number): BoxPart | null {
  if (x < left - slack || x > right + slack || y < top - slack || y > bottom + slack) return null;
  const between = x > left + slack && x < right - slack;
  if (between && Math.min(Math.abs(y - top), Math.abs(y - bottom)) <= slack) return Math.abs(y - top) < Math.abs(y - bottom) ? "high" : "low";
  return spanEdgeAt(left, right, x, slack) ?? "move";
}

/** What of the selected region is under a pointer on waveform or spectrogram, where it can be pulled. */
export function partAt(stage: Stage, span: SelectedSpan | null, event: PointerEvent): BoxPart | null {
  if (!span?.handles) return null;
  const slack = slackOf(event.pointerType);
  const { axis, view } = stage;
  const boxed = span.low !== null || span.high !== null;
  if (boxed && event.currentTarget === stage.spectrogramCanvas) return axis && boxPartAt(rectangleOf(span, view, axis), event.offsetX, event.offsetY, slack);
  return spanEdgeAt(view.x(span.start), view.x(span.end), event.offsetX, slack);
}

/** The band between two heights on the spectrogram, in whole Hz. */
export function bandOf({ axis }: Stage, oneY: number, otherY: number): Partial<Band> {
  if (!axis) return {};
  const high = axis.at(Math.min(oneY, otherY));
  const low = axis.at(Math.max(oneY, otherY));
  return { low, high: Math.max(high, low + 1) };
}
