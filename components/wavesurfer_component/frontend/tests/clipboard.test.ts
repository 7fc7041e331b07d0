import { describe, expect, it } from "vitest";
import type { Label, Prediction } from "../src/api/answers";
import { copiedOrigin, copyRegions, pastedRegions, type PasteInto } from "../src/editing/clipboard";
import { type DocumentChange, itemsOf, operationOf, type Origin, type Region } from "../src/editing/document";
import { Edits } from "../src/editing/edits";
import type { KeyValueStore } from "../src/editing/journals";
import { Store, unknownLabel } from "../src/editing/store";

const kept = (): KeyValueStore => {
  const values = new Map<string, string>();
  return { getItem: (key) => values.get(key) ?? null, setItem: (key, value) => Boolean(values.set(key, value)), removeItem: (key) => void values.delete(key), keys: () => [...values.keys()] };
};
const label = (id: string, name = id): Label => ({ ...unknownLabel(id), name });
const region = (id: string, start: number, end: number, of = "a", origin: Origin = { kind: "human" }): Region => ({ id, start, end, label: of, origin });
const into = (more: Partial<PasteInto> = {}): PasteInto => ({ labels: [label("a"), label("b")], task: "t1", at: 1, first: 0, last: 10, has: () => false, ...more });
const copied = (regions: readonly Region[], { task = "t1", cut = [] as string[], nameOf = (id: string): string => id } = {}): KeyValueStore => {
  const store = kept();
  copyRegions(store, regions, { task, cut, nameOf });
  return store;
};
const BY_MODEL: Origin = { kind: "model", prediction: "p1", region: "s1", model: "tagger", version: "2", score: 0.9, edited: false };
const FROM_MODEL: Origin = { kind: "human", prediction: "p1", region: "s1", model: "tagger", version: "2" };

describe("clipboard", () => {
  it("keeps distances, gives new ids, and finds labels by name in another project", () => {
    const store = copied([region("r1", 5, 6), region("r2", 7, 9, "b")], { nameOf: (id) => (id === "a" ? "Speech" : "Music") });
    const { regions, left } = pastedRegions(store, into({ labels: [label("x", "Speech"), label("y", "Music")] }));
    expect(regions.map(({ start, end, label: of }) => [start, end, of])).toEqual([[1, 2, "x"], [3, 5, "y"]]);
    expect(left).toBe(0);
    expect(new Set(regions.map((one) => one.id)).has("r1")).toBe(false);
  });
  it("leaves out what does not fit, and says how many", () => {
    const store = copied([region("r1", 5, 6), region("r2", 7, 9, "b")]);
    expect(pastedRegions(store, into({ labels: [label("a")] })).left).toBe(1);
    expect(pastedRegions(store, into({ at: 8 })).left).toBe(1);
    expect(pastedRegions(kept(), into())).toEqual({ regions: [], moved: new Set(), left: 0 });
  });
});

describe("pasting at the same times", () => {
  it("puts regions where they were, also in a task of another stretch that holds them", () => {
    const store = copied([region("r1", 5, 6), region("r2", 7, 9)]);
    const { regions, left } = pastedRegions(store, into({ task: "t2", at: null, first: 6.5, last: 20 }));
    expect([regions.map(({ start, end }) => [start, end]), left]).toEqual([[[7, 9]], 1]);
  });
  it("makes nothing twice", () => {
    const { edits, document } = editor([region("r1", 1, 2), region("r2", 3, 4)]);
    edits.copies.copy(document());
    edits.copies.pasteInPlace();
    expect(document().length).toBe(2);
    edits.copies.cut([document()[0]!]);
    edits.copies.pasteInPlace();
    expect(document().map((one) => one.id)).toEqual(["r1", "r2"]);
  });
});

describe("where a copy comes from", () => {
  it("is the person who copied, and still the model, without the score that it gave to another stretch", () => {
    expect(copiedOrigin(BY_MODEL)).toEqual(FROM_MODEL);
    expect(copiedOrigin(copiedOrigin(BY_MODEL))).toEqual(FROM_MODEL);
    expect(copiedOrigin({ kind: "human" })).toEqual({ kind: "human" });
    expect(copiedOrigin({ kind: "consensus", annotation: "7" })).toEqual({ kind: "human", annotation: "7" });
  });
  it("is kept by copying and by duplicating", () => {
    const { edits, document } = editor([region("s1", 1, 2, "a", BY_MODEL)]);
    edits.duplicate([document()[0]!]);
    edits.copies.copy([document()[0]!]);
    edits.copies.paste();
    expect(document().map((one) => one.origin)).toEqual([BY_MODEL, FROM_MODEL, FROM_MODEL]);
  });
});

describe("an accepted region that is cut and pasted", () => {
  it("is the same one, edited, in another place", () => {
    const { edits, document, operations } = editor([region("s1", 1, 2, "a", BY_MODEL)]);
    edits.copies.cut(document());
    edits.copies.paste();
    expect(document()).toEqual([region("s1", 5, 6, "a", { ...BY_MODEL, edited: true })]);
    expect(operations.map(({ op, by }) => [op, by?.how])).toEqual([["delete", "cut"], ["put", "paste"]]);
  });
  it("is a copy when it is pasted again, or in another task", () => {
    const { edits, document, clipboard } = editor([region("s1", 1, 2, "a", BY_MODEL)]);
    edits.copies.cut(document());
    expect(pastedRegions(clipboard, into({ task: "t2" })).regions[0]?.origin).toEqual(FROM_MODEL);
    edits.copies.paste();
    edits.copies.paste();
    expect(document().map((one) => one.origin.kind)).toEqual(["model", "human"]);
  });
  it("is not edited by coming back to where it was", () => {
    const { edits, document } = editor([region("s1", 5, 6, "a", BY_MODEL)]);
    edits.copies.cut(document());
    edits.copies.paste();
    expect(document()).toEqual([region("s1", 5, 6, "a", BY_MODEL)]);
  });
  it("is a rejection when it is a suggestion, and what is pasted a copy", () => {
    const { edits, document, suggested, decisions } = editor([], [region("s1", 1, 2, "a", BY_MODEL)]);
    edits.copies.cut(suggested());
    edits.copies.paste();
    expect(decisions).toEqual([["p1", "s1", "rejected", undefined]]);
    expect(document()[0]).toMatchObject({ start: 5, origin: FROM_MODEL });
  });
});

/** Edits of a document, with the playhead at 5 s. */
function editor(regions: Region[], suggestions: Region[] = []) {
  const operations: ReturnType<typeof operationOf>[] = [];
  const decisions: unknown[] = [];
  const store = new Store(
    [label("a"), label("b")],
    (changes: readonly DocumentChange[]) => operations.push(...changes.map(operationOf)),
    (...decision) => decisions.push(decision),
    () => undefined,
  );
  const empty = { schema: "labelbuddy/annotation@1", regions: [], points: [], tags: [], caption: null, answers: [] };
  store.items = itemsOf({ ...empty, regions });
  store.predictions = suggestions.length ? [{ id: "p1", document: { ...empty, regions: suggestions }, decisions: {} } as unknown as Prediction] : [];
  const clipboard = kept();
  const edits = new Edits(store, { first: 0, last: 10, playhead: () => 5, say: () => undefined, complain: (text) => expect.fail(text), clipboard, task: "t1", tierFor: () => null, chosenTier: () => null });
  const document = (): Region[] => store.collection<Region>("regions").sort((one, other) => one.start - other.start);
  return { store, edits, clipboard, operations, decisions, document, suggested: () => store.suggestions().map((one) => one.region) };
}
