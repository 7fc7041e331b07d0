/** Colors of the spectrogram: perceptually even ramps, as pixels (0xAABBGGRR) by brightness. */

export type Palette = "magma" | "viridis" | "gray";

/** Every 32nd color of matplotlib's maps (van der Walt & Smith, 2015; CC0), and the last. */
const STOPS: Record<Palette, readonly [number, number, number][]> = {
  magma: [[0, 0, 4], [28, 16, 68], [79, 18, 123], [129, 37, 129], [181, 54, 122], [229, 80, 100], [251, 135, 97], [254, 194, 135], [252, 253, 191]],
  viridis: [[68, 1, 84], [71, 44, 122], [59, 81, 139], [44, 113, 142], [33, 144, 141], [39, 173, 129], [92, 200, 99], [170, 220, 50], [253, 231, 37]],
  gray: [[255, 255, 255], [0, 0, 0]],
};

const made = new Map<Palette, Uint32Array>();

/** 256 colors, for the quietest first. */
export function colors(palette: Palette): Uint32Array {
  const present = made.get(palette);
  if (present) return present;
  const stops = STOPS[palette];
  const table = new Uint32Array(256);
  for (let i = 0; i < 256; i++) {
    const place = (i / 255) * (stops.length - 1);
    const below = Math.min(stops.length - 2, Math.floor(place));
    const part = place - below;
    const channel = (index: number): number =>
      Math.round(stops[below]![index]! * (1 - part) + stops[below + 1]![index]! * part);
    table[i] = ((255 << 24) | (channel(2) << 16) | (channel(1) << 8) | channel(0)) >>> 0;
  }
  made.set(palette, table);
  return table;
}
