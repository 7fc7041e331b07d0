/** Lanes of regions and suggestions. */
import type { Label } from "../api/answers";
import { faded } from "../engine/contrast";
import { LaneIndex, NARROW } from "../engine/lanes";
import type { Theme } from "../engine/theme";
import type { Viewport } from "../engine/viewport";
import { FONT, prepare } from "./canvas";
import { areaColor, edgeColor } from "./region_colors";
import { drawFolded, drawInstant, drawLocked, drawRegion, drawShade } from "./region_shapes";
import { FINGER, isTouched } from "../engine/touched";

/** How a region stands: `dismissed` is a suggestion that was rejected, `rejected` what a reviewer sent back. */
export type Mark = "human" | "accepted" | "prediction" | "below" | "dismissed" | "rejected" | "approved";

/** A region as it is drawn: from the document, or a suggestion. Its members may be computed, so it cannot be spread. */
export interface Drawn {
  id: string;
  start: number;
  end: number;
  /** Frequencies in Hz, null where it is not bounded. */
  low: number | null;
  high: number | null;
  label: string;
  text: string;
  mark: Mark;
  score: number | null;
  feedback: boolean;
  /** The prediction that suggests it. */
  prediction?: string;
  /** Where it lies in a lane of another color. */
  color?: string;
  /** Where it lies in another lane than that of its label. */
  lane?: string;
  /** Drawn as a hatched area, the darker the nearer to 1. */
  shade?: number;
}

const isBox = ({ low, high }: Drawn): boolean => low !== null || high !== null;

/** The same in a lane of another color. */
export function recolored({ id, start, end, low, high, label, text, mark, score, feedback, prediction }: Drawn, color: string): Drawn {
  return { id, start, end, low, high, label, text, mark, score, feedback, prediction, color };
}

export interface LaneView {
  label: Label;
  index: LaneIndex<Drawn>;
  /** Those that are bounded in frequency. */
  boxes: LaneIndex<Drawn>;
  top: number;
  height: number;
  /** Height of one row of regions. */
  row: number;
  /** Hidden: only a thin line of it is drawn. */
  folded: boolean;
  /** Nothing in it can be changed. */
  locked: boolean;
}

/** Height of a hidden lane in pixels. */
export const foldedHeight = (): number => (isTouched() ? FINGER + 2 : 20); // with the line below it

export function laneIndexes(drawn: readonly Drawn[]): Pick<LaneView, "index" | "boxes"> {
  return { index: new LaneIndex(drawn), boxes: new LaneIndex(drawn.filter(isBox)) };
}

export function enterLane({ index, boxes }: LaneView, drawn: Drawn): void {
  index.insert(drawn);
  if (isBox(drawn)) boxes.insert(drawn);
}

/** Draw a region otherwise in the lane that it is in. */
export function changeInLane({ index, boxes }: LaneView, before: Drawn, after: Drawn): void {
  index.replace(before, after);
  if (isBox(before)) boxes.remove(before);
  if (isBox(after)) boxes.insert(after);
}

export function leaveLane({ index, boxes }: LaneView, drawn: Drawn): void {
  index.remove(drawn);
  if (isBox(drawn)) boxes.remove(drawn);
}

/** Where something that is being dragged would lie. */
export interface Ghost {
  lane: number;
  start: number;
  end: number;
  low: number | null;
  high: number | null;
  /** Where it lies in a lane of another color. */
  color?: string;
}

/** A stretch of the lanes that is being selected: seconds, and pixels from the top. */
export interface Marquee {
  from: number;
  to: number;
  top: number;
  bottom: number;
}

export function drawLanes(
  canvas: HTMLCanvasElement,
  view: Viewport,
  lanes: readonly LaneView[],
  theme: Theme,
  height: number,
  isSelected: (id: string) => boolean,
  /** What is selected: drawn in any case, also where many lie in one pixel. */
  chosen: readonly Drawn[],
  ghost: Ghost | null,
  marquee: Marquee | null,
): void {
  const context = prepare(canvas, view.width, height);
  context.font = FONT;
  context.textBaseline = "middle";
  const narrow = NARROW * view.secondsPerPixel;
  lanes.forEach((lane, number) => {
    context.fillStyle = theme.line;
    context.fillRect(0, lane.top + lane.height - 1, view.width, 1);
    if (lane.locked) drawLocked(context, lane, view.width, theme);
    if (lane.folded) return drawFolded(context, view, lane, theme);
    const draw = (drawn: Drawn, row: number, selected: boolean): void => {
      const left = view.x(drawn.start);
      const top = lane.top + 3 + row * lane.row;
      const color = drawn.color ?? lane.label.color;
      if (drawn.shade !== undefined) drawShade(context, drawn, drawn.shade, theme, left, top, view.x(drawn.end) - left, lane.row - 6, selected);
      else if (drawn.start === drawn.end) drawInstant(context, drawn, color, theme, left, top, lane.row - 6, selected);
      else drawRegion(context, drawn, color, theme, left, top, view.x(drawn.end) - left, lane.row - 6, selected, view.width);
    };
    lane.index.visit(view.start, view.stop, view.secondsPerPixel, (drawn, row) => {
      const selected = isSelected(drawn.id);
      if (!selected || drawn.end - drawn.start >= narrow) draw(drawn, row, selected);
    });
    for (const drawn of chosen) {
      if (drawn.end < view.start || drawn.start > view.stop || drawn.end - drawn.start >= narrow) continue;
      const row = lane.index.row(drawn);
      if (row !== null) draw(drawn, row, true);
    }
    if (ghost && ghost.lane === number) {
      const left = view.x(Math.min(ghost.start, ghost.end));
      const width = Math.max(1, view.x(Math.max(ghost.start, ghost.end)) - left);
      const color = ghost.color ?? lane.label.color;
      context.fillStyle = faded(areaColor(color, theme), 0.35);
      context.fillRect(left, lane.top + 3, width, lane.row - 6);
      context.strokeStyle = edgeColor(color, theme);
      context.strokeRect(left + 0.5, lane.top + 3.5, width, lane.row - 7);
    }
  });
  if (marquee) {
    const left = view.x(Math.min(marquee.from, marquee.to));
    context.strokeStyle = theme.text;
    context.lineWidth = 1;
    context.setLineDash([4, 3]);
    context.strokeRect(left + 0.5, marquee.top + 0.5, view.x(Math.max(marquee.from, marquee.to)) - left, marquee.bottom - marquee.top);
    context.setLineDash([]);
  }
}
