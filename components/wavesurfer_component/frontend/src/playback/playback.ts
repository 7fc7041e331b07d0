/**
 * Playing: wavesurfer.js holds the media element and draws the overview. Regions and loops are played from their samples, so
 * that they end and repeat at the sample; everything else by the media element.
 */
import type WaveSurfer from "wavesurfer.js";
import type { Api } from "../api";
import type { PeakStore } from "../engine/peaks";
import type { Scope } from "../scope";
import type { Theme } from "../engine/theme";
import { percent, t } from "../i18n";
import { Scrubber } from "./scrub";
import type { Solo, Stretch } from "./solo";
import { Sound } from "./sound";
import type { Samples } from "./sample_blocks";
import { StretchPlayer } from "./stretch";

const ASK_AGAIN_MS = 700;
/** After a broken connection it is tried again (ms). */
const LOST_MS = [500, 1000, 2000, 4000, 8000];
const RATES = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4];

/** The stretch that is being played; asked anew every frame, so that it follows edits. */
interface Until {
  start(): number;
  stop(): number;
  /** Whether only what is heard alone is played of it. */
  skips?: true;
}

/** So long the first samples of a stretch are waited for before the media element plays it (ms). */
const SAMPLES_MS = 500;

export class Playback {
  readonly media = new Audio();
  readonly sound: Sound;
  readonly scrubber: Scrubber;
  loop = false;
  /** What alone is heard of the recording; null for everything. */
  solo: Solo | null = null;
  private heard: Stretch | null = null;
  /** The samples of the recording, as soon as something is known about them. */
  samples: Samples | null = null;
  private readonly stretch: StretchPlayer;
  private wanted = 0;
  private copying = "";
  private asked = false;
  private losses = 0;
  private surfer: WaveSurfer | null = null;
  private overviewHeight = 40;
  private until: Until | null = null;
  private playedSeconds = 0;
  private lastTime = 0;

  constructor(
    private readonly api: Api,
    private readonly task: string,
    private readonly scope: Scope,
    /** Where playing ends when nothing else says so (s). */
    private readonly last: number,
    private readonly changed: () => void,
  ) {
    this.sound = new Sound(this.media, () => this.samples?.channels ?? 2);
    this.scrubber = new Scrubber(this.sound);
    this.stretch = new StretchPlayer(
      this.sound,
      () => this.samples,
      (at) => {
        this.media.currentTime = at;
        this.until = null;
        changed();
      },
    );
    this.media.preload = "metadata";
    this.media.preservesPitch = true;
    this.media.src = api.audio(task, false);
    scope.on(this.media, "play", changed);
    scope.on(this.media, "pause", changed);
    scope.on(this.media, "seeked", changed);
    scope.on(this.media, "error", () => void (this.media.error?.code === MediaError.MEDIA_ERR_NETWORK ? this.lost() : this.refused()));
    scope.on(this.media, "timeupdate", () => (this.losses = 0));
    scope.on(this.media, "timeupdate", () => this.tick()); // frames stand still in a hidden tab
    scope.add(() => {
      this.wanted++;
      this.stretch.stop();
      this.media.pause();
      this.sound.close();
      this.surfer?.destroy();
      this.media.removeAttribute("src");
      this.media.load();
    });
  }

  /** Draw the overview strip into a box. */
  async overview(box: HTMLElement, peaks: PeakStore, theme: Theme): Promise<void> {
    const [coarse, wavesurfer] = await Promise.all([peaks.coarsest(), import("wavesurfer.js")]);
    if (this.scope.ended) return;
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
    this.surfer = wavesurfer.default.create({
      container: box,
      height: this.overviewHeight,
      media: this.media,
      peaks: [points],
      duration: peaks.duration,
      waveColor: theme.muted,
      progressColor: theme.primary,
      cursorWidth: 0,
      interact: false,
    });
  }

  /** Pixels. */
  setOverviewHeight(height: number): void {
    if (height === this.overviewHeight) return;
    this.overviewHeight = height;
    this.surfer?.setOptions({ height });
  }

