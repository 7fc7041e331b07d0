/** What is played of a stretch: its own samples, from the first to the last, at every rate, speed and length. */
import { describe, expect, it } from "vitest";
import { Resampler } from "../src/playback/resample";
import { SampleBlocks } from "../src/playback/sample_blocks";
import type { Passage } from "../src/playback/passage";
import { SpanStream } from "../src/playback/span_stream";

const LOUD = 20_000;

/** A recording whose samples are told by a function of their number; counts what is fetched. */
function recording(rate: number, seconds: number, sample: (frame: number, channel: number) => number, channels = 1) {
  const frames = Math.round(seconds * rate);
  const asked: [number, number][] = [];
  const fetch = async (start: number, stop: number): Promise<ArrayBuffer> => {
    asked.push([start, stop]);
    const data = new Int16Array((stop - start) * channels);
    for (let frame = start; frame < stop; frame++) for (let channel = 0; channel < channels; channel++) data[(frame - start) * channels + channel] = Math.round(sample(frame, channel));
    return data.buffer;
  };
  return { blocks: new SampleBlocks({ rate, frames, channels, fetch }), asked };
}

function passage(rate: number, start: number, end: number, more: Partial<Passage> = {}): Passage {
  const first = Math.round(start * rate);
  return { first, last: Math.round(end * rate), from: first, loops: false, speed: 1, ...more };
}

async function heard(stream: SpanStream, most: number): Promise<Float32Array[]> {
  const pieces: Float32Array[][] = [];
  let count = 0;
  while (count < most) {
    const piece = await stream.read(Math.min(8192, most - count));
    if (!piece) break;
    count += piece[0]!.length;
    pieces.push(piece);
  }
  return (pieces[0] ?? [new Float32Array(0)]).map((_, channel) => {
    const all = new Float32Array(count);
    let at = 0;
    for (const piece of pieces) {
      all.set(piece[channel]!, at);
      at += piece[channel]!.length;
    }
    return all;
  });
}

const tone = (rate: number, hertz: number) => (frame: number): number => LOUD * Math.sin((2 * Math.PI * hertz * frame) / rate);

/** How often a tone swings in a second, from its upward crossings of zero. */
function pitch(samples: Float32Array, rate: number): number {
  const crossings: number[] = [];
  for (let index = 1; index < samples.length; index++) {
    const [before, after] = [samples[index - 1]!, samples[index]!];
    if (before < 0 && after >= 0) crossings.push(index - 1 + before / (before - after));
  }
  return ((crossings.length - 1) * rate) / (crossings[crossings.length - 1]! - crossings[0]!);
}

const loudest = (samples: Float32Array): number => samples.reduce((most, one) => Math.max(most, Math.abs(one)), 0);

describe("samples at another rate", () => {
  it.each([[8000, 48_000], [44_100, 48_000], [96_000, 44_100], [192_000, 48_000], [22_050, 44_100]])("of a tone at %i Hz are those of the tone at %i Hz", (from, to) => {
    const resampler = new Resampler(from, to);
    const hertz = 1000;
    const input = Float32Array.from({ length: from / 2 }, (_, frame) => Math.sin((2 * Math.PI * hertz * (frame - resampler.reach)) / from));
    const output = resampler.run(input, -resampler.reach, 0, to / 4);
    const wrong = output.reduce((most, one, index) => Math.max(most, Math.abs(one - Math.sin((2 * Math.PI * hertz * index) / to))), 0);
    expect(wrong).toBeLessThan(2e-3);
  });
  it("have nothing of what the lower rate cannot hold", () => {
    const resampler = new Resampler(192_000, 48_000);
    const input = Float32Array.from({ length: 20_000 }, (_, frame) => Math.sin((2 * Math.PI * 40_000 * frame) / 192_000));
    expect(loudest(resampler.run(input, 0, 100, 4000))).toBeLessThan(1e-3);
  });
});

