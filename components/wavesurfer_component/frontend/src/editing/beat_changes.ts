/**
 * What becomes of a beat grid when a person taps or moves a beat: anchors stay exactly where they were put, the tempo is
 * even from one to the next. Works without the server; `labelbuddy_core/domain/beat_grid.py` says the same to callers of
 * the HTTP API, and `tests/beat_grids.json` holds both to one set of cases.
 */
import type { Grid, GridChange } from "../api";
import { downbeatOf, modulo, stretchesOf, withBarAt, withMeterFrom } from "../engine/meters";
import { rounded } from "../engine/time";
import { t } from "../i18n";
import type { WantedBeat } from "./beat_points";

const SLOWEST = 10;
const FASTEST = 1000;
const MOST_BEATS = 100_000;
const MOST_IN_BAR = 32;
/** Between two beats (s). */
const LEAST_GAP = 0.001;

/** The grid after a change, within `start` and `stop` (s). Throws with what does not fit. */
export function changedGrid(beats: readonly WantedBeat[], meter: number, change: GridChange, start: number, stop: number): Grid & { beats: WantedBeat[] } {
  const made = change.kind === "taps" ? fromTaps(change.times, meter, start, stop) : changed(beats, meter, change).filter(({ time }) => time >= start && time <= stop);
  return { meter: longest(made, meter), tempo: tempoOf(made), beats: made };
}

function changed(beats: readonly WantedBeat[], meter: number, change: Exclude<GridChange, { kind: "taps" }>): WantedBeat[] {
  switch (change.kind) {
    case "move":
      return reAnchored(beats, change.number, change.time);
    case "downbeat":
      return placed(beats, withBarAt(positionsOf(beats), change.number, meter));
    case "meter":
      return withMeter(beats, change.meter);
    case "meter_from":
      checkMeter(change.meter);
      return placed(beats, withMeterFrom(positionsOf(beats), change.number, change.meter, meter));
    case "double":
      return doubled(beats, meter);
    case "halve":
      return halved(beats, meter);
  }
}

/** Beats a minute: 60 by the median gap; null for fewer than two beats. */
export function tempoOf(beats: readonly WantedBeat[]): number | null {
  const gaps = beats.slice(1).map((beat, index) => beat.time - beats[index]!.time);
  return gaps.length ? Math.round(60_000 / median(gaps)) / 1000 : null;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Beat `number` is moved and becomes an anchor; beats up to the next anchors are spread evenly, or move along. */
function reAnchored(beats: readonly WantedBeat[], number: number, time: number): WantedBeat[] {
  const anchors = beats.flatMap((beat, index) => (beat.anchor && index !== number ? [index] : []));
  const left = anchors.filter((index) => index < number).pop();
  const right = anchors.find((index) => index > number);
  const earliest = left === undefined ? 0 : beats[left]!.time + LEAST_GAP * (number - left);
  const latest = right === undefined ? Infinity : beats[right]!.time - LEAST_GAP * (right - number);
  if (!(time >= Math.max(0, earliest) && time <= latest)) throw new Error(t("A beat can only be moved between the anchors before and after it."));
  const shift = time - beats[number]!.time;
  const spread = (beat: WantedBeat, index: number): WantedBeat => {
    if (index === number) return { ...beat, time: rounded(time), anchor: true };
    const fixed = index < number ? left : right;
    if (fixed === undefined) return { ...beat, time: rounded(beat.time + shift) };
    const share = (index - fixed) / (number - fixed);
    if (share <= 0) return beat; // at the anchor or beyond it
    return { ...beat, time: rounded(beats[fixed]!.time + share * (time - beats[fixed]!.time)) };
  };
  return beats.map(spread).filter((beat) => beat.time >= 0);
}

/** An even grid through taps, by least squares; missed taps are counted: a gap of about two beats is two beats. */
function fromTaps(taps: readonly number[], meter: number, start: number, stop: number): WantedBeat[] {
  const ordered = [...taps].sort((one, other) => one - other);
  const gaps = ordered.slice(1).map((time, index) => time - ordered[index]!);
  const longer = gaps.filter((gap) => gap > 0);
  if (!longer.length) throw new Error(t("Tap at least twice."));
  const unit = median(longer);
  const counts = [0];
  for (const gap of gaps) counts.push(counts[counts.length - 1]! + (gap === 0 ? 0 : Math.max(1, Math.round(gap / unit))));
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [middleCount, middleTime] = [mean(counts), mean(ordered)];
  const spread = counts.reduce((sum, count) => sum + (count - middleCount) ** 2, 0);
  const period = counts.reduce((sum, count, index) => sum + (count - middleCount) * (ordered[index]! - middleTime), 0) / spread;
  const tempo = 60 / Math.max(period, 1e-9);
  if (tempo < SLOWEST || tempo > FASTEST) throw new Error(t("The tempo of the taps must lie between {slowest} and {fastest} beats a minute.", { slowest: SLOWEST, fastest: FASTEST }));
  const origin = middleTime - middleCount * period;
  const first = Math.ceil((start - origin) / period - 1e-9);
  const last = Math.floor((stop - origin) / period + 1e-9);
  tooMany(last - first + 1);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => {
    const number = first + index;
    return { time: rounded(Math.max(start, origin + number * period)), position: modulo(number, meter) + 1, anchor: false };
  });
}

