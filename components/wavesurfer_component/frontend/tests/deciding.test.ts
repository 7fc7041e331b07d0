import { describe, expect, it } from "vitest";
import type { Prediction } from "../src/api/answers";
import { Deciding } from "../src/editing/deciding";
import { type Decided, type DocumentChange, itemsOf, type Operation, operationOf, type Origin, type Region, type Tag } from "../src/editing/document";
import { Store, unknownLabel } from "../src/editing/store";

const origin = (prediction: string, score: number, region?: string): Origin => ({ kind: "model", prediction, region, model: "tagger", version: "2", score, edited: false });
const region = (id: string, start: number, label: string, score: number): Region => ({ id, start, end: start + 1, label, origin: origin("p1", score, id) });
const tag = (label: string, score: number, prediction = "p1"): Tag => ({ label, score, origin: origin(prediction, score) });
const EMPTY = { schema: "labelbuddy/annotation@1", regions: [], points: [], tags: [], caption: null, answers: [] };

function suggested(regions: Region[], tags: Tag[] = []) {
  const operations: Operation[] = [];
  const decisions: [string, string, Decided | undefined][] = [];
  const said: string[] = [];
  const store = new Store(
    [unknownLabel("speech"), unknownLabel("music")],
    (changes: readonly DocumentChange[]) => operations.push(...changes.map(operationOf)),
    (_, item, decision, by) => decisions.push([item, decision, by]),
    () => undefined,
  );
  store.items = itemsOf({ ...EMPTY });
  store.predictions = [{ id: "p1", document: { ...EMPTY, regions, tags }, decisions: {} } as unknown as Prediction];
  const deciding = new Deciding(store, { say: (text) => said.push(text), complain: (text) => said.push(text), tierFor: () => null });
  return { store, deciding, operations, decisions, said, open: () => store.suggestions().map((one) => one.region.id), marks: () => store.drawn().map((one) => `${one.id} ${one.mark}`) };
}
const THREE = [region("s1", 1, "speech", 0.9), region("s2", 3, "music", 0.8), region("s3", 5, "speech", 0.3)];

describe("rejecting by score and label", () => {
  it("rejects what the threshold lets through, or what it does not, and says how on record", () => {
    const { store, deciding, decisions, open } = suggested(THREE, [tag("music", 0.7), tag("speech", 0.1)]);
    store.threshold = 0.5;
    deciding.rejectAll();
    expect(open()).toEqual(["s3"]);
    expect(decisions.map(([item, , by]) => [item, by])).toEqual(["s1", "s2", "tag:music"].map((item) => [item, { how: "all", threshold: 0.5 }]));
    deciding.rejectBelow();
    expect(open()).toEqual([]);
    expect(decisions.slice(3).map(([item, , by]) => [item, by])).toEqual(["s3", "tag:speech"].map((item) => [item, { how: "below", threshold: 0.5 }]));
  });
  it("of one label leaves the others and what is below alone", () => {
    const { store, deciding, decisions, open } = suggested(THREE, [tag("speech", 0.6)]);
    store.threshold = 0.5;
    deciding.rejectAll("speech");
    expect(open()).toEqual(["s2", "s3"]);
    expect(decisions.map(([item, , by]) => [item, by?.how])).toEqual([["s1", "label"], ["tag:speech", "label"]]);
  });
  it("is one step of undo", () => {
    const { store, deciding, decisions, open } = suggested(THREE);
    deciding.rejectAll();
    store.undo();
    expect(open().sort()).toEqual(["s1", "s2", "s3"]);
    expect(decisions.slice(3).map(([, decision]) => decision)).toEqual(["undecided", "undecided", "undecided"]);
  });
  it("does nothing while suggestions are hidden", () => {
    const { store, deciding, decisions, said } = suggested(THREE);
    store.hidesSuggestions = true;
    deciding.rejectAll("speech");
    expect([decisions, said]).toEqual([[], ["Suggestions are hidden. Show them (V) to decide on them."]]);
  });
});

