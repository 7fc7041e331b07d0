/** One drag of the pointer: what it does, and where that leaves the region that is made, moved or pulled. */
import type { Stage } from "../engine/stage";
import { rounded } from "../engine/time";
import { bandOf, type BoxPart } from "./box_edges";
import type { Region } from "./document";
import type { Band, Edits } from "./edits";
import { SHORTEST } from "./overlap";
import type { Snapping } from "./snapping";

export type DragKind = "create" | "marquee" | BoxPart;

export interface Drag {
  kind: DragKind;
  id: string | null;
  lane: number;
  /** Where it began (s), and pixels from the top of the canvas. */
  from: number;
  fromY: number;
  moved: boolean;
  canvas: HTMLElement;
  /** How far beside the edge it was taken (s, or pixels below it): the edge does not jump to the finger. */
  beside: number;
}

export interface Placed extends Partial<Band> {
  start: number;
  end: number;
}

export const DRAG_PIXELS = 4;

export interface DragParts {
  stage: Stage;
  edits: Edits;
  snapping: Snapping;
  /** Whether drags on the spectrogram mark boxes that are bounded in frequency. */
  boxMode(): boolean;
}

/** How far beside the edge that it pulls a drag begins. */
export function besideEdge({ stage, edits }: DragParts, { kind, id, from, fromY }: Omit<Drag, "beside">): number {
  const region = edits.grabbed(id);
  if (!region) return 0;
  if (kind === "start" || kind === "end") return from - region[kind];
  const hertz = kind === "low" || kind === "high" ? region[kind] : null;
  return hertz == null || !stage.axis ? 0 : fromY - stage.axis.y(hertz);
}

/** Where the dragged region would be; null when it has gone (deleted by key, or in another tab). `target` is the lane under the pointer. */
export function placedBy({ stage, edits, snapping, boxMode }: DragParts, drag: Drag, time: number, target: number, event: PointerEvent): Placed | null {
  const suspended = event.ctrlKey || event.metaKey;
  const perPixel = stage.view.secondsPerPixel;
  const moving = new Set(drag.kind === "move" ? edits.chosen.map((one) => one.id) : drag.id === null ? [] : [drag.id]);
  const snapped = (seconds: number): number => rounded(snapping.snapped(seconds, perPixel, suspended, moving));
  if (drag.kind === "create") {
    const from = snapped(drag.from);
    const to = snapped(time);
    const boxed = drag.canvas === stage.spectrogramCanvas && boxMode();
    return { start: Math.min(from, to), end: Math.max(from, to), ...(boxed ? bandOf(stage, drag.fromY, event.offsetY) : {}) };
  }
  const region: Region | null = edits.grabbed(drag.id);
  if (!region) return null;
  const band = { low: region.low ?? null, high: region.high ?? null };
  if (drag.kind === "low" || drag.kind === "high") return { start: region.start, end: region.end, ...band, [drag.kind]: stage.axis?.at(event.offsetY - drag.beside) ?? band[drag.kind] };
  const edge = stage.clamp(time - drag.beside);
  if (drag.kind === "start") return { start: Math.min(snapped(edge), region.end - SHORTEST), end: region.end, ...band };
  if (drag.kind === "end") return { start: region.start, end: Math.max(snapped(edge), region.start + SHORTEST), ...band };
  const upright = target !== drag.lane && Math.abs(time - drag.from) < DRAG_PIXELS * perPixel;
  if (upright) return { start: region.start, end: region.end, ...band };
  let by = edits.moves.sharedShift(edits.chosen, time - drag.from);
  by += snapping.shift(region.start + by, region.end + by, perPixel, suspended, moving);
  by = edits.moves.sharedShift(edits.chosen, by);
  return { start: rounded(region.start + by), end: rounded(region.end + by), ...band };
}
