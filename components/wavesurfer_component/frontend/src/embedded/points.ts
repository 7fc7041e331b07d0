/** Onsets, beats and zero crossings of a recording that has no server. */
import type { FoundGrid } from "../api/answers";
import { tempoOf } from "../editing/beat_changes";
import type { FoundBeat, FoundPoints } from "../engine/snap_points";
import { rounded } from "../engine/time";

/** What the analysis found (`labelbuddy_core/audio/analysis.py`). */
export interface Analysis {
  by?: { name: string; version: string | null };
  onsets: number[];
  beats: { times: number[]; positions: number[]; tempo: number | null; meter: number };
}

/** Points of these kinds between two times (s). */
export function pointsBetween(analysis: Analysis | null, start: number, stop: number, kinds: readonly string[]): FoundPoints {
  const found: FoundPoints = {};
  if (kinds.includes("onset")) found.onset = (analysis?.onsets ?? []).filter((time) => time >= start && time <= stop);
  if (kinds.includes("beat")) found.beat = analysis ? beatsOf(analysis).filter(({ time }) => time >= start && time <= stop) : [];
  return found;
}

/** The beats that the analysis found. */
export function foundGrid(analysis: Analysis): FoundGrid {
  const beats = beatsOf(analysis).map((beat) => ({ ...beat, anchor: false }));
  const { name: model, version } = analysis.by ?? { name: "librosa", version: null };
  return { meter: analysis.beats.meter, tempo: tempoOf(beats), beats, origin: { kind: "analysis", model, version } };
}

/** Where the mean of the channels changes its sign, between samples by interpolation (s); `first` is the first sample's number. */
export function zeroCrossings(samples: Int16Array, channels: number, first: number, rate: number): number[] {
  const means: number[] = [];
  for (let at = 0; at < samples.length; at += channels) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += samples[at + channel]!;
    means.push(sum / channels);
  }
  return means.slice(1).flatMap((after, index) => {
    const before = means[index]!;
    return before < 0 === after < 0 ? [] : [rounded((first + index + before / (before - after)) / rate)];
  });
}

function beatsOf({ beats }: Analysis): FoundBeat[] {
  return beats.times.map((time, index) => ({ time, position: beats.positions[index]! }));
}
