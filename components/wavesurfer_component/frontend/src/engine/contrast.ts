/** Colors that stand out: contrast as WCAG 2.2 reckons it, and colors changed until they have enough. Colors are `#rrggbb` or `rgb(…)`. */

export type Channels = readonly [number, number, number];

const LIGHT_INK = "#ffffff";
const DARK_INK = "#04201b";
const MIX_STEP = 0.02;

/** Red, green and blue, 0 … 255. */
export function channels(color: string): Channels {
  const hex = /^#([0-9a-f]{6})/i.exec(color);
  if (hex) {
    const number = parseInt(hex[1]!, 16);
    return [number >> 16, (number >> 8) & 255, number & 255];
  }
  const parts = color.match(/[\d.]+/g)?.map(Number) ?? [];
  return [parts[0] ?? 128, parts[1] ?? 128, parts[2] ?? 128];
}

/** Opacity, 0 … 1. */
export function opacityOf(color: string): number {
  return Number(/^rgba\(.*[,/] *([\d.]+)\)$/.exec(color)?.[1] ?? 1);
}

/** Relative luminance, 0 … 1 (WCAG 2.2, for sRGB). */
export function luminance(color: string): number {
  const [r, g, b] = channels(color).map((value) => (value <= 10.31475 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4)) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** From 1 (alike) to 21 (black and white). */
export function contrast(one: string, other: string): number {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

/** A color with opacity. */
export function faded(color: string, opacity: number): string {
  const [r, g, b] = channels(color);
  return `rgba(${r},${g},${b},${opacity})`;
}

/** What is seen of a color with some opacity upon another one. */
export function over(color: string, opacity: number, background: string): string {
  const below = channels(background);
  const mixed = channels(color).map((value, at) => Math.round(value * opacity + below[at]! * (1 - opacity)));
  return `rgb(${mixed.join(",")})`;
}

/** The color of writing upon a color: whichever of two contrasts more. */
export function inkUpon(color: string): string {
  return contrast(color, LIGHT_INK) >= contrast(color, DARK_INK) ? LIGHT_INK : DARK_INK;
}

/** A color, mixed with as much black or white as it takes to contrast with a background so much. */
export function standingOut(color: string, background: string, least: number): string {
  const towards = luminance(background) > 0.18 ? "#000000" : "#ffffff"; // which of them contrasts more with it
  let share = 0;
  let mixed = over(color, 1, background);
  while (contrast(mixed, background) < least && share < 1) {
    share += MIX_STEP;
    mixed = over(towards, Math.min(1, share), color);
  }
  return mixed;
}

/** The most opacity, up to `most`, with which a color upon a background leaves writing in `ink` so much contrast. */
export function opacityUnder(ink: string, color: string, background: string, most: number, least: number): number {
  let opacity = most;
  while (opacity > MIX_STEP && contrast(over(color, opacity, background), ink) < least) opacity -= MIX_STEP;
  return opacity;
}
