/** What the server answers, as the editor and the review pages read it. */
import type { AnnotationDocument, Origin, Region, Value } from "../editing/document";
import type { LanguageChoice } from "../i18n";

/** What the analysis says of a recording; null before it, `problem` where it failed. */
export interface Measured {
  /** LUFS; null for what is too short or too quiet to be measured. */
  loudness?: number | null;
  /** Highest sample (dBFS) by channel; null for nothing at all. */
  peak?: readonly (number | null)[];
  /** Highest between samples (dBTP, BS.1770-4) by channel; not there for what an older version measured. */
  true_peak?: readonly (number | null)[];
  problem?: string;
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

/** The ground truth of a task: what somebody wrote, what a job merged, the only approved annotation, or none. */
export interface GroundTruthAnswer {
  kind: "adjudicated" | "merged" | "approved" | "none";
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
  /** Its id: the first save begins it. */
  annotation: string;
  revision: number;
  values?: Record<string, Value[]>;
  /** What managers did to the labels since this editor was opened, in sentences. */
  labels_changed?: string[];
}
