/** Where the sound of stretches is made: beside the page's thread, and on it when that is not possible. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { Making, type Order, type Report } from "../src/playback/making";
import type { Passage, Stream } from "../src/playback/passage";
import { SampleBlocks, type Samples } from "../src/playback/sample_blocks";
import { SpanStream } from "../src/playback/span_stream";
import { type Side, Workshop } from "../src/playback/workshop";

const [RATE, CONTEXT_RATE] = [44_100, 48_000];
const PASSAGE: Passage = { first: 40_000, last: 100_000, from: 40_000, loops: false, speed: 1 };
const PIECE = 8192;

/** Noise whose samples can be refused; what was given away can be looked at. */
function recording() {
  const given: ArrayBuffer[] = [];
  const state = { refused: false, given };
  const fetch = async (start: number, stop: number): Promise<ArrayBuffer> => {
    if (state.refused) throw new Error("offline");
    const data = Int16Array.from({ length: stop - start }, (_, index) => (((start + index) * 7919) % 30_000) - 15_000);
    given.push(data.buffer);
    return data.buffer;
  };
  const samples: Samples = { rate: RATE, frames: 400_000, channels: 1, fetch };
  return { samples, state };
}

const open: MessagePort[] = [];
afterEach(() => open.splice(0).forEach((port) => port.close()));

/** What a worker is, with real transfers between its two sides. */
class Bench implements Side {
  onmessage: Side["onmessage"] = null;
  onerror: Side["onerror"] = null;
  readonly reports: Report[] = [];
  ended = false;
  private readonly page: MessagePort;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    open.push(port1, port2);
    this.page = port1;
    const making = new Making((report, transfer = []) => {
      this.reports.push(report);
      port2.postMessage(report, transfer);
    });
    port2.onmessage = ({ data }) => making.take(data as Order);
    port1.onmessage = (event) => this.onmessage?.(event);
  }

  postMessage(order: Order, transfer: ArrayBuffer[]): void {
    this.page.postMessage(order, transfer);
  }

  terminate(): void {
    this.ended = true;
    for (const port of open.splice(0)) port.close();
  }

  breakDown(): void {
    this.onerror?.({ preventDefault: () => undefined } as ErrorEvent);
  }
}

async function read(stream: Stream, most = Infinity): Promise<number[]> {
  const heard: number[] = [];
  while (heard.length < most) {
    const piece = await stream.read(PIECE);
    if (!piece) break;
    for (const one of piece[0]!) heard.push(one);
  }
  return heard;
}

const expected = (passage: Passage): Promise<number[]> => read(new SpanStream(new SampleBlocks(recording().samples), passage, CONTEXT_RATE), passage.loops ? 100_000 : Infinity);

describe("the sound of a stretch", () => {
  it.each([1, 0.5, 2])("is the same from the worker, at speed %f, and no buffer is copied on its way", async (speed) => {
    const { samples, state } = recording();
    const passage = { ...PASSAGE, loops: speed === 2, speed };
    const stream = new Workshop(samples, () => new Bench()).open(passage, CONTEXT_RATE);
    expect(await read(stream, passage.loops ? 100_000 : Infinity)).toEqual(await expected(passage));
    expect(state.given.length).toBeGreaterThan(0);
    expect(state.given.every((data) => data.byteLength === 0)).toBe(true);
    expect(stream.position(4800)).toBeCloseTo(40_000 / RATE + 0.1 * speed, 6);
  });
  it("is made on the page's thread where a worker must not start", async () => {
    const refuse = (): Side => {
      throw new Error("SecurityError");
    };
    const stream = new Workshop(recording().samples, refuse).open(PASSAGE, CONTEXT_RATE);
    expect(await read(stream)).toEqual(await expected(PASSAGE));
  });
  it("is made on the page's thread when the worker's script is refused later", async () => {
    const side = new Bench();
    const workshop = new Workshop(recording().samples, () => side);
    const heard = read(workshop.open(PASSAGE, CONTEXT_RATE));
    side.breakDown();
    expect(await heard).toEqual(await expected(PASSAGE));
    expect(side.ended).toBe(true);
    expect(await read(workshop.open(PASSAGE, CONTEXT_RATE))).toEqual(await expected(PASSAGE));
  });
  it("goes on where it was when the worker breaks down in the middle", async () => {
    const passage = { ...PASSAGE, loops: true };
    const side = new Bench();
    const { samples } = recording();
    const stream = new Workshop({ ...samples, rate: CONTEXT_RATE }, () => side).open(passage, CONTEXT_RATE);
    const before = await read(stream, 2 * PIECE);
    side.breakDown();
    const after = await read(stream, 80_000);
    const whole = await read(new SpanStream(new SampleBlocks({ ...samples, rate: CONTEXT_RATE }), passage, CONTEXT_RATE), before.length + after.length);
    expect([...before, ...after]).toEqual(whole);
  });
  it("is not made any more when nobody wants it, and nothing of it comes", async () => {
    const side = new Bench();
    const stream = new Workshop(recording().samples, () => side).open({ ...PASSAGE, speed: 4 }, CONTEXT_RATE);
    const heard = stream.read(PIECE);
    stream.close();
    expect(await heard).toBeNull();
    expect(await stream.read(PIECE)).toBeNull();
    await vi.waitFor(() => expect(side.reports.flatMap((report) => (report.kind === "made" ? [report.channels] : []))).toEqual([null]));
  });
  it("comes when its samples can be had again, and lacks none of them", async () => {
    const { samples, state } = recording();
    const passage = { ...PASSAGE, first: 60_000, from: 60_000, last: 330_000 }; // the samples come in blocks of 65,536
    const stream = new Workshop(samples, () => new Bench()).open(passage, CONTEXT_RATE);
    state.refused = true;
    await expect(stream.read(PIECE)).rejects.toThrow("no samples");
    state.refused = false;
    const heard = [...(await stream.read(PIECE))![0]!];
    state.refused = true;
    for (let failed = false; !failed; ) {
      const piece = await stream.read(PIECE).catch(() => (failed = true) && null);
      heard.push(...(piece?.[0] ?? []));
    }
    state.refused = false;
    expect([...heard, ...(await read(stream))]).toEqual(await expected(passage));
  });
});
