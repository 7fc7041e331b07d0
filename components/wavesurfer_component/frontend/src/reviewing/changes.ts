/** What an annotator changed since an annotation was sent back. */
import { type AnnotationDocument, markedIn, type Region } from "../editing/document";

export type Change = "added" | "moved" | "relabeled" | "changed";

export interface Changes {
  /** By region, as it is now. */
  present: ReadonlyMap<string, Change>;
  /** As they were. */
  removed: readonly Region[];
}

const TIME = 1e-6;

/** Regions and instants that are not as they were; those that are the same are in neither. */
export function changesSince(before: AnnotationDocument, after: AnnotationDocument): Changes {
  const former = new Map(markedIn(before).map((one) => [one.id, one]));
  const present = new Map<string, Change>();
  for (const region of markedIn(after)) {
    const change = changeOf(former.get(region.id), region);
    if (change) present.set(region.id, change);
    former.delete(region.id);
  }
  return { present, removed: [...former.values()].sort((a, b) => a.start - b.start) };
}

function changeOf(before: Region | undefined, after: Region): Change | null {
  if (!before) return "added";
  if (before.label !== after.label) return "relabeled";
  const moved = [before.start - after.start, before.end - after.end, (before.low ?? -1) - (after.low ?? -1), (before.high ?? -1) - (after.high ?? -1)];
  if (moved.some((by) => Math.abs(by) > TIME)) return "moved";
  const rest = ({ text, tier, attributes }: Region): string => JSON.stringify([text || null, tier ?? null, Object.entries(attributes ?? {}).sort()]);
  return rest(before) === rest(after) ? null : "changed";
}
