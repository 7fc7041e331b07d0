/** What a frame and an edit may touch of 100,000 regions on six hours: counted, because time says something else on every machine. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Label } from "../src/api/answers";
import { type AnnotationDocument, itemsOf, type Region, type Value } from "../src/editing/document";
import { DocumentItems } from "../src/editing/items";
import { Store, unknownLabel } from "../src/editing/store";
import { LaneIndex, type Span } from "../src/engine/lanes";
import type { Theme } from "../src/engine/theme";
import { Viewport } from "../src/engine/viewport";
import { type Drawn, drawLanes, laneIndexes, type LaneView } from "../src/layers/regions";

const COUNT = 100_000;
const HOURS = 6 * 3600;
const WIDTH = 1300;
const LABELS = ["speech", "music", "dog"];

function regions(count = COUNT): Region[] {
  let seed = 11;
  const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  return Array.from({ length: count }, (_, n) => {
    const start = (n / count) * (HOURS - 10) + random() * 0.2;
    return { id: `r${n}`, start, end: start + 0.3 + random() * 5.7, label: LABELS[n % 3]!, text: `region ${n}`, origin: { kind: "human" as const } };
  });
}

/** A span that notes when it is looked at. */
class Watched implements Span {
  static seen = new Set<string>();
  constructor(private readonly span: Span) {}
  get id(): string {
    Watched.seen.add(this.span.id);
    return this.span.id;
  }
  get start(): number {
    Watched.seen.add(this.span.id);
    return this.span.start;
  }
  get end(): number {
    Watched.seen.add(this.span.id);
    return this.span.end;
  }
}

const looked = (action: () => void): number => {
  Watched.seen = new Set();
  action();
  return Watched.seen.size;
};

/** A canvas that counts what is drawn on it. */
function countingCanvas(): { canvas: HTMLCanvasElement; calls: Map<string, number>; rectangles: number[][]; total(): number } {
  const calls = new Map<string, number>();
  const rectangles: number[][] = [];
  const context = new Proxy({} as Record<string, unknown>, {
    get: (target, name: string) =>
      target[name] ??
      ((...given: number[]) => {
        calls.set(name, (calls.get(name) ?? 0) + 1);
        if (name === "fillRect") rectangles.push(given);
      }),
    set: (target, name: string, value) => Boolean((target[name] = value)) || true,
  });
  const canvas = { width: 0, height: 0, style: {}, getContext: () => context } as unknown as HTMLCanvasElement;
  return { canvas, calls, rectangles, total: () => [...calls.values()].reduce((sum, one) => sum + one, 0) };
}

const theme: Theme = { text: "#000000", muted: "#555555", line: "#dddddd", background: "#ffffff", wave: "#444444", primary: "#0f766e", playhead: "#d92d20", onPrimary: "#ffffff", dark: false, forced: false };

function lane(label: Label, drawn: readonly Drawn[], number = 0): LaneView {
  return { label, ...laneIndexes(drawn), top: number * 100, height: 100, row: 26, folded: false, locked: false };
}

function lanes(drawn: readonly Drawn[]): LaneView[] {
  return LABELS.map((id, number) => lane(unknownLabel(id), drawn.filter((one) => one.label === id), number));
}

function viewOf(start: number, stop: number): Viewport {
  const view = new Viewport(0, HOURS);
  view.resize(WIDTH);
  view.restore(start, (stop - start) / WIDTH);
  return view;
}

function storeOf(document: AnnotationDocument): Store {
  const store = new Store(LABELS.map(unknownLabel), () => undefined, () => undefined, () => undefined);
  store.items = itemsOf(document);
  return store;
}

const documentOf = (all: Region[]): AnnotationDocument => ({ schema: "x", regions: all, points: [], tags: [], caption: null, answers: [] });

beforeAll(() => void (globalThis.window ??= { devicePixelRatio: 1 } as unknown as Window & typeof globalThis));

