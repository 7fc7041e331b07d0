/** The spectrogram: tiles of the server, with frequencies at the edge. */
import type { SelectedSpan } from "../engine/stage";
import type { SpectrogramStore } from "../engine/spectrogram";
import { faded } from "../engine/contrast";
import type { Theme } from "../engine/theme";
import type { Viewport } from "../engine/viewport";
import { decimal } from "../i18n";
import { type ShownRows, shownRows, type SpectrogramLook } from "../engine/spectrogram_look";
import { FONT, prepare } from "./canvas";

const TICKS = [50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000];
const LEAST_GAP = 15;

export function drawSpectrogram(
  canvas: HTMLCanvasElement,
  view: Viewport,
  store: SpectrogramStore | null,
  look: SpectrogramLook,
  theme: Theme,
  boxes: Iterable<Box>,
  selection: SelectedSpan | null,
): void {
  const { scale, height } = look;
  const context = prepare(canvas, view.width, height);
  if (!store) return;
  const rows = shownRows(store.about.scales[scale], look);
  store.begin();
  const wanted = store.level(view.secondsPerPixel);
  for (let level = store.about.levels.length - 1; level >= wanted; level--) {
    // Coarser tiles that are here already stand in until the right ones come.
    drawLevel(context, view, store, level, look, rows, level === wanted);
  }
  const frequencies = store.about.scales[scale].slice(rows.first, rows.stop);
  drawBoxes(context, view, frequencies, height, boxes);
  if (selection) drawSelection(context, view, frequencies, height, selection);
  if (scale === "log") drawNotes(context, frequencies, theme, height);
  else drawTicks(context, frequencies, theme, height);
}

function drawLevel(
  context: CanvasRenderingContext2D,
  view: Viewport,
  store: SpectrogramStore,
  level: number,
  look: SpectrogramLook,
  rows: ShownRows,
  request: boolean,
): void {
  const seconds = store.seconds(level);
  const last = Math.floor(view.stop / seconds);
  for (let tile = Math.max(0, Math.floor(view.start / seconds)); tile <= last; tile++) {
    const picture = store.picture(level, tile, look.scale, look, request);
    if (!picture) continue;
    const left = view.x(tile * seconds);
    const right = view.x((tile + 1) * seconds);
    // Only the visible part: pictures stretched over millions of pixels are drawn wrongly.
    const from = Math.max(0, -left / (right - left));
    const until = Math.min(1, (view.width - left) / (right - left));
    if (until <= from) continue;
    context.imageSmoothingEnabled = right - left > picture.width * 1.5;
    const x = left + from * (right - left);
    context.drawImage(picture, from * picture.width, store.about.rows - rows.stop, (until - from) * picture.width, rows.stop - rows.first, x, 0, (until - from) * (right - left), look.height);
  }
}

/** Pixels from the top of a frequency in Hz. */
export function frequencyY(frequencies: readonly number[], hertz: number, height: number): number {
  const rows = frequencies.length;
  let row = frequencies.findIndex((center) => center >= hertz);
  if (row < 0) return 0;
  if (row === 0) return height;
  const [below, above] = [frequencies[row - 1]!, frequencies[row]!];
  row = row - 1 + (hertz - below) / (above - below);
  return height * (1 - (row + 0.5) / rows);
}

/** The frequency in Hz at some pixels from the top. */
export function frequencyAtY(frequencies: readonly number[], y: number, height: number): number {
  const rows = frequencies.length;
  const place = Math.max(0, Math.min(rows - 1, (1 - y / height) * rows - 0.5));
  const row = Math.min(rows - 2, Math.floor(place));
  const [below, above] = [frequencies[row]!, frequencies[row + 1]!];
  return Math.round(below + (place - row) * (above - below));
}

/** A region that is bounded in frequency. */
export interface Box {
  start: number;
  end: number;
  low: number | null;
  high: number | null;
  color: string;
  dashed: boolean;
}

