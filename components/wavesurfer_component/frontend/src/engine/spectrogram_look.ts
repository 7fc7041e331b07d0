/** How somebody likes the spectrogram, kept in this browser. Decibels are dBFS. */
import { browserStore } from "../editing/storage";
import type { Palette } from "./palette";
import type { Scale } from "./spectrogram";

export interface SpectrogramLook {
  shown: boolean;
  scale: Scale;
  palette: Palette;
  low: number;
  high: number;
  /** The frequencies shown (Hz); null for all that there are. */
  lowest: number | null;
  highest: number | null;
  /** In pixels. */
  height: number;
}

const KEPT = "labelbuddy:spectrogram";
export const USUAL_LOOK: SpectrogramLook = { shown: true, scale: "mel", palette: "magma", low: -90, high: -20, lowest: null, highest: null, height: 132 };

/** From much contrast to little. */
const RANGES: readonly [number, number][] = [[-90, -20], [-70, -20], [-100, -40], [-110, 0]];

const FEWEST_ROWS = 4;

/** Heights in pixels. */
export const LOWEST_SPECTROGRAM = 64;
export const HIGHEST_SPECTROGRAM = 640;

export function keptLook(): SpectrogramLook {
  try {
    return { ...USUAL_LOOK, ...(JSON.parse(browserStore().getItem(KEPT) ?? "{}") as Partial<SpectrogramLook>) };
  } catch {
    return USUAL_LOOK;
  }
}

export function keepLook(look: SpectrogramLook): void {
  browserStore().setItem(KEPT, JSON.stringify(look));
}

/** The rows of a picture that are shown: from `first` up to but not including `stop`, counted from the lowest frequency; at least four. */
export interface ShownRows {
  first: number;
  stop: number;
}

export function shownRows(frequencies: readonly number[], { lowest, highest }: Pick<SpectrogramLook, "lowest" | "highest">): ShownRows {
  const rows = frequencies.length;
  const above = lowest === null ? 0 : frequencies.findIndex((hertz) => hertz >= lowest);
  const beyond = highest === null ? -1 : frequencies.findIndex((hertz) => hertz > highest);
  const first = Math.min(above < 0 ? rows : above, Math.max(0, rows - FEWEST_ROWS));
  return { first, stop: Math.min(rows, Math.max(first + FEWEST_ROWS, beyond < 0 ? rows : beyond)) };
}

/** The next range of decibels. */
export function otherContrast(look: SpectrogramLook): { low: number; high: number } {
  const at = RANGES.findIndex(([low, high]) => low === look.low && high === look.high);
  const [low, high] = RANGES[(at + 1) % RANGES.length]!;
  return { low, high };
}
