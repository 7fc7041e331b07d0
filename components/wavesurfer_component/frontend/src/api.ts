/** What the editor asks for, and LabelBuddy's HTTP API as one that answers. */
import type { AnnotationDocument, Origin, Region, Value } from "./editing/document";
import type { Batch } from "./editing/journals";
import type { ItemDecision } from "./editing/pending_decisions";
import type { SaverPorts, Saves } from "./editing/saver";
import type { FoundPoints } from "./engine/snap_points";
import type { Scale, SpectrogramDescription, TileData } from "./engine/spectrogram";
import { type LanguageChoice, spoken, t } from "./i18n";
import type { Measured } from "./playback/leveling";

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly kind: string,
    message: string,
    readonly body: Record<string, unknown>,
  ) {
    super(message);
  }
}

export interface Label {
  id: string;
  name: string;
  color: string;
  key: string | null;
  parent: string | null;
  description: string;
  /** What has the label keeps it; nothing else gets it any more. */
  deprecated?: boolean;
  /** What happens when two regions of the label would overlap. */
  overlap: "allow" | "forbid" | "trim";
  /** Shortest region in seconds; 0 for the editor's own least. */
  shortest: number;
  /** What the text of its regions is: anything, or a word of a vocabulary. */
  vocabulary: "free" | "harte" | "salami" | "own";
  /** Those of the vocabulary `own`. */
  words?: string[];
  attributes: Attribute[];
}

/** Something to say about every region of a label. */
export interface Attribute {
  id: string;
  name: string;
  kind: "choice" | "number" | "rating" | "text" | "yes-no";
  choices: string[];
  required: boolean;
}

export interface Project {
  id: string;
  name: string;
  instructions: string;
  controls: { regions: boolean; points: boolean; tags: boolean; caption: boolean; transcript: boolean; answers: boolean };
  labels: Label[];
  /** What the lanes of the editor are. */
  lanes: "labels" | "tiers";
  /** The tiers that an annotation begins with. */
  tiers: string[];
  /** What reviewers choose from when they say why. */
  review_reasons: string[];
}

export interface Task {
  id: string;
  project: string;
  recording: { name: string; duration: number; sample_rate: number; channels: number; warning: string | null; statistics?: Measured | null };
  start: number;
  stop: number;
  state: string;
  /** Why somebody marked it for a manager; null when nobody did. */
  flag: string | null;
  /** Why I put it off; null when I did not, or saved something since. */
  my_skip: string | null;
}

export interface RegionDecision {
  id: string;
  decision: "approve" | "reject";
  feedback: string;
}

export interface Review {
  id: string;
  revision: number;
  reviewer: string;
  decision: "approve" | "reject";
  feedback: string;
  /** Of the project's list. */
  reasons: string[];
  regions: RegionDecision[];
  created_at: string;
}

/** A region that a reviewer looks at in the verify grid, with where it is from. */
export interface RegionToVerify {
  annotation: string;
  revision: number;
  task: string;
  task_start: number;
  task_stop: number;
  recording: string;
  sample_rate: number;
  channels: number;
  /** Loudness and peaks of the recording; null before they are measured. */
  statistics?: Measured | null;
  annotator: string;
  region: Region;
  score: number | null;
}

export interface RegionsToVerify {
  items: RegionToVerify[];
  /** How many there are altogether. */
  total: number;
  /** Annotations of which everything is decided. */
  complete: { approve: number; send_back: number };
}

/** A word of a caption, beside what others say; `against` and `support` name annotations. */
export interface CaptionClaim {
  start: number;
  end: number;
  text: string;
  against: string[];
  support: string[];
}

/** The captions of a task, and the phrases in which they differ: by caption what it says there, and where. */
export interface ComparedCaptions {
  captions: { annotation: string; annotator: string; text: string; claims: CaptionClaim[] }[];
  phrases: { same: boolean; texts: string[]; places: [number, number][] }[];
}

/** What is sent as a decision; the ground truth is written with it, or nothing is. */
export interface NewReview {
  revision: number;
  decision: "approve" | "reject";
  feedback: string;
  reasons: string[];
  regions: RegionDecision[];
  ground_truth?: { revision: number; document: AnnotationDocument };
}

/** The ground truth of a task: what somebody wrote, the only approved annotation, or none. */
export interface GroundTruthAnswer {
  kind: "adjudicated" | "approved" | "none";
  /** 0 while nobody has written it. */
  revision: number;
  document: AnnotationDocument | null;
  by: string | null;
}

