import { describe, expect, it } from "vitest";
import type { Attribute, Label } from "../src/api/answers";
import type { Region } from "../src/editing/document";
import type { DrawnChange } from "../src/editing/drawn_list";
import { unknownLabel } from "../src/editing/store";
import { readLength, readTime } from "../src/editing/typed_times";
import { inOrder } from "../src/engine/lanes";
import { type GridEditing, takeTyped } from "../src/grid/cell_edits";
import { questions } from "../src/grid/answers";
import { offersFor } from "../src/grid/cell_offers";
import { canBeEdited, cellText, columns, widths } from "../src/grid/columns";
import { KeyMap } from "../src/editing/key_map";
import { cellAfter } from "../src/grid/keys";
import { GridRows, type Order } from "../src/grid/rows";
import type { KeyPress } from "../src/editing/key_press";
import type { Drawn } from "../src/layers/regions";

const drawn = (id: string, start: number, end: number, label = "a", more: Partial<Drawn> = {}): Drawn => ({ id, start, end, low: null, high: null, label, text: label, mark: "human", score: null, feedback: false, ...more });
const NAMES: Record<string, string> = { a: "Zebra", b: "Ape", c: "Émeu" };
const gridRows = (texts: Record<string, string> = {}): GridRows => new GridRows({ nameOf: (label) => NAMES[label] ?? label, textOf: (id) => texts[id] ?? "" });
const ids = (rows: GridRows): string[] => rows.list.map((row) => row.id);
const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({ key, code: "", shiftKey: false, altKey: false, ctrlKey: false, metaKey: false, ...more });

describe("rows of the grid", () => {
  const all = [drawn("r1", 0, 5), drawn("r2", 1, 2, "b", { mark: "prediction", score: 0.4 }), drawn("r3", 2, 9, "c"), drawn("r4", 3, 4, "b", { mark: "below", score: 0.9 })];
  it("are those of the annotation, without a copy, while nothing is sorted or filtered", () => {
    const rows = gridRows();
    rows.update(all, null);
    expect(rows.list).toBe(all);
  });
  it.each<[Order, string[]]>([
    [{ key: "start", descending: true }, ["r4", "r3", "r2", "r1"]],
    [{ key: "label", descending: false }, ["r2", "r4", "r3", "r1"]],
    [{ key: "duration", descending: true }, ["r3", "r1", "r2", "r4"]],
    [{ key: "score", descending: true }, ["r4", "r2", "r1", "r3"]],
  ])("are sorted by %j", (order, expected) => {
    const rows = gridRows();
    rows.update(all, null);
    rows.order = order;
    expect(ids(rows)).toEqual(expected);
  });
  it("are found by words of label and text, without case and accents", () => {
    const rows = gridRows();
    rows.update([drawn("r1", 0, 1, "c", { text: "Guten Morgen" }), drawn("r2", 2, 3, "c"), drawn("r3", 4, 5, "b", { text: "morgen" })], null);
    rows.filter = { words: "emeu MORG", only: "all" };
    expect(ids(rows)).toEqual(["r1"]);
    expect(rows.total).toBe(3);
  });
  it("are only the suggestions, or only those without a text", () => {
    const rows = gridRows({ r1: "said" });
    rows.update(all, null);
    rows.filter = { words: "", only: "suggestions" };
    expect(ids(rows)).toEqual(["r2", "r4"]);
    rows.filter = { words: "", only: "textless" };
    expect(ids(rows)).toEqual(["r2", "r3", "r4"]);
  });
  it("follow single changes as if everything were sorted anew, whatever changes", () => {
    let seed = 11;
    const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
    const some = (id: string): Drawn => drawn(id, Math.round(random() * 50), Math.round(50 + random() * 50), "abc"[Math.floor(random() * 3)], { score: random() < 0.5 ? null : Math.round(random() * 4) / 4 });
    for (const key of ["start", "label", "duration", "score"] as const) {
      const list = Array.from({ length: 200 }, (_, at) => some(`r${at}`)).sort(inOrder);
      const rows = gridRows();
      rows.update(list, null);
      rows.order = { key, descending: key !== "label" };
      rows.filter = { words: key === "score" ? "z" : "", only: "all" };
      for (let turn = 0; turn < 100; turn++) {
        const at = Math.floor(random() * list.length);
        const before = turn % 3 === 0 ? null : list[at]!;
        const after = turn % 3 === 1 ? null : some(before?.id ?? `n${turn}`);
        if (before) list.splice(at, 1);
        if (after) list.push(after);
        list.sort(inOrder);
        const changes: DrawnChange[] = [{ before, after }];
        rows.update(list, changes);
      }
      const anew = gridRows();
      anew.update([...list], null);
      anew.order = rows.order;
      anew.filter = rows.filter;
      expect(ids(rows)).toEqual(ids(anew));
    }
  });
  it("find a label that came only now its place by name", () => {
    const rows = gridRows();
    const list = [drawn("r1", 0, 1, "a"), drawn("r2", 1, 2, "b")];
    rows.update(list, null);
    rows.order = { key: "label", descending: false };
    const added = drawn("r3", 2, 3, "c");
    list.push(added);
    rows.update(list, [{ before: null, after: added }]);
    expect(ids(rows)).toEqual(["r2", "r3", "r1"]);
  });
});

