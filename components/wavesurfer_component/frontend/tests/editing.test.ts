import { describe, expect, it } from "vitest";
import type { Label } from "../src/api/answers";
import { replacing } from "../src/editing/beat_points";
import type { Point, Region } from "../src/editing/document";
import { HeldLabel } from "../src/editing/held_label";
import { History } from "../src/editing/history";
import { fingerprint } from "../src/editing/fingerprint";
import type { KeyValueStore } from "../src/editing/journals";
import { boundName, KeyMap } from "../src/editing/key_map";
import type { KeyPress } from "../src/editing/key_press";
import { placed } from "../src/editing/overlap";
import { Selection } from "../src/editing/selection";
import { Snapping } from "../src/editing/snapping";
import { unknownLabel } from "../src/editing/store";
import { BeatGrid } from "../src/engine/beat_grid";
import { LaneIndex } from "../src/engine/lanes";
import { labelTree, matching } from "../src/engine/label_tree";
import { SnapPoints, type SnapSources } from "../src/engine/snap_points";
import { inkUpon } from "../src/engine/contrast";
import { completions, problemOfText, type Vocabulary } from "../src/engine/vocabularies";
import { countsOf } from "../src/panels/histogram";
import { PLAIN_MIX, shares } from "../src/playback/sound";
import vocabularies from "../../../../tests/vocabularies.json";

const kept = (): KeyValueStore => {
  const values = new Map<string, string>();
  return { getItem: (key) => values.get(key) ?? null, setItem: (key, value) => Boolean(values.set(key, value)), removeItem: (key) => void values.delete(key), keys: () => [...values.keys()] };
};
const label = (id: string, name = id, parent: string | null = null): Label => ({ ...unknownLabel(id), name, parent });
const region = (id: string, start: number, end: number, of = "a"): Region => ({ id, start, end, label: of, origin: { kind: "human" } });
const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({ key, code: "", shiftKey: false, altKey: false, ctrlKey: false, metaKey: false, ...more });

describe("selection", () => {
  it("has a first one that follows when it is left out", () => {
    const selection = new Selection();
    selection.all(["a", "b", "c"]);
    expect(selection.primary).toBe("c");
    selection.toggle("c");
    expect([selection.primary, selection.size]).toEqual(["b", 2]);
    selection.keep((id) => id === "a");
    expect([selection.primary, selection.ids]).toEqual(["a", ["a"]]);
  });
});

describe("overlap of a label's regions", () => {
  const present = [{ start: 2, end: 4 }, { start: 6, end: 8 }];
  it("is allowed, refused, or cut away", () => {
    const wanted = { start: 3, end: 5 };
    expect(placed(wanted, present, { overlap: "allow", shortest: 0 })).toEqual(wanted);
    expect(placed(wanted, present, { overlap: "forbid", shortest: 0 })).toBeNull();
    expect(placed(wanted, present, { overlap: "trim", shortest: 0 })).toEqual({ start: 4, end: 5 });
    expect(placed({ start: 3, end: 7 }, present, { overlap: "trim", shortest: 0 })).toEqual({ start: 4, end: 6 });
  });
  it("leaves nothing that is too short, and does not mind what only touches", () => {
    expect(placed({ start: 3, end: 4.05 }, present, { overlap: "trim", shortest: 0.1 })).toBeNull();
    expect(placed({ start: 2.5, end: 3.5 }, present, { overlap: "trim", shortest: 0 })).toBeNull();
    expect(placed({ start: 4, end: 6 }, present, { overlap: "forbid", shortest: 0 })).toEqual({ start: 4, end: 6 });
  });
});

