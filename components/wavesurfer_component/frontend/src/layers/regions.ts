/** Lanes of regions and suggestions. */
import type { Label } from "../api";
import { LaneIndex, NARROW } from "../engine/lanes";
import { border, faded, type Theme } from "../engine/theme";
import type { Viewport } from "../engine/viewport";
import { percent } from "../i18n";
import { FONT, prepare } from "./canvas";

export type Mark = "human" | "accepted" | "prediction" | "below" | "rejected" | "approved";

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
}

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
    const draw = (drawn: Drawn, row: number, selected: boolean): void => {
      const left = view.x(drawn.start);
      const top = lane.top + 3 + row * lane.row;
      const paint = paintOf(drawn.color ?? lane.label.color, theme);
      if (drawn.start === drawn.end) drawInstant(context, drawn, paint, theme, left, top, lane.row - 6, selected);
      else drawRegion(context, drawn, paint, theme, left, top, view.x(drawn.end) - left, lane.row - 6, selected, view.width);
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
      context.fillStyle = faded(lane.label.color, 0.35);
      context.fillRect(left, lane.top + 3, width, lane.row - 6);
      context.strokeStyle = border(lane.label.color, theme);
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

/** The colors of a region that come from its label. */
interface Paint {
  border: string;
  fill: string;
  suggested: string;
  instant: string;
  suggestedInstant: string;
}

let paints = new Map<string, Paint>();
let paintsOf: Theme | null = null;

/** Worked out once for a color: there are few of them and many regions. */
function paintOf(color: string, theme: Theme): Paint {
  if (paintsOf !== theme) {
    paints = new Map();
    paintsOf = theme;
  }
  let paint = paints.get(color);
  if (!paint) {
    paint = { border: border(color, theme), fill: faded(color, theme.dark ? 0.5 : 0.42), suggested: faded(color, 0.12), instant: faded(color, 0.75), suggestedInstant: faded(color, 0.15) };
    paints.set(color, paint);
  }
  return paint;
}

const isSuggested = (drawn: Drawn): boolean => drawn.mark === "prediction" || drawn.mark === "below";

/** A diamond on a line. */
function drawInstant(context: CanvasRenderingContext2D, drawn: Drawn, paint: Paint, theme: Theme, x: number, top: number, height: number, selected: boolean): void {
  const half = Math.min(7, height / 2 - 1);
  const middle = top + height / 2;
  context.strokeStyle = selected ? theme.text : paint.border;
  context.lineWidth = selected ? 2 : 1.25;
  context.fillStyle = isSuggested(drawn) ? paint.suggestedInstant : paint.instant;
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
}

function drawRegion(
  context: CanvasRenderingContext2D,
  drawn: Drawn,
  paint: Paint,
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
  context.fillStyle = suggestion ? paint.suggested : paint.fill;
  context.fillRect(left, top, w, height);
  if (w > 3) {
    context.strokeStyle = drawn.mark === "rejected" ? theme.playhead : paint.border;
    context.lineWidth = drawn.mark === "rejected" || drawn.mark === "approved" ? 2 : 1.25;
    if (suggestion) context.setLineDash(drawn.mark === "prediction" ? [5, 3] : [2, 3]);
    context.strokeRect(left + 0.5, top + 0.5, w - 1, height - 1);
    if (suggestion) context.setLineDash([]);
  }
  if (suggestion && drawn.score !== null && w > 6) {
    context.fillStyle = paint.border;
    context.fillRect(left + 1, top + height - 3, (w - 2) * drawn.score, 2);
  }
  if (drawn.mark === "accepted" && w > 12) {
    context.fillStyle = paint.border;
    context.beginPath();
    context.moveTo(left + 1, top + 1);
    context.lineTo(left + 8, top + 1);
    context.lineTo(left + 1, top + 8);
    context.fill();
  }
  if (drawn.feedback && w > 10) {
    context.fillStyle = theme.playhead;
    context.beginPath();
    context.arc(Math.min(left + w - 7, viewWidth - 7), top + height / 2, 4, 0, 7);
    context.fill();
  }
  if (w > 36) {
    context.save();
    context.beginPath();
    context.rect(left + 4, top, w - 8, height);
    context.clip();
    context.fillStyle = theme.text;
    const score = suggestion && drawn.score !== null ? `${percent(drawn.score)}  ` : "";
    context.fillText(score + drawn.text, Math.max(left, 0) + 8, top + height / 2 + (suggestion ? -1 : 0.5));
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
