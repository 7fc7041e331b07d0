/** Beats among the rows of the region grid. */
import { describe, expect, it } from "vitest";
import type { Point } from "../src/editing/document";
import { type DrawnChange, DrawnList } from "../src/editing/drawn_list";
import { beatsOf } from "../src/editing/beat_points";
import { BeatGrid } from "../src/engine/beat_grid";
import { inOrder } from "../src/engine/lanes";
import { BEATS, isBeat, labelOfBeats, RowsWithBeats } from "../src/grid/beat_rows";
import { canBeEdited, cellText, type ColumnId, columns } from "../src/grid/columns";
import { type Filter, GridRows } from "../src/grid/rows";
import type { Drawn } from "../src/layers/regions";

const region = (id: string, start: number, end: number): Drawn => ({ id, start, end, low: null, high: null, label: "a", text: "a", mark: "human", score: null, feedback: false });
const beat = (id: string, time: number, position: number, more: Partial<Point> = {}): Point => ({ id, time, kind: "beat", position, origin: { kind: "human" }, ...more });
const MODEL = { kind: "model", prediction: "7", model: "tracker", version: "2", score: 0.8 } as const;

/** Regions and beats that a test changes, and the rows that follow them. */
function opened(regions: Drawn[], beats: Point[], hidesScores = false) {
  const state = { regions, beats, hidesScores };
  const list = new DrawnList(() => [...state.regions], (id) => state.regions.find((one) => one.id === id) ?? null);
  const changes = list.reader();
  let grid = { of: state.beats, made: new BeatGrid(beatsOf(state.beats)) };
  const rows = new RowsWithBeats({
    regions: () => list.get(),
    changes,
    beats: () => state.beats,
    grid: () => (grid.of === state.beats ? grid : (grid = { of: state.beats, made: new BeatGrid(beatsOf(state.beats)) })).made,
    hidesScores: () => state.hidesScores,
  });
  const ids = (): string[] => rows.rows().map(({ id }) => id);
  const put = (one: Drawn): void => {
    state.regions = [...state.regions.filter(({ id }) => id !== one.id), one];
    list.changed([one.id]);
  };
  return { state, rows, ids, put };
}

const BAR = [beat("b1", 1, 4), beat("b2", 2, 1), beat("b3", 3, 2), beat("b4", 4, 1)];

