/** What the Python side of the standalone editor hands to the browser, and what comes back. */
import type { AnnotationDocument } from "../editing/document";
import type { SpectrogramDescription } from "../engine/spectrogram";
import type { Label, Project } from "../api/answers";
import type { LanguageChoice } from "../i18n";

/** Addresses of files; all but the document say the same as long as the recording is the same. */
export interface Files {
  /** What is played. */
  audio: string;
  /** The peaks pyramid (LBPK). */
  peaks: string;
  /** A WAV file of all samples, interleaved int16; the first is at byte `samples_offset`. */
  samples: string;
  /** Onsets and beats; null until they are found. */
  analysis: string | null;
  /** The zoomed-out levels of the spectrogram (LBSP); null until they are made, and where none are needed. */
  spectrogram: string | null;
}

export interface EmbeddedData {
  mode: "embedded";
  /** Another one is another editor. */
  identity: string;
  /** Names the widget and its recording. */
  recording: string;
  /** Names the initial document: what a tab kept of another one is not brought back. */
  base: string;
  sound: {
    name: string;
    sample_rate: number;
    channels: number;
    frames: number;
    samples_offset: number;
    warning: string | null;
    spectrogram: SpectrogramDescription;
  };
  labels: Label[];
  controls: Project["controls"];
  instructions: string;
  files: Files;
  /** Whether the recording is still being analyzed. */
  analyzing: boolean;
  /** Address of the document to begin with. */
  document: string;
  /** Address of what models suggest. */
  predictions: string;
  readonly: boolean;
  language: LanguageChoice;
  /** What Python has received last; null before anything. */
  received: Receipt | null;
}

/** The whole document, as often as it has changed. */
export interface Edited {
  recording: string;
  /** New for every opening of the editor. */
  client: string;
  /** Counts edits; a higher one is a newer document. */
  sequence: number;
  document: AnnotationDocument;
}

export interface Receipt {
  client: string;
  sequence: number;
  /** Why Python did not take the document; null when it did. */
  problem: string | null;
}
