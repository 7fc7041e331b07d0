/** How a person last had the sound on this machine: speed, loudness, balance. People who share a browser keep their own. */
import { browserStore } from "../editing/storage";
import type { Playback } from "./playback";

export interface OwnSound {
  rate: number;
  /** Decibels. */
  gain: number;
  balance: number;
}

const keyOf = (user: string): string => `labelbuddy:sound:${user}`;

export function keptSound(user: string): Partial<OwnSound> {
  try {
    return JSON.parse(browserStore().getItem(keyOf(user)) ?? "{}") as Partial<OwnSound>;
  } catch {
    return {};
  }
}

export function keepSound(user: string, { rate, sound }: Pick<Playback, "rate" | "sound">): void {
  const { gain, balance } = sound.present;
  browserStore().setItem(keyOf(user), JSON.stringify({ rate, gain, balance } satisfies OwnSound));
}
