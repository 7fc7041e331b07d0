/**
 * Forced colors (Windows' contrast themes and the like): the browser recolors elements by itself, but not what canvases draw. They
 * ask here for the system's colors, which only the computed style of an element tells.
 */
import { el } from "../dom";
import { opacityOf, over } from "./contrast";
import type { Scope } from "../scope";

export interface SystemColors {
  text: string;
  background: string;
  highlight: string;
  highlightText: string;
  gray: string;
}

const QUERIES = ["(forced-colors: active)", "(prefers-color-scheme: dark)", "(prefers-contrast: more)"];

const probes = new WeakMap<HTMLElement, HTMLElement>();

/** The system's colors; null while none are forced. */
export function forcedColors(element: HTMLElement): SystemColors | null {
  if (!matches(QUERIES[0]!)) return null;
  const style = getComputedStyle(probeIn(element));
  const background = style.backgroundColor;
  const opaque = (color: string): string => over(color, opacityOf(color), background); // the highlight may let the background through
  return {
    text: opaque(style.color),
    background,
    highlight: opaque(style.borderTopColor),
    highlightText: opaque(style.borderLeftColor),
    gray: opaque(style.borderBottomColor),
  };
}

/** Told whenever the system's colors may be others. */
export function whenColorsChange(scope: Scope, action: () => void): void {
  for (const query of QUERIES) {
    const media = window.matchMedia(query);
    media.addEventListener("change", action);
    scope.add(() => media.removeEventListener("change", action));
  }
}

function probeIn(element: HTMLElement): HTMLElement {
  let probe = probes.get(element);
  if (!probe) {
    probe = el("i", { class: "color-probe", "aria-hidden": true });
    probes.set(element, probe);
  }
  if (probe.parentElement !== element) element.append(probe); // the host is filled anew with every task
  return probe;
}

function matches(query: string): boolean {
  return window.matchMedia(query).matches;
}
