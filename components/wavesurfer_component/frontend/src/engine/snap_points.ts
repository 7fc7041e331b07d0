/** Instants that edges may snap to: onsets and beats of the server, beats that somebody set, edges of neighbors, zero crossings. */
import type { SampleStore } from "./samples";
import type { SnapKind } from "./snap_kinds";

export interface FoundBeat {
  time: number;
  position: number;
}

export interface FoundPoints {
  onset?: number[];
  beat?: FoundBeat[];
  zero?: number[];
}

export interface SnapSources {
  /** Points between two times (s) of the server; `kinds` as its API names them. */
  fetch(start: number, stop: number, kinds: string): Promise<FoundPoints>;
  /** The beats of the document, ascending; empty when it has none. */
  ownBeats(): readonly FoundBeat[];
  /** Starts and ends of regions between two times, without those of the regions `but`. */
  edges(start: number, stop: number, but: ReadonlySet<string>): number[];
  /** The samples close by, where they are on this side. */
  samples(): { store: SampleStore; rate: number; frames: number; channels: number } | null;
}

/** Seconds that are asked for at once. */
const BLOCK = 300;
const TRY_AGAIN_MS = 10_000;
/** Further away than this nothing is the nearest zero crossing (s). */
const ZERO_REACH = 0.05;

export class SnapPoints {
  private readonly blocks = new Map<number, FoundPoints>();
  /** What is on its way, or has failed and is not asked for again yet. */
  private readonly asked = new Map<number, Promise<void>>();

  constructor(
    private readonly sources: SnapSources,
    private readonly arrived: () => void,
  ) {}

  /** The points of a kind between two times, ascending, as far as they are known by now; what is not is asked for. */
  between(kind: SnapKind, start: number, stop: number, but: ReadonlySet<string> = NOTHING): number[] {
    if (kind === "edge") return this.sources.edges(start, stop, but).sort((one, other) => one - other);
    if (kind === "zero") return this.zeros(start, stop);
    const own = this.sources.ownBeats();
    const times: number[] = [];
    if (kind !== "onset" && own.length) {
      for (const beat of own) if (beat.time >= start && beat.time <= stop && (kind === "beat" || beat.position === 1)) times.push(beat.time);
      return times;
    }
    for (let block = Math.floor(Math.max(0, start) / BLOCK); block <= Math.floor(stop / BLOCK); block++) {
      void this.want(block)?.catch(() => undefined);
      const found = this.blocks.get(block);
      if (kind === "onset") for (const time of found?.onset ?? []) if (time >= start && time <= stop) times.push(time);
      if (kind !== "onset") {
        for (const beat of found?.beat ?? []) if (beat.time >= start && beat.time <= stop && (kind === "beat" || beat.position === 1)) times.push(beat.time);
      }
    }
    return times;
  }

  /** Wait for onsets and beats between two times; null when they are here. Rejects when they cannot be had now. */
  arriving(kind: "onset" | "beat" | "bar", start: number, stop: number): Promise<unknown> | null {
    if (kind !== "onset" && this.sources.ownBeats().length) return null;
    const coming: Promise<void>[] = [];
    for (let block = Math.floor(Math.max(0, start) / BLOCK); block <= Math.floor(stop / BLOCK); block++) {
      const asked = this.want(block);
      if (asked) coming.push(asked);
    }
    return coming.length ? Promise.all(coming) : null;
  }

  /** The nearest point of a kind within `reach` seconds, or null. */
  nearest(kind: SnapKind, time: number, reach: number, but: ReadonlySet<string> = NOTHING): number | null {
    const wide = kind === "zero" ? Math.min(reach, ZERO_REACH) : reach;
    return nearestOf(this.between(kind, Math.max(0, time - wide), time + wide, but), time);
  }

  /** As `nearest`, asking the server for what is not here; only points that `fits` agrees to. */
  async find(kind: SnapKind, time: number, reach: number, but: ReadonlySet<string> = NOTHING, fits: (point: number) => boolean = () => true): Promise<number | null> {
    if (kind === "edge") return nearestOf(this.between(kind, Math.max(0, time - reach), time + reach, but).filter(fits), time);
    const ofGrid = kind === "beat" || kind === "bar";
    const start = Math.max(0, time - reach);
    const found = await this.sources.fetch(start, time + reach, ofGrid ? "beat" : kind);
    const own = ofGrid ? this.sources.ownBeats() : [];
    const beats = (own.length ? own : (found.beat ?? [])).filter((beat) => kind === "beat" || beat.position === 1);
    const times = ofGrid ? beats.map((beat) => beat.time) : ((kind === "onset" ? found.onset : found.zero) ?? []);
    return nearestOf(times.filter((one) => Math.abs(one - time) <= reach && fits(one)), time);
  }

  /** Ask for a block, unless it is here (null). */
  private want(block: number): Promise<void> | null {
    if (this.blocks.has(block)) return null;
    const before = this.asked.get(block);
    if (before) return before;
    const asked = this.sources.fetch(block * BLOCK, (block + 1) * BLOCK, "onset,beat").then(
      (found) => {
        this.blocks.set(block, found);
        this.asked.delete(block);
        this.arrived();
      },
      (error: unknown) => {
        setTimeout(() => this.asked.delete(block), TRY_AGAIN_MS); // asked again then: it is being analyzed
        throw error;
      },
    );
    this.asked.set(block, asked);
    return asked;
  }

  /** Where the mean of all channels changes its sign, in the samples that are here. */
  private zeros(start: number, stop: number): number[] {
    const here = this.sources.samples();
    if (!here) return [];
    const { store, rate, frames, channels } = here;
    const first = Math.max(0, Math.floor(start * rate));
    const last = Math.min(frames - 1, Math.ceil(stop * rate));
    if ((last - first) / rate > 2 * ZERO_REACH + 0.01 || !store.need(first, last + 1)) return [];
    const times: number[] = [];
    let before = mean(store, channels, first);
    for (let sample = first + 1; sample <= last; sample++) {
      const now = mean(store, channels, sample);
      if ((before < 0 && now >= 0) || (before > 0 && now <= 0)) times.push((sample - (now === 0 ? 0 : now / (now - before))) / rate);
      before = now;
    }
    return times;
  }
}

const NOTHING: ReadonlySet<string> = new Set();

function nearestOf(points: readonly number[], time: number): number | null {
  return points.reduce<number | null>((best, point) => (best === null || Math.abs(point - time) < Math.abs(best - time) ? point : best), null);
}

function mean(store: SampleStore, channels: number, sample: number): number {
  let sum = 0;
  for (let channel = 0; channel < channels; channel++) sum += store.at(channel, sample);
  return sum / channels;
}
