/** A stretch of the recording as it is played: once or again and again, at some speed; and what of it is heard when. */

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

/** A passage that is being made into sound. */
export interface Stream {
  /** The next output samples of every channel, at most so many; null at the end, and after `close`. */
  read(most: number): Promise<Float32Array[] | null>;
  /** The time in the recording (s) of an output sample. */
  position(output: number): number;
  /** Nothing more of it is wanted. */
  close(): void;
}

/** When its turns begin, in samples of the output. */
export class Turns {
  /** Output samples of the first turn and of the others. */
  private readonly firstLength: number;
  private readonly length: number;

  constructor(
    private readonly passage: Passage,
    /** Of the recording and of the output (Hz). */
    private readonly recorded: number,
    private readonly rate: number,
  ) {
    const { first, last, from, speed } = passage;
    const each = rate / recorded / speed;
    this.length = Math.max(1, (last - first) * each);
    this.firstLength = from === first ? this.length : Math.max(1, (last - from) * each);
  }

  /** The output sample that a turn begins at. */
  due(turn: number): number {
    return turn === 0 ? 0 : Math.round(this.firstLength + (turn - 1) * this.length);
  }

  /** The sample of the recording, with its fraction, that an output sample is. */
  sample(output: number): number {
    const { first, last, from, loops, speed } = this.passage;
    const each = (this.recorded / this.rate) * speed;
    const at = Math.max(0, output);
    const sample = at < this.firstLength ? from + at * each : loops ? first + ((at - this.firstLength) % this.length) * each : last;
    return Math.min(sample, last);
  }

  /** The time in the recording (s) of an output sample. */
  position(output: number): number {
    return this.sample(output) / this.recorded;
  }
}
