/**
 * Beats through taps: even where somebody taps evenly, following the taps where the tempo changes. People scatter by 10 to 30 ms
 * around a steady beat, and tap with the beat that they expect, not after the one that they heard (Repp, Psychonomic Bulletin &
 * Review 12, 2005). So taps are smoothed by a line of least squares, which is broken in two as long as that halves the squared
 * error and the error is more than scatter; and nothing is taken off for a reaction. In a grid that is there already only the
 * stretch that was tapped becomes another. `labelbuddy_core/domain/tapped_beats.py` does the same.
 */
import { modulo, stretchesOf } from "../engine/meters";
import { rounded } from "../engine/time";
import { t } from "../i18n";
import { checked, median, tooMany } from "./beat_checks";
import type { WantedBeat } from "./beat_points";

const SLOWEST = 10;
const FASTEST = 1000;
/** Root mean square error of taps on an even beat that is no change of tempo (s). */
const SCATTER = 0.025;
/** Beats from one change of tempo to the next, at least. */
const LEAST_PIECE = 3;
/** Gaps on either side that say how long a beat is there. */
const AROUND = 4;

/** The beat `count` (the first tap is 0) lies at `time` (s); the tempo is even from one knot to the next. */
interface Knot {
  count: number;
  time: number;
}

/** A grid after taps: beats before and behind the taps stay. Without a grid it goes from `start` to `stop`. Throws with what does not fit. */
export function tapped(beats: readonly WantedBeat[], taps: readonly number[], meter: number, start: number, stop: number): WantedBeat[] {
  const knots = knotsOf(taps);
  return beats.length < 2 ? throughout(knots, meter, start, stop) : spliced(beats, knots, meter);
}

/** Beats from `start` to `stop`; the first tap begins a bar, changes of tempo are anchors. */
function throughout(knots: readonly Knot[], meter: number, start: number, stop: number): WantedBeat[] {
  const [begin, end] = [knots[0]!, knots[knots.length - 1]!];
  const first = Math.ceil((start - begin.time) / period(begin, knots[1]!) - 1e-9);
  const last = Math.floor((stop - end.time) / period(knots[knots.length - 2]!, end) + 1e-9) + end.count;
  const turns = new Set(knots.slice(1, -1).map((knot) => knot.count));
  return times(knots, Math.min(first, 0), Math.max(last, end.count))
    .filter(({ time }) => time >= start - 1e-9 && time <= stop + 1e-9)
    .map(({ count, time }) => ({ time: rounded(Math.min(Math.max(time, start), stop)), position: modulo(count, meter) + 1, anchor: turns.has(count) }));
}

/** The beats from the first to the last knot for those that were there; anchored at the knots. As many as before are the same beats. */
function spliced(beats: readonly WantedBeat[], knots: readonly Knot[], meter: number): WantedBeat[] {
  const [begin, end] = [knots[0]!, knots[knots.length - 1]!];
  const turns = new Set(knots.map((knot) => knot.count));
  const from = rounded(begin.time - period(begin, knots[1]!) / 2);
  const to = rounded(end.time + period(knots[knots.length - 2]!, end) / 2);
  const before = beats.filter((beat) => beat.time < from);
  const behind = beats.filter((beat) => beat.time > to);
  const replaced = beats.slice(before.length, beats.length - behind.length);
  const made = times(knots, 0, end.count).map(({ count, time }) => ({ time: rounded(time), position: 1, anchor: turns.has(count) }));
  const same = replaced.length === made.length;
  const places = same ? replaced.map((beat) => beat.position) : countedOn(beats, before.length, replaced.length, made, meter);
  return checked([...before, ...made.map((beat, index) => ({ ...(same ? replaced[index] : {}), ...beat, position: places[index]! })), ...behind]);
}

/** Places in the bar, counted on from the beat that lies where the first tap does, or else from the one before or behind. */
function countedOn(beats: readonly WantedBeat[], first: number, replaced: number, made: readonly WantedBeat[], meter: number): number[] {
  const positions = beats.map((beat) => beat.position);
  let same = -1;
  const far = (at: number): number => Math.abs(beats[at]!.time - made[0]!.time);
  for (let at = first; at < first + replaced; at++) if (same < 0 || far(at) < far(same)) same = at;
  const near = same < 0 ? Math.max(first - 1, 0) : same;
  const own = stretchesOf(positions, meter).find((one) => near < one.stop)!.meter;
  const begins = same >= 0 ? positions[same]! : first > 0 ? (positions[first - 1]! % own) + 1 : modulo(positions[0]! - 1 - made.length, own) + 1;
  return made.map((_, count) => ((begins - 1 + count) % own) + 1);
}

