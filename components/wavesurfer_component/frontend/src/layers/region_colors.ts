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

const edges = new Map<string, string>();
const opacities = new Map<string, number>();

/** The color of edges and signs for a label: its own, darker or lighter where it would not stand out against the panel. */
export function edgeColor(color: string, theme: Theme): string {
  if (theme.forced) return theme.text;
  return kept(edges, color + theme.background, () => standingOut(color, theme.background, EDGE));
}

/** Where colors are forced, a selected region is filled and no other; suggestions are told by their dashes. */
export function regionColors(color: string, theme: Theme, { suggested, selected }: RegionState): RegionColors {
  if (theme.forced) return selected ? { fill: theme.primary, edge: theme.onPrimary, ink: theme.onPrimary } : { fill: theme.background, edge: theme.text, ink: theme.text };
  const most = suggested ? SUGGESTED : OPAQUE[theme.dark ? "dark" : "light"];
  const key = `${color}${theme.background}${theme.text}${most}`;
  const opacity = kept(opacities, key, () => opacityUnder(theme.text, color, theme.background, most, WRITING));
  return { fill: faded(color, opacity), edge: edgeColor(color, theme), ink: theme.text };
}

/** A label's color for an area: none of its own where colors are forced. */
export function areaColor(color: string, theme: Theme): string {
  return theme.forced ? theme.primary : color;
}

/** Colors are asked for with every region in every frame. */
function kept<T>(values: Map<string, T>, key: string, make: () => T): T {
  let value = values.get(key);
  if (value === undefined) values.set(key, (value = make()));
  return value;
}
