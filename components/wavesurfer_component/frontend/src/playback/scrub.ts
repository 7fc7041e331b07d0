/** Scrubbing: short grains of the sound where the pointer is. */
import type { SampleStore } from "../engine/samples";
import { Resampler } from "./resample";
import type { Sound } from "./sound";

/** Length of a grain and the time between two (s). */
const GRAIN = 0.09;
const APART = 0.06;
const FADE = 0.015;

export class Scrubber {
  private last = -1;
  private from = 0;
  private resampler: Resampler | null = null;

  constructor(private readonly sound: Sound) {}

  /** Sound a grain from `time` (s) on, unless one has just sounded or its samples are not here. */
  grain(time: number, samples: SampleStore, rate: number, channels: number): void {
    const { context, input } = this.sound.open();
    if (context.currentTime - this.last < APART) return;
    const first = Math.round(time * rate);
    const length = Math.round(GRAIN * rate);
    if (!samples.need(first, first + length)) return;
    this.resampler = rate === this.from ? this.resampler : new Resampler((this.from = rate), context.sampleRate); // buffers of any rate are not for every browser
    const buffer = grainOf(context, channels, (channel, index) => (index < length ? samples.at(channel, first + index) : 0), this.resampler!);
    const envelope = context.createGain();
    const now = context.currentTime;
    envelope.gain.setValueAtTime(0, now);
    envelope.gain.linearRampToValueAtTime(1, now + FADE);
    envelope.gain.setValueAtTime(1, now + GRAIN - FADE);
    envelope.gain.linearRampToValueAtTime(0, now + GRAIN);
    const node = context.createBufferSource();
    node.buffer = buffer;
    node.connect(envelope).connect(input);
    node.start();
    this.last = now;
  }
}

/** A grain at the rate of the context, of samples that are counted from its first. */
function grainOf(context: AudioContext, channels: number, sample: (channel: number, index: number) => number, resampler: Resampler): AudioBuffer {
  const length = Math.round(GRAIN * context.sampleRate);
  const { reach } = resampler;
  const input = new Float32Array(resampler.at(length) + 2 * reach + 2);
  const buffer = context.createBuffer(channels, length, context.sampleRate);
  for (let channel = 0; channel < channels; channel++) {
    for (let index = reach; index < input.length; index++) input[index] = sample(channel, index - reach);
    buffer.copyToChannel(resampler.run(input, -reach, 0, length) as Float32Array<ArrayBuffer>, channel);
  }
  return buffer;
}
