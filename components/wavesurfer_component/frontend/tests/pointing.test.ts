/** Pointing at what lies on waveform and spectrogram: boxes, their edges and their names. */
import { describe, expect, it } from "vitest";
import { boxPartAt, slackOf, spanEdgeAt } from "../src/editing/box_edges";
import { nextUnder } from "../src/editing/box_pointing";
import { rectangleOf, under } from "../src/engine/boxes";
import { FrequencyAxis } from "../src/engine/frequency_axis";
import { Viewport } from "../src/engine/viewport";
import { nameSpot } from "../src/layers/boxes";
import { noteNames, roomFor } from "../src/layers/spectrogram";

const LINEAR = new FrequencyAxis(Array.from({ length: 100 }, (_, row) => 50 + row * 100), 200);
const LOG = new FrequencyAxis(Array.from({ length: 120 }, (_, row) => 55 * 2 ** (row / 12)), 240);

function viewOf(seconds: number, width: number): Viewport {
  const view = new Viewport(0, seconds);
  view.resize(width);
  return view;
}

const box = (id: string, start: number, end: number, low: number | null, high: number | null) => ({ id, start, end, low, high });

describe("frequencies of the spectrogram", () => {
  it.each([["linear", LINEAR], ["logarithmic", LOG]])("are the same there and back on a %s scale", (_, axis) => {
    for (const hertz of [200, 440, 1000, 5000]) expect(Math.abs(axis.at(axis.y(hertz)) - hertz)).toBeLessThanOrEqual(1);
  });
  it("are as far apart by difference on a linear scale, by ratio on a logarithmic one", () => {
    expect(LINEAR.y(1000) - LINEAR.y(2000)).toBeCloseTo(LINEAR.y(4000) - LINEAR.y(5000), 6);
    expect(LOG.y(110) - LOG.y(220)).toBeCloseTo(LOG.y(880) - LOG.y(1760), 6);
    expect(LOG.y(110) - LOG.y(220)).toBeCloseTo(24, 6); // an octave is twelve of 120 rows
  });
  it("end at the edges of what is shown", () => {
    expect([LINEAR.y(1), LINEAR.y(99_999)]).toEqual([200, 0]);
    expect([LINEAR.at(500), LINEAR.at(-5)]).toEqual([50, 9950]);
  });
});

describe("names of frequencies", () => {
  it("are those of the keyboard in equal temperament", () => {
    const a4 = noteNames(200).find(({ text }) => text === "A4")!;
    expect(a4.hertz).toBe(440);
    expect(noteNames(200).find(({ text }) => text.startsWith("C4"))!.text).toBe("C4 · 262");
    expect(noteNames(200).find(({ text }) => text.startsWith("C8"))!.text).toBe("C8 · 4.2k");
  });
  it("are every note, the white keys or the Cs, as there is room in an octave", () => {
    expect([180, 90, 40].map((height) => noteNames(height).length / 12)).toEqual([12, 7, 1]);
  });
  it("are never nearer than they are high, and only of what is shown", () => {
    const named = roomFor(noteNames(24), LOG);
    expect(named.map(({ text }) => text.split(" ")[0])).toEqual(["C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9", "C10", "C11"]);
    named.forEach(({ y }, at) => at && expect(named[at - 1]!.y - y).toBeGreaterThanOrEqual(15));
  });
});

describe("boxes under a pointer", () => {
  const view = viewOf(20, 1000);
  const large = box("large", 2, 18, 500, 9000);
  const small = box("small", 9, 11, 3000, 5000);
  const open = box("open", 8, 12, null, 6000);
  const at = (x: number, hertz: number) => under([large, small, open], view, LINEAR, x, LINEAR.y(hertz), 3).map(({ id }) => id);
  it("come with the smallest first", () => {
    expect(at(500, 4000)).toEqual(["small", "open", "large"]);
    expect(at(500, 1000)).toEqual(["open", "large"]);
    expect(at(150, 4000)).toEqual(["large"]);
    expect(at(50, 4000)).toEqual([]);
  });
  it("reach to the edge of the spectrogram where they are not bounded", () => {
    expect(rectangleOf(open, view, LINEAR).bottom).toBe(200);
    expect(at(500, 60)).toEqual(["open"]);
  });
  it("follow each other from click to click, around the end", () => {
    const boxes = [small, open, large];
    expect([null, "small", "open", "large", "elsewhere"].map((selected) => nextUnder(boxes, selected)!.id)).toEqual(["small", "open", "large", "small", "small"]);
    expect(nextUnder([], "small")).toBeNull();
  });
});

describe("edges under a pointer", () => {
  it("are the nearer of the two in time, as far as the pointer reaches", () => {
    expect([94, 100, 106, 107, 195].map((x) => spanEdgeAt(100, 200, x, slackOf("mouse")))).toEqual(["start", "start", "start", null, "end"]);
    expect([100, 109, 111, 130].map((x) => spanEdgeAt(100, 120, x, slackOf("touch")))).toEqual(["start", "start", "end", "end"]);
  });
  it("have an area of 44 pixels for fingers", () => {
    expect(spanEdgeAt(100, 300, 78, slackOf("touch"))).toBe("start");
    expect(spanEdgeAt(100, 300, 77, slackOf("touch"))).toBeNull();
  });
  it("of a box are its four sides; within them it is moved", () => {
    const sides = { left: 100, right: 300, top: 50, bottom: 150 };
    const parts: [number, number][] = [[200, 52], [200, 148], [101, 100], [299, 100], [200, 100], [100, 50]];
    expect(parts.map(([x, y]) => boxPartAt(sides, x, y, 6))).toEqual(["high", "low", "start", "end", "move", "start"]);
    expect(boxPartAt(sides, 200, 160, 6)).toBeNull();
  });
});

describe("the name of a box", () => {
  const spot = (left: number, right: number, top: number, bottom: number, anyway = false) => nameSpot({ left, right, top, bottom }, 40, 800, 200, anyway);
  it("stands in it where there is room", () => expect(spot(100, 200, 50, 90)).toEqual({ x: 101, y: 51 }));
  it("stands where the box is in view", () => expect(spot(-300, 200, 50, 90)).toEqual({ x: 1, y: 51 }));
  it("is left out where there is none", () => {
    expect(spot(100, 130, 50, 90)).toBeNull();
    expect(spot(100, 200, 50, 60)).toBeNull();
  });
  it("of the box under the pointer stands above it, below it, or upon it", () => {
    expect(spot(100, 110, 50, 60, true)).toEqual({ x: 100, y: 34 });
    expect(spot(100, 110, 5, 60, true)).toEqual({ x: 100, y: 60 });
    expect(spot(100, 110, 0, 200, true)).toEqual({ x: 100, y: 0 });
    expect(spot(795, 799, 50, 60, true)).toEqual({ x: 752, y: 34 });
  });
});
