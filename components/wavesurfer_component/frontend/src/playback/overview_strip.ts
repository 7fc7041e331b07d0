/** The waveform of the whole recording in the overview, which wavesurfer.js draws with how far it was played. */
import type WaveSurfer from "wavesurfer.js";
import type { PeakStore } from "../engine/peaks";
import type { Theme } from "../engine/theme";
import type { Scope } from "../scope";

export class OverviewStrip {
  private surfer: WaveSurfer | null = null;
  private height = 40;

  constructor(
    private readonly media: HTMLMediaElement,
    private readonly scope: Scope,
  ) {
    scope.add(() => this.surfer?.destroy());
  }

  /** Draw it into a box. */
  async draw(box: HTMLElement, peaks: PeakStore, theme: Theme): Promise<void> {
    const [coarse, wavesurfer] = await Promise.all([peaks.coarsest(), import("wavesurfer.js")]);
    if (this.scope.ended) return;
    this.surfer?.destroy();
    this.surfer = wavesurfer.default.create({
      container: box,
      height: this.height,
      media: this.media,
      peaks: [envelopeOf(coarse, peaks.header.channels)],
      duration: peaks.duration,
      waveColor: theme.muted,
      progressColor: theme.primary,
      cursorWidth: 0,
      interact: false,
    });
  }

  /** Pixels. */
  setHeight(height: number): void {
    if (height === this.height) return;
    this.height = height;
    this.surfer?.setOptions({ height });
  }

  recolor(theme: Theme): void {
    this.surfer?.setOptions({ waveColor: theme.muted, progressColor: theme.primary });
  }
}

/** The highest and the lowest of all channels in every bucket, −1 … 1. */
function envelopeOf(coarse: ArrayLike<number>, channels: number): Float32Array {
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
  return points;
}
