import { describe, expect, it, vi } from "vitest";
import cases from "../../../../tests/beat_grids.json";
import type { FoundBeat, GridChange, Prediction } from "../src/api/answers";
import { changedGrid, tempoOf } from "../src/editing/beat_changes";
import { replacing, taking } from "../src/editing/beat_points";
import { Beats } from "../src/editing/beats";
import type { DocumentChange, Point } from "../src/editing/document";
import { Store } from "../src/editing/store";
import { BeatGrid } from "../src/engine/beat_grid";

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

/** What a model says: beats with their places in a bar of four. */
const predicted = (times: readonly number[]): Prediction => {
  const points = times.map((time, index): Point => ({ id: `m7_p${index}`, time, kind: "beat", position: (index % 4) + 1, anchor: false, label: "beat", origin: { kind: "model", prediction: "7", region: `m7_p${index}`, model: "tracker", version: "2", score: 0.8, edited: false } }));
  const document = { schema: "labelbuddy/annotation@1", regions: [], points, tags: [], caption: null, answers: [] };
  return { id: "7", model: "3", model_name: "tracker", license: "", version: "2", notes: [], decisions: {}, document };
};

/** Beats of an empty document of 5 s that plays. */
const opened = (at: () => number, says: string[]) => {
  const saved: DocumentChange[] = [];
  const decided: string[] = [];
  const store = new Store([], (changes) => saved.push(...changes), (prediction, item, decision, by) => decided.push(`${prediction} ${item} ${decision}${by ? ` ${by.how}` : ""}`), () => undefined);
  const api = new Proxy({}, { get: () => () => Promise.reject(new Error("there is no network")) }) as never;
  const ports = { first: 0, last: 5, playing: () => true, playhead: at, editable: () => true, say: () => undefined, complain: (text: string) => says.push(text), changed: () => undefined };
  return { store, saved, decided, beats: new Beats(api, "t1", store, ports) };
};

