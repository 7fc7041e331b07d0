/** The ground truth of a review, edited in steps; and what changed since an annotation was sent back. */
import { describe, expect, it } from "vitest";
import type { AnnotationDocument, Region } from "../src/editing/document";
import { changesSince } from "../src/reviewing/changes";
import { GroundTruth } from "../src/reviewing/ground_truth";

const region = (id: string, start: number, end: number, label = "speech"): Region => ({ id, start, end, label, origin: { kind: "human" } });
const document = (...regions: Region[]): AnnotationDocument => ({ schema: "labelbuddy/annotation@1", regions, points: [], tags: [], caption: null, answers: [] });
const none = { kind: "none", revision: 0, document: null, by: null } as const;
const ids = (truth: GroundTruth): string[] => truth.marks.map((one) => one.id);

describe("the ground truth", () => {
  it("begins with the annotation under review, and with nothing to save", () => {
    const truth = new GroundTruth(none, document(region("a", 1, 2)), "k");
    expect(ids(truth)).toEqual(["a"]);
    expect(truth.changed).toBe(false);
  });
  it("begins with what another reviewer has adjudicated", () => {
    const truth = new GroundTruth({ kind: "adjudicated", revision: 3, document: document(region("b", 4, 5)), by: "rita" }, document(region("a", 1, 2)), "k");
    expect(ids(truth)).toEqual(["b"]);
    expect(truth.revision).toBe(3);
  });
  it("never changes the annotation", () => {
    const annotation = document(region("a", 1, 2));
    new GroundTruth(none, annotation, "k").replace(["a"], [region("c", 3, 4)], "group");
    expect(annotation.regions.map((one) => one.id)).toEqual(["a"]);
  });
  it("is undone and done again with what was decided", () => {
    const truth = new GroundTruth(none, document(region("a", 1, 2)), "k");
    truth.replace(["a"], [region("c", 3, 4)], "group");
    expect([ids(truth), truth.isResolved("group"), truth.changed]).toEqual([["c"], true, true]);
    expect(truth.undo()).toBe(true);
    expect([ids(truth), truth.isResolved("group"), truth.changed]).toEqual([["a"], false, false]);
    expect(truth.redo()).toBe(true);
    expect([ids(truth), truth.isResolved("group")]).toEqual([["c"], true]);
    expect(truth.redo()).toBe(false);
  });
  it("keeps instants as points", () => {
    const truth = new GroundTruth(none, document(), "k");
    truth.replace([], [{ ...region("e", 3, 3), instant: true }], null);
    expect(truth.document.regions).toEqual([]);
    expect(truth.document.points.map((one) => [one.id, one.time])).toEqual([["e", 3]]);
  });
  it("gives back one's own after a look at another's", () => {
    const truth = new GroundTruth(none, document(region("a", 1, 2)), "k");
    truth.replace(["a"], [region("mine", 1, 3)], "group");
    truth.take({ kind: "adjudicated", revision: 1, document: document(region("theirs", 1, 4)), by: "rolf" });
    expect([ids(truth), truth.changed, truth.revision]).toEqual([["theirs"], false, 1]);
    truth.undo();
    expect([ids(truth), truth.changed]).toEqual([["mine"], true]);
  });
});

describe("what changed since it was sent back", () => {
  const before = document(region("same", 1, 2), region("moved", 3, 4), region("named", 5, 6), region("said", 7, 8), region("gone", 9, 10));
  const after = document(region("same", 1, 2), region("moved", 3, 4.5), region("named", 5, 6, "music"), { ...region("said", 7, 8), text: "hello" }, region("new", 11, 12));
  it("is told region by region", () => {
    const { present, removed } = changesSince(before, after);
    expect([...present]).toEqual([["moved", "moved"], ["named", "relabeled"], ["said", "changed"], ["new", "added"]]);
    expect(removed.map((one) => one.id)).toEqual(["gone"]);
  });
  it("is nothing for the same document", () => {
    const { present, removed } = changesSince(before, before);
    expect([present.size, removed.length]).toEqual([0, 0]);
  });
});
