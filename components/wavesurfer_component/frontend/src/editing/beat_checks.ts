/** What every grid of beats must be; what does not fit is thrown, in words. */
import { t } from "../i18n";
import type { WantedBeat } from "./beat_points";

const MOST_BEATS = 100_000;
export const MOST_IN_BAR = 32;
/** Between two beats (s). */
export const LEAST_GAP = 0.001;

/** The beats, if they are a grid. */
export function checked(beats: WantedBeat[]): WantedBeat[] {
  tooMany(beats.length);
  if (beats.some((beat, index) => index > 0 && beat.time - beats[index - 1]!.time < LEAST_GAP)) {
    throw new Error(t("Beats must follow each other in time, a millisecond apart or more."));
  }
  return beats;
}

export function tooMany(beats: number): void {
  if (beats > MOST_BEATS) throw new Error(t("A grid has at most {count} beats.", { count: MOST_BEATS }));
}

export function checkMeter(meter: number): void {
  if (!(Number.isInteger(meter) && meter >= 1 && meter <= MOST_IN_BAR)) throw new Error(t("A bar has 1 to {count} beats.", { count: MOST_IN_BAR }));
}

/** The middle of some numbers; of an even number of them, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
