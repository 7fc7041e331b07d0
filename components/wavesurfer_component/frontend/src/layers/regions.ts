/** Lanes of regions and suggestions. */
import type { Label } from "../api";
import type { LaneIndex } from "../engine/lanes";
import { border, faded, type Theme } from "../engine/theme";
import type { Viewport } from "../engine/viewport";
import { FONT, prepare } from "./canvas";

export type Mark = "human" | "accepted" | "prediction" | "below" | "rejected" | "approved";

/** A region as it is drawn: from the document, or a suggestion. */
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
}

export interface LaneView {
  label: Label;
  index: LaneIndex<Drawn>;
  top: number;
  height: number;
  /** Height of one row of regions. */
  row: number;
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
  ghost: Ghost | null,
  marquee: Marquee | null,
): void {
  const context = prepare(canvas, view.width, height);
  context.font = FONT;
  context.textBaseline = "middle";
  lanes.forEach((lane, number) => {
    context.fillStyle = theme.line;
    context.fillRect(0, lane.top + lane.height - 1, view.width, 1);
    let lastX = -9;
    for (const drawn of lane.index.between(view.start, view.stop)) {
      const left = view.x(drawn.start);
      const width = view.x(drawn.end) - left;
      const top = lane.top + 3 + lane.index.row(drawn.id) * lane.row;
      if (drawn.start === drawn.end) {
        drawInstant(context, drawn, drawn.color ?? lane.label.color, theme, left, top, lane.row - 6, isSelected(drawn.id));
        continue;
      }
      if (width < 1.5) {
        if (left < lastX + 1 && !isSelected(drawn.id)) continue;
        lastX = left;
      }
      drawRegion(context, drawn, drawn.color ?? lane.label.color, theme, left, top, width, lane.row - 6, isSelected(drawn.id), view.width);
    }
    if (ghost && ghost.lane === number) {
      const left = view.x(Math.min(ghost.start, ghost.end));
      const width = Math.max(1, view.x(Math.max(ghost.start, ghost.end)) - left);
      const color = ghost.color ?? lane.label.color;
      context.fillStyle = faded(color, 0.35);
      context.fillRect(left, lane.top + 3, width, lane.row - 6);
      context.strokeStyle = border(color, theme);
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

/** A diamond on a line. */
function drawInstant(context: CanvasRenderingContext2D, drawn: Drawn, color: string, theme: Theme, x: number, top: number, height: number, selected: boolean): void {
  const half = Math.min(7, height / 2 - 1);
  const middle = top + height / 2;
  context.strokeStyle = selected ? theme.text : border(color, theme);
  context.lineWidth = selected ? 2 : 1.25;
  context.fillStyle = faded(color, drawn.mark === "prediction" || drawn.mark === "below" ? 0.15 : 0.75);
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
  const suggestion = drawn.mark === "prediction" || drawn.mark === "below";
  context.fillStyle = faded(color, suggestion ? 0.12 : theme.dark ? 0.5 : 0.42);
  context.fillRect(left, top, w, height);
  context.strokeStyle = drawn.mark === "rejected" ? theme.playhead : border(color, theme);
  context.lineWidth = drawn.mark === "rejected" || drawn.mark === "approved" ? 2 : 1.25;
  context.setLineDash(drawn.mark === "prediction" ? [5, 3] : drawn.mark === "below" ? [2, 3] : []);
  if (w > 3) context.strokeRect(left + 0.5, top + 0.5, w - 1, height - 1);
  context.setLineDash([]);
  if (suggestion && drawn.score !== null && w > 6) {
    context.fillStyle = border(color, theme);
    context.fillRect(left + 1, top + height - 3, (w - 2) * drawn.score, 2);
  }
  if (drawn.mark === "accepted" && w > 12) {
    context.fillStyle = border(color, theme);
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
    const score = suggestion && drawn.score !== null ? `${Math.round(drawn.score * 100)}%  ` : "";
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
