/** Boxes on the spectrogram: which edge a pointer is on, and the frequencies between two heights. */
import type { Stage } from "../engine/stage";
import type { Region } from "./document";
import type { Band } from "./edits";

const EDGE_PIXELS = 6;
const TOUCH_PIXELS = 16;

/** The edge of the selected box under a pointer; `move` inside it; null elsewhere, or when the region is no box. */
export function boxEdgeAt(stage: Stage, region: Region | null, event: PointerEvent): "start" | "end" | "low" | "high" | "move" | null {
  if (!region || (region.low == null && region.high == null)) return null;
  const slack = event.pointerType === "touch" ? TOUCH_PIXELS : EDGE_PIXELS;
  const x = event.offsetX;
  const y = event.offsetY;
  const [left, right] = [stage.view.x(region.start), stage.view.x(region.end)];
  const top = region.high == null ? 0 : stage.frequencyY(region.high);
  const bottom = region.low == null ? stage.look.height : stage.frequencyY(region.low);
  if (x < left - slack || x > right + slack || y < top - slack || y > bottom + slack) return null;
  if (Math.abs(y - top) <= slack && x > left + slack && x < right - slack) return "high";
  if (Math.abs(y - bottom) <= slack && x > left + slack && x < right - slack) return "low";
  if (Math.abs(x - left) <= slack) return "start";
  if (Math.abs(x - right) <= slack) return "end";
  return "move";
}

/** The band between two heights on the spectrogram, in whole Hz. */
export function bandOf(stage: Stage, oneY: number, otherY: number): Band {
  const high = stage.frequencyAt(Math.min(oneY, otherY));
  const low = stage.frequencyAt(Math.max(oneY, otherY));
  return { low, high: Math.max(high, low + 1) };
}
