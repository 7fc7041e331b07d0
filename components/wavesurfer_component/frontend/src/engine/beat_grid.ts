/** Beats as the layers use them: in order, numbered by bars. */
import { stretchesOf } from "./meters";

export interface GridBeat {
  id: string;
  time: number;
  /** Place in the bar; 1 begins one. */
  position: number;
  /** Put there by a person, or by tapping. */
  anchor: boolean;
}

/** A beat so near is where one is already (s). */
const SAME = 0.001;

export class BeatGrid {
  /** The bar of each beat; what lies before the first downbeat is bar 0. */
  readonly bars: Int32Array;
  /** Beats in the bar of each beat. */
  readonly meters: Int32Array;
  /** Beats in the longest bar. */
  readonly meter: number;
  /** Beats with which another number of beats in a bar begins. */
  readonly changes: ReadonlySet<number>;

  /** `meter` counts where no bar is complete. */
  constructor(
    readonly beats: readonly GridBeat[],
    meter = 1,
  ) {
    this.bars = new Int32Array(beats.length);
    let bar = 0;
    beats.forEach((beat, index) => {
      if (beat.position === 1) bar++;
      this.bars[index] = bar;
    });
    const stretches = stretchesOf(beats.map((beat) => beat.position), meter);
    this.meters = new Int32Array(beats.length);
    this.meter = stretches.reduce((most, one) => Math.max(most, one.meter), 1);
    for (const one of stretches) this.meters.fill(one.meter, one.first, one.stop);
    this.changes = new Set(stretches.flatMap(({ first, meter: own }, at) => (at > 0 && own !== stretches[at - 1]!.meter ? [first] : [])));
  }

  /** Index of the first beat at or after a time. */
  from(time: number): number {
    let low = 0;
    let high = this.beats.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.beats[middle]!.time < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Index of the beat nearest to a time, or -1. */
  nearest(time: number): number {
    const after = this.from(time);
    if (after === 0) return this.beats.length ? 0 : -1;
    if (after === this.beats.length) return after - 1;
    return time - this.beats[after - 1]!.time <= this.beats[after]!.time - time ? after - 1 : after;
  }

  /** Index of a beat by its id, or -1. */
  index(id: string | null): number {
    return id === null ? -1 : this.beats.findIndex((beat) => beat.id === id);
  }

  /** Index of the beat, or of the downbeat, after or before one; without one (-1), at or after a time, or before it. -1 where there is none. */
  beside(index: number, time: number, way: 1 | -1, downbeats: boolean): number {
    const on = index < 0 ? this.from(time - SAME) : index;
    const first = index < 0 && way > 0 ? on : on + way;
    for (let at = first; at >= 0 && at < this.beats.length; at += way) if (!downbeats || this.beats[at]!.position === 1) return at;
    return -1;
  }

  /** Beats in a bar around a time; null without beats. */
  meterAt(time: number): number | null {
    return this.meters[Math.max(0, this.from(time + SAME) - 1)] ?? null;
  }

  /** Beats a minute around a time: by the median of up to eight gaps; null without two beats. */
  tempo(time: number): number | null {
    const at = Math.max(1, Math.min(this.from(time), this.beats.length - 1));
    const gaps: number[] = [];
    for (let index = Math.max(1, at - 4); index < Math.min(this.beats.length, at + 4); index++) gaps.push(this.beats[index]!.time - this.beats[index - 1]!.time);
    if (!gaps.length) return null;
    gaps.sort((one, other) => one - other);
    return 60 / gaps[gaps.length >> 1]!;
  }
}
