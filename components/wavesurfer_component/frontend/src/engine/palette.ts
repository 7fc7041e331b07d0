/**
 * Colors of the spectrogram, as pixels (0xAABBGGRR) by level. Every map is perceptually uniform: its lightness changes evenly and
 * in one direction, so that equal steps of level look equal, also to those who tell few colors apart and on paper.
 */

export type Palette = "magma" | "inferno" | "plasma" | "viridis" | "cividis" | "gray";

type Stops = readonly (readonly [number, number, number])[];

/**
 * Seventeen evenly spaced colors of matplotlib's maps (Smith & van der Walt, 2015; CC0), and of cividis (Nuñez, Anderton & Renslow,
 * PLOS ONE 2018), which looks nearly the same to people without red or green cones. Gray is dark where it is loud, as on paper.
 */
const STOPS: Record<Palette, Stops> = {
  magma: [[0, 0, 4], [10, 8, 34], [29, 17, 71], [54, 16, 107], [80, 18, 124], [105, 28, 129], [130, 38, 129], [156, 46, 127], [182, 54, 122], [207, 64, 112], [230, 81, 100], [244, 106, 92], [251, 136, 97], [254, 165, 113], [254, 194, 135], [253, 224, 161], [252, 253, 191]],
  inferno: [[0, 0, 4], [11, 7, 36], [33, 12, 74], [61, 9, 101], [86, 16, 110], [112, 25, 110], [137, 34, 106], [163, 44, 97], [187, 54, 84], [209, 69, 69], [227, 89, 50], [241, 114, 30], [249, 140, 10], [252, 170, 15], [249, 201, 50], [242, 232, 101], [252, 255, 164]],
  plasma: [[13, 8, 135], [49, 5, 151], [76, 2, 161], [102, 0, 167], [126, 3, 168], [149, 17, 161], [169, 35, 149], [188, 53, 135], [204, 70, 120], [217, 89, 106], [229, 107, 93], [240, 127, 79], [248, 148, 65], [253, 171, 51], [253, 195, 40], [249, 221, 37], [240, 249, 33]],
  viridis: [[68, 1, 84], [72, 24, 106], [71, 45, 123], [66, 64, 134], [59, 82, 139], [51, 99, 141], [44, 114, 142], [38, 130, 142], [33, 144, 140], [31, 159, 136], [39, 173, 129], [62, 188, 116], [92, 200, 99], [130, 211, 77], [170, 220, 50], [213, 226, 26], [253, 231, 37]],
  cividis: [[0, 34, 78], [0, 46, 106], [26, 56, 111], [50, 67, 109], [67, 78, 108], [83, 90, 109], [97, 101, 111], [111, 112, 115], [124, 124, 120], [139, 135, 120], [154, 147, 118], [170, 160, 115], [187, 173, 109], [204, 186, 100], [221, 200, 88], [239, 215, 72], [254, 232, 56]],
  gray: [[255, 255, 255], [0, 0, 0]],
};

export const PALETTES = Object.keys(STOPS) as readonly Palette[];

const made = new Map<Palette, Uint32Array>();

/** 256 colors, for the quietest first. */
export function colors(palette: Palette): Uint32Array {
  const present = made.get(palette);
  if (present) return present;
  const table = ramp(STOPS[palette]);
  made.set(palette, table);
  return table;
}

/** 256 colors between evenly spaced ones. */
export function ramp(stops: Stops): Uint32Array {
  const table = new Uint32Array(256);
  for (let i = 0; i < 256; i++) {
    const place = (i / 255) * (stops.length - 1);
    const below = Math.min(stops.length - 2, Math.floor(place));
    const part = place - below;
    const channel = (index: number): number => Math.round(stops[below]![index]! * (1 - part) + stops[below + 1]![index]! * part);
    table[i] = ((255 << 24) | (channel(2) << 16) | (channel(1) << 8) | channel(0)) >>> 0;
  }
  return table;
}
