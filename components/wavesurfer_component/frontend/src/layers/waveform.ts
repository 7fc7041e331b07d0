/** The waveform: the envelope of every channel, from the peaks pyramid. */
import type { PeakStore } from "../engine/peaks";
import { faded, type Theme } from "../engine/theme";
import type { Viewport } from "../engine/viewport";
import { FONT, prepare } from "./canvas";

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
    for (let x = 0; x < width; x++) {
      const low = envelope[2 * x]!;
      const high = envelope[2 * x + 1]!;
      if (low > high) continue;
      const top = middle - high * scale;
      context.fillRect(x, top, 1, Math.max(1, (high - low) * scale)); // quicker than one path of them all
    }
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
