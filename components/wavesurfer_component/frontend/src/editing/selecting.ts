/** What is selected next: by step, by suggestion, everything in view. */
import type { Drawn } from "../layers/regions";

/** The region `by` steps on from the selected one, around the ends; null when there is none. */
export function stepped(drawn: readonly Drawn[], selected: string | null, by: 1 | -1): Drawn | null {
  if (!drawn.length) return null;
  const at = drawn.findIndex((one) => one.id === selected);
  return drawn[at < 0 ? (by > 0 ? 0 : drawn.length - 1) : (at + by + drawn.length) % drawn.length]!;
}

export const isOpen = (one: Drawn): boolean => one.mark === "prediction" || one.mark === "below";

/** The next suggestion at or above the threshold, around the end. */
export function nextSuggestion(drawn: readonly Drawn[], selected: string | null): Drawn | null {
  const at = drawn.findIndex((one) => one.id === selected);
  return [...drawn.slice(at + 1), ...drawn.slice(0, Math.max(0, at))].find((one) => one.mark === "prediction") ?? null;
}

/** The suggestion that follows one in time, of any score; null at the end. */
export function suggestionAfter(drawn: readonly Drawn[], id: string): Drawn | null {
  return drawn.slice(drawn.findIndex((one) => one.id === id) + 1).find(isOpen) ?? null;
}

/** Everything that lies in a stretch, at least partly. */
export function inView(drawn: readonly Drawn[], start: number, stop: number): string[] {
  return drawn.filter((one) => one.start <= stop && one.end >= start).map((one) => one.id);
}

/** The region that begins nearest to the selected one (or to `time`) in the next lane that has some, around the ends. */
export function inNextLane(lanes: readonly Iterable<Drawn>[], selected: string | null, time: number, by: 1 | -1): Drawn | null {
  const rows = lanes.map((lane) => [...lane]);
  const at = rows.findIndex((row) => row.some((one) => one.id === selected));
  const from = rows[at]?.find((one) => one.id === selected)?.start ?? time;
  const first = at < 0 ? (by > 0 ? 0 : rows.length - 1) : at + by;
  for (let step = 0; step < rows.length; step++) {
    const row = rows[(first + by * step + rows.length * 2) % rows.length]!;
    if (row.length) return row.reduce((best, one) => (Math.abs(one.start - from) < Math.abs(best.start - from) ? one : best));
  }
  return null;
}
