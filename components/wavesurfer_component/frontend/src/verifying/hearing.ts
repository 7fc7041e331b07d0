/** Plays a region from its samples, leveled; another one, or the same again, takes its place. */
import type { RegionToVerify } from "../api/answers";
import type { HttpApi } from "../api/http_api";
import type { Scope } from "../scope";

/** Longer regions are heard up to there (s). */
const LONGEST = 20;
/** Samples that the server gives out at once. */
const AT_ONCE = 1 << 18;

export class Hearing {
  private context: AudioContext | null = null;
  private source: AudioBufferSourceNode | null = null;
  private wanted = 0;

  constructor(
    private readonly api: HttpApi,
    scope: Scope,
    /** Decibels that a recording is played louder. */
    private readonly gain: (item: RegionToVerify) => number,
  ) {
    scope.add(() => {
      this.stop();
      void this.context?.close();
    });
  }

  get playing(): boolean {
    return this.source !== null;
  }

  stop(): void {
    this.wanted++;
    this.source?.stop();
    this.source = null;
  }

  async play(item: RegionToVerify): Promise<void> {
    const { task, region, sample_rate, channels } = item;
    this.stop();
    const asked = this.wanted;
    this.context ??= new AudioContext();
    const first = Math.round(region.start * sample_rate);
    const last = Math.max(first + 1, Math.round(Math.min(region.end, region.start + LONGEST) * sample_rate));
    const buffer = this.context.createBuffer(channels, last - first, sample_rate);
    for (let from = first; from < last; from += AT_ONCE) {
      const samples = new Int16Array(await this.api.samples(task, from, Math.min(last, from + AT_ONCE)));
      if (asked !== this.wanted) return; // another one is wanted by now
      for (let channel = 0; channel < channels; channel++) {
        const heard = buffer.getChannelData(channel);
        for (let i = 0; i * channels < samples.length; i++) heard[from - first + i] = samples[i * channels + channel]! / 32768;
      }
    }
    await this.context.resume();
    if (asked !== this.wanted) return;
    const source = this.context.createBufferSource();
    source.buffer = buffer;
    const gain = this.context.createGain();
    gain.gain.value = 10 ** (this.gain(item) / 20);
    source.connect(gain).connect(this.context.destination);
    source.onended = () => {
      if (this.source === source) this.source = null;
    };
    this.source = source;
    source.start();
  }
}
