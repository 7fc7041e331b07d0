/** Makes the sound of stretches for the page, which is on the other side of a port: this runs in a worker. */
import type { Passage } from "./passage";
import { SampleBlocks } from "./sample_blocks";
import { SpanStream } from "./span_stream";

/** What the page says. */
export type Order =
  /** First of all: the recording. */
  | { kind: "recording"; rate: number; frames: number; channels: number }
  | { kind: "open"; stream: number; passage: Passage; rate: number }
  | { kind: "read"; stream: number; most: number }
  | { kind: "close"; stream: number }
  /** Samples that were asked for; null when they cannot be had. */
  | { kind: "samples"; ask: number; data: ArrayBuffer | null };

/** What the page is told. */
export type Report =
  | { kind: "made"; stream: number; channels: Float32Array[] | null }
  /** Its samples cannot be had now. */
  | { kind: "failed"; stream: number }
  /** Samples of the recording that are needed. */
  | { kind: "wanted"; ask: number; start: number; stop: number };

export type Post = (report: Report, transfer?: ArrayBuffer[]) => void;

export class Making {
  private blocks: SampleBlocks | null = null;
  private readonly streams = new Map<number, SpanStream>();
  private readonly waiting = new Map<number, (data: ArrayBuffer | null) => void>();
  private asked = 0;

  constructor(private readonly post: Post) {}

  take(order: Order): void {
    switch (order.kind) {
      case "recording":
        this.blocks = new SampleBlocks({ ...order, fetch: this.fetch });
        break;
      case "open":
        this.streams.set(order.stream, new SpanStream(this.blocks!, order.passage, order.rate));
        break;
      case "read":
        void this.read(order.stream, order.most);
        break;
      case "close":
        this.streams.get(order.stream)?.close();
        this.streams.delete(order.stream);
        break;
      case "samples":
        this.waiting.get(order.ask)?.(order.data);
        this.waiting.delete(order.ask);
    }
  }

  private async read(stream: number, most: number): Promise<void> {
    try {
      const channels = (await this.streams.get(stream)?.read(most)) ?? null;
      this.post({ kind: "made", stream, channels }, channels?.map((one) => one.buffer as ArrayBuffer));
    } catch {
      this.post({ kind: "failed", stream });
    }
  }

  private readonly fetch = (start: number, stop: number): Promise<ArrayBuffer> => {
    const ask = ++this.asked;
    return new Promise((resolve, reject) => {
      this.waiting.set(ask, (data) => (data ? resolve(data) : reject(new Error("no samples"))));
      this.post({ kind: "wanted", ask, start, stop });
    });
  };
}