  recolor(theme: Theme): void {
    this.surfer?.setOptions({ waveColor: theme.muted, progressColor: theme.primary });
  }

  /** What is heard now (s): what the media element says lies ahead of that by the latency of the effects. */
  get time(): number {
    if (this.stretch.playing) return this.stretch.time;
    return this.media.paused ? this.media.currentTime : Math.max(0, this.media.currentTime - this.sound.latency * this.media.playbackRate);
  }

  get playing(): boolean {
    return this.stretch.playing || !this.media.paused;
  }

  /** What keeps the recording from being played, and what is done about it. */
  get problem(): string | null {
    if (this.copying) return this.copying;
    return this.media.error ? t("The browser cannot play this recording. Check the connection and reload the page, or try another browser.") : null;
  }

  /** The connection broke off: try again, a little later each time, and go on from there. */
  private async lost(): Promise<void> {
    const wait = LOST_MS[this.losses++];
    this.changed();
    if (wait === undefined) return;
    await new Promise((resolve) => setTimeout(resolve, wait));
    if (!this.scope.ended) this.load(this.media.src);
  }

  /** Go on with this from where it is. */
  private load(address: string): void {
    const { currentTime, paused } = this.media;
    this.media.src = address;
    this.media.currentTime = currentTime;
    if (!paused) void this.media.play().catch(() => this.changed());
    this.changed();
  }

  /** The browser refuses the recording as it is: have a copy made that every browser plays, and go on with that. */
  private async refused(): Promise<void> {
    const code = this.media.error?.code;
    if (this.asked || (code !== MediaError.MEDIA_ERR_DECODE && code !== MediaError.MEDIA_ERR_SRC_NOT_SUPPORTED)) return this.changed();
    this.asked = true;
    try {
      for (;;) {
        const { ready, progress } = await this.api.compatibleAudio(this.task);
        if (this.scope.ended) return;
        if (ready) break;
        this.copying = t("This browser cannot play the recording as it is; a copy that it can play is being made ({progress}).", { progress: percent(progress) });
        this.changed();
        await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
      }
      this.load(this.api.audio(this.task, true));
    } catch {
      // what the media element says stands
    }
    this.copying = "";
    this.changed();
  }

  /** Go to a time; what is played goes on to where it was to stop, unless that lies behind. */
  seek(seconds: number): void {
    this.wanted++;
    if (this.stretch.playing) {
      this.stretch.stop(); // whoever goes elsewhere wants to hear on from there
      this.media.currentTime = Math.max(0, seconds);
      this.play(Math.max(0, seconds), () => this.last);
      return;
    }
    this.heard = null;
    if (this.until && seconds >= this.until.stop()) this.until = { start: () => seconds, stop: () => this.last };
    this.media.currentTime = Math.max(0, seconds);
    this.changed();
  }

  /** Play on, or from `first` when everything was played; or pause. */
  toggle(first: number, stop: number): void {
    if (this.playing) this.pause();
    else this.play(this.time >= stop - 0.005 || this.solo?.from(this.time) === null ? first : this.time, () => stop);
  }

  pause(): void {
    this.wanted++;
    this.until = null;
    const heard = this.time; // the media element is ahead of that by the latency of the effects
    if (this.stretch.playing) this.media.currentTime = this.stretch.stop();
    else if (this.playing && Math.abs(this.media.currentTime - heard) > 0.001) this.media.currentTime = heard;
    this.media.pause();
  }

  /** Play from `start` until `stop`, which may move while it plays. */
  play(start: number, stop: () => number): void {
    this.heard = this.solo?.from(start) ?? null;
    if (this.solo && (this.heard?.start ?? Infinity) >= stop()) return this.solo.nothing();
    void this.begin(this.heard?.start ?? start, { start: () => start, stop, skips: true }, false, false);
  }

