/** The spectrogram: tiles of the server, with frequencies at the edge. */
import { faded } from "../engine/contrast";
import { FrequencyAxis } from "../engine/frequency_axis";
import type { SelectedSpan } from "../engine/stage_ports";
import type { SpectrogramStore } from "../engine/spectrogram";
import type { Theme } from "../engine/theme";
import type { Viewport } from "../engine/viewport";
import { decimal } from "../i18n";
import { type ShownRows, shownRows, type SpectrogramLook } from "../engine/spectrogram_look";
import { type Box, drawBoxes, drawHandlesOf, drawSelection } from "./boxes";
import { FONT, prepare } from "./canvas";

const HERTZ: readonly Tick[] = [50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000].map((hertz) => ({ hertz, text: hertz >= 1000 ? `${hertz / 1000} kHz` : `${hertz} Hz` }));
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
  const axis = new FrequencyAxis(store.about.scales[scale].slice(rows.first, rows.stop), height);
  if (selection) drawSelection(context, view, axis, selection);
  drawBoxes(context, view, axis, theme, boxes);
  if (selection) drawHandlesOf(context, view, axis, theme, selection);
  if (scale === "log") drawNotes(context, axis, theme);
  else drawNamed(context, HERTZ, axis, theme);
}

/** The tiles of a level that are in view, those that are missing being asked for or not. */
export function drawLevel(
  context: CanvasRenderingContext2D,
  view: Pick<Viewport, "start" | "stop" | "width" | "x">,
  store: SpectrogramStore,
  level: number,
  look: Pick<SpectrogramLook, "scale" | "palette" | "low" | "high" | "height">,
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

function drawNotes(context: CanvasRenderingContext2D, axis: FrequencyAxis, theme: Theme): void {
  const { centers, height } = axis;
  const octaves = Math.log2(centers[centers.length - 1]! / centers[0]!);
  drawNamed(context, noteNames(height / octaves), axis, theme);
}

export interface Tick {
  hertz: number;
  text: string;
}

function drawNamed(context: CanvasRenderingContext2D, names: readonly Tick[], axis: FrequencyAxis, theme: Theme): void {
  context.font = FONT;
  context.textBaseline = "middle";
  for (const { text, y } of roomFor(names, axis)) {
    const width = context.measureText(text).width;
    context.fillStyle = faded(theme.background, 0.72);
    context.fillRect(0, y - 7, width + 10, 14);
    context.fillStyle = theme.text;
    context.fillText(text, 5, y);
  }
}

/** The names, lowest first, that have room at the edge, with their pixels from the top. */
export function roomFor(names: readonly Tick[], axis: FrequencyAxis): { text: string; y: number }[] {
  const { centers, height } = axis;
  const found: { text: string; y: number }[] = [];
  let lowest = height + LEAST_GAP;
  for (const { hertz, text } of names) {
    if (hertz < centers[0]! || hertz > centers[centers.length - 1]!) continue;
    const y = axis.y(hertz);
    if (lowest - y < LEAST_GAP || y < 8 || y > height - 6) continue;
    lowest = y;
    found.push({ text, y });
  }
  return found;
}
