/**
 * What becomes of a beat grid when a person taps or moves a beat: anchors stay exactly where they were put, the tempo is
 * even from one to the next. Works without the server; `labelbuddy_core/domain/beat_grid.py` says the same to callers of
 * the HTTP API, and `tests/beat_grids.json` holds both to one set of cases.
 */
import type { Grid, GridChange } from "../api/answers";
import { downbeatOf, modulo, stretchesOf, withBarAt, withBarJoined, withMeterFrom } from "../engine/meters";
import { rounded } from "../engine/time";
import { t } from "../i18n";
import { checked, checkMeter, LEAST_GAP, median, MOST_IN_BAR, tooMany } from "./beat_checks";
import type { WantedBeat } from "./beat_points";
import { tapped } from "./tapped_beats";

/** Gaps before a beat that say which tempo is there. */
const TEMPO_GAPS = 8;

/** The grid after a change, within `start` and `stop` (s). Throws with what does not fit. */
export function changedGrid(beats: readonly WantedBeat[], meter: number, change: GridChange, start: number, stop: number): Grid & { beats: WantedBeat[] } {
  const made = changed(beats, meter, change, start, stop).filter(({ time }) => time >= start && time <= stop);
  return { meter: longest(made, meter), tempo: tempoOf(made), beats: made };
}

function changed(beats: readonly WantedBeat[], meter: number, change: GridChange, start: number, stop: number): WantedBeat[] {
  switch (change.kind) {
    case "taps":
      return tapped(beats, change.times, meter, start, stop);
    case "onward":
      return onward(beats, change.number, meter, stop);
    case "move":
      return reAnchored(beats, change.number, change.time);
    case "downbeat":
      return placed(beats, withBarAt(positionsOf(beats), change.number, meter));
    case "join":
      return joined(beats, change.number);
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
  const gaps = gapsOf(beats);
  return gaps.length ? Math.round(60_000 / median(gaps)) / 1000 : null;
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

/**
 * The tempo that ends at beat `number` goes on, evenly into the next anchor, or to `stop` (s). It is the median of up to eight gaps
 * since the anchor before. Beats that were there stay the same beats at other times.
 */
function onward(beats: readonly WantedBeat[], number: number, meter: number, stop: number): WantedBeat[] {
  const anchors = beats.flatMap((beat, index) => (beat.anchor ? [index] : []));
  const left = anchors.filter((index) => index < number).pop() ?? 0;
  const right = anchors.find((index) => index > number);
  const around = number > 0 ? beats.slice(Math.max(left, number - TEMPO_GAPS), number + 1) : beats.slice(0, 2);
  if (around.length < 2) throw new Error(t("One beat alone has no tempo."));
  const gap = median(gapsOf(around));
  const start = beats[number]!.time;
  const many = right === undefined ? Math.floor((stop - start) / gap + 1e-9) + 1 : Math.max(1, Math.round((beats[right]!.time - start) / gap));
  const step = right === undefined ? gap : (beats[right]!.time - start) / many;
  tooMany(many);
  const there = beats.slice(number + 1, right);
  const length = stretchesOf(positionsOf(beats), meter).find((one) => number < one.stop)!.meter;
  const made: WantedBeat[] = [...beats.slice(0, number), { ...beats[number]!, anchor: true }];
  for (let count = 1; count < many; count++) {
    const old = there[count - 1] ?? { position: (made[made.length - 1]!.position % length) + 1, anchor: false };
    made.push({ ...old, time: rounded(start + count * step) });
  }
  return checked([...made, ...(right === undefined ? [] : beats.slice(right))]);
}

/** The bar that begins at beat `number` and the one before it are one bar. */
function joined(beats: readonly WantedBeat[], number: number): WantedBeat[] {
  if (number < 1) throw new Error(t("No bar lies before the first beat."));
  const positions = withBarJoined(positionsOf(beats), number);
  checkMeter(Math.max(...positions.slice(number - 1, number + MOST_IN_BAR)));
  return placed(beats, positions);
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

const gapsOf = (beats: readonly WantedBeat[]): number[] => beats.slice(1).map((beat, index) => beat.time - beats[index]!.time);
const positionsOf = (beats: readonly WantedBeat[]): number[] => beats.map((beat) => beat.position);
const placed = (beats: readonly WantedBeat[], positions: readonly number[]): WantedBeat[] => beats.map((beat, index) => ({ ...beat, position: positions[index]! }));
