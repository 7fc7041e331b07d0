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
