import { describe, expect, it } from "vitest";
import type { Label, Prediction } from "../src/api/answers";
import { Deciding } from "../src/editing/deciding";
import { Edits } from "../src/editing/edits";
import { itemKey, type Items, type Operation, type Region, operationOf } from "../src/editing/document";
import type { KeyValueStore } from "../src/editing/journals";
import { Store, unknownLabel } from "../src/editing/store";

const label = (id: string, rules: Partial<Label> = {}): Label => ({ ...unknownLabel(id), ...rules });
const region = (id: string, start: number, end: number, of: string, more: Partial<Region> = {}): Region => ({ id, start, end, label: of, origin: { kind: "human" }, ...more });
const who = { id: "who", name: "Speaker", kind: "choice" as const, choices: ["Ada"], required: false };
const LABELS = [label("free", { attributes: [who, { ...who, id: "mood" }] }), label("alone", { overlap: "forbid", attributes: [who] }), label("cut", { overlap: "trim" }), label("chord", { vocabulary: "harte" }), label("long", { shortest: 1 })];

function opened(regions: Region[], playhead = 0) {
  const values = new Map<string, string>();
  const clipboard: KeyValueStore = { getItem: (key) => values.get(key) ?? null, setItem: (key, value) => Boolean(values.set(key, value)), removeItem: (key) => void values.delete(key), keys: () => [...values.keys()] };
  const complaints: string[] = [];
  const sent: Operation[] = [];
  const store = new Store(LABELS, (changes) => void sent.push(...changes.map(operationOf)), () => undefined, () => undefined);
  store.items = new Map(regions.map((one) => [itemKey("regions", one.id), one])) as Items;
  const complain = (text: string): void => void complaints.push(text);
  const deciding = new Deciding(store, { say: () => undefined, complain, tierFor: () => null });
  const edits = new Edits(store, { first: 0, last: 60, playhead: () => playhead, say: () => undefined, complain, clipboard, task: "t1", tierFor: () => null, chosenTier: () => null });
  const spans = (of: string) => store.collection<Region>("regions").filter((one) => one.label === of).map((one) => [one.start, one.end]).sort((one, other) => one[0]! - other[0]!);
  return { store, edits, deciding, complaints, sent, spans };
}

function predicted(regions: Region[]): Prediction {
  const made = regions.map((one) => ({ ...one, origin: { kind: "model" as const, prediction: "p", region: one.id, score: 0.9, edited: false } }));
  const document = { schema: "x", regions: made, points: [], tags: [], caption: null, answers: [] };
  return { id: "p", model: "m", model_name: "M", license: "", version: "1", document, decisions: {}, notes: [] };
}

describe("rules of labels when several regions are made at once", () => {
  it("leave out accepted suggestions that would overlap, also each other, and say so", () => {
    const { store, deciding, complaints, spans } = opened([region("a", 1, 3, "alone")]);
    store.predictions = [predicted([region("s1", 2, 4, "alone"), region("s2", 5, 7, "alone"), region("s3", 6, 8, "alone"), region("s4", 8, 9, "alone")])];
    deciding.acceptAll();
    expect(spans("alone")).toEqual([[1, 3], [5, 7], [8, 9]]);
    expect(complaints).toEqual(["2 of 4 were left out. Regions of alone must not overlap."]);
    expect(store.suggestions().map((one) => one.region.id)).toEqual(["s1", "s3"]);
  });
  it("cut an accepted suggestion to what is free, which is an edit of it", () => {
    const { store, deciding } = opened([region("a", 1, 3, "cut")]);
    store.predictions = [predicted([region("s1", 2, 4, "cut"), region("s2", 5, 6, "cut")])];
    deciding.accept(["s1", "s2"]);
    expect(["s1", "s2"].map((id) => store.region(id)!).map((one) => [one.start, one.origin.edited])).toEqual([[3, true], [5, false]]);
  });
  it("hold relabeled regions to each other, and leave answers behind that are not asked for", () => {
    const { store, edits, complaints, spans } = opened([region("a", 1, 3, "free", { attributes: { who: "Ada", mood: "Ada" } }), region("b", 2, 4, "free")]);
    edits.relabel([store.region("a")!, store.region("b")!], "alone");
    expect(spans("alone")).toEqual([[1, 3]]);
    expect(store.region("a")!.attributes).toEqual({ who: "Ada" });
    expect(complaints[0]).toContain("1 of 2 was left out.");
    store.undo();
    expect(store.region("a")!.attributes).toEqual({ who: "Ada", mood: "Ada" });
  });
  it("keep a region from a label whose vocabulary its text is not of", () => {
    const { store, edits, complaints } = opened([region("a", 1, 3, "free", { text: "hello" })]);
    edits.relabel([store.region("a")!], "chord");
    expect(store.region("a")!.label).toBe("free");
    expect(complaints[0]).toContain("hello is no chord");
  });
  it("hold pasted regions to each other", () => {
    const { store, edits, spans } = opened([region("a", 1, 3, "cut"), region("b", 2.5, 4, "free")], 20);
    edits.copies.copy([store.region("a")!, store.region("b")!]);
    edits.copies.paste();
    edits.copies.paste();
    expect(spans("cut")).toEqual([[1, 3], [20, 22]]);
    expect(spans("free").length).toBe(3);
  });
  it("keep the origin of both parts of a split suggestion, as edited", () => {
    const origin = { kind: "model" as const, prediction: "p1", region: null, model: "tagger", version: "2", score: 0.9, edited: false };
    const { store, edits } = opened([region("a", 1, 3, "free", { origin })], 2);
    edits.split(store.region("a")!);
    const parts = store.ownRegions();
    expect(parts.map((one) => [one.start, one.end])).toEqual([[1, 2], [2, 3]]);
    expect(parts.map((one) => [one.origin.prediction, one.origin.region ?? one.id, one.origin.score, one.origin.edited])).toEqual([
      ["p1", "a", 0.9, true],
      ["p1", "a", 0.9, true],
    ]);
  });
  it("allow no part that is too short, and no joint across another region", () => {
    const { store, edits, complaints, spans } = opened([region("a", 1, 2.5, "long"), region("b", 10, 11, "alone"), region("c", 12, 13, "alone"), region("d", 14, 15, "alone")], 2);
    edits.split(store.region("a")!);
    edits.merge([store.region("b")!, store.region("d")!]);
    expect([spans("long"), spans("alone").length]).toEqual([[[1, 2.5]], 3]);
    expect(complaints).toEqual(["A region of long lasts at least 1 s.", "Regions of alone must not overlap."]);
  });
});
