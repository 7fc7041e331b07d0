import { describe, expect, it } from "vitest";
import { Follower } from "../src/engine/follow";
import { Viewport } from "../src/engine/viewport";

/** A minute, ten seconds of it in view on 1,000 pixels. */
function zoomed(): Viewport {
  const view = new Viewport(0, 60);
  view.resize(1000);
  view.zoom(6, 0);
  return view;
}

/** Where the view begins while a minute is played, by frames of 20 ms. */
function starts(follower: Follower, view: Viewport, from = 0, until = 60): number[] {
  const found: number[] = [];
  for (let frame = 0; from + frame / 50 <= until; frame++) {
    follower.follow(view, from + frame / 50);
    found.push(view.start);
  }
  return found;
}

const steps = (values: readonly number[]): number[] => values.slice(1).map((value, at) => value - values[at]!).filter((step) => step !== 0);

describe("following the playhead", () => {
  it("glides: the playhead stays in the middle, and the view never jumps", () => {
    const view = zoomed();
    const found = starts(new Follower(() => false), view, 0, 30);
    expect(Math.max(...steps(found))).toBeLessThan(0.1);
    expect(view.start).toBeCloseTo(25, 1);
  });
  it("turns pages for those who want little motion", () => {
    const found = starts(new Follower(() => true), zoomed(), 0, 30);
    expect(steps(found)).toHaveLength(3);
    expect(Math.min(...steps(found))).toBeGreaterThan(8);
  });
  it("glides in long views too, pixel by pixel", () => {
    const view = new Viewport(0, 36_000);
    view.resize(1000);
    view.zoom(10, 0);
    starts(new Follower(() => false), view, 1800, 1900);
    expect(view.start).toBeCloseTo(100, -1);
  });
  it("catches up without a jump when it begins near the edge", () => {
    const view = zoomed();
    const found = starts(new Follower(() => false), view, 9, 14);
    expect(Math.max(...steps(found))).toBeLessThan(0.1);
    expect(view.start).toBeCloseTo(9, 1);
  });
  it("stops at the end, and turns pages where it would rush by", () => {
    const view = zoomed();
    starts(new Follower(() => false), view, 40, 60);
    expect(view.stop).toBe(60);
    const close = zoomed();
    close.zoom(10, 0);
    const found = starts(new Follower(() => false), close, 0, 5);
    expect(Math.min(...steps(found))).toBeGreaterThan(0.5);
  });
});
