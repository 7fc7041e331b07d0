/** Where versions of an annotation differ: cases that the server shares, and what holds for any versions. */
import { describe, expect, it, test } from "vitest";
import { groupAbout, groupsOf, labelDistance, type Marked, median, merged, weightedMedian, type Tolerances, type Version } from "../src/reviewing/disagreements";
import cases from "../../../../tests/disagreements.json";

type Row = [string, number, number, string];
const marksOf = (rows: readonly Row[]): Marked[] => rows.map(([id, start, end, label]) => ({ id, start, end, label }));
const tolerant = (collar = 0.2, distance = 0, parents: Record<string, string | null> = {}): Tolerances => ({ collar, labelDistance: distance, parents: new Map(Object.entries(parents)) });

describe("cases that the server shares", () => {
  test.each(cases.map((one) => [one.name, one] as const))("%s", (_, { collar, label_distance, parents, versions, groups }) => {
    const found = groupsOf(
      versions.map((rows, number) => ({ id: `v${number}`, marks: marksOf(rows as Row[]) })),
      tolerant(collar, label_distance, parents as Record<string, string | null>),
    );
    const told = found.map((group) => ({
      members: [...group.members.values()].map((one) => one.id).sort(),
      kinds: group.kinds,
      differing: group.differing,
      spans: group.spans.map(({ start, end }) => [start, end]),
    }));
    const byMember = (a: { members: string[] }, b: { members: string[] }): number => (a.members[0]! < b.members[0]! ? -1 : 1);
    expect([...told].sort(byMember)).toEqual([...groups].sort(byMember));
  });
});

/** Numbers that are the same in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function anyVersions(seed: number): Version[] {
  const random = numbers(seed);
  return Array.from({ length: 2 + Math.floor(random() * 3) }, (_, version) => ({
    id: `v${version}`,
    marks: Array.from({ length: Math.floor(random() * 12) }, (__, number) => {
      const start = Math.round(random() * 200) / 10;
      return { id: `r${version}-${number}`, start, end: start + Math.round(random() * 30) / 10, label: ["speech", "music", "siren"][Math.floor(random() * 3)]! };
    }),
  }));
}

describe.each(Array.from({ length: 40 }, (_, seed) => seed + 1))("any versions (%i)", (seed) => {
  const versions = anyVersions(seed);
  const found = groupsOf(versions, tolerant());

  it("are the same in another order", () => {
    const other = groupsOf([...versions].reverse().map((one) => ({ ...one, marks: [...one.marks].reverse() })), tolerant());
    const told = (groups: typeof found): unknown => groups.map(({ key, kinds, differing, spans }) => ({ key, kinds, differing, spans }));
    expect(told(other)).toEqual(told(found));
  });
  it("have every mark in one group", () => {
    const all = found.flatMap((group) => [...group.members.values()].map((one) => one.id));
    expect(all.sort()).toEqual(versions.flatMap((one) => one.marks.map((mark) => mark.id)).sort());
  });
  it("differ in as many as do not have what most have, and say how and where", () => {
    for (const group of found) {
      expect(group.differing).toBeLessThan(versions.length);
      expect(group.kinds.length > 0).toBe(group.differing > 0);
      expect(group.spans.length > 0).toBe(group.differing > 0);
      for (const span of group.spans) expect(group.start <= span.start && span.start <= span.end && span.end <= group.end).toBe(true);
    }
  });
  it("agree with themselves", () => {
    const twice = versions.map((one) => ({ ...one, marks: versions[0]!.marks }));
    expect(groupsOf(twice, tolerant()).filter((group) => group.differing)).toEqual([]);
  });
});

describe("labels", () => {
  const parents = new Map([["violin", "strings"], ["cello", "strings"], ["strings", "music"], ["music", null], ["speech", null]]);
  it("are as far apart as the way between them in the tree", () => {
    expect(["violin", "strings", "cello", "music", "speech"].map((other) => labelDistance("violin", other, parents))).toEqual([0, 1, 2, 2, Infinity]);
  });
  it("that go around in a circle come to an end", () => {
    expect(labelDistance("a", "b", new Map([["a", "c"], ["c", "a"], ["b", null]]))).toBe(Infinity);
  });
});

describe("one out of several", () => {
  const version = (id: string, start: number, end: number, label = "speech"): Version => ({ id, marks: [{ id: `r-${id}`, start, end, label }] });
  it("has the median edges and the label that most have", () => {
    const [group] = groupsOf([version("a", 1, 3), version("b", 1.4, 3.5), version("c", 1.5, 9, "speech")], tolerant());
    expect(merged(group!)).toEqual({ start: 1.4, end: 3.5, label: "speech" });
    expect(median([4, 1, 2, 3])).toBe(2.5);
  });
  it("has the edges and the label of those who weigh more", () => {
    const [group] = groupsOf([version("a", 1, 3, "music"), version("b", 1.4, 3.5), version("c", 1.5, 3.2)], tolerant());
    const weights: Record<string, number> = { a: 3, b: 1, c: 1 };
    expect(merged(group!, (id) => weights[id]!)).toEqual({ start: 1, end: 3, label: "music" });
  });
  it("is the plain median where all weigh alike, or nothing", () => {
    const values = [4, 1, 2, 3];
    for (const weight of [1, 0.3, 0]) expect(weightedMedian(values.map((value) => [value, weight] as const))).toBe(2.5);
    expect(weightedMedian([[1, 0], [2, 1], [9, 0]])).toBe(2);
  });
});

describe("a mark of another document", () => {
  const groups = groupsOf([{ id: "a", marks: marksOf([["one", 1, 3, "speech"], ["two", 5, 8, "music"]]) }, { id: "b", marks: [] }], tolerant());
  it("is about the group of the most similar member", () => {
    expect(groupAbout({ id: "x", start: 5.2, end: 8.4, label: "music" }, groups, tolerant())?.start).toBe(5);
  });
  it("is about none where there is nothing", () => {
    expect(groupAbout({ id: "x", start: 12, end: 13, label: "music" }, groups, tolerant())).toBeNull();
  });
});
