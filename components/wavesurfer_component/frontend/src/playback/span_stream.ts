/**
 * The sound of a stretch at the rate of the loudspeakers, piece by piece, however long it is: from its first sample to its
 * last, once or again and again, slower or faster. Of a loop every turn begins at the output sample that is due, so that
 * turns never drift from the length of the stretch.
 */
import type { SampleBlocks } from "./sample_blocks";
import { Resampler } from "./resample";
import { Tempo } from "./tempo";

export interface Passage {
  /** Samples of the recording: the first, and the one behind the last. */
  first: number;
  last: number;
  /** Where the first turn begins. */
  from: number;
  loops: boolean;
  /** How fast; the pitch is kept. */
  speed: number;
}

/** Output samples that are made at once, at 1×. */
const PIECE = 8192;
const MOST_HOPS = 10;

type Turn = { next(): Promise<Float32Array[] | null> };

export class SpanStream {
  private readonly resampler: Resampler;
  private turn: Turn | null = null;
  private turns = 0;
  private rest: Float32Array[] = [];
  /** Output samples of the first turn and of the others. */
  private readonly firstLength: number;
  private readonly length: number;

  constructor(
    private readonly blocks: SampleBlocks,
    readonly passage: Passage,
    /** Of the output (Hz). */
    private readonly rate: number,
  ) {
    const { first, last, from, speed } = passage;
    const each = rate / blocks.samples.rate / speed;
    this.resampler = new Resampler(blocks.samples.rate, rate);
    this.length = Math.max(1, (last - first) * each);
    this.firstLength = from === first ? this.length : Math.max(1, (last - from) * each);
  }

  /** The next output samples of every channel, at most so many; null at the end. */
  async read(most: number): Promise<Float32Array[] | null> {
    const { channels } = this.blocks.samples;
    const read = Array.from({ length: channels }, () => new Float32Array(most));
    let filled = 0;
    while (filled < most) {
      if (!this.rest[0]?.length) {
        const made = await this.more();
        if (!made) break;
        this.rest = made;
      }
      const count = Math.min(most - filled, this.rest[0]!.length);
      this.rest.forEach((channel, number) => read[number]!.set(channel.subarray(0, count), filled));
      this.rest = this.rest.map((channel) => channel.subarray(count));
      filled += count;
    }
    if (!filled) return null;
    return filled === most ? read : read.map((channel) => channel.slice(0, filled));
  }

  /** The time in the recording (s) of an output sample. */
  position(output: number): number {
    const { first, last, from, loops, speed } = this.passage;
    const each = (this.blocks.samples.rate / this.rate) * speed;
    const at = Math.max(0, output);
    const sample = at < this.firstLength ? from + at * each : loops ? first + ((at - this.firstLength) % this.length) * each : last;
    return Math.min(sample, last) / this.blocks.samples.rate;
  }

  private async more(): Promise<Float32Array[] | null> {
    for (;;) {
      if (!this.turn && (this.turns === 0 || this.passage.loops)) this.turn = this.begin(this.turns++);
      const made = (await this.turn?.next()) ?? null;
      if (made || !this.turn) return made;
      this.turn = null;
    }
  }

  /** The output sample that a turn begins at. */
  private due(turn: number): number {
    return turn === 0 ? 0 : Math.round(this.firstLength + (turn - 1) * this.length);
  }

  private begin(turn: number): Turn {
    const { first, last, from, speed } = this.passage;
    const { rate } = this.blocks.samples;
    const start = turn === 0 ? from : first;
    const length = Math.max(this.due(turn + 1) - this.due(turn), turn === 0 ? 1 : 0);
    const window = (one: number, stop: number): Promise<Float32Array[]> => this.window(start, last, one, stop);
    if (speed !== 1) {
      const tempo = new Tempo(Math.max(1, Math.round(((last - start) * this.rate) / rate)), length, this.rate, window);
      const hops = Math.ceil(MOST_HOPS / (Math.max(1, speed) * Math.max(1, rate / this.rate))); // in which there is not too much to do at once
      return { next: () => (length ? tempo.next(hops) : Promise.resolve(null)) };
    }
    let at = 0;
    return {
      next: async () => {
        if (at >= length) return null;
        const stop = Math.min(length, at + PIECE);
        const made = await window(at, stop);
        at = stop;
        return made;
      },
    };
  }

  /** Samples of the output rate, counted from sample `start` of the recording; silence outside of `start` to `last`. */
  private async window(start: number, last: number, one: number, stop: number): Promise<Float32Array[]> {
    const { resampler } = this;
    const offset = resampler.at(one) - resampler.reach;
    const count = resampler.at(stop) + resampler.reach + 2 - offset;
    const input = await this.blocks.read(start + offset, count, start, last);
    return input.map((channel) => resampler.run(channel, offset, one, stop));
  }
}
