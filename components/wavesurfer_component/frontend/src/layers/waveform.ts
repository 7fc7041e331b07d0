/** The waveform: the envelope of every channel, from the peaks pyramid; close up, the samples themselves. */
import type { BeatGrid } from "../engine/beat_grid";
import type { PeakStore } from "../engine/peaks";
import { CLOSEST_PEAKS, type SampleStore } from "../engine/samples";
import { faded } from "../engine/contrast";
import type { Theme } from "../engine/theme";
import type { Viewport } from "../engine/viewport";
import { t } from "../i18n";
import { drawBeatLines } from "./beats";
import { FONT, prepare } from "./canvas";
import { drawHandles } from "./handles";
import { areaColor } from "./region_colors";

/** What is drawn behind and upon the waveform besides the sound. */
export interface WaveMarks {
  grid: BeatGrid | null;
  /** Instants that edges may snap to (s). */
  ticks: readonly number[];
  /** The one that an edge has just snapped to. */
  caught: number | null;
}

const TICK = 7;
/** With more ticks than this share of the pixels they say nothing. */
const MOST_TICKS = 0.25;

let envelope = new Float32Array(0);

export function drawWaveform(
  canvas: HTMLCanvasElement,
  view: Viewport,
  peaks: PeakStore | null,
  samples: SampleStore | null,
  theme: Theme,
  height: number,
  selection: { start: number; end: number; color?: string; handles?: boolean } | null,
  marks: WaveMarks,
): void {
  const context = prepare(canvas, view.width, height);
  if (selection) {
    context.fillStyle = faded(areaColor(selection.color ?? theme.primary, theme), 0.2);
    const left = view.x(selection.start);
    context.fillRect(left, 0, Math.max(1, view.x(selection.end) - left), height);
  }
  if (marks.grid) drawBeatLines(context, view, marks.grid, theme, height);
  drawSnapTicks(context, view, marks, theme, height);
  if (!peaks) return;
  const channels = peaks.header.channels;
  const width = Math.ceil(view.width);
  if (envelope.length < 2 * width) envelope = new Float32Array(2 * width);
  const each = height / channels;
  const rate = peaks.header.sample_rate;
  const close =
    samples !== null &&
    view.secondsPerPixel * rate <= CLOSEST_PEAKS &&
    samples.need(Math.floor(view.start * rate) - 1, Math.ceil(view.stop * rate) + 2);
  context.fillStyle = theme.wave;
  for (let channel = 0; channel < channels; channel++) {
    const middle = each * (channel + 0.5);
    const scale = each * 0.48;
    if (close) {
      drawSamples(context, view, samples, channel, rate, middle, scale, theme);
    } else {
      peaks.fill(envelope, channel, view.start, view.secondsPerPixel, width);
      for (let x = 0; x < width; x++) {
        const low = envelope[2 * x]!;
        const high = envelope[2 * x + 1]!;
        if (low > high) continue;
        const top = middle - high * scale;
        context.fillRect(x, top, 1, Math.max(1, (high - low) * scale)); // quicker than one path of them all
      }
    }
    if (channels > 1) nameChannel(context, channel, channels, Math.round(each * channel), width, theme);
    context.fillStyle = theme.wave;
  }
  if (selection?.handles) drawHandles(context, { left: view.x(selection.start), right: view.x(selection.end), top: 0, bottom: height }, theme, false);
}

function drawSnapTicks(context: CanvasRenderingContext2D, view: Viewport, { ticks, caught }: WaveMarks, theme: Theme, height: number): void {
  context.fillStyle = theme.primary;
  if (ticks.length < view.width * MOST_TICKS) {
    for (const time of ticks) {
      const x = Math.round(view.x(time));
      context.fillRect(x, 0, 1, TICK);
      context.fillRect(x, height - TICK, 1, TICK);
    }
  }
  if (caught !== null) context.fillRect(Math.round(view.x(caught)) - 1, 0, 2, height);
}

/** A line through the samples, with a dot for each where there is room. */
function drawSamples(
  context: CanvasRenderingContext2D,
  view: Viewport,
  samples: SampleStore,
  channel: number,
  rate: number,
  middle: number,
  scale: number,
  theme: Theme,
): void {
  const first = Math.max(0, Math.floor(view.start * rate) - 1);
  const last = Math.ceil(view.stop * rate) + 1;
  const gap = 1 / (view.secondsPerPixel * rate);
  context.strokeStyle = theme.wave;
  context.lineWidth = gap > 1 ? 1.5 : 1;
  context.beginPath();
  for (let sample = first; sample <= last; sample++) {
    const x = view.x(sample / rate);
    const y = middle - samples.at(channel, sample) * scale;
    if (sample === first) context.moveTo(x, y);
    else context.lineTo(x, y);
    if (gap >= 6) context.fillRect(x - 2, y - 2, 4, 4);
  }
  context.stroke();
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
  context.fillText(channels === 2 ? [t("channel|Left"), t("channel|Right")][channel]! : t("Channel {number}", { number: channel + 1 }), 5, top + 4);
}
