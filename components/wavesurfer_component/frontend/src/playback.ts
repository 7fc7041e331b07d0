/** Playing: wavesurfer.js holds the media element and draws the overview; regions stop exactly where they end. */
import WaveSurfer from "wavesurfer.js";
import type { PeakStore } from "./peaks";
import type { Scope } from "./scope";
import type { Theme } from "./theme";

const RATES = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4];

export class Playback {
  readonly media = new Audio();
  loop = false;
  private surfer: WaveSurfer | null = null;
  private until: { start: number; stop: number } | null = null;
  playedSeconds = 0;
  private lastTime = 0;

  constructor(
    url: string,
    scope: Scope,
    private readonly changed: () => void,
  ) {
    this.media.preload = "metadata";
    this.media.preservesPitch = true;
    this.media.src = url;
    scope.on(this.media, "play", changed);
    scope.on(this.media, "pause", changed);
    scope.on(this.media, "seeked", changed);
    scope.on(this.media, "error", changed);
    scope.add(() => {
      this.media.pause();
      this.surfer?.destroy();
      this.media.removeAttribute("src");
      this.media.load();
    });
  }

  /** Draw the overview strip into a box. */
  async overview(box: HTMLElement, peaks: PeakStore, theme: Theme): Promise<void> {
    const coarse = await peaks.coarsest();
    const channels = peaks.header.channels;
    const buckets = coarse.length / (2 * channels);
    const points = new Float32Array(2 * buckets);
    for (let bucket = 0; bucket < buckets; bucket++) {
      let low = 0;
      let high = 0;
      for (let channel = 0; channel < channels; channel++) {
        low = Math.min(low, coarse[(bucket * channels + channel) * 2]!);
        high = Math.max(high, coarse[(bucket * channels + channel) * 2 + 1]!);
      }
      points[2 * bucket] = high / 128;
      points[2 * bucket + 1] = low / 128;
    }
    this.surfer?.destroy();
    this.surfer = WaveSurfer.create({
      container: box,
      height: 40,
      media: this.media,
      peaks: [points],
      duration: peaks.duration,
      waveColor: theme.muted,
      progressColor: theme.primary,
      cursorWidth: 0,
      interact: false,
    });
  }

  recolor(theme: Theme): void {
    this.surfer?.setOptions({ waveColor: theme.muted, progressColor: theme.primary });
  }

  get time(): number {
    return this.media.currentTime;
  }

  get playing(): boolean {
    return !this.media.paused;
  }

  get problem(): string | null {
    return this.media.error ? "The browser cannot play this recording." : null;
  }

  seek(seconds: number): void {
    this.until = null;
    this.media.currentTime = Math.max(0, seconds);
    this.changed();
  }

  toggle(stop: number): void {
    if (this.playing) this.pause();
    else this.play(this.time, stop, false);
  }

  pause(): void {
    this.until = null;
    this.media.pause();
  }

  /** Play from `start` and stop at `stop`; with `repeat` begin again. */
  play(start: number, stop: number, repeat: boolean): void {
    if (start >= stop - 0.005) return;
    if (Math.abs(this.time - start) > 0.0005) this.media.currentTime = start;
    this.until = { start, stop };
    this.loop = repeat;
    void this.media.play().catch(() => this.changed());
  }

  /** Called every frame: ends or repeats a region. */
  tick(): void {
    const present = this.time;
    if (this.playing && present > this.lastTime && present - this.lastTime < 1) this.playedSeconds += present - this.lastTime;
    this.lastTime = present;
    if (!this.until || !this.playing || present < this.until.stop) return;
    if (this.loop) {
      this.media.currentTime = this.until.start;
      return;
    }
    this.media.pause();
    this.media.currentTime = this.until.stop;
    this.until = null;
  }

  get rate(): number {
    return this.media.playbackRate;
  }

  changeRate(direction: -1 | 0 | 1): number {
    const at = RATES.indexOf(this.rate);
    this.media.playbackRate = direction === 0 ? 1 : RATES[Math.min(RATES.length - 1, Math.max(0, (at < 0 ? 3 : at) + direction))]!;
    return this.rate;
  }

  setRate(rate: number): void {
    this.media.playbackRate = rate;
  }
}

export { RATES };
