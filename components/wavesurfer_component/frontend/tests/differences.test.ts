import { describe, expect, it } from "vitest";
import type { Label } from "../src/api/answers";
import type { Conflict, ItemInThree } from "../src/editing/conflicts";
import { differences, titleOf } from "../src/editing/differences";
import type { Point, Region, Tag, Value } from "../src/editing/document";
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
    expect(differences(two, "theirs", label, false)).toEqual(["0:01.500 – 0:02.000", "“hello”"]);
    expect(differences(two, "ours", label, false)).toEqual(["label Music", "200 to 800 Hz"]);
    expect(titleOf(two, label)).toBe("Speech");
  });

  it("says that something is gone, or new with all it has", () => {
    expect(differences(conflict(region(), null, region({ end: 3 })), "theirs", label, false)).toEqual(["deleted"]);
    expect(differences(conflict(null, region(), region({ text: "x" })), "ours", label, false)).toEqual(["added", "label Speech", "0:01.000 – 0:02.000", "“x”"]);
  });

  it("says what was taken away", () => {
    const base = region({ text: "hello", low: 100, high: 200, attributes: { who: "Ada" } });
    expect(differences(conflict(base, region(), base), "theirs", label, false)).toEqual(["all frequencies", "no text", "no answers"]);
  });

  it("names the questions that were answered", () => {
    expect(differences(conflict(region(), region({ attributes: { who: "Ada" } }), null), "theirs", label, false)).toEqual(["Speaker: Ada"]);
  });

  it("tells no score where scores are hidden", () => {
    const tag = (score: number): Tag => ({ label: "a", score, origin: human });
    const changed = conflict(tag(0.2), tag(0.8), tag(0.2), { collection: "tags" });
    expect([differences(changed, "theirs", label, false), differences(changed, "theirs", label, true)]).toEqual([["score 0.80"], ["another score"]]);
    const made = conflict(null, tag(0.8), tag(0.3), { collection: "tags" });
    expect([differences(made, "theirs", label, false), differences(made, "theirs", label, true)]).toEqual([["added", "score 0.80"], ["added", "present"]]);
    const sure = conflict(region({ confidence: 0.1 }), region({ confidence: 0.9 }), region({ confidence: 0.1 }));
    expect(differences(sure, "theirs", label, true)).toEqual(["another score"]);
  });

  it("counts beats", () => {
    const beat = (id: string, time: number): Point => ({ id, time, kind: "beat", position: 1, origin: human });
    const item = (id: string, base: Point | null, theirs: Point | null, ours: Point | null): ItemInThree => ({ collection: "points", id, base, theirs, ours });
    const grid: Conflict = { key: "beats", items: [item("1", beat("1", 1), beat("1", 1.1), beat("1", 1)), item("2", beat("2", 2), null, beat("2", 2.2)), item("3", null, beat("3", 3), null)] };
    expect(differences(grid, "theirs", label, false)).toEqual(["1 beat added", "1 beat changed", "1 beat deleted"]);
    expect(differences(grid, "ours", label, false)).toEqual(["1 beat changed"]);
    expect(titleOf(grid, label)).toBe("Beats");
  });
});

describe("what came from elsewhere", () => {
  it("is said in numbers, kind by kind", () => {
    expect(inNumbers({ regions: { added: 2, changed: 0, deleted: 1 }, caption: { added: 0, changed: 1, deleted: 0 } })).toBe("2 regions added, 1 region deleted, 1 caption changed");
  });
});