describe("a person's own keys", () => {
  const own = new KeyMap({ split: "Ctrl+B", "next-region": "Shift+J" });
  it("take the place of the usual ones", () => {
    expect(own.action(press("b", { ctrlKey: true }), false)).toBe("split");
    expect(own.action(press("s"), false)).toBeNull();
    expect(own.action(press("ArrowDown"), false)).toBeNull();
    expect(own.action(press("J", { shiftKey: true }), false)).toBe("next-region");
  });
  it("say who has a key already", () => {
    expect(own.holder("D", "split")?.action).toBe("duplicate");
    expect(own.holder("Ctrl+B", "split")).toBeNull();
    expect(own.labelKeys("s")).toBe("s");
  });
  it("may be those that pick labels, each digit by itself", () => {
    const moved = new KeyMap({ "label-3": "F4", "label-here-3": "Shift+F4", split: "3" });
    expect([press("F4"), press("3"), press("2"), press("F4", { shiftKey: true })].map((one) => moved.action(one, false))).toEqual(["label-3", "split", "label-2", "label-here-3"]);
    expect([moved.labelKeys("3"), moved.labelKeys("2")]).toEqual(["F4", "2"]);
    expect(moved.holder("2", "split")?.action).toBe("label-2");
    expect(moved.holder("Shift+3", "split")).toBeNull();
  });
  it("may be those of the list, which take no key from the editor", () => {
    const moved = new KeyMap({ "list-edit": "E", "list-up": "K" });
    expect([press("e"), press("Enter"), press("F2"), press("k"), press("ArrowUp")].map((one) => moved.listAction(one))).toEqual(["list-edit", null, null, "list-up", null]);
    expect(moved.action(press("e"), false)).toBe("instant");
    expect(moved.holder("E", "list-toggle")?.action).toBe("list-edit");
    expect(moved.holder("A", "list-toggle")).toBeNull();
    expect(moved.hidden("A", "list-toggle")?.action).toBe("accept");
    expect(moved.hidden("A", "split")).toBeNull();
  });
  it("are not those of a nudge with Shift or Alt, which are the same nudge", () => {
    expect(new KeyMap().holder("Alt+[", "split")?.action).toBe("start-earlier");
    expect(new KeyMap().holder("Shift+{", "split")?.action).toBe("start-earlier");
    expect(new KeyMap().holder("Ctrl+Alt+[", "split")).toBeNull();
  });
  it("are named as they are pressed", () => {
    expect(boundName(press("Shift", { shiftKey: true }))).toBeNull();
    expect(boundName(press("b", { ctrlKey: true, altKey: true, code: "KeyB" }))).toBe("Ctrl+Alt+B");
    expect(boundName(press("3"))).toBe("3");
    expect(boundName(press("#", { shiftKey: true, code: "Digit3" }))).toBe("Shift+3");
  });
});

describe("a held label key", () => {
  const made: unknown[] = [];
  let now = 0;
  let playhead = 10;
  const held = new HeldLabel(
    { playing: () => true, playhead: () => playhead, reaction: () => 0.2, pick: (id) => made.push(["pick", id]), create: (id, from, to) => made.push([id, from, to]) },
    () => now,
  );
  it("marks as long as it is held, earlier by the time to react", () => {
    held.down("a", "KeyX");
    now += 1;
    playhead += 1;
    held.down("a", "KeyX"); // it repeats itself
    held.up("KeyX");
    expect(made.pop()).toEqual(["a", 9.8, 10.8]);
  });
  it("picks the label when it is only struck", () => {
    held.down("a", "KeyX");
    now += 0.1;
    held.up("KeyX");
    expect(made.pop()).toEqual(["pick", "a"]);
  });
});

describe("snapping", () => {
  const sources: SnapSources = {
    fetch: async () => ({ onset: [1, 2.5], beat: [{ time: 2, position: 1 }, { time: 3, position: 2 }] }),
    ownBeats: () => [],
    edges: (start, stop) => [4].filter((time) => time >= start && time <= stop),
    samples: () => null,
  };
  it("catches the nearest point within ten pixels, unless it is suspended", async () => {
    const snapping = new Snapping(new SnapPoints(sources, () => undefined), kept());
    snapping.setMode("onset");
    snapping.snapped(2.45, 0.01, false, new Set()); // asks for the points
    await new Promise((resolve) => setTimeout(resolve));
    expect(snapping.snapped(2.45, 0.01, false, new Set())).toBe(2.5);
    expect(snapping.caught).toBe(2.5);
    expect(snapping.snapped(2.45, 0.01, true, new Set())).toBe(2.45);
    expect(snapping.snapped(2.3, 0.01, false, new Set())).toBe(2.3);
    snapping.setMode("bar");
    expect(snapping.snapped(2.95, 0.01, false, new Set())).toBe(2.95);
    expect(snapping.snapped(2.05, 0.01, false, new Set())).toBe(2);
  });
  it("finds the nearest bar, and the nearest edge of another region, for the keys that ask", async () => {
    const points = new SnapPoints(sources, () => undefined);
    expect(await points.find("bar", 3.1, 3)).toBe(2);
    expect(await points.find("beat", 3.1, 1)).toBe(3);
    expect([await points.find("edge", 3, 10), await points.find("edge", 3, 0.5)]).toEqual([4, null]);
  });
  it("passes over nearer points that do not fit, as those on the other side of a region", async () => {
    const points = new SnapPoints({ ...sources, edges: () => [4, 7] }, () => undefined);
    const behind = (point: number): boolean => point > 5;
    expect([await points.find("edge", 5, 10, new Set(), behind), await points.find("onset", 5, 10, new Set(), behind)]).toEqual([7, null]);
  });
  it("moves a stretch so that the nearer of its edges is caught", () => {
    const snapping = new Snapping(new SnapPoints(sources, () => undefined), kept());
    snapping.setMode("edge");
    expect(snapping.shift(3, 3.95, 0.01, false, new Set())).toBeCloseTo(0.05);
    expect(snapping.shift(4.02, 4.9, 0.01, false, new Set())).toBeCloseTo(-0.02);
    expect(snapping.shift(1, 2, 0.01, false, new Set())).toBe(0);
  });
});