function drawBoxes(context: CanvasRenderingContext2D, view: Viewport, frequencies: readonly number[], height: number, boxes: Iterable<Box>): void {
  context.lineWidth = 1.5;
  for (const box of boxes) {
    const left = view.x(box.start);
    const top = box.high === null ? 0 : frequencyY(frequencies, box.high, height);
    const bottom = box.low === null ? height : frequencyY(frequencies, box.low, height);
    context.strokeStyle = box.color;
    context.setLineDash(box.dashed ? [5, 3] : []);
    context.strokeRect(left + 0.5, top + 0.5, Math.max(1, view.x(box.end) - left - 1), Math.max(1, bottom - top - 1));
  }
  context.setLineDash([]);
  context.lineWidth = 1;
}

function drawSelection(
  context: CanvasRenderingContext2D,
  view: Viewport,
  frequencies: readonly number[],
  height: number,
  selection: SelectedSpan,
): void {
  const left = view.x(selection.start);
  const width = Math.max(1, view.x(selection.end) - left);
  const top = selection.high === null ? 0 : frequencyY(frequencies, selection.high, height);
  const bottom = selection.low === null ? height : frequencyY(frequencies, selection.low, height);
  context.fillStyle = faded(selection.color, 0.18);
  context.fillRect(left, top, width, bottom - top);
  context.strokeStyle = selection.color;
  context.strokeRect(left + 0.5, top + 0.5, width - 1, Math.max(1, bottom - top - 1));
}

const NOTES = ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"];
const NATURALS = [0, 2, 4, 5, 7, 9, 11];

/**
 * The notes of the keyboard, as many as there is room for: every one, those of the white keys, or the Cs. On this scale every
 * octave is as tall. C4 is 261.63 Hz (A4 at 440 Hz, ISO 16).
 */
export function noteNames(octaveHeight: number): readonly Tick[] {
  const named = octaveHeight >= 12 * LEAST_GAP ? NOTES.map((_, note) => note) : octaveHeight >= 6 * LEAST_GAP ? NATURALS : [0];
  return Array.from({ length: 12 }, (_, octave) => octave).flatMap((octave) =>
    named.map((note) => {
      const hertz = 440 * 2 ** (octave - 4 + (note - 9) / 12);
      const name = `${NOTES[note]}${octave}`;
      return { hertz, text: note ? name : `${name} · ${hertz < 1000 ? Math.round(hertz) : `${decimal(hertz / 1000, 1)}k`}` };
    }),
  );
}

function drawNotes(context: CanvasRenderingContext2D, frequencies: readonly number[], theme: Theme, height: number): void {
  const octaves = Math.log2(frequencies[frequencies.length - 1]! / frequencies[0]!);
  drawNamed(context, noteNames(height / octaves), frequencies, theme, height);
}

function drawTicks(context: CanvasRenderingContext2D, frequencies: readonly number[], theme: Theme, height: number): void {
  const names = TICKS.map((hertz) => ({ hertz, text: hertz >= 1000 ? `${hertz / 1000} kHz` : `${hertz} Hz` }));
  drawNamed(context, names, frequencies, theme, height);
}

export interface Tick {
  hertz: number;
  text: string;
}

function drawNamed(context: CanvasRenderingContext2D, names: readonly Tick[], frequencies: readonly number[], theme: Theme, height: number): void {
  context.font = FONT;
  context.textBaseline = "middle";
  let lowest = height + LEAST_GAP;
  for (const { hertz, text } of names) {
    if (hertz < frequencies[0]! || hertz > frequencies[frequencies.length - 1]!) continue;
    const y = frequencyY(frequencies, hertz, height);
    if (lowest - y < LEAST_GAP || y < 8 || y > height - 6) continue;
    lowest = y;
    const width = context.measureText(text).width;
    context.fillStyle = faded(theme.background, 0.72);
    context.fillRect(0, y - 7, width + 10, 14);
    context.fillStyle = theme.text;
    context.fillText(text, 5, y);
  }
}
