/** Drawing: each function draws one layer of what the viewport shows. Sizes are in CSS pixels. */
import type { Label } from "./api";
import type { LaneIndex } from "./lanes";
import type { PeakStore } from "./peaks";
import { border, faded, type Theme } from "./theme";
import { clock, rulerStep } from "./time";
import type { Viewport } from "./viewport";

export type Mark = "human" | "accepted" | "prediction" | "below" | "rejected" | "approved";

/** A region as it is drawn: from the document, or a suggestion. */
export interface Drawn {
  id: string;
  start: number;
  end: number;
  label: string;
  text: string;
  mark: Mark;
  score: number | null;
  feedback: boolean;
}

export interface LaneView {
  label: Label;
  index: LaneIndex<Drawn>;
  top: number;
  height: number;
  /** Height of one row of regions. */
  row: number;
}

const FONT = "12px system-ui, -apple-system, 'Segoe UI', sans-serif";

/** Size a canvas to its box and the screen, and clear it. */
export function prepare(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D {
  const ratio = Math.min(2, window.devicePixelRatio || 1);
  const [w, h] = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
  if (canvas.width !== w) canvas.width = w;
  if (canvas.height !== h) canvas.height = h;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d")!;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

export function drawRuler(canvas: HTMLCanvasElement, view: Viewport, theme: Theme): void {
  const height = 24;
  const context = prepare(canvas, view.width, height);
  const step = rulerStep(view.secondsPerPixel);
  const decimals = step >= 1 ? 0 : Math.min(6, Math.ceil(-Math.log10(step)));
  context.font = "11px ui-monospace, SFMono-Regular, Menlo, monospace";
  context.textBaseline = "top";
  context.fillStyle = theme.muted;
  for (let number = Math.ceil(view.start / step); number * step <= view.stop; number++) {
    const x = Math.round(view.x(number * step));
    context.fillRect(x, 0, 1, height);
    context.fillText(clock(number * step, decimals), x + 4, 5);
  }
  context.globalAlpha = 0.45;
  const minor = step / 5;
  for (let number = Math.ceil(view.start / minor); number * minor <= view.stop; number++) {
    context.fillRect(Math.round(view.x(number * minor)), height - 5, 1, 5);
  }
  context.globalAlpha = 1;
}

let envelope = new Float32Array(0);

export function drawWaveform(
  canvas: HTMLCanvasElement,
  view: Viewport,
  peaks: PeakStore | null,
  theme: Theme,
  height: number,
  selection: { start: number; end: number; color: string } | null,
): void {
  const context = prepare(canvas, view.width, height);
  if (selection) {
    context.fillStyle = faded(selection.color, 0.2);
    const left = view.x(selection.start);
    context.fillRect(left, 0, Math.max(1, view.x(selection.end) - left), height);
  }
  if (!peaks) return;
  const channels = peaks.header.channels;
  const width = Math.ceil(view.width);
  if (envelope.length < 2 * width) envelope = new Float32Array(2 * width);
  const each = height / channels;
  context.fillStyle = theme.wave;
  for (let channel = 0; channel < channels; channel++) {
    peaks.fill(envelope, channel, view.start, view.secondsPerPixel, width);
    const middle = each * (channel + 0.5);
    const scale = each * 0.48;
    context.beginPath();
    for (let x = 0; x < width; x++) {
      const low = envelope[2 * x]!;
      const high = envelope[2 * x + 1]!;
      if (low > high) continue;
      const top = middle - high * scale;
      context.rect(x, top, 1, Math.max(1, (high - low) * scale));
    }
    context.fill();
    if (channels > 1) nameChannel(context, channel, channels, Math.round(each * channel), width, theme);
    context.fillStyle = theme.wave;
  }
}

function nameChannel(
  context: CanvasRenderingContext2D,
  channel: number,
  channels: number,
  top: number,
  width: number,
  theme: Theme,
): void {
  context.fillStyle = theme.line;
  if (channel > 0) context.fillRect(0, top, width, 1);
  context.font = FONT;
  context.textBaseline = "top";
  context.fillStyle = theme.muted;
  context.fillText(channels === 2 ? ["Left", "Right"][channel]! : `Channel ${channel + 1}`, 5, top + 4);
}

export function drawLanes(
  canvas: HTMLCanvasElement,
  view: Viewport,
  lanes: readonly LaneView[],
  theme: Theme,
  height: number,
  selected: string | null,
  ghost: { lane: number; start: number; end: number } | null,
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
      if (width < 1.5) {
        if (left < lastX + 1 && drawn.id !== selected) continue;
        lastX = left;
      }
      drawRegion(context, drawn, lane.label.color, theme, left, top, width, lane.row - 6, drawn.id === selected, view.width);
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
