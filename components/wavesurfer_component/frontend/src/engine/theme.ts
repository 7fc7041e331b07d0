/** Colors of the host page, read where canvases need them. */
import { inkUpon, luminance } from "./contrast";
import { forcedColors } from "./forced_colors";

export interface Theme {
  text: string;
  muted: string;
  line: string;
  background: string;
  wave: string;
  primary: string;
  /** What is written upon `primary`. */
  onPrimary: string;
  playhead: string;
  dark: boolean;
  /** The system's own colors are forced upon the page: nothing may be told by color alone, nor in others. */
  forced: boolean;
}

export function readTheme(element: HTMLElement): Theme {
  const system = forcedColors(element);
  if (system) {
    const { text, background, highlight, highlightText, gray } = system;
    return { text, muted: text, line: gray, background, wave: text, primary: highlight, onPrimary: highlightText, playhead: highlight, dark: isDark(background), forced: true };
  }
  const style = getComputedStyle(element);
  const value = (name: string, fallback: string): string => style.getPropertyValue(name).trim() || fallback;
  const background = value("--st-background-color", "#ffffff");
  const dark = isDark(background);
  const primary = value("--st-primary-color", dark ? "#2dbfae" : "#0f766e");
  return {
    text: value("--st-text-color", dark ? "#e8ecf4" : "#1c2433"),
    muted: dark ? "#9aa6ba" : "#5d6a7e",
    line: value("--st-border-color", dark ? "#303a4c" : "#d9dee7"),
    background,
    wave: dark ? "#8fa3c0" : "#4a5d7a",
    primary,
    onPrimary: inkUpon(primary),
    playhead: dark ? "#ff7a6b" : "#d92d20",
    dark,
    forced: false,
  };
}

/** Whether light writing belongs upon a color. */
function isDark(color: string): boolean {
  return luminance(color) < 0.18;
}
