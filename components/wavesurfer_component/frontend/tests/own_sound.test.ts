/** How a person had the sound is theirs alone, also where people share a browser. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { keepSound, keptSound } from "../src/playback/own_sound";
import type { Playback } from "../src/playback/playback";
import { PLAIN_MIX } from "../src/playback/sound";

const playing = (rate: number, gain: number, balance: number) => ({ rate, sound: { present: { ...PLAIN_MIX, gain, balance } } }) as unknown as Playback;
let kept: Record<string, string>;

beforeEach(() => {
  kept = {};
  vi.stubGlobal("localStorage", { getItem: (key: string) => kept[key] ?? null, setItem: (key: string, value: string) => (kept[key] = value) });
});
afterEach(() => void vi.unstubAllGlobals());

test("speed, loudness and balance come back for the person who set them", () => {
  keepSound("ada", playing(1.5, -6, 0.25));
  keepSound("ben", playing(1, 3, 0));
  expect(keptSound("ada")).toEqual({ rate: 1.5, gain: -6, balance: 0.25 });
  expect(keptSound("ben")).toEqual({ rate: 1, gain: 3, balance: 0 });
  expect(keptSound("cleo")).toEqual({});
});

test("what cannot be read is as if nothing was kept", () => {
  kept["labelbuddy:sound:ada"] = "{";
  expect(keptSound("ada")).toEqual({});
});