describe("of 100,000 regions on six hours", () => {
  const index = new LaneIndex(regions().map((one) => new Watched(one)));

  it("a frame looks only at those in view", () => {
    const [start, stop] = [9000, 9060];
    const inView = [...index.between(start, stop)].length;
    expect(inView).toBeGreaterThan(100);
    expect(looked(() => index.visit(start, stop, 60 / WIDTH, (span) => span.id))).toBe(inView);
  });
  it("a frame of all six hours looks at no more than one for each pixel", () => {
    expect(looked(() => index.visit(0, HOURS, HOURS / WIDTH, (span) => span.id))).toBeLessThanOrEqual(WIDTH + 1);
  });
  it("one that lasts from the first to the last second costs none of the others a look", () => {
    const whole = new LaneIndex([new Watched({ id: "whole", start: 0, end: HOURS }), ...regions(20_000).map((one) => new Watched(one))]);
    const inView = [...whole.between(9000, 9060)].length;
    expect(looked(() => whole.visit(9000, 9060, 60 / WIDTH, (span) => span.id))).toBe(inView);
  });
  it("an edit looks at few others", () => {
    const moved = new Watched({ id: "new", start: 10_000.5, end: 10_003 });
    expect(looked(() => index.insert(moved))).toBeLessThan(20);
    const longer = new Watched({ id: "new", start: 10_000.5, end: 10_004 });
    expect(looked(() => index.replace(moved, longer))).toBeLessThan(20);
    expect(looked(() => index.remove(longer))).toBeLessThan(20);
  });
  it("a pointer looks at those beneath it", () => expect(looked(() => index.at(9000, 0.1))).toBeLessThan(40));

  const store = storeOf(documentOf(regions()));
  const shown = lanes(store.drawn());
  const drawAll = (view: Viewport, chosen: readonly Drawn[] = []) => {
    const counting = countingCanvas();
    const ids = new Set(chosen.map((one) => one.id));
    drawLanes(counting.canvas, view, shown, theme, 300, (id) => ids.has(id), chosen, null, null);
    return counting;
  };

  it("all six hours take a few canvas calls a pixel", () => {
    expect(drawAll(viewOf(0, HOURS)).total()).toBeLessThan(WIDTH * LABELS.length * 1.2 + 50);
  });
  it("a minute takes a few canvas calls for each that is in it", () => {
    const inView = shown.reduce((sum, one) => sum + [...one.index.between(9000, 9060)].length, 0);
    expect(drawAll(viewOf(9000, 9060)).total()).toBeLessThan(10 * inView + 50);
  });
  it("the selected one is drawn, whatever lies in the same pixel", () => {
    const view = viewOf(0, HOURS);
    const hidden = [...shown[0]!.index.between(9000, 9060)].slice(3, 5);
    const edges = (drawn: readonly Drawn[]): number => drawAll(view, drawn).rectangles.filter(([, , width]) => width === 4).length;
    expect(edges([])).toBe(0);
    expect(edges(hidden)).toBe(2 * hidden.length);
  });

  it("an edit makes one drawn region, and leaves the others what they were", () => {
    const before = new Set(store.drawn());
    store.takeChanges();
    const region = store.region("r50000")!;
    store.edit([store.putRegion({ ...region, end: region.end + 0.01 })]);
    expect(store.takeChanges()).toHaveLength(1);
    expect(store.drawn().filter((one) => !before.has(one)).map((one) => one.id)).toEqual(["r50000"]);
  });
  it("a drawn region holds what its region says only once", () => {
    const region = store.region("r7")!;
    const drawn = store.drawn()[7]!;
    expect([drawn.id, drawn.start, drawn.end, drawn.text, drawn.low, drawn.score]).toEqual(["r7", region.start, region.end, "region 7", null, null]);
    expect(Object.values(drawn)).toContain(region);
    expect(Object.keys(drawn)).not.toContain("start");
  });
});

describe("few of many narrow ones", () => {
  const span = (id: string, start: number, end: number): Span => ({ id, start, end });
  const seen = (spans: Span[], apart: number): string[] => {
    const found: string[] = [];
    new LaneIndex(spans).visit(0, 100, apart, (one) => found.push(one.id));
    return found;
  };
  it("are seen, one for each pixel; all when there is room", () => {
    const spans = [span("a", 1, 1.1), span("b", 1.2, 1.3), span("c", 2.5, 2.6)];
    expect(seen(spans, 1)).toEqual(["a", "c"]);
    expect(seen(spans, 0.05)).toEqual(["a", "b", "c"]);
  });
  it("hide neither longer ones nor instants", () => {
    expect(seen([span("a", 1, 1.1), span("long", 1.2, 9), span("instant", 1.3, 1.3), span("b", 1.4, 1.5)], 1)).toEqual(["a", "long", "instant"]);
  });
});

describe("the items of a document", () => {
  const empty = { prediction: null, region: null, model: null, version: null, score: null, edited: false, annotation: null };
  const written = (id: string, more: object = {}): Region => ({ id, start: 1, end: 2, label: "a", attributes: {}, origin: { kind: "human", ...empty }, ...more }) as Region;
  it("share what they have alike", () => {
    const items = itemsOf(documentOf([written("a"), written("b")]));
    const [one, other] = [items.get("regions:a") as Region, items.get("regions:b") as Region];
    expect(one.origin).toEqual({ kind: "human" });
    expect([one.origin === other.origin, one.attributes === other.attributes]).toEqual([true, true]);
  });
  it("keep what says something", () => {
    const model = { ...empty, kind: "model", model: "m", score: 0 };
    const items = itemsOf(documentOf([written("a", { origin: model, attributes: { loud: false } }), written("b", { origin: { ...empty, kind: "human", score: 0 } })]));
    expect((items.get("regions:a") as Region).origin).toEqual(model);
    expect((items.get("regions:a") as Region).attributes).toEqual({ loud: false });
    expect((items.get("regions:b") as Region).origin.score).toBe(0);
  });
  it("are found by collection and id, also with colons in them", () => {
    const items = DocumentItems.from(new Map<string, Value>([["regions:x:1", written("x:1")], ["tags:a", { label: "a", origin: { kind: "human" } }]]));
    expect([...items.keys()]).toEqual(["regions:x:1", "tags:a"]);
    expect([items.size, items.of("regions").has("x:1"), items.delete("regions:x:1"), items.size]).toEqual([2, true, true, 1]);
  });
});
