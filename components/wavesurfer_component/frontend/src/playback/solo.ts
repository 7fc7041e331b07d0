/** Hearing one lane alone: its regions one after the other, without what lies between them. */

export interface Stretch {
  start: number;
  stop: number;
}

/** What alone is heard. */
export interface Solo {
  /** The stretch at or after a time (s); null when nothing follows. */
  from(time: number): Stretch | null;
  /** Told when there is nothing to play. */
  nothing(): void;
}

/** A shorter gap (s) is not skipped: going on behind it would take longer. */
const SHORTEST_GAP = 0.03;
const NOTHING_LEFT = 0.001;

/** What is heard at or after a time of spans that are in the order of time; what overlaps is heard once. */
export function stretchFrom(spans: Iterable<{ start: number; end: number }>, time: number): Stretch | null {
  let found: Stretch | null = null;
  for (const { start, end } of spans) {
    if (end <= time + NOTHING_LEFT || end === start) continue;
    if (found === null) found = { start: Math.max(start, time), stop: end };
    else if (start <= found.stop + SHORTEST_GAP) found.stop = Math.max(found.stop, end);
    else break;
  }
  return found;
}