describe("tags of the clip", () => {
  it("are accepted with the regions from the threshold on, each once, from the model that is surest", () => {
    const { store, deciding, operations, said } = suggested(THREE, [tag("music", 0.6), tag("speech", 0.2)]);
    store.predictions = [...store.predictions, { id: "p2", document: { ...EMPTY, tags: [tag("music", 0.95, "p2")] }, decisions: {} } as unknown as Prediction];
    store.threshold = 0.5;
    deciding.acceptAll();
    expect(said).toEqual(["3 suggestions accepted"]);
    expect(store.tags).toEqual([tag("music", 0.95, "p2")]);
    expect(operations.map((one) => one.by)).toEqual([0, 1, 2].map(() => ({ how: "all", threshold: 0.5 })));
  });
});

describe("what was rejected", () => {
  it("is drawn while it is shown, and not while suggestions are hidden", () => {
    const { store, deciding, marks } = suggested(THREE, [tag("music", 0.6)]);
    deciding.rejectItem("p1", "s1");
    deciding.rejectItem("p1", "tag:music");
    expect(store.rejectedCount).toBe(2);
    expect([marks().length, store.rejectedItems().rejectedTags.length, store.rejected("s1")]).toEqual([2, 0, null]);
    store.showsRejected = true;
    expect(marks()).toEqual(["s1 dismissed", "s2 prediction", "s3 prediction"]);
    expect(store.rejectedItems().rejectedTags.map((one) => one.tag.label)).toEqual(["music"]);
    store.hidesSuggestions = true;
    expect([marks(), store.rejected("s1")]).toEqual([[], null]);
  });
  it("is an open suggestion again when it is taken back, which can be undone", () => {
    const { store, deciding, decisions, marks, said } = suggested(THREE);
    deciding.rejectAll();
    store.showsRejected = true;
    expect(deciding.takeBack(["s1", "s2"])).toBe(2);
    expect(marks()).toEqual(["s1 prediction", "s2 prediction", "s3 dismissed"]);
    expect(decisions.slice(3)).toEqual([["s1", "undecided", undefined], ["s2", "undecided", undefined]]);
    expect(said.at(-1)).toBe("2 suggestions are open again");
    store.undo();
    expect(marks()).toEqual(["s1 dismissed", "s2 dismissed", "s3 dismissed"]);
  });
  it("is accepted at once, in one step of undo with the rejection", () => {
    const { store, deciding, decisions, marks, said } = suggested(THREE);
    deciding.rejectItem("p1", "s1");
    store.showsRejected = true;
    deciding.accept(["s1"]);
    expect([marks()[0], decisions.at(-1), said.at(-1)]).toEqual(["s1 accepted", ["s1", "undecided", undefined], "speech accepted"]);
    store.undo();
    expect(marks()[0]).toBe("s1 dismissed");
  });
  it("of tags and captions is taken back too", () => {
    const { store, deciding } = suggested([], [tag("music", 0.6)]);
    deciding.rejectItem("p1", "tag:music");
    store.showsRejected = true;
    deciding.takeBackItem("p1", "tag:music");
    expect([store.suggestedTags().length, store.rejectedCount]).toEqual([1, 0]);
  });
});

describe("a suggestion that was accepted and split", () => {
  it("is open again only when all of its parts are gone", () => {
    const { store, open } = suggested(THREE);
    const part = { ...region("x", 1.5, "speech", 0.9), origin: { ...origin("p1", 0.9, "s1"), edited: true } };
    store.edit([store.put("regions", "s1", region("s1", 1, "speech", 0.9)), store.put("regions", "x", part)]);
    expect(open()).toEqual(["s2", "s3"]);
    store.edit([store.put("regions", "s1", null)]);
    expect(open()).toEqual(["s2", "s3"]);
    store.edit([store.put("regions", "x", null)]);
    expect(open().sort()).toEqual(["s1", "s2", "s3"]);
  });
});
