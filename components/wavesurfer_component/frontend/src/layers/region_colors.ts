/** The colors of a region on its lane: its edge stands out against the panel, what is written on it can be read. */
import { faded, opacityUnder, standingOut } from "../engine/contrast";
import type { Theme } from "../engine/theme";

export interface RegionColors {
  fill: string;
  edge: string;
  ink: string;
}

export interface RegionState {
  suggested: boolean;
  selected: boolean;
}

/** Edges and other drawn signs: WCAG 2.2 asks for 3:1 (1.4.11). */
const EDGE = 3.2;
/** Writing: WCAG 2.2 asks for 4.5:1 (1.4.3). */
const WRITING = 4.6;
const OPAQUE = { light: 0.42, dark: 0.5 };
const SUGGESTED = 0.12;
const INSTANT = { own: 0.75, suggested: 0.15 };

/** What was worked out for a label's color, of `own` and of suggested regions: there are few of them and many regions. */
interface Paint {
  edge: string;
  own: RegionColors;
  suggested: RegionColors;
  instant: string;
  suggestedInstant: string;
}

let paints = new Map<string, Paint>();
let paintsOf: Theme | null = null;

/** The color of edges and signs for a label: its own, darker or lighter where it would not stand out against the panel. */
export function edgeColor(color: string, theme: Theme): string {
  return theme.forced ? theme.text : paintOf(color, theme).edge;
}

/** Where colors are forced, a selected region is filled and no other; suggestions are told by their dashes. */
export function regionColors(color: string, theme: Theme, { suggested, selected }: RegionState): RegionColors {
  if (!theme.forced) return paintOf(color, theme)[suggested ? "suggested" : "own"];
  const { text, background, primary, onPrimary } = theme;
  return selected ? { fill: primary, edge: onPrimary, ink: onPrimary } : { fill: background, edge: text, ink: text };
}

/** What an instant is filled with. */
export function instantColor(color: string, theme: Theme, suggested: boolean): string {
  return paintOf(theme.forced ? theme.text : color, theme)[suggested ? "suggestedInstant" : "instant"];
}

/** A label's color for an area: none of its own where colors are forced. */
export function areaColor(color: string, theme: Theme): string {
  return theme.forced ? theme.primary : color;
}

/** Colors are asked for with every region in every frame. */
function paintOf(color: string, theme: Theme): Paint {
  if (paintsOf !== theme) {
    paints = new Map();
    paintsOf = theme;
  }
  let paint = paints.get(color);
  if (!paint) {
    const edge = standingOut(color, theme.background, EDGE);
    const filled = (most: number): RegionColors => {
      const opacity = opacityUnder(theme.text, color, theme.background, most, WRITING);
      return { fill: faded(color, opacity), edge, ink: theme.text };
    };
    paint = {
      edge,
      own: filled(OPAQUE[theme.dark ? "dark" : "light"]),
      suggested: filled(SUGGESTED),
      instant: faded(color, INSTANT.own),
      suggestedInstant: faded(color, INSTANT.suggested),
    };
    paints.set(color, paint);
  }
  return paint;
}
