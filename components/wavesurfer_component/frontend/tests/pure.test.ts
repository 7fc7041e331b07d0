import { describe, expect, it } from "vitest";
import { applyOperations, compacted, inverse, itemsOf, operationOf, type AnnotationDocument, type Change, type Region } from "../src/editing/document";
import { History } from "../src/editing/history";
import { KeyMap } from "../src/editing/key_map";
import type { KeyPress } from "../src/editing/key_press";
import { BINDINGS } from "../src/editing/keys";
import { LaneIndex } from "../src/engine/lanes";
import { parseHeader, PeakStore } from "../src/engine/peaks";
import { clock, parseClock, rounded, rulerStep } from "../src/engine/time";
import { Viewport } from "../src/engine/viewport";

const region = (id: string, start: number, end = start + 1): Region => ({ id, start, end, label: "a", origin: { kind: "human" } });

describe("time", () => {
  it("shows and reads the same time", () => {
    for (const seconds of [0, 0.001, 59.999, 60, 3599.5, 3600, 36_000.25]) expect(parseClock(clock(seconds))).toBeCloseTo(seconds, 3);
    expect(parseClock("half past")).toBeNull();
  });
  it("never shows sixty seconds", () => expect(clock(59.9996)).toBe("1:00.000"));
  it("keeps a microsecond", () => expect(rounded(1.23456789)).toBe(1.234568));
  it("puts ruler marks apart", () => expect(rulerStep(0.01, 80)).toBe(1));
});

describe("viewport", () => {
  it("shows everything first, and keeps the time under the pointer when it zooms", () => {
    const view = new Viewport(0, 21_600);
    view.resize(1000);
    expect([view.start, view.stop]).toEqual([0, 21_600]);
    const under = view.time(250);
    view.zoom(8, 250);
    expect(view.time(250)).toBeCloseTo(under, 6);
  });
  it("goes from six hours to single samples without a gap", () => {
    const view = new Viewport(0, 21_600);
    view.resize(1000);
    for (let step = 0; step < 60; step++) view.zoom(1.6, 500);
    expect(view.secondsPerPixel).toBeLessThan(1 / 44_100);
    for (let step = 0; step < 80; step++) view.zoom(1 / 1.6, 500);
    expect(view.showsEverything).toBe(true);
  });
  it("never leaves the task", () => {
    const view = new Viewport(10, 20);
    view.resize(100);
    view.zoom(4, 50);
    view.scrollBy(-1000);
    expect(view.start).toBe(10);
    view.scrollBy(1000);
    expect(view.stop).toBeCloseTo(20, 9);
  });
});

describe("lane index", () => {
  it("finds what a scan finds", () => {
    let seed = 7;
    const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
    const spans = Array.from({ length: 500 }, (_, i) => ({ id: `${i}`, start: random() * 100, end: 0 })).map((span) => ({ ...span, end: span.start + random() * 8 }));
    const index = new LaneIndex(spans);
    for (let turn = 0; turn < 50; turn++) {
      const from = random() * 100;
      const to = from + random() * 20;
      const found = [...index.between(from, to)].map((span) => span.id).sort();
      expect(found).toEqual(spans.filter((span) => span.start <= to && span.end >= from).map((span) => span.id).sort());
    }
  });
  it("puts overlapping spans in rows of their own", () => {
    const index = new LaneIndex([region("a", 0, 4), region("b", 1, 2), region("c", 5, 6)]);
    expect([...index.between(0, 9)].map((span) => index.row(span)).concat(index.rows)).toEqual([0, 1, 0, 2]);
  });
});

describe("document", () => {
  const document: AnnotationDocument = { schema: "x", regions: [region("a", 1)], points: [], tags: [], caption: null, answers: [] };
  it("keeps the last operation on each item", () => {
    const operations = compacted([
      { op: "put", collection: "regions", id: "a", value: region("a", 2) },
      { op: "delete", collection: "regions", id: "b" },
      { op: "delete", collection: "regions", id: "a" },
    ]);
    expect(operations.map((one) => `${one.op} ${one.id}`)).toEqual(["delete b", "delete a"]);
  });
  it("remembers how a suggestion was accepted that was changed right after", () => {
    const by = { how: "all", threshold: 0.6 } as const;
    const put = { op: "put", collection: "regions", id: "a", value: region("a", 1) } as const;
    expect(compacted([{ ...put, by }, put])).toEqual([{ ...put, by }]);
    expect(compacted([{ ...put, by }, { op: "delete", collection: "regions", id: "a" }, put])).toEqual([put]);
  });
  it("remembers how a suggestion was accepted that was cut and pasted right after", () => {
    const by = { how: "all", threshold: 0.6 } as const;
    const put = { op: "put", collection: "regions", id: "a", value: region("a", 1) } as const;
    const cut = { op: "delete", collection: "regions", id: "a", by: { how: "cut" } } as const;
    const pasted = { ...put, by: { how: "paste" } } as const;
    expect(compacted([{ ...put, by }, cut, pasted])).toEqual([{ ...put, by }]);
    expect(compacted([put, cut, pasted])).toEqual([put]);
    expect(compacted([pasted, cut, pasted])).toEqual([pasted]);
    expect(compacted([cut, put])).toEqual([put]);
  });
  it("is as before after an edit and its inverse", () => {
    const items = itemsOf(document);
    const changes = [{ collection: "regions" as const, id: "a", before: region("a", 1), after: region("a", 3) }];
    applyOperations(items, changes.map(operationOf));
    expect(items.get("regions:a")).toEqual(region("a", 3));
    const back = inverse(changes).map((change) => operationOf({ ...change, collection: "regions" }));
    applyOperations(items, back);
    expect(items.get("regions:a")).toEqual(region("a", 1));
  });
});

