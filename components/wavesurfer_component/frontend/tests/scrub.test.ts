/** Scrubbing: a grain of the sound under the pointer, at every rate that recordings have. */
import { expect, it } from "vitest";
import { SampleStore } from "../src/engine/samples";
import { Scrubber } from "../src/playback/scrub";
import type { Sound } from "../src/playback/sound";

/** Just what a grain needs of Web Audio; keeps what sounds. */
function loudspeakers() {
  const played: { rate: number; samples: Float32Array }[] = [];
  const parameter = { setValueAtTime: () => undefined, linearRampToValueAtTime: () => undefined };
  const node = { gain: parameter, connect: (to: unknown) => to };
  const context = {
    currentTime: 1,
    sampleRate: 48_000,
    createGain: () => node,
    createBuffer: (channels: number, length: number, rate: number) => {
      const data = Array.from({ length: channels }, () => new Float32Array(length));
      return { data, rate, copyToChannel: (samples: Float32Array, channel: number) => data[channel]!.set(samples) };
    },
    createBufferSource: () => ({
      buffer: null as { data: Float32Array[]; rate: number } | null,
      connect: (to: unknown) => to,
      start() {
        played.push({ rate: this.buffer!.rate, samples: this.buffer!.data[0]! });
      },
    }),
  };
  return { sound: { open: () => ({ context, input: node }) } as unknown as Sound, played };
}

it.each([4000, 8000, 44_100, 96_000, 192_000])("a recording of %i Hz sounds under the pointer", async (rate) => {
  const tone = (frame: number): number => 0.5 * Math.sin((2 * Math.PI * 500 * frame) / rate);
  const fetch = async (start: number, stop: number): Promise<ArrayBuffer> => Int16Array.from({ length: stop - start }, (_, index) => Math.round(32767 * tone(start + index))).buffer;
  const store = new SampleStore(1, 2 * rate, fetch, () => undefined);
  const { sound, played } = loudspeakers();
  const scrubber = new Scrubber(sound);
  scrubber.grain(1, store, rate, 1);
  expect(played).toEqual([]); // its samples are on their way
  await new Promise((resolve) => setTimeout(resolve));
  scrubber.grain(1, store, rate, 1);
  const [grain] = played;
  expect(grain!.rate).toBe(48_000);
  for (const index of [400, 1000, 3000]) expect(grain!.samples[index]!).toBeCloseTo(0.5 * Math.sin((2 * Math.PI * 500 * index) / 48_000), 2);
});
