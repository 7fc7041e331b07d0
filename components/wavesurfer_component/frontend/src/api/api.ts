/** What the editor asks for, whoever answers. */
import type { Batch } from "../editing/journals";
import type { ItemDecision } from "../editing/pending_decisions";
import type { SaverPorts, Saves } from "../editing/saver";
import type { FoundPoints } from "../engine/snap_points";
import type { Scale, SpectrogramDescription, TileData } from "../engine/spectrogram";
import type { Annotation, FoundGrid, Job, Preferences, Project, ProjectModel, Saved, Suggested, Task } from "./answers";

/** What the editor asks of whoever keeps tasks, sound and annotations; without the server some of it does not exist. */
export interface Api {
  /** Whether LabelBuddy's server answers: annotations are handed in, tasks follow each other, models can be asked. */
  readonly served: boolean;
  /** Whether nothing may be changed. */
  readonly readonly: boolean;
  /** Whether what stands in the place of suggestions is what annotators handed in. */
  readonly people?: boolean;
  /** The address of a page of the app; "" without LabelBuddy's server. */
  page(name: string): string;
  task(id: string): Promise<Task>;
  project(id: string): Promise<Project>;
  annotation(task: string): Promise<Annotation>;
  predictions(task: string): Promise<Suggested>;
  /** Declare the first pass without suggestions done, at a revision. */
  firstPass(task: string, revision: number): Promise<unknown>;
  /** Note that suggestions are on the screen from now on, or hidden by hand. */
  noteView(task: string, view: { shown: boolean; predictions: string[]; threshold: number }): Promise<unknown>;
  models(project: string): Promise<ProjectModel[]>;
  /** Keeps the document as a whole; where there is none, edits are sent in batches to `save`. */
  keeper?(ports: SaverPorts): Saves;
  /** Save a batch; the `last` one outlives the page (browsers allow that up to 64 KiB). */
  save(task: string, batch: Batch, last: boolean): Promise<Saved>;
  submit(task: string, revision: number): Promise<Annotation>;
  withdraw(task: string): Promise<Annotation>;
  /** Ask a model about a task, or about a stretch of it (s). */
  predict(task: string, model: string, stretch?: { start: number; stop: number } | null): Promise<Job>;
  job(id: string): Promise<Job>;
  cancelJob(id: string): Promise<Job>;
  /** Reject suggestions, or take that back; at most 5,000 at once, and again changes nothing. */
  decide(task: string, decisions: readonly ItemDecision[]): Promise<unknown>;
  next(project: string, after: string): Promise<Task | null>;
  preferences(): Promise<Preferences>;
  setPreferences(preferences: Preferences): Promise<Preferences>;
  beats(task: string): Promise<FoundGrid>;
  snapPoints(task: string, start: number, stop: number, kinds: string): Promise<FoundPoints>;
  flag(task: string, flagged: boolean, note: string): Promise<Task>;
  skip(task: string, reason: string): Promise<Task>;
  /** Log activity; best effort, also while the page goes away. */
  activity(task: string, client: string, events: { kind: string; seconds: number }[]): void;
  /** The address of what is played; `compatible`: of the copy that every browser plays. */
  audio(task: string, compatible: boolean): string;
  /** Have the copy made that every browser plays: whether it is `ready`, and how far it is (0 … 1). */
  compatibleAudio(task: string): Promise<{ ready: boolean; progress: number }>;
  /** Bytes `start` up to, not including, `stop` of the peaks pyramid. */
  peaks(task: string, start: number, stop: number): Promise<ArrayBuffer>;
  spectrogram(task: string): Promise<SpectrogramDescription>;
  tile(task: string, level: number, tile: number, scale: Scale): Promise<TileData>;
  /** Samples `start` up to, not including, `stop` of all channels, interleaved int16. */
  samples(task: string, start: number, stop: number): Promise<ArrayBuffer>;
}
