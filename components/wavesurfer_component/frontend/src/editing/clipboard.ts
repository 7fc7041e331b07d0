/** Copied regions, kept in the browser so that they can be pasted in another task. */
import type { Label } from "../api/answers";
import { rounded } from "../engine/time";
import { newRegionId, type Origin, type Region } from "./document";
import type { KeyValueStore } from "./journals";

const KEPT = "labelbuddy:copied";

interface Copied {
  regions: readonly Region[];
  /** Names of the labels, for projects that give them other ids. */
  names: Record<string, string>;
  /** The task that they come from. */
  task?: string;
  /** Which of them were cut out of its document, and not copied. */
  cut?: readonly string[];
}

export interface CopyFrom {
  task: string;
  cut: readonly string[];
  nameOf(label: string): string;
}

/** Keep copies; false when the browser would not. */
export function copyRegions(store: KeyValueStore, regions: readonly Region[], { task, cut, nameOf }: CopyFrom): boolean {
  const names = Object.fromEntries(regions.map((region) => [region.label, nameOf(region.label)]));
  return store.setItem(KEPT, JSON.stringify({ regions, names, task, cut } satisfies Copied));
}

export interface PasteInto {
  labels: readonly Label[];
  task: string;
  /** Where the earliest shall begin (s); null for the times that they had. */
  at: number | null;
  /** None leaves this stretch (s). */
  first: number;
  last: number;
  /** Whether the document has a region with this id. */
  has(id: string): boolean;
}

export interface Pasted {
  regions: Region[];
  /** Those that were cut in this task and are there again: moved, not new. */
  moved: ReadonlySet<string>;
  /** How many have a label that this project lacks, or lie outside the stretch. */
  left: number;
}

/** New regions from what was copied, and those that were cut here and come back. */
export function pastedRegions(store: KeyValueStore, into: PasteInto): Pasted {
  const moved = new Set<string>();
  let copied: Copied;
  try {
    copied = JSON.parse(store.getItem(KEPT) ?? "") as Copied;
  } catch {
    return { regions: [], moved, left: 0 };
  }
  const by = into.at === null ? 0 : into.at - Math.min(...copied.regions.map((region) => region.start));
  const cut = new Set(copied.task === into.task ? copied.cut : []);
  const regions: Region[] = [];
  for (const region of copied.regions) {
    const name = copied.names[region.label];
    const label = into.labels.find((one) => one.id === region.label) ?? into.labels.find((one) => one.name === name);
    const [start, end] = [region.start + by, region.end + by];
    if (!label || start < into.first - 1e-6 || end > into.last + 1e-6) continue;
    const placed = { ...region, label: label.id, start: rounded(start), end: rounded(end) };
    if (cut.has(region.id) && !into.has(region.id)) {
      moved.add(region.id);
      regions.push({ ...placed, origin: movedOrigin(region, placed) });
    } else regions.push(copyOf(placed));
  }
  return { regions, moved, left: copied.regions.length - regions.length };
}

/** The same region anew: a person put it there, and it says from whose it was made. */
export function copyOf(region: Region): Region {
  return { ...region, id: newRegionId(), origin: copiedOrigin(region.origin) };
}

/**
 * Nobody but a person says that something is heard where the copy lies. Which suggestion or annotation it was made from stays
 * with it, for its text and the license of its model; the score was given to another stretch.
 */
export function copiedOrigin({ prediction, region, model, version, annotation }: Origin): Origin {
  const from = Object.entries({ prediction, region, model, version, annotation }).filter(([, value]) => value != null);
  return { kind: "human", ...Object.fromEntries(from) };
}

function movedOrigin(before: Region, after: Region): Origin {
  const same = before.start === after.start && before.end === after.end && before.label === after.label;
  return same || before.origin.kind !== "model" ? before.origin : { ...before.origin, edited: true };
}