describe("a stretch at its own speed", () => {
  it("has its very samples where the rates are the same", async () => {
    const { blocks } = recording(48_000, 3, (frame) => (frame * 7919) % 30_000);
    const [samples] = await heard(new SpanStream(blocks, passage(48_000, 1.2345, 2.0001), 48_000), Infinity);
    expect(samples!.length).toBe(Math.round(2.0001 * 48_000) - Math.round(1.2345 * 48_000));
    expect([0, 17, samples!.length - 1].map((at) => Math.round(samples![at]! * 32767))).toEqual([0, 17, samples!.length - 1].map((at) => ((59_256 + at) * 7919) % 30_000));
  });
  it.each([8000, 22_050, 96_000, 192_000, 384_000])("lasts as long as it is marked when the recording has %i Hz", async (rate) => {
    const { blocks } = recording(rate, 2, tone(rate, 440));
    const [samples] = await heard(new SpanStream(blocks, passage(rate, 0.5, 1.5), 48_000), Infinity);
    expect(samples!.length).toBe(48_000);
    expect(pitch(samples!.subarray(1000, 47_000), 48_000)).toBeCloseTo(440, 1);
  });
  it("has nothing of what lies beside it", async () => {
    const { blocks } = recording(8000, 3, (frame) => (frame >= 8000 && frame < 16_000 ? 0 : LOUD));
    const [samples] = await heard(new SpanStream(blocks, passage(8000, 1, 2), 48_000), Infinity);
    expect(loudest(samples!)).toBe(0);
  });
  it("keeps its channels apart", async () => {
    const { blocks } = recording(48_000, 1, (_, channel) => 1000 * (channel + 1), 2);
    const channels = await heard(new SpanStream(blocks, passage(48_000, 0.1, 0.2), 48_000), Infinity);
    expect(channels.map((one) => Math.round(one[100]! * 32767))).toEqual([1000, 2000]);
  });
});

describe("a loop", () => {
  it("repeats without a gap, and its turns never drift from its length", async () => {
    const rate = 44_100;
    const { blocks } = recording(rate, 2, tone(rate, 440));
    const stream = new SpanStream(blocks, passage(rate, 1, 1 + 4410.3 / rate, { loops: true }), 48_000);
    const [samples] = await heard(stream, 40 * 4800);
    const length = (4410 * 48_000) / rate;
    expect(length).toBe(4800);
    for (const turn of [1, 20, 39]) expect([...samples!.slice(turn * length, turn * length + 50)]).toEqual([...samples!.slice(0, 50)]);
    expect(pitch(samples!, 48_000)).toBeCloseTo(440, 0);
  });
  it("of a length that is no whole number of output samples is on time after a thousand turns", async () => {
    const { blocks } = recording(44_100, 1, (frame) => (frame === 22_050 ? LOUD : 0));
    const stream = new SpanStream(blocks, passage(44_100, 0.5, 0.5 + 101 / 44_100, { loops: true }), 48_000);
    const [samples] = await heard(stream, 120_000);
    const due = Math.round((1000 * 101 * 48_000) / 44_100);
    expect(samples![due]!).toBeGreaterThan(0.4);
    expect(samples![due - 1]!).toBeLessThan(0.1);
    expect(stream.position(due)).toBeCloseTo(0.5, 4);
  });
  it("of hours asks for what is heard soon and forgets what was heard long ago", async () => {
    const block = 1 << 16;
    const asked: number[] = [];
    const fetch = async (start: number, stop: number): Promise<ArrayBuffer> => (asked.push(start / block), new ArrayBuffer(2 * (stop - start)));
    const blocks = new SampleBlocks({ rate: 48_000, frames: 7200 * 48_000, channels: 1, fetch });
    await heard(new SpanStream(blocks, passage(48_000, 0, 7200, { loops: true }), 48_000), 48_000);
    expect(Math.max(...asked)).toBeLessThanOrEqual(2);
    for (let number = 0; number < 300; number++) await blocks.read(number * block, 1, 0, Infinity);
    const before = asked.length;
    await blocks.read(298 * block, 1, 0, Infinity);
    expect(asked.length).toBe(before);
    await blocks.read(0, 1, 0, Infinity);
    expect(asked.slice(before)).toContain(0);
  });
  it("that goes on in the middle comes back to its start", async () => {
    const { blocks } = recording(48_000, 2, (frame) => frame % 30_000);
    const stream = new SpanStream(blocks, passage(48_000, 0.5, 1, { loops: true, from: 36_000 }), 48_000);
    const [samples] = await heard(stream, 30_000);
    expect([samples![0]!, samples![12_000]!].map((one) => Math.round(one * 32767))).toEqual([36_000 % 30_000, 24_000]);
    expect([stream.position(0), stream.position(6000), stream.position(12_000), stream.position(36_000)]).toEqual([0.75, 0.875, 0.5, 0.5]);
  });
});

