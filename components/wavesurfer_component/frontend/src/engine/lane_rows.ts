/** The lanes of an annotation: one for each label. */
import type { Label } from "../api";
import type { Drawn } from "../layers/regions";
import type { LaneRow } from "./stage";

/** With more labels than this only those that are used, and the active one, have a lane. */
const MANY_LABELS = 8;

const kept = new WeakMap<readonly Drawn[], Map<string, Drawn[]>>();
const NONE: readonly Drawn[] = [];

export function laneRows(drawn: readonly Drawn[], labels: readonly Label[], active: string): LaneRow[] {
  const byLabel = grouped(drawn);
  const shown = labels.filter((label) => labels.length <= MANY_LABELS || byLabel.has(label.id) || label.id === active);
  return shown.map((label) => {
    const regions = byLabel.get(label.id) ?? NONE;
    return { label, caption: regions.length ? String(regions.length) : "", drawn: regions };
  });
}

/** By label; the same arrays for the same regions, so that lanes that did not change are not made anew. */
function grouped(drawn: readonly Drawn[]): Map<string, Drawn[]> {
  const present = kept.get(drawn);
  if (present) return present;
  const byLabel = new Map<string, Drawn[]>();
  for (const one of drawn) {
    const found = byLabel.get(one.label);
    if (found) found.push(one);
    else byLabel.set(one.label, [one]);
  }
  kept.set(drawn, byLabel);
  return byLabel;
}
