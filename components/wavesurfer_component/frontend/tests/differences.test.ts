import { describe, expect, it } from "vitest";
import type { Label } from "../src/api";
import type { Conflict, ItemInThree } from "../src/editing/conflicts";
import { differences, titleOf } from "../src/editing/differences";
import type { Point, Region, Value } from "../src/editing/document";
import { inNumbers } from "../src/editing/tallies";

const human = { kind: "human" as const };
const region = (more: Partial<Region> = {}): Region => ({ id: "a", start: 1, end: 2, label: "speech", origin: human, ...more });
const label = (id: string): Label =>
  ({ id, name: id[0]!.toUpperCase() + id.slice(1), color: "#000", attributes: [{ id: "who", name: "Speaker", kind: "text", choices: [], required: false }] }) as unknown as Label;
const conflict = (base: Value | null, theirs: Value | null, ours: Value | null, of: Partial<ItemInThree> = {}): Conflict => ({
  key: "regions:a",
  items: [{ collection: "regions", id: "a", base, theirs, ours, ...of }],
});

describe("what a side did", () => {
  it("names only what is otherwise than before", () => {
    const two = conflict(region(), region({ start: 1.5, text: "hello" }), region({ label: "music", low: 200, high: 800.4 }));
    expect(differences(two, "theirs", label)).toEqual(["0:01.500 – 0:02.000", "“hello”"]);
    expect(differences(two, "ours", label)).toEqual(["label Music", "200 to 800 Hz"]);
    expect(titleOf(two, label)).toBe("Speech");
  });

  it("says that something is gone, or new with all it has", () => {
    expect(differences(conflict(region(), null, region({ end: 3 })), "theirs", label)).toEqual(["deleted"]);
    expect(differences(conflict(null, region(), region({ text: "x" })), "ours", label)).toEqual(["added", "label Speech", "0:01.000 – 0:02.000", "“x”"]);
  });

  it("says what was taken away", () => {
    const base = region({ text: "hello", low: 100, high: 200, attributes: { who: "Ada" } });
    expect(differences(conflict(base, region(), base), "theirs", label)).toEqual(["all frequencies", "no text", "no answers"]);
  });

  it("names the questions that were answered", () => {
    expect(differences(conflict(region(), region({ attributes: { who: "Ada" } }), null), "theirs", label)).toEqual(["Speaker: Ada"]);
  });

  it("counts beats", () => {
    const beat = (id: string, time: number): Point => ({ id, time, kind: "beat", position: 1, origin: human });
    const item = (id: string, base: Point | null, theirs: Point | null, ours: Point | null): ItemInThree => ({ collection: "points", id, base, theirs, ours });
    const grid: Conflict = { key: "beats", items: [item("1", beat("1", 1), beat("1", 1.1), beat("1", 1)), item("2", beat("2", 2), null, beat("2", 2.2)), item("3", null, beat("3", 3), null)] };
    expect(differences(grid, "theirs", label)).toEqual(["1 beat added", "1 beat changed", "1 beat deleted"]);
    expect(differences(grid, "ours", label)).toEqual(["1 beat changed"]);
    expect(titleOf(grid, label)).toBe("Beats");
  });
});

describe("what came from elsewhere", () => {
  it("is said in numbers, kind by kind", () => {
    expect(inNumbers({ regions: { added: 2, changed: 0, deleted: 1 }, caption: { added: 0, changed: 1, deleted: 0 } })).toBe("2 regions added, 1 region deleted, 1 caption changed");
  });
});
