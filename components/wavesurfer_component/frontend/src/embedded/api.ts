/** What the editor asks for, answered from what Python handed over: for apps that have no LabelBuddy server. */
import { type Annotation, type FoundGrid, type Job, type Prediction, type Preferences, type Project, type ProjectModel, type Saved, type Suggested, type Task, USUAL_PREFERENCES } from "../api/answers";
import type { Api } from "../api/api";
import type { AnnotationDocument } from "../editing/document";
import type { ItemDecision } from "../editing/pending_decisions";
import type { SaverPorts, Saves } from "../editing/saver";
import { browserStore, keepInTab, keptInTab, newUuid } from "../editing/storage";
import type { FoundPoints } from "../engine/snap_points";
import type { Scale, SpectrogramDescription, TileData } from "../engine/spectrogram";
import { t } from "../i18n";
import type { Scope } from "../scope";
import type { Edited, EmbeddedData } from "./data";
import { fetchJson, fetchRange } from "./files";
import { Keeper } from "./keeper";
import { type Analysis, foundGrid, pointsBetween, zeroCrossings } from "./points";
import { Tiles } from "./tiles";

const PREFERENCES = "labelbuddy:preferences";
/** Zero crossings are given for at most so long (s). */
const LONGEST_ZERO = 10;

export class EmbeddedApi implements Api {
  readonly served = false;
  readonly page = (): string => "";
  private keeping: Keeper | null = null;
  private found: { address: string; analysis: Promise<Analysis> } | null = null;
  private readonly tiles: Tiles;

  constructor(
    private data: EmbeddedData,
    private readonly send: (edited: Edited) => void,
    scope: Scope,
  ) {
    const { channels, spectrogram: about } = data.sound;
    this.tiles = new Tiles({ about, channels, samples: (start, stop) => this.samples("", start, stop) }, scope);
  }

  get readonly(): boolean {
    return this.data.readonly;
  }

  /** Python says something new about the same recording. */
  update(data: EmbeddedData): void {
    this.data = data;
    if (data.received) this.keeping?.answer(data.received);
  }

  /** Send what is unsent now. */
  flush(): void {
    this.keeping?.now();
  }

  keeper(ports: SaverPorts): Saves {
    const { recording, base } = this.data;
    this.keeping = new Keeper(recording, base, newUuid(), ports, {
      send: (edited) => this.send(edited),
      now: () => performance.now(),
      later: (action, milliseconds) => window.setTimeout(action, milliseconds),
      cancel: (timer) => window.clearTimeout(timer),
    });
    return this.keeping;
  }

  async task(): Promise<Task> {
    const { name, sample_rate, channels, warning } = this.data.sound;
    const recording = { name, duration: this.duration, sample_rate, channels, warning };
    return { id: this.data.recording, project: this.data.recording, recording, start: 0, stop: this.duration, state: "in_progress", flag: null, my_skip: null };
  }

  async project(): Promise<Project> {
    const { recording, sound, instructions, controls, labels } = this.data;
    return { id: recording, name: sound.name, instructions, controls, labels, lanes: "labels", tiers: [], review_reasons: [] };
  }

  async annotation(): Promise<Annotation> {
    const document = await fetchJson<AnnotationDocument>(this.data.document);
    return { id: null, user: "", revision: 0, state: "draft", document, reviews: [] };
  }

  async predictions(): Promise<Suggested> {
    const found = await fetchJson<Omit<Prediction, "decisions">[]>(this.data.predictions);
    const decided = this.decisions;
    return { items: found.map((one) => ({ ...one, decisions: decided[one.id] ?? {} })), withheld: null };
  }

  async models(): Promise<ProjectModel[]> {
    return [];
  }

  async decide(_task: string, decisions: readonly ItemDecision[]): Promise<void> {
    const decided = this.decisions;
    for (const { prediction, region, decision } of decisions) decided[prediction] = { ...decided[prediction], [region]: decision };
    keepInTab(this.decisionsKey, decided);
  }

