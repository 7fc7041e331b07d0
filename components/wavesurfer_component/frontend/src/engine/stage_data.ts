/** What the stage draws of the recording: peaks, samples and spectrogram, opened from the server. */
import type { Task } from "../api/answers";
import type { Api } from "../api/api";
import type { Scope } from "../scope";
import { PeakStore } from "./peaks";
import { SampleStore } from "./samples";
import { SpectrogramStore } from "./spectrogram";

export class StageData {
  peaks: PeakStore | null = null;
  samples: SampleStore | null = null;
  spectrogram: SpectrogramStore | null = null;

  /** `arrived`: something more can be drawn. */
  constructor(
    private readonly api: Api,
    private readonly task: Task,
    private readonly scope: Scope,
    private readonly arrived: () => void,
  ) {}

  /** Seconds of the recording. */
  get duration(): number {
    return this.peaks?.duration ?? this.task.recording.duration;
  }

  /** Open peaks and samples; null when the scope has ended meanwhile. */
  async openPeaks(): Promise<PeakStore | null> {
    this.peaks = await PeakStore.open((start, stop) => this.api.peaks(this.task.id, start, stop), this.arrived);
    if (this.scope.ended) return null;
    const { channels, frames } = this.peaks.header;
    this.samples = new SampleStore(channels, frames, this.fetchSamples, this.arrived);
    return this.peaks;
  }

  async openSpectrogram(): Promise<void> {
    const about = await this.api.spectrogram(this.task.id);
    this.spectrogram = new SpectrogramStore(about, (level, tile, scale) => this.api.tile(this.task.id, level, tile, scale), this.arrived);
    this.arrived();
  }

  readonly fetchSamples = (start: number, stop: number): Promise<ArrayBuffer> => this.api.samples(this.task.id, start, stop);
}
