import { describe, expect, it } from "vitest";
import type { Prediction } from "../src/api/answers";
import type { Change, Region } from "../src/editing/document";
import type { KeyValueStore } from "../src/editing/journals";
import { locksOf } from "../src/editing/lane_control";
import { LaneStates } from "../src/editing/lane_states";
import { spokenChanges } from "../src/editing/spoken";
import { Store, unknownLabel } from "../src/editing/store";
import { laneOf } from "../src/editing/tier_names";
import { stretchFrom } from "../src/playback/solo";

const memory = (): KeyValueStore => {
  const values = new Map<string, string>();
  return { getItem: (key) => values.get(key) ?? null, setItem: (key, value) => Boolean(values.set(key, value)), removeItem: (key) => void values.delete(key), keys: () => [...values.keys()] };
};
const region = (id: string, start: number, end: number, label = "a"): Region => ({ id, start, end, label, origin: { kind: "human" } });
const isLabel = (lane: string): boolean => lane.length === 1;

describe("states of lanes", () => {
  it("are remembered for the project, except those of lanes that come and go", () => {
    const kept = memory();
    const states = new LaneStates(kept, "lanes:1", isLabel);
    states.toggle("locked", "a");
    states.toggle("hidden", "b");
    states.toggle("solo", "c");
    states.toggle("hidden", "model:p1");
    const again = new LaneStates(kept, "lanes:1", isLabel);
    expect([again.is("locked", "a"), again.is("hidden", "b"), again.solo, again.is("hidden", "model:p1")]).toEqual([true, true, "c", false]);
    expect(new LaneStates(kept, "lanes:2", isLabel).is("locked", "a")).toBe(false);
  });
  it("only one lane is heard alone", () => {
    const states = new LaneStates(memory(), "lanes", isLabel);
    states.toggle("solo", "a");
    states.toggle("solo", "b");
    expect(states.solo).toBe("b");
    states.toggle("solo", "b");
    expect(states.solo).toBeNull();
  });
});

