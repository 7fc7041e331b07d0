/** Leveling plays recordings as loud as each other and never past full scale. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { USUAL_PREFERENCES } from "../src/api/answers";
import { gainsOf, heldBack, highest, type Leveling, levelingFor, levelingTo } from "../src/playback/leveling";
import { type Mix, PLAIN_MIX, Sound } from "../src/playback/sound";

const STEREO: [number, number][] = [[1, 0], [0, 1]];
const decibels = (amplitude: number): number => 20 * Math.log10(amplitude);
const amplitude = (level: number): number => 10 ** (level / 20);
const own = (gain: number, balance = 0): Mix => ({ ...PLAIN_MIX, gain, balance });

test("the gain is what is missing to the loudness that is wanted", () => {
  expect(levelingTo(-23, { loudness: -31, peak: [-12, -14] })!.gain).toBeCloseTo(8);
  expect(levelingTo(-23, { loudness: -9.5, peak: [0, 0] })!.gain).toBeCloseTo(-13.5);
});

test("who wants recordings as they are gets them so", () => {
  const measured = { loudness: -31, peak: [-12, -14] };
  expect(levelingFor({ ...USUAL_PREFERENCES, leveling: "off" }, measured)).toBeNull();
  expect(levelingFor({ ...USUAL_PREFERENCES, loudness: -20 }, measured)!.gain).toBeCloseTo(11);
});

test("a single channel is heard on both sides, which is 3 dB more than was measured", () => {
  expect(levelingTo(-23, { loudness: -31, peak: [-12] })!.gain).toBeCloseTo(8 - 3.01, 2);
});

test("four channels are mixed to two with the power of one, which is 3 dB less than was measured", () => {
  expect(levelingTo(-23, { loudness: -31, peak: [-12, -12, -12, -12] })!.gain).toBeCloseTo(8 + 3.01, 2);
});

test.each([[null], [undefined], [{ problem: "It cannot be decoded." }], [{ loudness: null, peak: [null] }]])("what was not measured is not leveled: %j", (measured) => {
  expect(levelingTo(-23, measured)).toBeNull();
});

test("a quiet recording with a high peak is raised up to 1 dB below full scale and no further", () => {
  const { leveled, whole } = gainsOf(own(0), levelingTo(-23, { loudness: -40, peak: [-6, -8] }));
  expect(leveled).toBeCloseTo(5);
  expect(whole).toBeCloseTo(5);
});

test("where it is known how high the sound goes between samples, that is what stays 1 dB below full scale", () => {
  expect(gainsOf(own(0), levelingTo(-23, { loudness: -40, peak: [-6, -8], true_peak: [-3.5, -8] })).whole).toBeCloseTo(2.5);
  expect(gainsOf(own(0), levelingTo(-23, { loudness: -40, peak: [-6, null], true_peak: [-4, null] })).whole).toBeCloseTo(3);
});

test("a recording that peaks at full scale and is too quiet stays as it is", () => {
  expect(gainsOf(own(0), levelingTo(-23, { loudness: -30, peak: [0, -3] })).whole).toBeCloseTo(0);
});

test("one whose peaks pass full scale, as decoded MP3 may, is lowered to full scale", () => {
  expect(gainsOf(own(0), levelingTo(-23, { loudness: -25, peak: [1.5, 0] })).whole).toBeCloseTo(-1.5);
});

test("a person's own gain comes on top, but never past full scale", () => {
  const leveling = levelingTo(-23, { loudness: -33, peak: [-15, -15] });
  expect(gainsOf(own(3), leveling)).toEqual({ leveled: expect.closeTo(10), whole: expect.closeTo(13) });
  expect(gainsOf(own(20), leveling).whole).toBeCloseTo(14);
  expect(gainsOf(own(-6), leveling).whole).toBeCloseTo(4);
});

test.each([[0, 0], [3, 0], [-6, 0], [4, 0], [12, 8], [24, 20]])("of an own gain of %d dB, %d dB are left out where only 4 dB fit", (gain, held) => {
  expect(heldBack(own(gain), levelingTo(-23, { loudness: -33, peak: [-15, -15] }))).toBeCloseTo(held);
});

test("nothing that raises is left of an own gain where leveling alone reaches the highest peak", () => {
  expect(heldBack(own(12), levelingTo(-23, { loudness: -40, peak: [-6, -6] }))).toBeCloseTo(12);
});

test("without leveling nothing of an own gain is left out", () => {
  expect(heldBack(own(24), null)).toBe(0);
});

test("a person's own gain lowers a recording also where its peak limits leveling", () => {
  expect(gainsOf(own(-6), levelingTo(-23, { loudness: -40, peak: [-6, -6] })).whole).toBeCloseTo(-1);
});

test("without leveling a person's own gain is all there is", () => {
  expect(gainsOf(own(24), null)).toEqual({ leveled: 0, whole: 24 });
});

test.each([-24, -10, -3, 0, 2, 7, 24])("no recording passes full scale with an own gain of %d dB", (gain) => {
  for (const peak of [-40, -12, -1, -0.4, 0, 2])
    for (const loudness of [-60, -30, -23, -8])
      for (const balance of [-1, -0.3, 0, 0.5, 1]) {
        const { whole } = gainsOf(own(gain, balance), levelingTo(-16, { loudness, peak: [peak, peak - 2] }));
        expect(decibels(highest([amplitude(peak), amplitude(peak - 2)], STEREO, balance)) + whole).toBeLessThanOrEqual(1e-9);
      }
});

test("balance moves one side onto the other, and their peaks may add up", () => {
  expect(highest([0.5, 0.25], STEREO, 0)).toBeCloseTo(0.5);
  expect(highest([0.5, 0.25], STEREO, 1)).toBeCloseTo(0.75);
  expect(highest([0.5, 0.25], STEREO, -1)).toBeCloseTo(0.75);
});

test("the peaks of channels that are mixed add up by their shares", () => {
  expect(highest([0.4, 0.4, 0.4, 0.4], [[0.5, 0.5], [0.5, 0.5], [0.5, 0.5], [0.5, 0.5]], 0)).toBeCloseTo(0.8);
});

/** What Web Audio is told, without any sound. */
class Parameter {
  value = 1;
  setTargetAtTime(value: number): void {
    this.value = value;
  }
}
class Node {
  readonly gain = new Parameter();
  readonly pan = new Parameter();
  readonly frequency = new Parameter();
  readonly Q = new Parameter();
  connect(to: Node): Node {
    return to;
  }
}
const made: Node[][] = [];
class Context {
  readonly gains: Node[] = [];
  readonly currentTime = 1;
  readonly sampleRate = 48_000;
  readonly destination = new Node();
  constructor() {
    made.push(this.gains);
  }
  createGain(): Node {
    const node = new Node();
    this.gains.push(node);
    return node;
  }
  createStereoPanner = (): Node => new Node();
  createBiquadFilter = (): Node => new Node();
  createChannelSplitter = (): Node => new Node();
  createChannelMerger = (): Node => new Node();
  createMediaElementSource = (): Node => new Node();
}
const heardGain = (): number => decibels(made[0]![0]!.gain.value); // the first one that a graph makes is that of the mix
const player = (paused: boolean): Sound => new Sound({ paused } as HTMLMediaElement, () => 2);
const level = (sound: Sound, leveling: Leveling | null): void => sound.level(leveling && ((mix) => gainsOf(mix, leveling).whole));
const QUIET = levelingTo(-23, { loudness: -33, peak: [-15, -15] });

beforeEach(() => {
  made.length = 0;
  vi.stubGlobal("AudioContext", Context);
});
afterEach(() => void vi.unstubAllGlobals());

test("a leveled recording goes through Web Audio from when it is first played, not before", () => {
  const sound = player(true);
  level(sound, QUIET);
  expect(made).toHaveLength(0);
  sound.resume();
  expect(heardGain()).toBeCloseTo(10);
});

test("leveling that is switched while it plays is heard at once", () => {
  const sound = player(false);
  level(sound, QUIET);
  expect(heardGain()).toBeCloseTo(10);
  level(sound, null);
  expect(heardGain()).toBeCloseTo(0);
});

test("a change of balance takes back what would pass full scale", () => {
  const sound = player(false);
  level(sound, levelingTo(-23, { loudness: -33, peak: [-11, -11] }));
  expect(heardGain()).toBeCloseTo(10);
  sound.set({ ...PLAIN_MIX, balance: 1 });
  expect(heardGain()).toBeCloseTo(10 - 6.02, 1);
});

test("what is neither leveled nor changed never goes through Web Audio", () => {
  const sound = player(false);
  level(sound, null);
  sound.resume();
  expect(made).toHaveLength(0);
});
