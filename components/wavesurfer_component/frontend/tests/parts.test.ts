/** Tags, captions and beats among the disagreements of a review. */
import { expect, test } from "vitest";
import type { AnnotationDocument, Point } from "../src/editing/document";
import { type PartGroup, partGroups, withPart } from "../src/reviewing/parts";

const HUMAN = { kind: "human" } as const;
const beat = (time: number): Point => ({ id: `b${time}`, time, kind: "beat", origin: HUMAN });
const document = (given: { tags?: string[]; caption?: string; beats?: number[] }): AnnotationDocument => ({
  schema: "labelbuddy/annotation@1",
  regions: [],
  points: (given.beats ?? []).map(beat),
  tags: (given.tags ?? []).map((label) => ({ label, origin: HUMAN })),
  caption: given.caption === undefined ? null : { text: given.caption, origin: HUMAN },
  answers: [],
});
const groups = (...documents: (AnnotationDocument | null)[]): PartGroup[] => partGroups(documents.map((one, place) => ({ id: String(place), document: one })), { start: 0, stop: 60 });

test("tags and captions that differ are groups of the whole clip, whatever their order and case", () => {
  expect(groups(document({ tags: ["a", "b"], caption: "A dog." }), document({ tags: ["b", "a"], caption: "a  dog." }))).toEqual([]);
  const found = groups(document({ tags: ["a"], caption: "A dog." }), document({ tags: ["b"], caption: "A cat." }), document({ tags: ["a"] }));
  expect(found.map(({ part, differing, start, end }) => [part, differing, start, end])).toEqual([
    ["tags", 1, 0, 60],
    ["caption", 2, 0, 60],
  ]);
});

test("models, and a person alone, are not compared", () => {
  expect(groups(document({ tags: ["a"] }), null)).toEqual([]);
  expect(groups(document({ tags: ["a"] }), document({ tags: ["b"] }), null)[0]!.members.size).toBe(2);
});

test("beats within 70 ms are the same; those that follow each other and that not all have are one stretch", () => {
  expect(groups(document({ beats: [1, 2, 3] }), document({ beats: [1.06, 2, 3] }))).toEqual([]);
  const found = groups(document({ beats: [1, 2, 3, 4] }), document({ beats: [1, 2.2, 3.2, 4] }));
  expect(found.map(({ part, start, end }) => [part, Number(start.toFixed(3)), Number(end.toFixed(3))])).toEqual([["beats", 1.965, 3.235]]);
  expect(groups(document({ beats: [1, 2, 3, 4, 5] }), document({ beats: [1, 3, 5] })).length).toBe(2);
});

test("a part is taken from a version and left out, and nothing else is touched", () => {
  const mine = document({ tags: ["a"], caption: "A dog.", beats: [1, 2, 3, 4] });
  const theirs = document({ tags: ["b"], caption: "A cat.", beats: [1, 2.2, 3.2, 4] });
  const [tags, caption, beats] = groups(mine, theirs);
  const from = { id: "7", document: theirs };
  expect(withPart(mine, tags!, from).tags).toEqual([{ label: "b", origin: { kind: "consensus", annotation: "7" } }]);
  expect(withPart(mine, caption!, from).caption!.text).toBe("A cat.");
  expect(withPart(mine, caption!, null).caption).toBeNull();
  const merged = withPart(mine, beats!, from);
  expect(merged.points.map((one) => one.time)).toEqual([1, 2.2, 3.2, 4]);
  expect(new Set(merged.points.map((one) => one.id)).size).toBe(4);
  expect(merged.tags).toBe(mine.tags);
  expect(withPart(mine, beats!, null).points.map((one) => one.time)).toEqual([1, 4]);
});
