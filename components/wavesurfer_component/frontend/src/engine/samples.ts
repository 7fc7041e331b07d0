/** Single samples, for views closer than the peaks pyramid reaches; fetched in blocks. */
import { Retries } from "./retries";

const BLOCK = 16384;
const MAX_BLOCKS = 24;
/** Samples a pixel from which on the peaks pyramid is drawn instead. */
export const CLOSEST_PEAKS = 64;

export type FetchSamples = (start: number, stop: number) => Promise<ArrayBuffer>;

export class SampleStore {
  private blocks = new Map<number, Int16Array | null>();
  private readonly retries = new Retries<number>();

  constructor(
    private readonly channels: number,
    private readonly frames: number,
    private readonly fetchSamples: FetchSamples,
    private readonly onBlock: () => void,
  ) {}

  /** Ask for samples `from` to `until`; true when they are all here. */
  need(from: number, until: number): boolean {
    let complete = true;
    const last = Math.floor((Math.min(until, this.frames) - 1) / BLOCK);
    for (let block = Math.floor(Math.max(0, from) / BLOCK); block <= last; block++) {
      if (!this.block(block)) complete = false;
    }
    return complete;
  }

  /** A sample (−1 … 1) of a channel; 0 where there is none. */
  at(channel: number, sample: number): number {
    const block = this.blocks.get(Math.floor(sample / BLOCK));
    return block ? (block[(sample % BLOCK) * this.channels + channel] ?? 0) / 32767 : 0;
  }

  private block(number: number): Int16Array | null {
    const present = this.blocks.get(number);
    if (present !== undefined) return present;
    this.blocks.set(number, null);
    this.fetchSamples(number * BLOCK, Math.min(this.frames, (number + 1) * BLOCK)).then(
      (data) => {
        this.blocks.set(number, new Int16Array(data));
        this.retries.arrived(number);
        for (const key of this.blocks.keys()) {
          if (this.blocks.size <= MAX_BLOCKS) break;
          this.blocks.delete(key);
        }
        this.onBlock();
      },
      () =>
        this.retries.failed(number, () => {
          this.blocks.delete(number);
          this.onBlock(); // what is in view is asked for again, also when nothing moves
        }),
    );
    return null;
  }
}