  async preferences(): Promise<Preferences> {
    const kept = JSON.parse(browserStore().getItem(PREFERENCES) ?? "{}") as Partial<Preferences>;
    return { ...USUAL_PREFERENCES, ...kept, language: this.data.language };
  }

  async setPreferences(preferences: Preferences): Promise<Preferences> {
    if (!browserStore().setItem(PREFERENCES, JSON.stringify(preferences))) throw new Error(t("This browser keeps nothing."));
    return preferences;
  }

  async beats(): Promise<FoundGrid> {
    return foundGrid(await this.analysis());
  }

  async snapPoints(_task: string, start: number, stop: number, kinds: string): Promise<FoundPoints> {
    const wanted = kinds.split(",");
    const found = wanted.some((kind) => kind !== "zero") ? pointsBetween(await this.analysis(), start, stop, wanted) : {};
    if (wanted.includes("zero")) found.zero = await this.zeros(start, Math.min(stop, start + LONGEST_ZERO));
    return found;
  }

  /** Every browser plays WAV. */
  audio(_task: string, compatible: boolean): string {
    return compatible ? this.data.files.samples : this.data.files.audio;
  }

  async compatibleAudio(): Promise<{ ready: boolean; progress: number }> {
    return { ready: true, progress: 1 };
  }

  peaks(_task: string, start: number, stop: number): Promise<ArrayBuffer> {
    return fetchRange(this.data.files.peaks, start, stop);
  }

  async spectrogram(): Promise<SpectrogramDescription> {
    return this.data.sound.spectrogram;
  }

  tile(_task: string, level: number, tile: number, scale: Scale): Promise<TileData> {
    return this.tiles.tile(level, tile, scale, this.data.files.spectrogram);
  }

  samples(_task: string, start: number, stop: number): Promise<ArrayBuffer> {
    const { channels, samples_offset: offset } = this.data.sound;
    return fetchRange(this.data.files.samples, offset + 2 * channels * start, offset + 2 * channels * stop);
  }

  async noteView(): Promise<void> {
    // nobody studies it
  }

  activity(): void {
    // nobody counts the time
  }

  save = (): Promise<Saved> => onlyServed();
  submit = (): Promise<Annotation> => onlyServed();
  withdraw = (): Promise<Annotation> => onlyServed();
  predict = (): Promise<Job> => onlyServed();
  job = (): Promise<Job> => onlyServed();
  cancelJob = (): Promise<Job> => onlyServed();
  next = (): Promise<Task | null> => onlyServed();
  flag = (): Promise<Task> => onlyServed();
  skip = (): Promise<Task> => onlyServed();
  firstPass = (): Promise<unknown> => onlyServed();

  private get duration(): number {
    const { frames, sample_rate } = this.data.sound;
    return frames / sample_rate;
  }

  private get decisionsKey(): string {
    return `labelbuddy:decisions:${this.data.recording}`;
  }

  /** What was rejected in this tab, by prediction and item. */
  private get decisions(): Record<string, Record<string, string>> {
    return keptInTab(this.decisionsKey) ?? {};
  }

  private async analysis(): Promise<Analysis> {
    const address = this.data.files.analysis;
    if (address === null) {
      throw new Error(this.data.analyzing ? t("The recording is still being analyzed; try again in a while.") : t("The recording could not be analyzed."));
    }
    if (this.found?.address !== address) this.found = { address, analysis: fetchJson<Analysis>(address) };
    return this.found.analysis;
  }

  private async zeros(start: number, stop: number): Promise<number[]> {
    const { sample_rate: rate, channels, frames } = this.data.sound;
    const first = Math.floor(start * rate);
    const last = Math.min(frames, Math.floor(stop * rate) + 2);
    if (first >= last) return [];
    const samples = new Int16Array(await this.samples("", first, last));
    return zeroCrossings(samples, channels, first, rate).filter((time) => time >= start && time <= stop);
  }
}

function onlyServed(): Promise<never> {
  return Promise.reject(new Error("Only LabelBuddy's server does that."));
}