describe("keys of the grid", () => {
  const size = { rows: 50, columns: 7, page: 10 };
  const keys = new KeyMap();
  it.each<[string, Partial<KeyPress>, [number, number], [number, number]]>([
    ["ArrowDown", {}, [4, 2], [5, 2]],
    ["ArrowUp", {}, [0, 2], [-1, 2]],
    ["ArrowLeft", {}, [4, 0], [4, 0]],
    ["ArrowRight", {}, [4, 6], [4, 6]],
    ["Home", {}, [4, 3], [4, 0]],
    ["End", {}, [4, 3], [4, 6]],
    ["PageDown", {}, [45, 1], [49, 1]],
    ["PageUp", {}, [4, 1], [0, 1]],
    ["Home", { ctrlKey: true }, [4, 3], [0, 0]],
    ["End", { ctrlKey: true }, [4, 3], [49, 6]],
  ])("%s %j leads from %j to %j", (key, more, [row, column], [toRow, toColumn]) => {
    expect(cellAfter(keys.listAction(press(key, more))!, { row, column }, size)).toEqual({ row: toRow, column: toColumn });
  });
  it("leave the editor its own: playing, seeking with Shift, undo, letters", () => {
    for (const one of [press(" ", { shiftKey: true }), press("ArrowRight", { shiftKey: true }), press("ArrowUp", { altKey: true }), press("z", { ctrlKey: true }), press("a"), press("Delete")]) {
      expect(keys.listAction(one)).toBeNull();
    }
  });
  it("edit, select and leave", () => {
    expect(["Enter", "F2", " ", "Escape"].map((key) => keys.listAction(press(key)))).toEqual(["list-edit", "list-edit", "list-toggle", "list-leave"]);
    expect(keys.listAction(press("a", { ctrlKey: true }))).toBe("list-select-all");
    expect(cellAfter("list-edit", { row: 0, column: 0 }, size)).toBeNull();
  });
});

