/** Colors of the host page, read where canvases need them. */

export interface Theme {
  text: string;
  muted: string;
  line: string;
  background: string;
  wave: string;
  primary: string;
  playhead: string;
  dark: boolean;
}

export function readTheme(element: HTMLElement): Theme {
  const style = getComputedStyle(element);
  const value = (name: string, fallback: string): string => style.getPropertyValue(name).trim() || fallback;
  const background = value("--st-background-color", "#ffffff");
  const dark = luminance(background) < 0.4;
  return {
    text: value("--st-text-color", dark ? "#e8ecf4" : "#1c2433"),
    muted: dark ? "#9aa6ba" : "#5d6a7e",
    line: value("--st-border-color", dark ? "#303a4c" : "#d9dee7"),
    background,
    wave: dark ? "#8fa3c0" : "#4a5d7a",
    primary: value("--st-primary-color", dark ? "#2dbfae" : "#0f766e"),
    playhead: dark ? "#ff7a6b" : "#d92d20",
    dark,
  };
}

/** Relative luminance of `#rrggbb` or `rgb(…)`, 0 … 1. */
export function luminance(color: string): number {
  const [r, g, b] = channels(color);
  return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
}

const LIGHT_INK = "#ffffff";
const DARK_INK = "#04201b";

/** The color of writing upon a color: whichever of two contrasts more, by the relative luminance of WCAG 2.2. */
export function inkUpon(color: string): string {
  const linear = channels(color).map((value) => (value <= 10.31475 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4)) as [number, number, number];
  const light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  return 1.05 / (light + 0.05) >= (light + 0.05) / 0.0618 ? LIGHT_INK : DARK_INK;
}

/** A color with opacity. */
export function faded(color: string, opacity: number): string {
  const [r, g, b] = channels(color);
  return `rgba(${r},${g},${b},${opacity})`;
}

/** The color for borders: darkened where the page is light, so that it stands out at least 3:1. */
export function border(color: string, theme: Theme): string {
  const [r, g, b] = channels(color);
  const share = theme.dark ? 0 : Math.max(0, Math.min(0.6, luminance(color) - 0.12));
  const mix = (channel: number): number => Math.round(channel * (1 - share));
  return `rgb(${mix(r)},${mix(g)},${mix(b)})`;
}

function channels(color: string): [number, number, number] {
  const hex = /^#([0-9a-f]{6})/i.exec(color);
  if (hex) {
    const number = parseInt(hex[1]!, 16);
    return [number >> 16, (number >> 8) & 255, number & 255];
  }
  const parts = color.match(/[\d.]+/g)?.map(Number) ?? [128, 128, 128];
  return [parts[0] ?? 128, parts[1] ?? 128, parts[2] ?? 128];
}
