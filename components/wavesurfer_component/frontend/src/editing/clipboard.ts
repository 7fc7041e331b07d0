/** Copied regions, kept in the browser so that they can be pasted in another task. */
import type { Label } from "../api";
import { rounded } from "../engine/time";
import { newRegionId, type Region } from "./document";
import type { KeyValueStore } from "./journals";

const KEPT = "labelbuddy:copied";

interface Copied {
  regions: readonly Region[];
  /** Names of the labels, for projects that give them other ids. */
  names: Record<string, string>;
}

/** Keep copies; false when the browser would not. */
export function copyRegions(store: KeyValueStore, regions: readonly Region[], nameOf: (label: string) => string): boolean {
  const names = Object.fromEntries(regions.map((region) => [region.label, nameOf(region.label)]));
  return store.setItem(KEPT, JSON.stringify({ regions, names } satisfies Copied));
}

export interface Pasted {
  regions: Region[];
  /** How many have a label that this project lacks, or lie outside the stretch. */
  left: number;
}

/** New regions from what was copied: the earliest begins at `at` (s), and none leaves `first` … `last`. */
export function pastedRegions(store: KeyValueStore, labels: readonly Label[], at: number, first: number, last: number): Pasted {
  let copied: Copied;
  try {
    copied = JSON.parse(store.getItem(KEPT) ?? "") as Copied;
  } catch {
    return { regions: [], left: 0 };
  }
  const origin = Math.min(...copied.regions.map((region) => region.start));
  const regions: Region[] = [];
  for (const region of copied.regions) {
    const name = copied.names[region.label];
    const label = labels.find((one) => one.id === region.label) ?? labels.find((one) => one.name === name);
    const [start, end] = [region.start - origin + at, region.end - origin + at];
    if (!label || start < first - 1e-6 || end > last + 1e-6) continue;
    regions.push({ ...region, id: newRegionId(), label: label.id, start: rounded(start), end: rounded(end), origin: { kind: "human" } });
  }
  return { regions, left: copied.regions.length - regions.length };
}
