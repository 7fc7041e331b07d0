import { describe, expect, it } from "vitest";
import { colors, type Palette, PALETTES, ramp } from "../src/engine/palette";

type Color = readonly [number, number, number];

const linear = (value: number): number => (value <= 10.31475 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
const encoded = (value: number): number => 255 * (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055);

/** CIELAB lightness of an sRGB color (CIE 15:2018; white has Y = 1). */
function lightness([r, g, b]: Color): number {
  const y = 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  return 116 * (y > 216 / 24389 ? Math.cbrt(y) : (24389 / 27) * (y / 116) + 4 / 29) - 16;
}

function seen(table: Uint32Array, filter: (color: Color) => Color = (color) => color): number[] {
  return [...table].map((pixel) => lightness(filter([pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255])));
}

/** Without red, green or blue cones (Machado, Oliveira & Fernandes, IEEE TVCG 2009, severity 1). */
const BLINDNESS: Record<string, readonly number[]> = {
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
};
function without(kind: string): (color: Color) => Color {
  const m = BLINDNESS[kind]!;
  return (color) => {
    const [r, g, b] = color.map(linear) as [number, number, number];
    const row = (at: number): number => encoded(Math.min(1, Math.max(0, m[at]! * r + m[at + 1]! * g + m[at + 2]! * b)));
    return [row(0), row(3), row(6)];
  };
}

/** What 8 bits a channel may hide. */
const ROUNDING = 0.05;
const SPAN = 16;
const rises = (values: readonly number[]): number[] => values.slice(1).map((value, at) => value - values[at]!);
const spans = (values: readonly number[]): number[] => values.slice(SPAN).map((value, at) => value - values[at]!);
const direction = (palette: Palette): 1 | -1 => (palette === "gray" ? -1 : 1);

describe.each(PALETTES)("the map %s", (palette) => {
  const values = seen(colors(palette)).map((value) => direction(palette) * value);
  it("becomes lighter with every step (gray: darker), by 75 of 100 at least", () => {
    expect(Math.min(...rises(values))).toBeGreaterThan(-ROUNDING);
    expect(values[255]! - values[0]!).toBeGreaterThan(75);
  });
  it("changes its lightness evenly: no sixteenth of it by less than 2 or more than 9", () => {
    expect(Math.min(...spans(values))).toBeGreaterThan(2);
    expect(Math.max(...spans(values))).toBeLessThan(9);
  });
  it.each(Object.keys(BLINDNESS))("does so for people with %s", (kind) => {
    const blind = seen(colors(palette), without(kind)).map((value) => direction(palette) * value);
    expect(Math.min(...spans(blind))).toBeGreaterThan(0.5);
  });
});

it("a rainbow would not pass", () => {
  const jet = seen(ramp([[0, 0, 128], [0, 0, 255], [0, 255, 255], [255, 255, 0], [255, 0, 0], [128, 0, 0]]));
  expect(Math.min(...spans(jet))).toBeLessThan(0);
});