describe("history", () => {
  const change = (start: number, before = 0): Change[] => [{ collection: "regions", id: "a", before: region("a", before), after: region("a", start) }];
  it("makes quick nudges one step", () => {
    let now = 0;
    const history = new History(() => now);
    for (let step = 1; step <= 3; step++) {
      history.push(change(step, step - 1), "nudge");
      now += 100;
    }
    expect((history.undo()![0]!.after as Region).start).toBe(0);
    expect(history.canUndo).toBe(false);
    expect((history.redo()![0]!.after as Region).start).toBe(3);
  });
  it("forgets what was undone when something new is done", () => {
    const history = new History();
    history.push(change(1));
    history.undo();
    history.push(change(2));
    expect(history.canRedo).toBe(false);
  });
});

describe("keys", () => {
  const usual = new KeyMap();
  const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({ key, code: "", shiftKey: false, altKey: false, ctrlKey: false, metaKey: false, ...more });
  it("gives every binding its action", () => {
    expect(usual.action(press(" "), false)).toBe("play");
    expect(usual.action(press("A", { shiftKey: true }), false)).toBe("accept-all");
    expect(usual.action(press("z", { ctrlKey: true }), false)).toBe("undo");
    expect(usual.action(press("{", { code: "BracketLeft", shiftKey: true }), false)).toBe("start-earlier");
    expect(usual.action(press("?", { shiftKey: true }), false)).toBe("help");
    expect(usual.action(press("7"), false)).toBe("label-7");
    expect(usual.action(press("#", { code: "Digit3", shiftKey: true }), false)).toBe("label-here-3");
  });
  it("changes nothing of an annotation in a review", () => {
    for (const key of ["i", "o", "s", "d", "a"]) expect(usual.action(press(key), true)).toBeNull();
    expect(usual.action(press("y"), true)).toBe("approve-region");
  });
  it("changes the ground truth in a review", () => {
    expect(["n", "h", "m", "Delete", "[", "3"].map((key) => usual.action(press(key), true))).toEqual(["next-disagreement", "hear-versions", "merge-versions", "delete", "start-earlier", "take-version"]);
    expect(usual.action(press("!", { code: "Digit1", shiftKey: true }), true)).toBe("take-all");
    expect(usual.action(press("z", { ctrlKey: true }), true)).toBe("undo");
  });
  it("goes to another key in a review too, when somebody puts it there", () => {
    const own = new KeyMap({ "next-disagreement": "U" });
    expect(own.action(press("u"), true)).toBe("next-disagreement");
    expect(own.action(press("n"), true)).toBeNull();
  });
  it("lets a label have any key that means nothing else", () => {
    expect(["1", "c", "u"].map((key) => usual.labelKeys(key))).toEqual(["1", "c", "u"]);
    expect(["s", "A", "[", "-"].map((key) => usual.labelKeys(key))).toEqual([null, null, null, null]);
  });
  it("has no key twice in one mode", () => {
    const edit = BINDINGS.filter((one) => one.group !== "Review").map((one) => one.keys);
    expect(new Set(edit).size).toBe(edit.length);
    const review = usual.bindings(true).map((one) => one.keys);
    expect(new Set(review).size).toBe(review.length);
  });
});

describe("peaks", () => {
  const header = { version: 1, sample_rate: 100, frames: 400, channels: 1, levels: [{ samples_per_bucket: 4, offset: 4096, buckets: 100 }] };
  const file = (): ArrayBuffer => {
    const json = new TextEncoder().encode(JSON.stringify(header));
    const bytes = new Uint8Array(4096 + 200);
    bytes.set([76, 66, 80, 75, json.length & 255, json.length >> 8, 0, 0]);
    bytes.set(json, 8);
    for (let bucket = 0; bucket < 100; bucket++) {
      bytes[4096 + 2 * bucket] = 256 - bucket;
      bytes[4096 + 2 * bucket + 1] = bucket;
    }
    return bytes.buffer;
  };
  it("reads the header and refuses other files", () => {
    expect(parseHeader(file())).toEqual(header);
    expect(() => parseHeader(new ArrayBuffer(16))).toThrow("not a peaks pyramid");
  });
  it("gives minimum and maximum of every pixel", async () => {
    const store = await PeakStore.open(async (start, stop) => file().slice(start, stop), () => undefined);
    const out = new Float32Array(20);
    store.fill(out, 0, 0, 0.4, 10);
    expect([out[18], out[19]]).toEqual([-99 / 128, 99 / 128]);
  });
});