describe("locked lanes", () => {
  const setting = () => {
    const said: string[] = [];
    const store = new Store([{ ...unknownLabel("a"), name: "Speech" }, { ...unknownLabel("b"), name: "Music" }], () => undefined, () => undefined, () => undefined);
    const states = new LaneStates(memory(), "lanes", isLabel);
    store.locks = locksOf(store, states, (text) => said.push(text));
    const put = (one: Region): number => store.edit([store.putRegion(one)]);
    return { store, states, said, put };
  };
  it("refuse new regions, changes, deletions, and regions of other lanes", () => {
    const { store, states, said, put } = setting();
    put(region("r1", 1, 2));
    put(region("r2", 1, 2, "b"));
    states.toggle("locked", "a");
    expect([put(region("r3", 3, 4)), put(region("r1", 1, 5)), store.edit([store.removal("r1")!]), put(region("r2", 1, 2, "a"))]).toEqual([0, 0, 0, 0]);
    expect(store.region("r1")!.end).toBe(2);
    expect(new Set(said)).toEqual(new Set(["Speech is locked. Unlock its lane to change it."]));
  });
  it("are left out of what is done to many, and how many is said", () => {
    const { store, states, said, put } = setting();
    for (const one of [region("r1", 1, 2), region("r2", 2, 3), region("r3", 1, 2, "b")]) put(one);
    states.toggle("locked", "a");
    expect(store.edit(["r1", "r2", "r3"].map((id) => store.removal(id)!))).toBe(1);
    expect([store.region("r1") !== null, store.region("r3")]).toEqual([true, null]);
    expect(said).toEqual(["2 regions in locked lanes stay as they are."]);
  });
  it("are not changed by undo and redo either, and what was done is not lost by the attempt", () => {
    const { store, states, put } = setting();
    put(region("r1", 1, 2));
    states.toggle("locked", "a");
    expect(store.undo()).toBeNull();
    expect(store.region("r1")).not.toBeNull();
    states.toggle("locked", "a");
    expect(store.undo()).toHaveLength(1);
    states.toggle("locked", "a");
    expect(store.redo()).toBeNull();
    states.toggle("locked", "a");
    expect(store.redo()).toHaveLength(1);
  });
  it("may be tiers: regions are locked by where they lie, whatever their label is", () => {
    const said: string[] = [];
    const store = new Store([unknownLabel("a"), unknownLabel("b")], () => undefined, () => undefined, () => undefined, true);
    const states = new LaneStates(memory(), "lanes", isLabel);
    store.locks = locksOf(store, states, (text) => said.push(text));
    states.toggle("locked", laneOf("Ada"));
    const put = (id: string, tier: string, label: string): number => store.edit([store.putRegion({ ...region(id, 1, 2, label), tier })]);
    expect([put("r1", "Ada", "a"), put("r2", "Ben", "a"), put("r3", "Ben", "b"), put("r3", "Ada", "b")]).toEqual([0, 1, 1, 0]);
    expect(new Set(said)).toEqual(new Set(["Ada is locked. Unlock its lane to change it."]));
  });
  it("keep their suggestions from being accepted and rejected", () => {
    const { store, states } = setting();
    const suggested: Region = { ...region("s1", 1, 2), origin: { kind: "model", prediction: "p1", region: "s1", score: 0.9 } };
    const document = { schema: "", regions: [suggested], points: [], tags: [], caption: null, answers: [] };
    store.predictions = [{ id: "p1", model: "m", model_name: "M", license: "", version: "1", document, decisions: {}, notes: [] } satisfies Prediction];
    states.toggle("locked", "a");
    expect([store.edit([store.putRegion(suggested)]), store.edit([store.rejection("p1", "s1")])]).toEqual([0, 0]);
    expect(store.suggestions()).toHaveLength(1);
    states.toggle("locked", "a");
    expect(store.edit([store.rejection("p1", "s1")])).toBe(1);
  });
  it("and hidden ones are left out when everything is selected", () => {
    const { store, states, put } = setting();
    for (const one of [region("r1", 1, 2), region("r2", 2, 3, "b")]) put(one);
    const locks = locksOf(store, states, () => undefined);
    states.toggle("locked", "a");
    expect(locks.selectable(["r1", "r2"])).toEqual({ ids: ["r2"], left: 1 });
    states.toggle("hidden", "b");
    expect(locks.selectable(["r1", "r2"])).toEqual({ ids: [], left: 2 });
  });
});

describe("hearing one lane alone", () => {
  const spans = [{ start: 1, end: 3 }, { start: 2, end: 4 }, { start: 4.01, end: 5 }, { start: 6, end: 6 }, { start: 8, end: 9 }];
  it("goes from stretch to stretch; what overlaps or nearly touches is one", () => {
    expect(stretchFrom(spans, 0)).toEqual({ start: 1, stop: 5 });
    expect(stretchFrom(spans, 5)).toEqual({ start: 8, stop: 9 });
    expect(stretchFrom(spans, 9)).toBeNull();
  });
  it("begins in the middle of a region when the playhead is there", () => expect(stretchFrom(spans, 8.5)).toEqual({ start: 8.5, stop: 9 }));
});

describe("changes in words", () => {
  const names = (label: string): string => ({ a: "Speech" })[label] ?? label;
  const change = (before: Region | null, after: Region | null): Change => ({ collection: "regions", id: "r", before, after });
  it("say what came, went or moved", () => {
    const one = region("r", 4, 8);
    expect(spokenChanges([change(one, null)], names)).toBe("Speech at 0:04.000 is gone");
    expect(spokenChanges([change(null, one)], names)).toBe("Speech, 0:04.000 to 0:08.000 is back");
    expect(spokenChanges([change(region("r", 5, 9), one)], names)).toBe("Speech, 0:04.000 to 0:08.000");
    expect(spokenChanges([change(null, one), change(null, one)], names)).toBe("2 changes");
  });
});