/** The document of an annotation as it was when it was sent back last. */
export interface SentBack {
  revision: number;
  document: AnnotationDocument;
}

export interface Annotation {
  id: string | null;
  user: string;
  annotator?: { username: string; name: string };
  revision: number;
  state: "draft" | "submitted" | "approved" | "rejected";
  document: AnnotationDocument;
  reviews: Review[];
}

export interface Prediction {
  id: string;
  model: string;
  model_name: string;
  license: string;
  version: string;
  document: AnnotationDocument;
  decisions: Record<string, string>;
  notes: string[];
}

/** Why the server gives out no suggestions. */
export interface Withheld {
  setting: "after_first_pass" | "hidden";
  detail: string;
}

export interface Suggested {
  items: Prediction[];
  withheld: Withheld | null;
}

export interface ProjectModel {
  model: string;
  name: string;
  description: string;
  license: string;
  /** Whether it answers with more than feature vectors. */
  predicts?: boolean;
}

export interface Job {
  id: string;
  state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
  progress: number;
  message: string;
  problem: string | null;
}

/** What a person set for themselves. */
export interface Preferences {
  /** Keys by action, where they are not the usual ones. */
  keys: Record<string, string>;
  /** Seconds from hearing to pressing: held label keys mark that much earlier. */
  reaction: number;
  language: LanguageChoice;
  /** Whether the scores of suggestions are seen. */
  scores: "shown" | "hidden";
  /** Whether recordings are played as loud as each other. */
  leveling: "on" | "off";
  /** How loud that is (LUFS). */
  loudness: number;
}

export const USUAL_PREFERENCES: Preferences = { keys: {}, reaction: 0.15, language: "auto", scores: "shown", leveling: "on", loudness: -23 };

export interface Grid {
  meter: number;
  tempo: number | null;
  beats: FoundBeat[];
}

/** What the analysis found, with the origin of beats that somebody takes from it. */
export interface FoundGrid extends Grid {
  origin: Origin;
}

export interface FoundBeat {
  time: number;
  position: number;
  anchor: boolean;
}

export type GridChange =
  | { kind: "taps"; times: number[] }
  | { kind: "move"; number: number; time: number }
  | { kind: "onward"; number: number }
  | { kind: "downbeat"; number: number }
  | { kind: "join"; number: number }
  | { kind: "meter"; meter: number }
  | { kind: "meter_from"; number: number; meter: number }
  | { kind: "double" }
  | { kind: "halve" };

export interface Saved {
  revision: number;
  values?: Record<string, Value[]>;
  /** What managers did to the labels since this editor was opened, in sentences. */
  labels_changed?: string[];
}

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

/** LabelBuddy's server. */
export class HttpApi implements Api {
  readonly served: boolean = true;
  readonly readonly: boolean = false;

  constructor(private readonly base: string) {}

  page = (name: string): string => this.base.replace(/\/api\/v1$/, `/${name}`);

  private url(path: string): string {
    return this.base + path;
  }

  audio(task: string, compatible: boolean): string {
    return this.url(`/tasks/${task}/audio${compatible ? "?as=compatible" : ""}`);
  }

  task = (id: string): Promise<Task> => this.ask("GET", `/tasks/${id}`);
  project = (id: string): Promise<Project> => this.ask("GET", `/projects/${id}`);
  annotation = (task: string): Promise<Annotation> => this.ask("GET", `/tasks/${task}/annotation?compact=true`);
  predictions = (task: string): Promise<Suggested> => this.ask("GET", `/tasks/${task}/predictions`);
  firstPass = (task: string, revision: number): Promise<unknown> => this.ask("POST", `/tasks/${task}/first-pass`, { revision });
  noteView = (task: string, view: { shown: boolean; predictions: string[]; threshold: number }): Promise<unknown> =>
    this.ask("POST", `/tasks/${task}/suggestion-views`, view);
  models = async (project: string): Promise<ProjectModel[]> =>
    (await this.ask<{ items: ProjectModel[] }>("GET", `/projects/${project}/models`)).items.filter(({ predicts }) => predicts !== false);
  save = (task: string, batch: Batch, last: boolean): Promise<Saved> => this.ask("PATCH", `/tasks/${task}/annotation`, batch, last);
  submit = (task: string, revision: number): Promise<Annotation> =>
    this.ask("POST", `/tasks/${task}/annotation/submit`, { revision });
  withdraw = (task: string): Promise<Annotation> => this.ask("POST", `/tasks/${task}/annotation/withdraw`);
  predict = (task: string, model: string, stretch: { start: number; stop: number } | null = null): Promise<Job> =>
    this.ask("POST", `/tasks/${task}/predictions`, { model, ...stretch });
  job = (id: string): Promise<Job> => this.ask("GET", `/jobs/${id}`);
  cancelJob = (id: string): Promise<Job> => this.ask("DELETE", `/jobs/${id}`);
  decide = (task: string, decisions: readonly ItemDecision[]): Promise<unknown> => this.ask("POST", `/tasks/${task}/decisions`, { decisions });
  next = (project: string, after: string): Promise<Task | null> =>
    this.ask("POST", `/projects/${project}/tasks/next?after=${after}`);

