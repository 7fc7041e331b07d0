/**
 * Spectrogram tiles from samples, as `labelbuddy_core/audio/spectrogram.py` makes them: gray on one fixed scale, where a
 * full-scale sine is 0 dB; power is averaged over channels and over the windows that begin within a column.
 */
import type { Scale } from "../engine/spectrogram";
import { Fft } from "./fft";

const WINDOW_SECONDS = 0.046;
const LEAST_POWER = 1e-13;

/** What must be known of a recording and its rows; `centers` are their frequencies in Hz, lowest first. */
export interface Rows {
  scale: Scale;
  sampleRate: number;
  centers: readonly number[];
}

/** A row of the picture as a weighted sum of bins. */
interface Row {
  row: number;
  first: number;
  weights: Float64Array;
}

/** Rows that are computed with one length of window. */
interface Band {
  size: number;
  rows: Row[];
}

/** Lengths of the windows in samples: usual, long (low notes of the log scale) and short (high notes). */
function sizes(sampleRate: number): { usual: number; long: number; short: number } {
  const usual = Math.max(64, 2 ** Math.round(Math.log2(WINDOW_SECONDS * sampleRate)));
  return { usual, long: 4 * usual, short: usual / 2 };
}

/** Samples that are needed before and after a tile. */
export function reach(sampleRate: number): number {
  return sizes(sampleRate).long / 2;
}

/**
 * The gray picture of a stretch, highest frequency first. `channels` have `reach` samples in front of the first column
 * and as many after the last one; each of the `columns` is `hop` samples wide.
 */
export function tilePixels(channels: readonly Float32Array[], rows: Rows, columns: number, hop: number): Uint8ClampedArray {
  const height = rows.centers.length;
  const pixels = new Uint8ClampedArray(columns * height);
  for (const band of bands(rows)) fillBand(pixels, channels, band, columns, hop, height, reach(rows.sampleRate));
  return pixels;
}

function fillBand(pixels: Uint8ClampedArray, channels: readonly Float32Array[], band: Band, columns: number, hop: number, height: number, before: number): void {
  const { size } = band;
  // Steps of half a window see every sample; wider ones would miss short events.
  const each = Math.max(1, Math.ceil(hop / (size / 2)));
  const step = hop / each;
  const spectrum = new PowerSum(size);
  for (let column = 0; column < columns; column++) {
    spectrum.clear();
    for (let part = 0; part < each; part++) {
      const start = Math.round((column * each + part + 0.5) * step + before - size / 2);
      for (const channel of channels) spectrum.add(channel, start);
    }
    const power = spectrum.finish();
    const share = 1 / (each * channels.length);
    for (const { row, first, weights } of band.rows) {
      let sum = 0;
      for (let bin = 0; bin < weights.length; bin++) sum += weights[bin]! * power[first + bin]!;
      const decibels = 10 * Math.log10(Math.max(sum * share, LEAST_POWER));
      pixels[(height - 1 - row) * columns + column] = Math.round((decibels + 120) * (255 / 120)); // clamped by the array
    }
  }
}

/** Sums the power spectra of windows; two at a time go through one complex transform. */
class PowerSum {
  private readonly fft: Fft;
  private readonly window: Float64Array;
  private readonly real: Float64Array;
  private readonly imaginary: Float64Array;
  private readonly power: Float64Array;
  private waiting = false;

  constructor(private readonly size: number) {
    this.fft = new Fft(size);
    this.window = hann(size);
    this.real = new Float64Array(size);
    this.imaginary = new Float64Array(size);
    this.power = new Float64Array(size / 2 + 1);
  }

  clear(): void {
    this.power.fill(0);
    this.waiting = false;
  }

  add(samples: Float32Array, start: number): void {
    const into = this.waiting ? this.imaginary : this.real;
    for (let index = 0; index < this.size; index++) into[index] = samples[start + index]! * this.window[index]!;
    if (this.waiting) this.take();
    else this.waiting = true;
  }

  finish(): Float64Array {
    if (this.waiting) {
      this.imaginary.fill(0);
      this.take();
    }
    return this.power;
  }

  /** For real a and b and the spectrum Z of a + ib: |A[k]|² + |B[k]|² = (|Z[k]|² + |Z[n − k]|²) / 2. */
  private take(): void {
    const { size, real, imaginary, power } = this;
    this.fft.transform(real, imaginary);
    for (let bin = 0; bin <= size / 2; bin++) {
      const mirror = (size - bin) % size;
      power[bin] = power[bin]! + (real[bin]! ** 2 + imaginary[bin]! ** 2 + real[mirror]! ** 2 + imaginary[mirror]! ** 2) / 2;
    }
    this.waiting = false;
  }
}

/** A Hann window, scaled so that the power spectrum of a full-scale sine reaches 1. */
function hann(size: number): Float64Array {
  const window = Float64Array.from({ length: size }, (_, index) => 0.5 - 0.5 * Math.cos((2 * Math.PI * index) / size));
  const scale = 2 / window.reduce((sum, value) => sum + value, 0);
  return window.map((value) => value * scale);
}

/** One band for mel and linear; three for the log scale, long windows for low notes. */
function bands(rows: Rows): Band[] {
  const { usual, long, short } = sizes(rows.sampleRate);
  const { centers, sampleRate, scale } = rows;
  if (scale !== "log") return [band(rows, usual, 0, centers.length)];
  const low = firstFrom(centers, 500 * Math.min(1, sampleRate / 8000));
  const high = firstFrom(centers, Math.min(4000, sampleRate / 4));
  const parts: [number, number, number][] = [
    [long, 0, low],
    [usual, low, high],
    [short, high, centers.length],
  ];
  return parts.filter(([, first, last]) => first < last).map(([size, first, last]) => band(rows, size, first, last));
}

function firstFrom(centers: readonly number[], hertz: number): number {
  const found = centers.findIndex((center) => center >= hertz);
  return found < 0 ? centers.length : found;
}

/** Triangles from neighbor to neighbor, at least two bins wide so that no row is empty; their highest is 1. */
function band({ centers, sampleRate }: Rows, size: number, first: number, last: number): Band {
  const width = sampleRate / size;
  const edges = [2 * centers[0]! - centers[1]!, ...centers, 2 * centers[centers.length - 1]! - centers[centers.length - 2]!];
  const rows: Row[] = [];
  for (let row = first; row < last; row++) {
    const center = centers[row]!;
    const below = Math.max(center - edges[row]!, width);
    const above = Math.max(edges[row + 2]! - center, width);
    const lowest = Math.max(0, Math.ceil((center - below) / width));
    const highest = Math.min(size / 2, Math.floor((center + above) / width));
    const weights = Float64Array.from({ length: Math.max(0, highest - lowest + 1) }, (_, index) => {
      const hertz = (lowest + index) * width;
      return Math.min(1, Math.max(0, Math.min((hertz - center + below) / below, (center + above - hertz) / above)));
    });
    rows.push({ row, first: lowest, weights });
  }
  return { size, rows };
}