  /** Play a region: from its first sample to its last. */
  playExactly(start: number, stop: () => number): void {
    void this.begin(start, { start: () => start, stop }, false, true);
  }

  /** Play a stretch again and again; null ends it. */
  repeat(span: () => { start: number; end: number } | null): void {
    const first = span();
    if (!first) return;
    let last = first;
    const now = (): { start: number; end: number } => (last = span() ?? last);
    void this.begin(first.start, { start: () => now().start, stop: () => now().end }, true, true);
  }

  /** `exact`: from the samples, if that is possible. */
  private async begin(start: number, until: Until, loop: boolean, exact: boolean): Promise<void> {
    if (start >= until.stop() - 0.005) return;
    if (this.stretch.playing) this.stretch.stop();
    this.loop = loop;
    this.until = until;
    const span = { start, end: until.stop() };
    const wanted = ++this.wanted;
    if (exact && this.stretch.able) {
      this.media.pause();
      const loaded = this.stretch.load(span, loop, this.rate).then(
        () => true,
        () => false,
      );
      const late = new Promise<boolean>((resolve) => window.setTimeout(() => resolve(false), SAMPLES_MS));
      const here = await Promise.race([loaded, late]);
      if (wanted !== this.wanted) return; // something else was asked for meanwhile
      if (here) {
        return this.playStretch();
      }
    }
    this.sound.resume();
    if (Math.abs(this.time - start) > 0.0005) this.media.currentTime = start;
    void this.media.play().catch(() => this.changed());
  }

  /** Play what was loaded, at the speed that was chosen meanwhile. */
  private playStretch(): void {
    this.media.pause();
    this.stretch.play();
    this.stretch.setSpeed(this.rate);
    this.changed();
  }

  /** At the end of a loop that the media element plays: from its samples if they are here now. */
  private turn(until: Until): void {
    const span = { start: until.start(), end: until.stop() };
    if (this.stretch.isReady(span, true, this.rate)) return this.playStretch();
    if (this.stretch.able) void this.stretch.load(span, true, this.rate).catch(() => undefined);
    this.media.currentTime = span.start;
  }

  /** Called every frame: ends or repeats a region. */
  tick(): void {
    const present = this.time;
    if (this.playing && present > this.lastTime && present - this.lastTime < 1) this.playedSeconds += present - this.lastTime;
    this.lastTime = present;
    if (!this.until || !this.playing) return;
    if (this.stretch.playing) {
      if (this.loop) this.stretch.moved({ start: this.until.start(), end: this.until.stop() });
      return;
    }
    const stop = this.until.skips && this.solo ? this.skip(this.solo, present, this.until.stop()) : this.until.stop();
    if (present < stop) return;
    if (this.loop) return this.turn(this.until);
    this.media.pause();
    this.media.currentTime = stop;
    this.until = null;
  }

  /** Go on to the next stretch that is heard, when one has ended; where playing ends if none follows. */
  private skip(solo: Solo, present: number, stop: number): number {
    if (this.heard && present < this.heard.stop) return Math.min(stop, this.heard.stop);
    const next = solo.from(this.heard?.stop ?? present);
    if (!next || next.start >= stop) return Math.min(stop, present);
    this.heard = next;
    if (next.start > present) this.media.currentTime = next.start;
    return stop;
  }

  /** Seconds played since it was asked the last time. */
  takePlayed(): number {
    const played = this.playedSeconds;
    this.playedSeconds = 0;
    return played;
  }

  get rate(): number {
    return this.media.playbackRate;
  }

  changeRate(direction: -1 | 0 | 1): number {
    const at = RATES.indexOf(this.rate);
    this.setRate(direction === 0 ? 1 : RATES[Math.min(RATES.length - 1, Math.max(0, (at < 0 ? 3 : at) + direction))]!);
    return this.rate;
  }

  /** Another speed, with the pitch kept. */
  setRate(rate: number): void {
    this.media.playbackRate = rate;
    this.stretch.setSpeed(rate);
  }
}

export { RATES };