  preferences = (): Promise<Preferences> => this.ask("GET", "/me/preferences");
  setPreferences = (preferences: Preferences): Promise<Preferences> => this.ask("PUT", "/me/preferences", preferences);
  beats = (task: string): Promise<FoundGrid> => this.ask("GET", `/tasks/${task}/beats`);
  snapPoints = (task: string, start: number, stop: number, kinds: string): Promise<FoundPoints> =>
    this.ask("GET", `/tasks/${task}/snap-points?start=${start}&stop=${stop}&kinds=${kinds}`);
  skip = (task: string, reason: string): Promise<Task> => this.ask("POST", `/tasks/${task}/skip`, { reason });
  flag = (task: string, flagged: boolean, note: string): Promise<Task> => this.ask("PUT", `/tasks/${task}/flag`, { flagged, note });

  activity(task: string, client: string, events: { kind: string; seconds: number }[]): void {
    void fetch(this.url(`/tasks/${task}/activity`), {
      method: "POST",
      keepalive: true,
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ client, events }),
    }).catch(() => undefined);
  }

  peaks = async (task: string, start: number, stop: number): Promise<ArrayBuffer> => {
    const response = await fetch(this.url(`/tasks/${task}/peaks`), { headers: { Range: `bytes=${start}-${stop - 1}` } }).catch(unreachable);
    if (!response.ok) throw await problemOf(response);
    return response.arrayBuffer();
  };

  compatibleAudio = (task: string): Promise<{ ready: boolean; progress: number }> => this.ask("POST", `/tasks/${task}/compatible-audio`);
  spectrogram = (task: string): Promise<SpectrogramDescription> => this.ask("GET", `/tasks/${task}/spectrogram`);
  tile = async (task: string, level: number, tile: number, scale: Scale): Promise<Blob> =>
    (await this.get(`/tasks/${task}/spectrogram/${level}/${tile}?scale=${scale}`)).blob();
  samples = async (task: string, start: number, stop: number): Promise<ArrayBuffer> =>
    (await this.get(`/tasks/${task}/pcm?start=${start}&stop=${stop}`)).arrayBuffer();

  private async get(path: string): Promise<Response> {
    const response = await fetch(this.url(path)).catch(unreachable);
    if (!response.ok) throw await problemOf(response);
    return response;
  }

  protected async ask<T>(method: string, path: string, body?: unknown, keepalive = false): Promise<T> {
    const response = await fetch(this.url(path), {
      method,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
      keepalive,
    }).catch(unreachable);
    if (!response.ok) throw await problemOf(response);
    if (response.status === 204) return null as T;
    return (await response.json()) as T;
  }
}

/** The last part of the type of a problem document. */
export function kindOf(problem: Record<string, unknown>): string {
  return String(problem["type"] ?? "").replace("urn:labelbuddy:", "");
}

/** What the server said, in the reader's language. */
export async function inOwnWords(kind: string, detail: string): Promise<string> {
  if (spoken() === "en") return detail;
  const messages = await import("./server_messages").catch(() => null); // what cannot be fetched now leaves the server's words
  return messages?.told(kind, detail) ?? detail;
}

/** What browsers say about it is in their own words, and in English. */
function unreachable(): never {
  throw new Error(t("The server cannot be reached. Check the connection, then try again."));
}

async function problemOf(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  const kind = kindOf(body);
  return new Problem(response.status, kind, await inOwnWords(kind, String(body["detail"] ?? response.statusText)), body);
}
