/**
 * The sound of a stretch at the rate of the loudspeakers, piece by piece, however long it is: from its first sample to its
 * last, once or again and again, slower or faster. Of a loop every turn begins at the output sample that is due, so that
 * turns never drift from the length of the stretch.
 */
import { type Passage, type Stream, Turns } from "./passage";
import { Resampler } from "./resample";
import type { SampleBlocks } from "./sample_blocks";
import { Tempo } from "./tempo";

/** Output samples that are made at once, at 1×. */
const PIECE = 8192;
const MOST_HOPS = 10;

type Turn = { next(): Promise<Float32Array[] | null> };

export class SpanStream implements Stream {
  private readonly resampler: Resampler;
  private readonly turns: Turns;
  private turn: Turn | null = null;
  private begun = 0;
  private rest: Float32Array[] = [];
  private closed = false;

  constructor(
    private readonly blocks: SampleBlocks,
    private readonly passage: Passage,
    /** Of the output (Hz). */
    private readonly rate: number,
  ) {
    this.resampler = new Resampler(blocks.samples.rate, rate);
    this.turns = new Turns(passage, blocks.samples.rate, rate);
  }

  /** Where samples do not come in the middle of a piece, what is before them is given; without any it fails. */
  async read(most: number): Promise<Float32Array[] | null> {
    const { channels } = this.blocks.samples;
    const read = Array.from({ length: channels }, () => new Float32Array(most));
    let filled = 0;
    while (filled < most && !this.closed) {
      if (!this.rest[0]?.length) {
        if (filled) await others();
        const made = await this.more().catch((problem: unknown) => {
          if (filled) return null;
          throw problem;
        });
        if (!made) break;
        this.rest = made;
      }
      const count = Math.min(most - filled, this.rest[0]!.length);
      this.rest.forEach((channel, number) => read[number]!.set(channel.subarray(0, count), filled));
      this.rest = this.rest.map((channel) => channel.subarray(count));
      filled += count;
    }
    if (!filled || this.closed) return null;
    return filled === most ? read : read.map((channel) => channel.slice(0, filled));
  }

  position(output: number): number {
    return this.turns.position(output);
  }

  close(): void {
    this.closed = true;
  }

  private async more(): Promise<Float32Array[] | null> {
    for (;;) {
      if (!this.turn && (this.begun === 0 || this.passage.loops)) this.turn = this.begin(this.begun++);
      const made = (await this.turn?.next()) ?? null;
      if (made || !this.turn) return made;
      this.turn = null;
    }
  }

  private begin(turn: number): Turn {
    const { first, last, from, speed } = this.passage;
    const { rate } = this.blocks.samples;
    const start = turn === 0 ? from : first;
    const length = Math.max(this.turns.due(turn + 1) - this.turns.due(turn), turn === 0 ? 1 : 0);
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

/** Everything else that waits on this thread comes first; unlike timers this is not slowed down. */
function others(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
