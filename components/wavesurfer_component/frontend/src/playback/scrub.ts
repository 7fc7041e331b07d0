/** Scrubbing: short grains of the sound where the pointer is. */
import type { SampleStore } from "../engine/samples";
import type { Sound } from "./sound";

/** Length of a grain and the time between two (s). */
const GRAIN = 0.09;
const APART = 0.06;
const FADE = 0.015;

export class Scrubber {
  private last = -1;

  constructor(private readonly sound: Sound) {}

  /** Sound a grain from `time` (s) on, unless one has just sounded or its samples are not here. */
  grain(time: number, samples: SampleStore, rate: number, channels: number): void {
    const { context, input } = this.sound.open();
    if (context.currentTime - this.last < APART || rate < 8000 || rate > 96_000) return;
    const first = Math.round(time * rate);
    const length = Math.round(GRAIN * rate);
    if (!samples.need(first, first + length)) return;
    const buffer = context.createBuffer(channels, length, rate);
    for (let channel = 0; channel < channels; channel++) {
      const data = buffer.getChannelData(channel);
      for (let index = 0; index < length; index++) data[index] = samples.at(channel, first + index);
    }
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