describe("rows of beats", () => {
  it("lie among the regions in the order of time", () => {
    expect(opened([region("r1", 0, 5), region("r2", 2.5, 3)], BAR).ids()).toEqual(["r1", "b1", "b2", "r2", "b3", "b4"]);
  });
  it("are none, and the regions no copy, where there are no beats", () => {
    const { rows, state } = opened([region("r1", 0, 5)], []);
    expect(rows.any).toBe(false);
    expect(rows.rows()).toEqual(state.regions);
    expect(rows.rows()).toBe(rows.rows());
    expect(rows.changes()).toEqual([]);
  });
  it("say their time, their place, whether they begin a bar, where they come from, and how sure the model was", () => {
    const edited = beat("b5", 5, 2, { origin: { ...MODEL, edited: true } });
    const found = { kind: "analysis", model: "librosa", version: "0.11.0" } as const;
    const ofAnalysis = [beat("b7", 6, 3, { origin: found }), beat("b8", 7, 4, { origin: { ...found, edited: true } })];
    const { rows } = opened([], [...BAR, beat("b6", 4.5, 2, { origin: MODEL }), edited, ...ofAnalysis]);
    const said = (id: string): string[] => {
      const drawn = rows.find(id)!;
      return columns({ tier: false, band: false, asked: [], beats: true }).map(({ id: column }) => cellText(column, { drawn, region: drawn.region, label: labelOfBeats() }));
    };
    expect(said("b1")).toEqual(["Beats", "0:01.000", "", "", "0:4", "no", "", "", "by hand"]);
    expect(said("b4")).toEqual(["Beats", "0:04.000", "", "", "2:1", "yes", "", "", "by hand"]);
    expect(said("b6")).toEqual(["Beats", "0:04.500", "", "", "2:2", "no", "", "80%", "accepted · tracker"]);
    expect(said("b5").at(-1)).toBe("edited · tracker");
    expect(said("b7").at(-1)).toBe("found · librosa");
    expect(said("b8").at(-1)).toBe("found, edited · librosa");
  });
  it("show no score while scores are hidden", () => {
    const { rows, state } = opened([], [beat("b1", 1, 1, { origin: MODEL })]);
    expect(rows.find("b1")!.score).toBe(0.8);
    state.hidesScores = true;
    expect(rows.find("b1")!.score).toBeNull();
  });
  it("can be edited in time and in whether they begin a bar, and nowhere else", () => {
    const { rows } = opened([], BAR);
    const drawn = rows.find("b1")!;
    const open = columns({ tier: true, band: true, asked: ["Who"], beats: true }).map(({ id }) => id).filter((id) => canBeEdited(id, { drawn, region: drawn.region, label: labelOfBeats() }));
    expect(open).toEqual<ColumnId[]>(["start", "downbeat"]);
  });
  it("stay the same rows while their beats and bars are the same, so that only others are drawn anew", () => {
    const { rows, state } = opened([], BAR);
    const before = new Map(rows.rows().map((one) => [one.id, one]));
    state.beats = BAR.map((one) => (one.id === "b3" ? beat("b3", 3.1, 2) : one));
    expect(rows.rows().filter((one) => before.get(one.id) !== one).map(({ id }) => id)).toEqual(["b3"]);
    state.beats = state.beats.filter(({ id }) => id !== "b2"); // the first bar is another one: those behind it are counted anew
    expect(rows.rows().map((one) => isBeat(one) && `${one.bar}:${one.position}`)).toEqual(["0:4", "0:2", "1:1"]);
  });
  it("tell single changes of regions, and that everything may be another when beats are", () => {
    const { rows, state, put, ids } = opened([region("r1", 0, 5)], BAR);
    rows.rows();
    put(region("r1", 2.2, 5));
    expect(ids()).toEqual(["b1", "b2", "r1", "b3", "b4"]);
    expect(rows.changes()!.map(({ before, after }: DrawnChange) => [before?.start, after?.start])).toEqual([[0, 2.2]]);
    put(region("r2", 3.5, 4));
    expect(ids()).toEqual(["b1", "b2", "r1", "b3", "r2", "b4"]);
    state.beats = BAR.slice(1);
    expect(rows.find("b1")).toBeNull();
    expect(ids()).toEqual(["b2", "r1", "b3", "r2", "b4"]);
    expect(rows.changes()).toBeNull();
    state.beats = [];
    expect(ids()).toEqual(["r1", "r2"]);
    expect(rows.changes()).toBeNull();
  });
  it("are found by what they are called, and listed alone or not at all", () => {
    const rows = new GridRows({ nameOf: (label) => (label === BEATS ? "Beats" : "Speech"), textOf: () => "" });
    rows.update(opened([region("r1", 0, 5)], BAR).rows.rows(), null);
    const found = (words: string, only: Filter["only"]): string[] => {
      rows.filter = { words, only };
      return rows.list.map(({ id }) => id);
    };
    expect(found("beats", "all")).toEqual(["b1", "b2", "b3", "b4"]);
    expect(found("downbeat", "all")).toEqual(["b2", "b4"]);
    expect(found("", "beats")).toEqual(["b1", "b2", "b3", "b4"]);
    for (const only of ["regions", "textless"] as const) expect(found("", only)).toEqual(["r1"]);
    expect(found("", "suggestions")).toEqual([]);
  });
  it("of thousands of beats beside thousands of regions are all there, in order", () => {
    const many = Array.from({ length: 5000 }, (_, at) => beat(`b${at}`, at / 2, (at % 4) + 1));
    const { rows } = opened(Array.from({ length: 5000 }, (_, at) => region(`r${at}`, at / 3, at / 3 + 1)), many);
    const list = [...rows.rows()];
    expect(list).toHaveLength(10_000);
    expect(list).toEqual([...list].sort(inOrder));
  });
});
