import { describe, expect, it } from "vitest";
import { alike } from "../src/editing/alike";
import { chosen, compare, type Conflict, joined, spanOf } from "../src/editing/conflicts";
import { type Caption, type Items, type Point, type Region, type Tag, type Value } from "../src/editing/document";

const human = { kind: "human" as const };
const region = (id: string, start: number, more: Partial<Region> = {}): Region => ({ id, start, end: start + 1, label: "speech", origin: human, ...more });
const beat = (id: string, time: number): Point => ({ id, time, kind: "beat", position: 1, origin: human });
const event = (id: string, time: number): Point => ({ id, time, kind: "event", label: "speech", origin: human });
const tag = (label: string, score: number | null = null): Tag => ({ label, score, origin: human });
const caption = (text: string): Caption => ({ text, origin: human });
const items = (entries: Record<string, Value>): Items => new Map(Object.entries(entries));
const none: Items = new Map();

describe("what is alike", () => {
  it("takes no notice of what is left out, empty or rounded", () => {
    expect(alike(region("a", 1), { ...region("a", 1.0000004), text: null, attributes: {}, low: null })).toBe(true);
    expect(alike({ ...human, edited: false }, human)).toBe(true);
  });

  it("sees every difference that means something", () => {
    expect(alike(region("a", 1), region("a", 1.00001))).toBe(false);
    expect(alike(region("a", 1), region("a", 1, { text: "x" }))).toBe(false);
    expect(alike(region("a", 1, { attributes: { mood: "sad" } }), region("a", 1))).toBe(false);
    expect(alike([1, 2], [1])).toBe(false);
    expect(alike("1", 1)).toBe(false);
  });
});

