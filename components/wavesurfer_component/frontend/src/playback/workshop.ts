/**
 * Where the sound of stretches is made: in a worker, so that the page's own thread is free; where there is none (a policy
 * forbids it, it broke down) on the page's thread. Buffers go to and fro without being copied.
 */
import type { Order, Report } from "./making";
import { type Passage, type Stream, Turns } from "./passage";
import type { SampleBlocks, Samples } from "./sample_blocks";

/** What is used of a `Worker`. */
export interface Side {
  postMessage(order: Order, transfer: ArrayBuffer[]): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<Report>) => void) | null;
  /** Called when it cannot start, or broke down. */
  onerror: ((event: ErrorEvent) => void) | null;
}

type Made = Float32Array[] | null;
/** Null: the worker is not there any more. */
type Answer = { made: Made } | { problem: Error } | null;

export class Workshop {
  private side: Side | null = null;
  private opened = 0;
  private readonly reads = new Map<number, (answer: Answer) => void>();
  private blocks: SampleBlocks | null = null;

  /** `start` may throw. */
  constructor(
    readonly samples: Samples,
    start: () => Side,
  ) {
    try {
      this.side = start();
    } catch {
      return;
    }
    this.side.onmessage = ({ data }) => this.hear(data);
    this.side.onerror = (event) => {
      event.preventDefault();
      this.leave();
    };
    const { rate, frames, channels } = samples;
    this.post({ kind: "recording", rate, frames, channels });
  }

  /** Begin a passage, for loudspeakers of this rate (Hz). */
  open(passage: Passage, rate: number): Stream {
    const stream = ++this.opened;
    this.post({ kind: "open", stream, passage, rate });
    return new WorkshopStream(this, stream, passage, rate);
  }

  close(): void {
    this.leave();
  }

  /** Null when the worker does not do it. */
  read(stream: number, most: number): Promise<Answer> {
    if (!this.side) return Promise.resolve(null);
    this.post({ kind: "read", stream, most });
    return new Promise((resolve) => this.reads.set(stream, resolve));
  }

  /** Nothing more of a stream is wanted. */
  drop(stream: number): void {
    this.post({ kind: "close", stream });
    this.answer(stream, { made: null });
  }

  /** A passage that is made on this thread. */
  async here(passage: Passage, rate: number): Promise<Stream> {
    const [{ SampleBlocks }, { SpanStream }] = await Promise.all([import("./sample_blocks"), import("./span_stream")]);
    this.blocks ??= new SampleBlocks(this.samples);
    return new SpanStream(this.blocks, passage, rate);
  }

  private post(order: Order, transfer: ArrayBuffer[] = []): void {
    this.side?.postMessage(order, transfer);
  }

  private hear(report: Report): void {
    if (report.kind === "made") return this.answer(report.stream, { made: report.channels });
    if (report.kind === "failed") return this.answer(report.stream, { problem: new Error("no samples") });
    const { ask, start, stop } = report;
    this.samples.fetch(start, stop).then(
      (data) => this.post({ kind: "samples", ask, data }, [data]),
      () => this.post({ kind: "samples", ask, data: null }),
    );
  }

  private answer(stream: number, answer: Answer): void {
    this.reads.get(stream)?.(answer);
    this.reads.delete(stream);
  }

  private leave(): void {
    this.side?.terminate();
    this.side = null;
    for (const stream of [...this.reads.keys()]) this.answer(stream, null);
  }
}

class WorkshopStream implements Stream {
  private readonly turns: Turns;
  /** Output samples that were read. */
  private made = 0;
  private instead: Stream | null = null;
  private closed = false;

  constructor(
    private readonly workshop: Workshop,
    private readonly number: number,
    private readonly passage: Passage,
    private readonly rate: number,
  ) {
    this.turns = new Turns(passage, workshop.samples.rate, rate);
  }

  async read(most: number): Promise<Made> {
    const made = await this.next(most);
    if (this.closed) return null;
    this.made += made?.[0]!.length ?? 0;
    return made;
  }

  position(output: number): number {
    return this.turns.position(output);
  }

  close(): void {
    this.closed = true;
    this.workshop.drop(this.number);
    this.instead?.close();
  }

  private async next(most: number): Promise<Made> {
    if (this.closed) return null;
    if (!this.instead) {
      const answer = await this.workshop.read(this.number, most);
      if (answer && "problem" in answer) throw answer.problem;
      if (answer) return answer.made;
      if (this.closed) return null;
      const from = Math.round(this.turns.sample(this.made)); // it goes on where the worker ended
      this.instead = await this.workshop.here({ ...this.passage, from }, this.rate);
    }
    return this.instead.read(most);
  }
}
