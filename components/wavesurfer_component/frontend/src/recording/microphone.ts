/** Recording from the microphone as browsers do it: in what form, how loud it is now, and why it may not be possible. */
import { t } from "../i18n";

/** What browsers write, best first, with the suffix of such files. */
const FORMS: readonly (readonly [type: string, suffix: string])[] = [
  ["audio/webm;codecs=opus", "webm"],
  ["audio/ogg;codecs=opus", "ogg"],
  ["audio/mp4", "m4a"],
];

export interface Form {
  /** Undefined for whatever the browser likes. */
  type: string | undefined;
  suffix: string;
}

/** The first form that the browser writes. */
export function chosenForm(writes: (type: string) => boolean): Form {
  const found = FORMS.find(([type]) => writes(type));
  return { type: found?.[0], suffix: found?.[1] ?? "webm" };
}

/** As it is heard: nothing is taken out, nothing is made louder. */
export const UNTOUCHED: MediaTrackConstraints = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };

/** Why the microphone cannot be used. */
export function whyNot(error: unknown): string {
  const { name, message } = error as Error;
  if (name === "NotAllowedError") return t("The browser may not use the microphone. Allow it beside the address of this page, then try again.");
  if (name === "NotFoundError" || name === "OverconstrainedError") return t("No microphone was found.");
  if (name === "NotReadableError") return t("The microphone cannot be read. Another program may be using it.");
  return message;
}

/** Decibels below full scale that the meter begins at. */
const QUIETEST = -60;
/** From this peak on it is as good as cut off. */
const TOO_LOUD = 0.985;

export interface Level {
  /** 0 for silence or nearly, 1 for full scale; even steps are even steps of level. */
  share: number;
  tooLoud: boolean;
}

/** The level of samples between -1 and 1. */
export function levelOf(samples: Float32Array): Level {
  const peak = samples.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
  const level = peak > 0 ? 20 * Math.log10(peak) : QUIETEST;
  return { share: Math.min(1, Math.max(0, 1 - level / QUIETEST)), tooLoud: peak >= TOO_LOUD };
}

/** A name for a file: without what file systems do not like. */
export function fileName(typed: string, suffix: string): string {
  const name = typed.replace(/[\\/:*?"<>|\u0000-\u001f]+/g, "-").trim().replace(/^\.+/, "").slice(0, 120);
  return `${name || "recording"}.${suffix}`;
}

/** Listens to a stream while it is there; `close` lets it go. */
export function levelMeter(stream: MediaStream): { read(): Level; close(): void } {
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 2048 });
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  return {
    read: () => {
      analyser.getFloatTimeDomainData(samples);
      return levelOf(samples);
    },
    close: () => void context.close(),
  };
}
