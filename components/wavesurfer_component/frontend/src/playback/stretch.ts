/** A stretch played from its samples: it begins and ends at the sample, and repeats without a gap. */
import type { Sound } from "./sound";

export interface Span {
  start: number;
  end: number;
}

/** Longer stretches are played by the media element (s). */
const LONGEST = 60;
/** Samples are fetched for so much more on each side, so that the edges can be moved while it plays (s). */
const ROOM = 2;
/** The server gives at most so many samples at once. */
const AT_ONCE = 1 << 18;
/** Of all channels together: 64 MB in the browser. */
const MOST_SAMPLES = 1 << 24;
/** Sample rates that every browser's buffers take (Hz). */
const LOWEST_RATE = 8000;
const HIGHEST_RATE = 96_000;

export interface Samples {
  rate: number;
  frames: number;
  channels: number;
  /** Samples `start` up to, not including, `stop` of all channels, interleaved int16. */
  fetch(start: number, stop: number): Promise<ArrayBuffer>;
}

interface Loaded {
  buffer: AudioBuffer;
  /** Number of the first sample of the buffer in the recording. */
  first: number;
}

const same = (one: Span, other: Span): boolean => one.start === other.start && one.end === other.end;

export class StretchPlayer {
  private node: AudioBufferSourceNode | null = null;
  private began = 0;
  private loaded: Loaded | null = null;
  private span: Span = { start: 0, end: 0 };
  private loops = false;
  /** Edges whose samples are on their way. */
  private moving: Span | null = null;

  constructor(
    private readonly sound: Sound,
    private readonly samples: () => Samples | null,
    private readonly ended: (at: number) => void,
  ) {}

  /** Whether a stretch can be played from its samples. */
  takes({ start, end }: Span): boolean {
    const samples = this.samples();
    if (!samples || samples.rate < LOWEST_RATE || samples.rate > HIGHEST_RATE) return false;
    return end - start <= LONGEST && (end - start + 2 * ROOM) * samples.rate * samples.channels <= MOST_SAMPLES;
  }

  get playing(): boolean {
    return this.node !== null;
  }

  /** The time (s) of what is heard now. */
  get time(): number {
    if (!this.node) return this.span.start;
    const passed = Math.max(0, this.sound.open().context.currentTime - this.began - this.sound.latency);
    const length = this.span.end - this.span.start;
    return this.span.start + (this.loops ? passed % length : Math.min(passed, length));
  }

  /** Fetch the samples of a stretch, unless they are here. */
  async load({ start, end }: Span): Promise<void> {
    const samples = this.samples()!;
    const { rate, frames, channels } = samples;
    const [wantedFirst, wantedLast] = [Math.max(0, Math.round(start * rate)), Math.min(frames, Math.round(end * rate))];
    const here = this.loaded;
    if (here && wantedFirst >= here.first && wantedLast <= here.first + here.buffer.length) return;
    const first = Math.max(0, wantedFirst - ROOM * rate);
    const last = Math.min(frames, wantedLast + ROOM * rate);
    const { context } = this.sound.open();
    const buffer = context.createBuffer(channels, last - first, rate);
    const data = Array.from({ length: channels }, (_, channel) => buffer.getChannelData(channel));
    for (let from = first; from < last; from += AT_ONCE) {
      const block = new Int16Array(await samples.fetch(from, Math.min(last, from + AT_ONCE)));
      for (let channel = 0; channel < channels; channel++) {
        const into = data[channel]!;
        for (let index = channel, at = from - first; index < block.length; index += channels, at++) into[at] = block[index]! / 32767;
      }
    }
    this.loaded = { buffer, first };
  }

  /** Play what was loaded, once or again and again. */
  play(span: Span, loops: boolean): void {
    this.stop();
    const { context, input } = this.sound.open();
    const { rate } = this.samples()!;
    const { buffer, first } = this.loaded!;
    const node = context.createBufferSource();
    node.buffer = buffer;
    node.loop = loops;
    const [from, until] = [(Math.round(span.start * rate) - first) / rate, (Math.round(span.end * rate) - first) / rate];
    node.loopStart = from;
    node.loopEnd = until;
    node.connect(input);
    node.onended = () => {
      if (this.node !== node) return;
      this.node = null;
      this.ended(span.end);
    };
    this.node = node;
    this.span = span;
    this.loops = loops;
    this.began = context.currentTime;
    if (loops) node.start(0, from);
    else node.start(0, from, until - from);
  }

  /** The looped stretch has other edges now; called every frame until they are taken over. */
  moved(span: Span): void {
    if (!this.node || !this.loops || same(span, this.span) || (this.moving && same(span, this.moving))) return;
    const at = this.time;
    this.moving = span;
    void this.load(span).catch(() => undefined).then(() => {
      if (this.moving !== span) return; // the edges went on meanwhile
      this.moving = null;
      if (!this.node || !this.loops) return;
      this.play(span, true);
      if (at > span.start && at < span.end) this.jump(at);
    });
  }

  /** Stop; returns where it was (s). */
  stop(): number {
    const at = this.time;
    const node = this.node;
    this.node = null;
    if (node) {
      node.onended = null;
      node.stop();
      node.disconnect();
    }
    return at;
  }

  /** Go on at a time inside of the loop. */
  private jump(time: number): void {
    const { context, input } = this.sound.open();
    const before = this.node!;
    const node = context.createBufferSource();
    node.buffer = before.buffer;
    node.loop = true;
    node.loopStart = before.loopStart;
    node.loopEnd = before.loopEnd;
    node.connect(input);
    before.onended = null;
    before.stop();
    this.node = node;
    this.began = context.currentTime - (time - this.span.start);
    node.start(0, before.loopStart + time - this.span.start);
  }
}