describe("beats", () => {
  const point = (id: string, time: number, position: number): Point => ({ id, time, kind: "beat", position, anchor: false });
  it("are numbered by bars, and have a tempo", () => {
    const grid = new BeatGrid([4, 1, 2, 3, 4, 1].map((position, index) => ({ id: `${index}`, time: index * 0.5, position, anchor: false })));
    expect([...grid.bars]).toEqual([0, 1, 1, 1, 1, 2]);
    expect(grid.meter).toBe(4);
    expect(grid.tempo(1)).toBe(120);
    expect(grid.nearest(0.74)).toBe(1);
  });
  it("that stay keep their ids, and no id is spent without need", () => {
    const changes = replacing([point("a", 0, 1), point("b", 1, 2), point("c", 2, 3)], [0, 1.1].map((time, index) => ({ time, position: index + 1, anchor: false })));
    expect(changes.map(({ id, after }) => [id, after?.time ?? null])).toEqual([["b", 1.1], ["c", null]]);
  });
});

describe("labels", () => {
  const labels = [label("animal", "Animal"), label("dog", "Dog", "animal"), label("cat", "Cat", "animal"), label("hot-dog", "Hot dog"), label("cafe", "Café")];
  it("make a tree", () => expect(labelTree(labels).map((node) => [node.label.id, node.children.length])).toEqual([["animal", 2], ["hot-dog", 0], ["cafe", 0]]));
  it("are found by parts of names, without accents, also by what they belong to", () => {
    expect(matching(labels, "dog").map((one) => one.id)).toEqual(["dog", "hot-dog"]);
    expect(matching(labels, "cafe").map((one) => one.id)).toEqual(["cafe"]);
    expect(matching(labels, "animal c").map((one) => one.id)).toEqual(["cat"]);
  });
});

describe("vocabularies", () => {
  it("complete a chord step by step: root, kind, bass", () => {
    expect(completions({ vocabulary: "harte" }, "")).toContain("Bb");
    expect(completions({ vocabulary: "harte" }, "Bb")).toContain("Bb:min7");
    expect(completions({ vocabulary: "harte" }, "Bb:su")).toEqual(["Bb:sus4", "Bb:sus2"]);
    expect(completions({ vocabulary: "harte" }, "A:min/b")).toEqual(["A:min/b3", "A:min/b7"]);
    expect(completions({ vocabulary: "harte" }, "hello")).toEqual([]);
  });
  it("complete a section by its beginning, then by a part", () => expect(completions({ vocabulary: "salami" }, "Ver")).toEqual(["verse", "post-verse", "pre-verse"]));
  it("complete the words of a label as they are spelled there", () => expect(completions({ vocabulary: "own", words: ["Song", "begging song", "alarm"] }, "so")).toEqual(["Song", "begging song"]));
  it("complete nothing where anything may be said", () => expect(completions({ vocabulary: "free" }, "a")).toEqual([]));
  it("offer only words of their own", () => {
    for (const name of ["harte", "salami"] as const) for (const typed of ["", "C", "C:", "C:maj/", "v"]) for (const word of completions({ vocabulary: name }, typed)) expect(problemOfText({ vocabulary: name }, word)).toBeNull();
  });
  // The server tests with the same words.
  for (const [vocabulary, { words, taken, refused }] of Object.entries(vocabularies) as [Vocabulary, { words?: string[]; taken: string[]; refused: string[] }][]) {
    const label = { vocabulary, ...(words ? { words } : {}) };
    it(`take the words of ${vocabulary} and no others`, () => {
      expect(taken.filter((word) => problemOfText(label, word) !== null)).toEqual([]);
      expect(refused.filter((word) => problemOfText(label, word) === null)).toEqual([]);
    });
  }
});

it("writing upon a color is light or dark, whichever contrasts more", () => {
  expect(["#0f766e", "#000000", "#0d8577"].map(inkUpon)).toEqual(["#ffffff", "#ffffff", "#ffffff"]);
  expect(["#16a394", "#ffffff", "#f0e442"].map(inkUpon)).toEqual(["#04201b", "#04201b", "#04201b"]);
});

it("a histogram counts every score once", () => {
  const counts = countsOf([0, 0.03, 0.5, 1, 1]);
  expect([counts[0], counts[12], counts[24], counts.reduce((sum, one) => sum + one)]).toEqual([2, 1, 2, 5]);
});

