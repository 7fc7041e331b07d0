/**
 * Playing: wavesurfer.js holds the media element and draws the overview. Regions and loops are played from their samples, so
 * that they end and repeat at the sample; everything else by the media element.
 */
import type { Api } from "../api/api";
import type { Scope } from "../scope";
import { OverviewStrip } from "./overview_strip";
import type { Scrubber } from "./scrub";
import type { Solo, Stretch } from "./solo";
import { Sound } from "./sound";
import { Source } from "./source";
import type { Samples } from "./sample_blocks";
import type { StretchPlayer } from "./stretch";

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
  readonly strip: OverviewStrip;
  loop = false;
  /** The task is not there any more, which is told elsewhere: no fault of the browser. */
  gone = false;
  /** What alone is heard of the recording; null for everything. */
  solo: Solo | null = null;
  private heard: Stretch | null = null;
  /** The samples of the recording, as soon as something is known about them. */
  samples: Samples | null = null;
  /** Plays from the samples; null until it is fetched. */
  private stretch: StretchPlayer | null = null;
  private scrubber: Scrubber | null = null;
  private readonly source: Source;
  private wanted = 0;
  private until: Until | null = null;
  private playedSeconds = 0;
  private lastTime = 0;

  constructor(
    api: Api,
    task: string,
    scope: Scope,
    /** Where playing ends when nothing else says so (s). */
    private readonly last: number,
    private readonly changed: () => void,
  ) {
    this.sound = new Sound(this.media, () => this.samples?.channels ?? 2);
    this.strip = new OverviewStrip(this.media, scope);
    this.media.preload = "metadata";
    this.media.preservesPitch = true;
    this.source = new Source(this.media, api, task, scope, changed);
    scope.on(this.media, "play", changed);
    scope.on(this.media, "pause", changed);
    scope.on(this.media, "seeked", changed);
    scope.on(this.media, "timeupdate", () => this.tick()); // frames stand still in a hidden tab
    scope.add(() => {
      this.wanted++;
      this.stretch?.close();
      this.media.pause();
      this.sound.close();
      this.media.removeAttribute("src");
      this.media.load();
    });
  }

  /** What is heard now (s): what the media element says lies ahead of that by the latency of the effects. */
  get time(): number {
    if (this.stretch?.playing) return this.stretch.time;
    return this.media.paused ? this.media.currentTime : Math.max(0, this.media.currentTime - this.sound.latency * this.media.playbackRate);
  }

  get playing(): boolean {
    return this.stretch?.playing || !this.media.paused;
  }

  /** What keeps the recording from being played, and what is done about it. */
  get problem(): string | null {
    return this.gone ? null : this.source.problem;
  }

  /** Go to a time; what is played goes on to where it was to stop, unless that lies behind. */
  seek(seconds: number): void {
    this.wanted++;
    if (this.stretch?.playing) {
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
    if (this.stretch?.playing) this.media.currentTime = this.stretch.stop();
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
    if (this.stretch?.playing) this.stretch.stop();
    this.loop = loop;
    this.until = until;
    const span = { start, end: until.stop() };
    const wanted = ++this.wanted;
    if (exact && this.samples) {
      this.media.pause();
      const loaded = this.loaded(span, loop).catch(() => false);
      const late = new Promise<boolean>((resolve) => window.setTimeout(() => resolve(false), SAMPLES_MS));
      const here = await Promise.race([loaded, late]);
      if (wanted !== this.wanted) return; // something else was asked for meanwhile
      if (here) return this.playStretch();
    }
    this.sound.resume();
    if (Math.abs(this.time - start) > 0.0005) this.media.currentTime = start;
    void this.media.play().catch(() => this.changed());
  }

  /** Fetch what plays from the samples; when that fails, the next time that it is wanted. */
  async fetch(): Promise<StretchPlayer> {
    const { Scrubber, StretchPlayer } = await import("./from_samples");
    this.scrubber ??= new Scrubber(this.sound);
    return (this.stretch ??= new StretchPlayer(
      this.sound,
      () => this.samples,
      (at) => {
        this.media.currentTime = at;
        this.until = null;
        this.changed();
      },
    ));
  }

  /** Sound a grain from a time (s) on: somebody moves over the ruler. */
  grain(...[time, samples, rate, channels]: Parameters<Scrubber["grain"]>): void {
    this.scrubber?.grain(time, samples, rate, channels);
  }

  /** Make the beginning of a stretch; false when it cannot be played from its samples. */
  private async loaded(span: { start: number; end: number }, loop: boolean): Promise<boolean> {
    const stretch = await this.fetch();
    if (stretch.able) await stretch.load(span, loop, this.rate);
    return stretch.able;
  }

  /** Play what was loaded, at the speed that was chosen meanwhile. */
  private playStretch(): void {
    this.media.pause();
    this.stretch?.play();
    this.stretch?.setSpeed(this.rate);
    this.changed();
  }

  /** At the end of a loop that the media element plays: from its samples if they are here now. */
  private turn(until: Until): void {
    const span = { start: until.start(), end: until.stop() };
    if (this.stretch?.isReady(span, true, this.rate)) return this.playStretch();
    if (this.samples) void this.loaded(span, true).catch(() => undefined);
    this.media.currentTime = span.start;
  }

  /** Called every frame: ends or repeats a region. */
  tick(): void {
    const present = this.time;
    if (this.playing && present > this.lastTime && present - this.lastTime < 1) this.playedSeconds += present - this.lastTime;
    this.lastTime = present;
    if (!this.until || !this.playing) return;
    if (this.stretch?.playing) {
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
    this.stretch?.setSpeed(rate);
  }
}

export { RATES };
