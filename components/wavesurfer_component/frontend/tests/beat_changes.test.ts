import { describe, expect, it } from "vitest";
import cases from "../../../../tests/beat_grids.json";
import type { FoundBeat, GridChange } from "../src/api";
import { changedGrid, tempoOf } from "../src/editing/beat_changes";
import { Beats } from "../src/editing/beats";
import { Store } from "../src/editing/store";

/** Seconds: halves of a microsecond are rounded up here and to even by the server. */
const ROUNDING = 1.01e-6;
type Case = { name: string; beats: [number, number, boolean][]; meter: number; start: number; stop: number; change: GridChange; grid?: [number, number, boolean][]; refused?: string };

const beatsOf = (given: Case["beats"]): FoundBeat[] => given.map(([time, position, anchor]) => ({ time, position, anchor }));
const changed = ({ beats, meter, change, start, stop }: Case): FoundBeat[] => changedGrid(beatsOf(beats), meter, change, start, stop).beats;

describe("a beat grid changes as on the server", () => {
  const [taken, refused] = [(cases as Case[]).filter((one) => one.grid), (cases as Case[]).filter((one) => one.refused)];
  it.each(taken)("$name", (one) => {
    const made = changed(one);
    expect(made.map(({ position, anchor }) => [position, anchor])).toEqual(one.grid!.map(([, position, anchor]) => [position, anchor]));
    made.forEach((beat, index) => expect(Math.abs(beat.time - one.grid![index]![0])).toBeLessThan(ROUNDING));
  });
  it.each(refused)("refused: $name", (one) => expect(() => changed(one)).toThrow(one.refused!.replace("100,000", "100000")));
  it("has no tempo with a single beat", () => expect(tempoOf([{ time: 1, position: 1, anchor: false }])).toBeNull());
  it("has the tempo of its median gap", () => expect(changedGrid([], 3, { kind: "taps", times: [1, 1.5, 2.5, 3] }, 0, 4).tempo).toBe(120));
});

describe("beats of the document", () => {
  const opened = (at: () => number, says: string[]) => {
    const store = new Store([], () => undefined, () => undefined, () => undefined);
    const api = new Proxy({}, { get: () => () => Promise.reject(new Error("there is no network")) }) as never;
    const ports = { first: 0, last: 5, playing: () => true, playhead: at, editable: () => true, say: () => undefined, complain: (text: string) => says.push(text), changed: () => undefined };
    return { store, beats: new Beats(api, "t1", store, ports) };
  };
  it("come from taps without the network, in one step of undo", () => {
    globalThis.window ??= globalThis as never;
    let now = 1;
    const { store, beats } = opened(() => now, []);
    for (const time of [1, 1.5, 2]) {
      now = time;
      beats.tap();
    }
    beats.finishTaps();
    expect(store.beats).toHaveLength(11);
    expect(beats.taps).toEqual([]);
    store.undo();
    expect(store.beats).toHaveLength(0);
  });
  it("are doubled, counted anew and moved without the network, each a step of undo", () => {
    const says: string[] = [];
    const { store, beats } = opened(() => 1, says);
    beats.usePredicted([0, 1, 2, 3].map((time, index) => ({ id: `b${time}`, time, kind: "beat", position: index + 1, origin: { kind: "model" } })));
    beats.double();
    expect(store.beats).toHaveLength(7);
    beats.setMeter(3);
    expect(store.beats.filter((beat) => beat.position === 1).map((beat) => beat.time)).toEqual([0, 1.5, 3]);
    beats.move(store.beats.find((beat) => beat.time === 1)!.id, 1.1);
    expect(store.beats.filter((beat) => beat.anchor).map((beat) => beat.time)).toEqual([1.1]);
    store.undo();
    store.undo();
    store.undo();
    expect(store.beats.map((beat) => beat.time)).toEqual([0, 1, 2, 3]);
    expect(says).toEqual([]);
  });
});