/** The grid in bars of so many beats throughout, counted from the first downbeat. */
function withMeter(beats: readonly WantedBeat[], meter: number): WantedBeat[] {
  checkMeter(meter);
  const first = Math.max(0, beats.findIndex((beat) => beat.position === 1));
  return checked(beats.map((beat, index) => ({ ...beat, position: modulo(index - first, meter) + 1 })));
}

/** A beat in the middle between any two; each stretch keeps its meter and its first downbeat. */
function doubled(beats: readonly WantedBeat[], meter: number): WantedBeat[] {
  const positions = positionsOf(beats);
  const fine: WantedBeat[] = [];
  for (const one of stretchesOf(positions, meter)) {
    const downbeat = downbeatOf(positions, one);
    for (let at = one.first; at < one.stop; at++) {
      const position = modulo(2 * (at - downbeat), one.meter) + 1;
      const next = beats[at + 1];
      fine.push({ ...beats[at]!, position });
      if (next) fine.push({ time: rounded((beats[at]!.time + next.time) / 2), position: (position % one.meter) + 1, anchor: false });
    }
  }
  return checked(fine);
}

/** Every other beat; each stretch keeps its meter and its first downbeat. A beat right before the first of the next stretch goes: it would lie half a beat from it. */
function halved(beats: readonly WantedBeat[], meter: number): WantedBeat[] {
  const positions = positionsOf(beats);
  const kept: { at: number; position: number }[] = [];
  for (const one of stretchesOf(positions, meter)) {
    const downbeat = downbeatOf(positions, one);
    const first = one.first + modulo(downbeat - one.first, 2);
    if (first < one.stop && kept[kept.length - 1]?.at === first - 1) kept.pop();
    for (let at = first; at < one.stop; at += 2) kept.push({ at, position: modulo((at - downbeat) / 2, one.meter) + 1 });
  }
  return kept.map(({ at, position }) => ({ ...beats[at]!, position }));
}

/** The beats of the longest bar; `meter` counts where no bar is complete. */
function longest(beats: readonly WantedBeat[], meter: number): number {
  return stretchesOf(positionsOf(beats), meter).reduce((most, one) => Math.max(most, one.meter), beats.length ? 1 : meter);
}

const positionsOf = (beats: readonly WantedBeat[]): number[] => beats.map((beat) => beat.position);
const placed = (beats: readonly WantedBeat[], positions: readonly number[]): WantedBeat[] => beats.map((beat, index) => ({ ...beat, position: positions[index]! }));

function checkMeter(meter: number): void {
  if (!(Number.isInteger(meter) && meter >= 1 && meter <= MOST_IN_BAR)) throw new Error(t("A bar has 1 to {count} beats.", { count: MOST_IN_BAR }));
}

/** The beats, if they are a grid; throws with what is wrong. */
function checked(beats: WantedBeat[]): WantedBeat[] {
  tooMany(beats.length);
  if (beats.some((beat, index) => index > 0 && beat.time - beats[index - 1]!.time < LEAST_GAP)) {
    throw new Error(t("Beats must follow each other in time, a millisecond apart or more."));
  }
  return beats;
}

function tooMany(beats: number): void {
  if (beats > MOST_BEATS) throw new Error(t("A grid has at most {count} beats.", { count: MOST_BEATS }));
}
