/** Rules of a label about its regions: how short one may be, and whether two may overlap. */

export interface Rules {
  /** `allow`; `forbid` refuses an overlap; `trim` cuts the new region to the free stretch it began in. */
  overlap: "allow" | "forbid" | "trim";
  /** Shortest region in seconds; 0 for the editor's own least. */
  shortest: number;
}

interface Span {
  start: number;
  end: number;
}

/** Shortest region that any label has (s). */
export const SHORTEST = 0.001;
/** Regions that share less than this do not overlap (s): times are kept to a microsecond. */
const TOUCH = 2e-6;

export function shortestOf(rules: Rules): number {
  return Math.max(SHORTEST, rules.shortest);
}

/** Where a region may lie beside others of its label; null where it may not. */
export function placed(wanted: Span, others: readonly Span[], rules: Rules): Span | null {
  const meets = others.filter((one) => one.start < wanted.end - TOUCH && one.end > wanted.start + TOUCH);
  if (rules.overlap === "allow" || !meets.length) return { start: wanted.start, end: wanted.end };
  if (rules.overlap === "forbid") return null;
  let { start, end } = wanted;
  const middle = (start + end) / 2;
  for (const one of meets) {
    if (one.start <= start && one.end >= end) return null; // nothing is left of it
    // What lies before the middle cuts the beginning, what lies behind it the end.
    if ((one.start + one.end) / 2 < middle) start = Math.max(start, one.end);
    else end = Math.min(end, one.start);
  }
  return end - start >= shortestOf(rules) - 1e-9 ? { start, end } : null;
}