describe("what is typed", () => {
  const label = (more: Partial<Label> = {}): Label => ({ ...unknownLabel("a"), ...more });
  const region = (more: Partial<Region> = {}): Region => ({ id: "r", start: 4, end: 8, label: "a", origin: { kind: "human" }, ...more });
  const within = { first: 0, last: 20 };
  const taken = (column: Parameters<typeof takeTyped>[0], typed: string, of = region(), by = label(), allows = true): { problem: string | null; changes: Partial<Region>[] } => {
    const changes: Partial<Region>[] = [];
    const editing: GridEditing = { labels: [], within, editable: () => true, locked: () => null, complain: () => undefined, change: (_, one) => Boolean(allows && changes.push(one)) };
    return { problem: takeTyped(column, of, by, typed, editing), changes };
  };
  it("is a time as the panel reads it", () => {
    expect(taken("start", "0:05,5").changes).toEqual([{ start: 5.5 }]);
    expect(taken("end", "12.25").changes).toEqual([{ end: 12.25 }]);
    expect(taken("duration", "1.5").changes).toEqual([{ end: 5.5 }]);
    expect(taken("start", "3", region({ end: 4, instant: true })).changes).toEqual([{ start: 3, end: 3 }]);
  });
  it("makes no edit when it is what was there", () => {
    for (const [column, typed] of [["start", "4"], ["end", "0:08.000"], ["duration", "4.000"], ["text", ""], ["label", "a"]] as const) {
      expect(taken(column, typed)).toEqual({ problem: null, changes: [] });
    }
  });
  it("is refused with a reason when it is no time, outside, or too short", () => {
    expect(taken("start", "noon").problem).toContain("Type a time such as 12.5");
    expect(taken("start", "9").problem).toBe("It must lie between 0:00.000 and 0:08.000.");
    expect(taken("end", "21").problem).toBe("It must lie between 0:04.000 and 0:20.000.");
    expect(taken("duration", "0").problem).toBe("It must last at least 0.001 s.");
    expect(taken("duration", "17").problem).toBe("It may last 0:16.000 at most.");
    expect(readTime(region(), "end", "4.2", within, label({ shortest: 0.5 })).problem).toBe("It must last at least 0.5 s.");
    expect(readLength(region(), "0.5", within, label({ shortest: 0.5 }))).toEqual({ value: 4.5, problem: "" });
  });
  it("is a text of the label's vocabulary", () => {
    expect(taken("text", "Cmaj7", region(), label({ vocabulary: "harte" })).problem).toContain("no chord as Harte writes it");
    expect(taken("text", "C:maj7", region(), label({ vocabulary: "harte" })).changes).toEqual([{ text: "C:maj7" }]);
  });
  describe("as an answer", () => {
    const asks = (kind: Attribute["kind"], choices: string[] = []): Label => label({ attributes: [{ id: "q", name: "Mood", kind, choices, required: false }] });
    const answered = (kind: Attribute["kind"], typed: string, choices: string[] = [], before = {}) => taken("answer:Mood", typed, region({ attributes: before }), asks(kind, choices));
    it.each<[Attribute["kind"], string, unknown]>([
      ["choice", "LOUD", "loud"],
      ["choice", "qu", "quiet"],
      ["yes-no", "no", false],
      ["yes-no", "y", true],
      ["number", "2,5", 2.5],
      ["rating", "4", 4],
      ["text", " warm ", "warm"],
    ])("is a %s: %j is kept as %j", (kind, typed, value) => {
      expect(answered(kind, typed, ["loud", "quiet"], { other: 1 }).changes).toEqual([{ attributes: { other: 1, q: value } }]);
    });
    it("is taken back by nothing", () => expect(answered("rating", "", [], { q: 3, other: 1 }).changes).toEqual([{ attributes: { other: 1 } }]));
    it("makes no edit when it is the same", () => expect(answered("rating", "3", [], { q: 3 }).changes).toEqual([]));
    it.each<[Attribute["kind"], string, string]>([
      ["choice", "medium", "Type one of these: loud, low."],
      ["choice", "l", "Type one of these: loud, low."],
      ["number", "many", "Type a number."],
      ["rating", "6", "Type a number from 1 to 5."],
      ["rating", "2.5", "Type a number from 1 to 5."],
    ])("is refused: as a %s, %j", (kind, typed, problem) => expect(answered(kind, typed, ["loud", "low"])).toEqual({ problem, changes: [] }));
    it("is offered where it is one of a few", () => {
      const offered = (kind: Attribute["kind"], typed: string) => offersFor("answer:Mood", asks(kind, ["loud", "low", "very loud"]), {} as GridEditing)?.of(typed) ?? null;
      expect(offered("choice", "lou")).toEqual(["loud", "very loud"]);
      expect(offered("choice", "low")).toEqual(["loud", "low", "very loud"]);
      expect(offered("rating", "")).toEqual(["1", "2", "3", "4", "5"]);
      expect([offered("number", ""), offered("text", "")]).toEqual([null, null]);
    });
  });
  it("is offered as a word of the label's vocabulary", () => {
    const offered = (vocabulary: Label["vocabulary"], typed: string) => offersFor("text", label({ vocabulary }), {} as GridEditing)?.of(typed);
    expect(offered("harte", "Bb:mi")?.slice(0, 2)).toEqual(["Bb:min", "Bb:min7"]);
    expect(offered("salami", "ver")).toEqual(["verse", "post-verse", "pre-verse"]);
    expect(offered("free", "ver")).toBeUndefined();
  });
  it("stays in the field without another word when a rule forbids it, which was told", () => {
    expect(taken("start", "5", region(), label(), false).problem).toBe("");
  });
});