describe("beats of the document", () => {
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
  it("are made when no tap comes any more; slow taps are waited for longer", () => {
    vi.useFakeTimers();
    globalThis.window ??= globalThis as never;
    try {
      let now = 0;
      const { store, beats } = opened(() => now, []);
      for (const time of [0.5, 1.9, 3.3]) {
        vi.advanceTimersByTime(1400);
        now = time;
        beats.tap();
      }
      vi.advanceTimersByTime(3400);
      expect([beats.taps.length, store.beats.length]).toEqual([3, 0]);
      vi.advanceTimersByTime(200);
      expect([beats.taps.length, store.beats.map((beat) => beat.time)]).toEqual([0, [0.5, 1.9, 3.3, 4.7]]);
    } finally {
      vi.useRealTimers();
    }
  });
  it("are doubled, counted anew and moved without the network, each a step of undo", () => {
    const says: string[] = [];
    const { store, beats } = opened(() => 1, says);
    beats.usePredicted(predicted([0, 1, 2, 3]));
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
  it("keep the origin that a model gave them, accepted all together", () => {
    const { store, saved, beats } = opened(() => 1, []);
    const taken = predicted([0, 1, 2, 3]);
    beats.usePredicted(taken);
    expect(store.beats).toEqual(taken.document.points);
    expect(saved.map(({ collection, id, by }) => [collection, id, by])).toEqual([0, 1, 2, 3].map((number) => ["points", `m7_p${number}`, { how: "all", threshold: 0 }]));
  });
  it("of a model that are corrected say so, new ones are a person's", () => {
    const { store, beats } = opened(() => 2.5, []);
    beats.usePredicted(predicted([0, 1, 2, 3]));
    beats.double();
    const origins = (): (string | boolean | undefined)[] => store.beats.map(({ origin }) => (origin?.kind === "model" ? (origin.edited ? "corrected" : "model") : origin?.kind));
    expect(origins()).toEqual(["model", "human", "corrected", "human", "corrected", "human", "corrected"]);
    store.undo();
    expect(origins()).toEqual(["model", "model", "model", "model"]);
    beats.move("m7_p2", 2.1);
    expect(origins()).toEqual(["corrected", "corrected", "corrected", "corrected"]);
    expect(store.beats[2]!.origin).toMatchObject({ model: "tracker", version: "2", score: 0.8 });
  });
  it("of a model make way for its newer ones, and are not accepted while suggestions are hidden", () => {
    const says: string[] = [];
    const { store, beats } = opened(() => 1, says);
    beats.usePredicted(predicted([0, 1, 2, 3]));
    beats.usePredicted(predicted([0.5, 1.5]));
    expect(store.beats.map(({ id, time }) => [id, time])).toEqual([["m7_p0", 0.5], ["m7_p1", 1.5]]);
    store.hidesSuggestions = true;
    beats.usePredicted(predicted([3]));
    expect(store.beats).toHaveLength(2);
    expect(says).toHaveLength(1);
  });
  it("of a model are rejected all together, in one step of undo, and seen again with other rejected suggestions", () => {
    const { store, saved, decided, beats } = opened(() => 1, []);
    const grid = predicted([0, 1, 2]);
    const standing = (): string[] => store.suggestedGrids().map((one) => one.standing);
    store.predictions = [grid];
    expect(standing()).toEqual(["open"]);
    beats.rejectPredicted(grid);
    expect(decided.splice(0)).toEqual(["7 m7_p0 rejected all", "7 m7_p1 rejected all", "7 m7_p2 rejected all"]);
    expect([standing(), store.rejectedCount]).toEqual([[], 1]);
    store.showsRejected = true;
    expect(standing()).toEqual(["rejected"]);
    store.undo();
    expect(decided.splice(0)).toEqual(["7 m7_p2 undecided", "7 m7_p1 undecided", "7 m7_p0 undecided"]);
    expect([standing(), store.rejectedCount]).toEqual([["open"], 0]);
    store.redo();
    beats.takeBackPredicted(grid);
    expect(standing()).toEqual(["open"]);
    expect(saved).toEqual([]);
  });
  it("of a model that were rejected are accepted after all: the rejections are taken back in the same step", () => {
    const { store, decided, beats } = opened(() => 1, []);
    const grid = predicted([0, 1]);
    store.predictions = [grid];
    beats.rejectPredicted(grid);
    decided.splice(0);
    beats.usePredicted(grid);
    expect(decided).toEqual(["7 m7_p0 undecided", "7 m7_p1 undecided"]);
    expect(store.beats).toHaveLength(2);
    expect(store.suggestedGrids().map((one) => one.standing)).toEqual(["taken"]);
    store.undo();
    expect([store.beats.length, store.rejectedCount]).toEqual([0, 1]);
  });
  it("of a model that were rejected still are when the task is opened again", () => {
    const { store } = opened(() => 1, []);
    store.predictions = [{ ...predicted([0, 1]), decisions: { m7_p0: "rejected", m7_p1: "rejected" } }];
    expect([store.suggestedGrids(), store.rejectedCount]).toEqual([[], 1]);
  });
  it("of a model are not rejected while suggestions are hidden", () => {
    const says: string[] = [];
    const { store, decided, beats } = opened(() => 1, says);
    store.predictions = [predicted([0, 1])];
    store.hidesSuggestions = true;
    beats.rejectPredicted(predicted([0, 1]));
    expect([decided, says.length]).toEqual([[], 1]);
  });
  it("that others take the place of keep no id that a model gave", () => {
    const present = predicted([0, 1]).document.points;
    const changes = replacing(present, [0.3, 0.9].map((time) => ({ time, position: 1, anchor: false })));
    expect(changes.filter(({ after }) => after).every(({ id, after }) => after!.origin!.kind === "human" && !id.startsWith("m7"))).toBe(true);
    expect(changes.filter(({ after }) => after === null).map(({ id }) => id)).toEqual(["m7_p0", "m7_p1"]);
  });
  it("that are tapped are the beats that were there, as many as there were; the others stay, and the tempo may go on from the last", () => {
    globalThis.window ??= globalThis as never;
    const { store, beats } = opened(() => 1, []);
    beats.usePredicted(predicted([0, 0.5, 1, 1.5, 2, 2.5, 3]));
    beats.taps.push(1.1, 1.6, 2.1);
    beats.finishTaps();
    expect(store.beats.map(({ id, time, anchor, origin }) => [id, time, anchor, origin?.edited])).toEqual([
      ["m7_p0", 0, false, false],
      ["m7_p1", 0.5, false, false],
      ["m7_p2", 1.1, true, true],
      ["m7_p3", 1.6, false, true],
      ["m7_p4", 2.1, true, true],
      ["m7_p5", 2.5, false, false],
      ["m7_p6", 3, false, false],
    ]);
    expect(beats.selected).toBe("m7_p4");
    beats.onward();
    expect(store.beats.slice(5).map(({ id, time }) => [id, time])).toEqual([["m7_p5", 2.6], ["m7_p6", 3.1], [expect.any(String), 3.6], [expect.any(String), 4.1], [expect.any(String), 4.6]]);
  });
});

describe("beats that the analysis found", () => {
  const origin = { kind: "analysis", model: "librosa", version: "0.11.0" } as const;
  const found = [1, 2, 3].map((time, index) => ({ time, position: index + 1, anchor: false }));
  const beat = (id: string, time: number, position: number, more: Partial<Point> = {}): Point => ({ id, time, kind: "beat", position, anchor: false, origin, ...more });
  const told = (changes: ReturnType<typeof taking>): unknown[] => changes.map(({ id, after }) => [id, after && [after.time, after.origin?.kind, after.origin?.edited ?? false]]);
  it("have the analysis as their origin", () => {
    expect(taking([], found, origin).map(({ after }) => after)).toEqual(found.map((one) => expect.objectContaining({ ...one, kind: "beat", origin })));
  });
  it("are corrected once somebody moves them or counts them otherwise; anchored where they are they are not", () => {
    const present = [beat("a", 1, 1), beat("b", 2, 2), beat("c", 3, 3)];
    const wanted = [{ id: "a", time: 1, position: 1, anchor: true }, { id: "b", time: 2.1, position: 2, anchor: true }, { id: "c", time: 3, position: 1, anchor: false }];
    expect(told(replacing(present, wanted))).toEqual([["a", [1, "analysis", false]], ["b", [2.1, "analysis", true]], ["c", [3, "analysis", true]]]);
  });
  it("taken once more are as they were found, and the same beats", () => {
    const present = [beat("a", 1, 1), beat("b", 2, 4, { origin: { ...origin, edited: true } }), beat("c", 3.2, 3, { origin: { ...origin, edited: true } })];
    expect(told(taking(present, found, origin))).toEqual([["b", [2, "analysis", false]], ["c", [3, "analysis", false]]]);
    expect(taking([beat("a", 1, 1), beat("b", 2, 2), beat("c", 3, 3)], found, origin)).toEqual([]);
  });
  it("that lie and count as somebody's do stay theirs; others of a person give their ids, those of a model go", () => {
    const model = { kind: "model", prediction: "7", region: "m7_p0" } as const;
    const present = [beat("mine", 1, 1, { origin: { kind: "human" } }), beat("m7_p0", 2, 4, { origin: model }), beat("other", 2.7, 1, { origin: { kind: "human" } })];
    const changes = taking(present, found, origin);
    expect(told(changes.filter(({ id }) => id === "mine" || id === "m7_p0" || id === "other"))).toEqual([["other", [2, "analysis", false]], ["m7_p0", null]]);
    expect(changes.filter(({ after }) => after).map(({ after }) => after!.time)).toEqual([2, 3]);
  });
});

describe("the beat or bar beside another", () => {
  const grid = new BeatGrid([4, 1, 2, 3, 4, 1].map((position, index) => ({ id: `b${index}`, time: index * 0.5, position, anchor: false })));
  it("comes after or before the selected one", () => {
    expect([grid.beside(2, 9, 1, false), grid.beside(2, 9, -1, false)]).toEqual([3, 1]);
    expect([grid.beside(2, 9, 1, true), grid.beside(2, 9, -1, true)]).toEqual([5, 1]);
  });
  it("is counted from the playhead when none is selected: the beat there comes next", () => {
    expect([grid.beside(-1, 0.5, 1, false), grid.beside(-1, 0.5, -1, false)]).toEqual([1, 0]);
    expect([grid.beside(-1, 0.6, 1, true), grid.beside(-1, 0.6, -1, true)]).toEqual([5, 1]);
  });
  it("is not there at the ends", () => expect([grid.beside(5, 0, 1, false), grid.beside(0, 0, -1, false), grid.beside(1, 0, -1, true)]).toEqual([-1, -1, -1]));
});

describe("meters", () => {
  it("are told of each beat, and where they change", () => {
    const grid = new BeatGrid([4, 1, 2, 3, 4, 1, 2, 3, 1, 2, 3, 1].map((position, index) => ({ id: `b${index}`, time: index * 0.5, position, anchor: false })));
    expect([...grid.meters]).toEqual([4, 4, 4, 4, 4, 3, 3, 3, 3, 3, 3, 3]);
    expect([...grid.changes]).toEqual([5]);
    expect([grid.meter, grid.meterAt(0.6), grid.meterAt(9)]).toEqual([4, 4, 3]);
  });
  it("change from the selected beat on, up to the next change; an added beat is counted in the meter that holds there", () => {
    const { store, beats } = opened(() => 4.2, []);
    beats.usePredicted(predicted([0, 1, 2, 3, 4]));
    beats.double();
    beats.selected = store.beats[4]!.id;
    beats.setMeterFrom(3);
    expect(store.beats.map((beat) => beat.position)).toEqual([1, 2, 3, 4, 1, 2, 3, 1, 2]);
    beats.insert(4.2);
    expect(store.beats.at(-1)!.position).toBe(3);
  });
  it("that no bar can have are refused", () => {
    const says: string[] = [];
    const { store, beats } = opened(() => 1, says);
    beats.usePredicted(predicted([0, 1, 2, 3]));
    beats.setMeterFrom(3);
    beats.selected = "m7_p1";
    beats.setMeterFrom(0);
    expect(says).toEqual(["Select a beat first: click it in the row of beats, or press Alt + W.", "A bar has 1 to 32 beats."]);
    expect(store.beats.map((beat) => beat.position)).toEqual([1, 2, 3, 4]);
  });
});

describe("nudges of a beat", () => {
  it("are one step of undo", () => {
    const { store, beats } = opened(() => 1, []);
    beats.usePredicted(predicted([0, 1, 2, 3]));
    beats.selected = "m7_p2";
    for (let press = 0; press < 3; press++) beats.nudge(0.01);
    expect(store.beats.map((beat) => beat.time)).toEqual([0.03, 1.03, 2.03, 3.03]);
    store.undo();
    expect(store.beats.map((beat) => beat.time)).toEqual([0, 1, 2, 3]);
  });
});