describe("channels", () => {
  const mix = (muted: number[], solo: number[]) => ({ ...PLAIN_MIX, muted: new Set(muted), solo: new Set(solo) });
  it("stay on their sides, and a single one comes from both", () => {
    expect(shares(mix([], []), 2)).toEqual([[1, 0], [0, 1]]);
    expect(shares(mix([0], []), 2)).toEqual([[0, 0], [1, 1]]);
    expect(shares(mix([1], [1]), 2)).toEqual([[0, 0], [1, 1]]);
  });
  it("of many are mixed with the power of one", () => {
    const [left] = shares(mix([3], []), 4)[0]!;
    expect(left).toBeCloseTo(1 / Math.sqrt(3));
    expect(shares(mix([], [2]), 4)).toEqual([[0, 0], [0, 0], [1, 1], [0, 0]]);
  });
});

describe("history across a reload", () => {
  const change = (id: string, before: Region | null, after: Region | null) => ({ collection: "regions" as const, id, before, after });
  it("comes back with the document that it leads to", () => {
    const history = new History();
    history.push([change("a", null, region("a", 1, 2))]);
    history.push([change("a", region("a", 1, 2), region("a", 1, 3))]);
    history.undo();
    const { done, undone } = JSON.parse(JSON.stringify(history.newest(10, (changes) => changes.length)));
    const again = new History();
    again.restore(done, undone);
    expect(again.redo()).toEqual([change("a", region("a", 1, 2), region("a", 1, 3))]);
    again.undo();
    expect(again.undo()).toEqual([change("a", region("a", 1, 2), null)]);
  });
  it("keeps only so many changes, the newest", () => {
    const history = new History();
    for (const id of ["a", "b", "c"]) history.push([change(id, null, region(id, 1, 2))]);
    expect(history.newest(2, (changes) => changes.length).done.map((step) => step.changes[0]!.id)).toEqual(["b", "c"]);
  });
  it("knows a document whatever its order and whatever it leaves out", () => {
    const one = new Map([["regions:a", region("a", 1, 2)], ["regions:b", region("b", 1.0000001, 2)]]);
    const same = new Map([["regions:b", { ...region("b", 1, 2), text: null, attributes: {} }], ["regions:a", region("a", 1, 2)]]);
    expect(fingerprint(one)).toBe(fingerprint(same as typeof one));
    expect(fingerprint(one)).not.toBe(fingerprint(new Map([...one, ["regions:b", region("b", 1.5, 2)]])));
  });
  it("are fingerprinted anew only where they changed", () => {
    let read = 0;
    const counted = (id: string): Region => new Proxy(region(id, 1, 2), { ownKeys: (target) => (read++, Reflect.ownKeys(target)) });
    const items = new Map(Array.from({ length: 100 }, (_, index) => [`regions:r${index}`, counted(`r${index}`)] as [string, Region]));
    const before = fingerprint(items);
    expect(read).toBe(100);
    items.set("regions:r7", counted("r7"));
    expect(fingerprint(items)).toBe(before);
    expect(read).toBe(101);
    items.set("regions:r8", items.get("regions:r7")!); // under another key it is another item
    expect(fingerprint(items)).not.toBe(before);
  });
});

describe("lane index that is changed in place", () => {
  it("is as one that is made anew, whatever was put in and taken out", () => {
    let seed = 5;
    const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
    const span = (n: number) => {
      const start = Math.round(random() * 100) / 2;
      return { id: `s${n}`, start, end: start + Math.round(random() * 12) / 2 };
    };
    const present = Array.from({ length: 40 }, (_, n) => span(n));
    const index = new LaneIndex(present);
    for (let turn = 40; turn < 600; turn++) {
      const dice = random();
      const at = Math.floor(random() * present.length);
      if (dice < 0.35 && present.length) index.remove(present.splice(at, 1)[0]!);
      else if (dice < 0.65 && present.length) {
        const before = present[at]!;
        const moved = random() < 0.5 ? span(turn).start : before.start + Math.round(random() * 2) / 2;
        present[at] = { id: before.id, start: moved, end: moved + Math.round(random() * 12) / 2 };
        index.replace(before, present[at]!);
      }
      else {
        present.push(span(turn));
        index.insert(present[present.length - 1]!);
      }
      const anew = new LaneIndex(present);
      expect([...index.between(-1, 999)]).toEqual([...anew.between(-1, 999)]);
      expect(present.map((one) => index.row(one))).toEqual(present.map((one) => anew.row(one)));
      expect([index.rows, index.size]).toEqual([anew.rows, anew.size]);
      const from = random() * 60;
      expect([...index.between(from, from + 3)]).toEqual([...anew.between(from, from + 3)]);
    }
  });
});
