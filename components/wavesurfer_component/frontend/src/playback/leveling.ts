/**
 * Loudness leveling: recordings are played as loud as each other. The server measured how loud one is (LUFS, ITU-R BS.1770) and how
 * high it goes, between samples too; the gain is what is missing to the loudness that a person wants, as far as no peak passes full scale.
 */

import type { Measured, Preferences } from "../api/answers";
import { type Mix, shares } from "./sound";

export interface Leveling {
  /** Decibels to the loudness that is wanted. */
  gain: number;
  /** Of full scale, by channel. */
  peaks: readonly number[];
}

/** dBTP, the most that EBU R 128 permits: nothing is raised above it. */
const CEILING = -1;

/** How a recording is leveled for a person; null when it is not. */
export function levelingFor({ leveling, loudness }: Preferences, measured: Measured | null | undefined): Leveling | null {
  return leveling === "on" ? levelingTo(loudness, measured) : null;
}

/**
 * How a recording is leveled to a target (LUFS); null when it was not measured. Measured is the power of all channels; heard is
 * that of both sides, which a single channel is on twice, and more than two are mixed to with the power of one.
 */
export function levelingTo(target: number, measured: Measured | null | undefined): Leveling | null {
  const { loudness, peak: ofSamples, true_peak: peak = ofSamples } = measured ?? {};
  if (loudness == null || !peak) return null;
  return { gain: target - loudness - 10 * Math.log10(2 / peak.length), peaks: peak.map((one) => (one === null ? 0 : 10 ** (one / 20))) };
}

/** The highest that both sides can get (of full scale): channels with their shares of left and right, then Web Audio's stereo panner. */
export function highest(peaks: readonly number[], shares: readonly (readonly [number, number])[], balance: number): number {
  const side = (at: 0 | 1): number => peaks.reduce((sum, peak, channel) => sum + peak * (shares[channel]?.[at] ?? 1), 0);
  const [left, right] = balance > 0 ? [side(1), side(0)] : [side(0), side(1)];
  const angle = ((1 - Math.abs(balance)) * Math.PI) / 2;
  return Math.max(left + right * Math.cos(angle), right * Math.sin(angle)); // the nearer side gets what the other one loses
}

/** Decibels of a recording in a mix: those of leveling, and the whole with a person's own. */
export function gainsOf(mix: Mix, leveling: Leveling | null): { leveled: number; whole: number } {
  if (!leveling) return { leveled: 0, whole: mix.gain };
  const high = 20 * Math.log10(Math.max(1e-6, highest(leveling.peaks, shares(mix, leveling.peaks.length), mix.balance)));
  const most = Math.max(CEILING - high, Math.min(0, -high)); // what is above the ceiling already is not lowered, unless it passes full scale
  const leveled = Math.min(leveling.gain, most);
  return { leveled, whole: Math.min(leveled + mix.gain, most) };
}

/** How much of a person's own gain (dB) is left out, for peaks would pass full scale. */
export function heldBack(mix: Mix, leveling: Leveling | null): number {
  const { leveled, whole } = gainsOf(mix, leveling);
  return leveled + mix.gain - whole;
}
