/** The samples of the recording for playing, fetched in blocks; a bounded number of them is kept. */

export interface Samples {
  rate: number;
  frames: number;
  channels: number;
  /** Samples `start` up to, not including, `stop` of all channels, interleaved int16. */
  fetch(start: number, stop: number): Promise<ArrayBuffer>;
}

/** Samples of each channel in a block; the server gives at most 2^18 at once. */
const BLOCK = 1 << 16;
/** Of all channels together that are kept: 32 MB. */
const MOST_KEPT = 1 << 24;
const LEAST_BLOCKS = 4;

export class SampleBlocks {
  private blocks = new Map<number, Promise<Int16Array>>();
  private readonly most: number;

  constructor(readonly samples: Samples) {
    this.most = Math.max(LEAST_BLOCKS, Math.floor(MOST_KEPT / (BLOCK * samples.channels)));
  }

  /** Samples from `first` on of every channel, −1 … 1; silence where they are not between `from` and `until`. */
  async read(first: number, count: number, from: number, until: number): Promise<Float32Array[]> {
    const { channels, frames } = this.samples;
    const read = Array.from({ length: channels }, () => new Float32Array(count));
    const [begin, end] = [Math.max(first, from, 0), Math.min(first + count, until, frames)];
    for (let at = begin; at < end; ) {
      const number = Math.floor(at / BLOCK);
      const block = await this.block(number);
      const stop = Math.min(end, (number + 1) * BLOCK);
      for (let channel = 0; channel < channels; channel++) {
        const into = read[channel]!;
        for (let frame = at, index = (at - number * BLOCK) * channels + channel; frame < stop; frame++, index += channels) into[frame - first] = block[index]! / 32767;
      }
      at = stop;
    }
    const next = Math.floor(end / BLOCK) + 1;
    if (end > begin && next * BLOCK < Math.min(until, frames)) void this.block(next).catch(() => undefined); // it is wanted soon
    return read;
  }

  private block(number: number): Promise<Int16Array> {
    const present = this.blocks.get(number);
    if (present) {
      this.blocks.delete(number);
      this.blocks.set(number, present); // those used last stay
      return present;
    }
    const { frames, fetch } = this.samples;
    const asked = fetch(number * BLOCK, Math.min(frames, (number + 1) * BLOCK)).then((data) => new Int16Array(data));
    this.blocks.set(number, asked);
    asked.catch(() => this.blocks.delete(number)); // asked for again next time
    for (const key of this.blocks.keys()) {
      if (this.blocks.size <= this.most) break;
      this.blocks.delete(key);
    }
    return asked;
  }
}