describe("another speed", () => {
  it.each([0.25, 0.5, 0.75, 1.25, 1.5, 2, 3, 4])("of %f keeps the pitch and takes exactly as much longer or shorter", async (speed) => {
    const { blocks } = recording(44_100, 4, tone(44_100, 330));
    const [samples] = await heard(new SpanStream(blocks, passage(44_100, 1, 3, { speed }), 48_000), Infinity);
    expect(samples!.length).toBe(Math.round(96_000 / speed));
    const middle = samples!.subarray(2000, samples!.length - 3000);
    expect(Math.abs(pitch(middle, 48_000) - 330)).toBeLessThan(1.5);
    for (let at = 0; at + 480 < middle.length; at += 480) {
      const most = loudest(middle.subarray(at, at + 480));
      expect(most).toBeGreaterThan((0.85 * LOUD) / 32767);
      expect(most).toBeLessThan((1.1 * LOUD) / 32767);
    }
  });
  it.each([0.25, 0.5, 2, 4])("of %f begins with the first sample, ends with the last, and has nothing of what lies beside them", async (speed) => {
    const { blocks } = recording(48_000, 3, (frame) => (frame < 48_000 || frame >= 96_000 ? -LOUD : frame < 48_480 ? 5000 : frame >= 95_520 ? 15_000 : 10_000));
    const [samples] = await heard(new SpanStream(blocks, passage(48_000, 1, 2, { speed }), 48_000), Infinity);
    expect(Math.round(samples![0]! * 32767)).toBe(5000);
    expect(Math.round(samples![samples!.length - 1]! * 32767)).toBeGreaterThan(14_900);
    expect(samples!.reduce((least, one) => Math.min(least, one), 1)).toBeGreaterThan(0.15);
  });
  it("has events where they belong", async () => {
    const at = 60_000;
    const { blocks } = recording(48_000, 3, (frame) => (Math.abs(frame - at) < 200 ? LOUD * Math.sin(frame) : 0));
    for (const speed of [0.5, 2]) {
      const [samples] = await heard(new SpanStream(blocks, passage(48_000, 1, 2, { speed }), 48_000), Infinity);
      const loud = samples!.findIndex((one) => Math.abs(one) > 0.2);
      expect(Math.abs(loud - (at - 200 - 48_000) / speed)).toBeLessThan(0.025 * 48_000);
    }
  });
  it("repeats in a loop without drift, also one that is shorter than a fade", async () => {
    const { blocks } = recording(48_000, 2, tone(48_000, 700));
    for (const [end, speed] of [[1.3, 0.75], [1.005, 0.5], [1.001, 4]] as const) {
      const stream = new SpanStream(blocks, passage(48_000, 1, end, { loops: true, speed }), 48_000);
      const length = (Math.round(end * 48_000) - 48_000) / speed;
      const [samples] = await heard(stream, Math.round(12 * length));
      expect(samples!.length).toBe(Math.round(12 * length));
      const due = Math.round(10 * length);
      for (const index of [0, 3, Math.floor(length / 2)]) expect(samples![due + index]!).toBeCloseTo(samples![index]!, 3);
      expect(stream.position(10 * length + 1)).toBeCloseTo(1 + speed / 48_000, 6);
    }
  });
});
