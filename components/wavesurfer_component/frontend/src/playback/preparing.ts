/** The beginning of the stretch that may be played next, made before it is played; and streams of other stretches. */
import { workerOf } from "../worker_of";
import workerSource from "./making_worker.ts?bundled";
import type { Passage, Stream } from "./passage";
import type { Samples } from "./sample_blocks";
import { Workshop } from "./workshop";

export interface Span {
  start: number;
  end: number;
}

export interface Asked {
  span: Span;
  loops: boolean;
  speed: number;
}

export interface Prepared extends Asked {
  stream: Stream;
  first: Float32Array[];
}

/** Output samples that are handed over at once. */
export const PIECE = 8192;
/** Web Audio has no buffers of more. */
const MOST_CHANNELS = 32;

export const same = (one: Span, other: Span): boolean => one.start === other.start && one.end === other.end;

export class Preparing {
  private workshop: Workshop | null = null;
  private loading: (Asked & { stream: Stream; done: Promise<void> }) | null = null;
  private prepared: Prepared | null = null;

  constructor(
    private readonly samples: () => Samples | null,
    /** Of the loudspeakers (Hz). */
    private readonly rate: () => number,
  ) {}

  /** Whether stretches can be played from their samples. */
  get able(): boolean {
    const samples = this.samples();
    return samples !== null && samples.channels <= MOST_CHANNELS;
  }

  /** Make the beginning of a stretch, unless it is here; what was loaded before is forgotten. */
  load(asked: Asked): Promise<void> {
    if (this.isReady(asked)) return Promise.resolve();
    if (isFor(this.loading, asked)) return this.loading!.done;
    this.forget();
    const stream = this.open(asked, asked.span.start);
    const done = this.prepare(asked, stream);
    this.loading = { ...asked, stream, done };
    return done;
  }

  isReady(asked: Asked): boolean {
    return isFor(this.prepared, asked);
  }

  /** What was loaded; it is somebody else's now. */
  take(): Prepared | null {
    const { prepared } = this;
    this.prepared = null;
    return prepared;
  }

  /** The sound of a stretch from a time (s) in it on. */
  open({ span, loops, speed }: Asked, at: number): Stream {
    const samples = this.samples()!;
    if (this.workshop?.samples !== samples) {
      this.workshop?.close();
      this.workshop = new Workshop(samples, () => workerOf(workerSource));
    }
    const [first, last] = [Math.max(0, Math.round(span.start * samples.rate)), Math.min(samples.frames, Math.round(span.end * samples.rate))];
    const from = Math.min(Math.max(first, Math.round(at * samples.rate)), Math.max(first, last - 1));
    const passage: Passage = { first, last: Math.max(last, first + 1), from, loops, speed };
    return this.workshop.open(passage, this.rate());
  }

  close(): void {
    this.forget();
    this.workshop?.close();
  }

  private async prepare(asked: Asked, stream: Stream): Promise<void> {
    try {
      const first = await stream.read(PIECE);
      if (!first) throw new Error("forgotten");
      this.prepared = { ...asked, stream, first };
    } finally {
      if (this.loading?.stream === stream) this.loading = null;
    }
  }

  private forget(): void {
    this.prepared?.stream.close();
    this.loading?.stream.close();
    this.prepared = this.loading = null;
  }
}

const isFor = (what: Asked | null, { span, loops, speed }: Asked): boolean => what !== null && same(what.span, span) && what.loops === loops && what.speed === speed;