describe("comparing three documents", () => {
  it("finds nothing where nobody did anything", () => {
    const base = items({ "regions:a": region("a", 1) });
    expect(compare(base, new Map(base), new Map(base))).toEqual({ elsewhere: {}, conflicts: [] });
  });

  it("counts what they added, changed and deleted, each kind apart", () => {
    const base = items({ "regions:a": region("a", 1), "regions:b": region("b", 2), "tags:speech": tag("speech") });
    const theirs = items({ "regions:a": region("a", 1.5), "regions:c": region("c", 3), "regions:d": region("d", 4), "caption:caption": caption("Rain") });
    expect(compare(base, theirs, base)).toEqual({
      elsewhere: {
        regions: { added: 2, changed: 1, deleted: 1 },
        tags: { added: 0, changed: 0, deleted: 1 },
        caption: { added: 1, changed: 0, deleted: 0 },
      },
      conflicts: [],
    });
  });

  it("does not count what only we did", () => {
    const base = items({ "regions:a": region("a", 1) });
    expect(compare(base, base, items({ "regions:b": region("b", 2) }))).toEqual({ elsewhere: {}, conflicts: [] });
  });

  it("finds a conflict where both changed one item to something different", () => {
    const [base, theirs, ours] = [region("a", 1), region("a", 2), region("a", 3)];
    const { conflicts } = compare(items({ "regions:a": base }), items({ "regions:a": theirs }), items({ "regions:a": ours }));
    expect(conflicts).toEqual([{ key: "regions:a", items: [{ collection: "regions", id: "a", base, theirs, ours }] }]);
  });

  it("finds none where both did the same", () => {
    const base = items({ "regions:a": region("a", 1) });
    const both = items({ "regions:a": region("a", 2) });
    expect(compare(base, both, new Map([["regions:a", region("a", 2.0000003)]])).conflicts).toEqual([]);
    expect(compare(base, none, none).conflicts).toEqual([]);
  });

  it.each([
    ["they deleted and we changed", region("a", 1), null, region("a", 3)],
    ["they changed and we deleted", region("a", 1), region("a", 2), null],
    ["both added", null, region("a", 2), region("a", 3)],
  ])("finds a conflict where %s one item", (_, base, theirs, ours) => {
    const side = (value: Region | null): Items => (value ? items({ "regions:a": value }) : none);
    const { conflicts } = compare(side(base), side(theirs), side(ours));
    expect(conflicts.map((one) => one.items)).toEqual([[{ collection: "regions", id: "a", base, theirs, ours }]]);
  });

  it("finds conflicts in captions and tags", () => {
    const base = items({ "caption:caption": caption("Rain"), "tags:speech": tag("speech", 0.5) });
    const theirs = items({ "caption:caption": caption("Heavy rain"), "tags:speech": tag("speech", 0.9) });
    const ours = items({ "caption:caption": caption("Rain and wind") });
    expect(compare(base, theirs, ours).conflicts.map((one) => one.key)).toEqual(["caption:caption", "tags:speech"]);
  });

  it("puts conflicts in order of time", () => {
    const at = (start: number, other: number): Items => items({ "regions:a": region("a", start), "regions:b": region("b", other), "caption:caption": caption(String(start)) });
    expect(compare(at(7, 3), at(8, 2), at(9, 4)).conflicts.map((one) => one.key)).toEqual(["caption:caption", "regions:b", "regions:a"]);
  });

  it("treats the beats as one thing, so that no grid becomes half theirs and half ours", () => {
    const base = items({ "points:1": beat("1", 1), "points:2": beat("2", 2), "points:3": beat("3", 3) });
    const theirs = items({ "points:1": beat("1", 1.1), "points:2": beat("2", 2), "points:3": beat("3", 3) });
    const ours = items({ "points:1": beat("1", 1), "points:2": beat("2", 2.2), "points:3": beat("3", 3) });
    const { elsewhere, conflicts } = compare(base, theirs, ours);
    expect(elsewhere).toEqual({ beats: { added: 0, changed: 1, deleted: 0 } });
    expect(conflicts.map((one) => [one.key, one.items.map((item) => item.id)])).toEqual([["beats", ["1", "2"]]]);
  });

  it("treats instants one by one", () => {
    const base = items({ "points:1": event("1", 1), "points:2": event("2", 2) });
    const theirs = items({ "points:1": event("1", 1.1), "points:2": event("2", 2) });
    const ours = items({ "points:1": event("1", 1), "points:2": event("2", 2.2) });
    expect(compare(base, theirs, ours)).toEqual({ elsewhere: { points: { added: 0, changed: 1, deleted: 0 } }, conflicts: [] });
  });
});

describe("a conflict afterwards", () => {
  const conflict: Conflict = { key: "regions:a", items: [{ collection: "regions", id: "a", base: region("a", 1), theirs: null, ours: region("a", 3) }] };

  it("knows which side the document agrees with", () => {
    expect(chosen(conflict, items({ "regions:a": region("a", 3) }))).toBe("ours");
    expect(chosen(conflict, none)).toBe("theirs");
    expect(chosen(conflict, items({ "regions:a": region("a", 8) }))).toBeNull();
  });

  it("lies where ours lies, else where theirs does, else nowhere", () => {
    expect(spanOf(conflict)).toEqual({ start: 3, end: 4 });
    expect(spanOf({ key: "x", items: [{ ...conflict.items[0]!, ours: null, theirs: event("a", 2) }] })).toEqual({ start: 2, end: 2 });
    expect(spanOf({ key: "tags:speech", items: [{ collection: "tags", id: "speech", base: null, theirs: tag("speech"), ours: tag("speech", 1) }] })).toBeNull();
  });

  it("gives way to a later one about the same item", () => {
    const later: Conflict = { ...conflict, items: [{ ...conflict.items[0]!, theirs: region("a", 5) }] };
    const other: Conflict = { key: "regions:b", items: [{ ...conflict.items[0]!, id: "b", ours: region("b", 0) }] };
    expect(joined([conflict, other], [later])).toEqual([other, later]);
  });
});