describe("cells", () => {
  const shown = (of: Drawn, region: Region | null = null, label = unknownLabel("a")) => columns().map(({ id }) => cellText(id, { drawn: of, region, label }));
  it("say what is suggested by whom, and how sure it is", () => {
    const region: Region = { id: "r", start: 1, end: 2.5, label: "a", origin: { kind: "model", model: "tagger", score: 0.93 } };
    expect(shown(drawn("r", 1, 2.5, "a", { mark: "prediction", score: 0.93 }), region)).toEqual(["a", "0:01.000", "0:02.500", "1.500", "", "93%", "suggested · tagger"]);
  });
  it("say answers in columns of their own, shared by labels that ask the same", () => {
    const who = { id: "who", name: "Speaker", kind: "text" as const, choices: [], required: false };
    const labels = [{ ...unknownLabel("a"), attributes: [who] }, { ...unknownLabel("b"), attributes: [{ ...who, id: "x" }, { ...who, id: "live", name: "Live", kind: "yes-no" as const }] }];
    const region: Region = { id: "r", start: 1, end: 62, label: "b", text: "hello", attributes: { x: "Ada", live: false }, origin: { kind: "human" } };
    const all = columns({ tier: false, band: false, asked: questions(labels) });
    expect(all.map(({ title }) => title).slice(4)).toEqual(["Text", "Speaker", "Live", "Score", "State"]);
    const of = (label: Label) => all.map(({ id }) => cellText(id, { drawn: drawn("r", 1, 62), region, label })).slice(4);
    expect(of(labels[1]!)).toEqual(["hello", "Ada", "no", "", "by hand"]);
    expect(of(labels[0]!)).toEqual(["hello", "", "", "", "by hand"]);
    expect(canBeEdited("answer:Live", { drawn: drawn("r", 3, 3), region, label: labels[0]! })).toBe(false);
    expect(canBeEdited("answer:Live", { drawn: drawn("r", 3, 3), region, label: labels[1]! })).toBe(true);
  });
  it("leave out what an instant does not have", () => expect(shown(drawn("r", 3, 3)).slice(1, 5)).toEqual(["0:03.000", "", "", ""]));
});

describe("the room of the columns", () => {
  const asked = columns({ tier: false, band: false, asked: ["Near?", "What is wrong with it?"] });
  const room = (texts: boolean): Record<string, string> => {
    const each = widths(asked, texts).split(/ (?=minmax|\d+px(?: |$))/);
    return Object.fromEntries(asked.map(({ title }, at) => [title, each[at]!]));
  };
  it("goes to long questions rather than to short ones", () => {
    expect(room(true)).toMatchObject({ "Near?": "minmax(72px, 1fr)", "What is wrong with it?": "minmax(72px, 2.2fr)", Text: "minmax(64px, 2fr)" });
  });
  it("goes not to texts where there are none", () => {
    expect(room(false)).toMatchObject({ "What is wrong with it?": "minmax(72px, 2.2fr)", Text: "64px" });
  });
});