/** Where the tempo of taps changes, with the first and the last of them. */
function knotsOf(taps: readonly number[]): Knot[] {
  const ordered = [...taps].sort((one, other) => one - other);
  if (new Set(ordered).size < 2) throw new Error(t("Tap at least twice."));
  const counts = countsOf(ordered);
  const pieces = piecesOf(counts, ordered);
  const lines = pieces.map(([low, high]) => line(counts.slice(low, high + 1), ordered.slice(low, high + 1)));
  const knots = [pieces[0]![0], ...pieces.map(([, high]) => high)].map((at, number): Knot => {
    const [one, other] = [lines[Math.max(0, number - 1)]!, lines[Math.min(number, lines.length - 1)]!];
    return { count: counts[at]!, time: (one(counts[at]!) + other(counts[at]!)) / 2 };
  });
  for (let at = 1; at < knots.length; at++) {
    const tempo = 60 / Math.max(period(knots[at - 1]!, knots[at]!), 1e-9);
    if (!(tempo >= SLOWEST && tempo <= FASTEST)) throw new Error(t("The tempo of the taps must lie between {slowest} and {fastest} beats a minute.", { slowest: SLOWEST, fastest: FASTEST }));
  }
  return knots;
}

/** Which beat each tap is, by how long beats are around it: a gap of about two beats is two beats. */
function countsOf(ordered: readonly number[]): number[] {
  const gaps = ordered.slice(1).map((time, index) => time - ordered[index]!);
  const counts = [0];
  gaps.forEach((gap, at) => {
    const around = gaps.slice(Math.max(0, at - AROUND), at + AROUND + 1).filter((one) => one > 0);
    counts.push(counts[at]! + (gap > 0 ? Math.max(1, Math.round(gap / median(around))) : 0));
  });
  return counts;
}

/** First and last tap of each stretch of even tempo; the last of one is the first of the next. */
function piecesOf(counts: readonly number[], ordered: readonly number[]): [number, number][] {
  const middle = counts.length >> 1;
  const sums = [[0, 0, 0, 0, 0]];
  counts.forEach((count, at) => {
    const [x, y] = [count - counts[middle]!, ordered[at]! - ordered[middle]!];
    sums.push([x, y, x * x, x * y, y * y].map((product, index) => sums[at]![index]! + product));
  });
  const error = (low: number, high: number): number => {
    const many = high - low + 1;
    const [x, y, xx, xy, yy] = sums[high + 1]!.map((after, index) => after - sums[low]![index]!) as [number, number, number, number, number];
    return Math.max(0, yy - (y * y) / many - (xy - (x * y) / many) ** 2 / (xx - (x * x) / many));
  };
  const split = (low: number, high: number): [number, number][] => {
    const whole = error(low, high);
    if (whole <= (high - low + 1) * SCATTER ** 2) return [[low, high]];
    let best = -1;
    let least = Infinity;
    for (let at = low + 1; at < high; at++) {
      if (counts[at]! - counts[low]! < LEAST_PIECE || counts[high]! - counts[at]! < LEAST_PIECE) continue;
      const both = error(low, at) + error(at, high);
      if (both < least) [best, least] = [at, both];
    }
    return best < 0 || least > whole / 2 ? [[low, high]] : [...split(low, best), ...split(best, high)];
  };
  return split(0, counts.length - 1);
}

/** When a beat is (s), by least squares. */
function line(counts: readonly number[], taps: readonly number[]): (count: number) => number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [middleCount, middleTime] = [mean(counts), mean(taps)];
  const spread = counts.reduce((sum, count) => sum + (count - middleCount) ** 2, 0);
  const beat = counts.reduce((sum, count, index) => sum + (count - middleCount) * (taps[index]! - middleTime), 0) / spread;
  return (count) => middleTime + (count - middleCount) * beat;
}

const period = (one: Knot, other: Knot): number => (other.time - one.time) / (other.count - one.count);

/** When beats are (s): even between knots, and beyond them at the tempo that holds there. */
function times(knots: readonly Knot[], first: number, last: number): Knot[] {
  tooMany(last - first + 1);
  let at = 1;
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const count = first + index;
    while (at < knots.length - 1 && count >= knots[at]!.count) at++;
    const knot = knots[at - 1]!;
    return { count, time: knot.time + (count - knot.count) * period(knot, knots[at]!) };
  });
}
