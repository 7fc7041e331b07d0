/** What the ruler says: times, bars and beats, or numbers of samples. */
import { beforeAll, describe, expect, it, vi } from "vitest";
import { BeatGrid } from "../src/engine/beat_grid";
import type { Theme } from "../src/engine/theme";
import { Viewport } from "../src/engine/viewport";
import { drawRuler, type RulerUnit } from "../src/layers/ruler";

const THEME: Theme = { text: "#000000", muted: "#555555", line: "#cccccc", background: "#ffffff", wave: "#444444", primary: "#0f766e", onPrimary: "#ffffff", playhead: "#d92d20", dark: false, forced: false };
const THIN = "\u202f";
const BEATS = new BeatGrid(Array.from({ length: 40 }, (_, index) => ({ id: `b${index}`, time: 0.5 * (index + 1), position: ((index + 3) % 4) + 1, anchor: false })));

beforeAll(() => vi.stubGlobal("window", { devicePixelRatio: 1 }));

/** The names on the ruler, with how far from the left each stands (px). */
function written(unit: RulerUnit, start: number, stop: number, rate: number, grid = new BeatGrid([])): { text: string; x: number }[] {
  const names: { text: string; x: number }[] = [];
  const context = new Proxy({ fillText: (text: string, x: number) => void names.push({ text, x: x - 4 }) } as Record<string, unknown>, { get: (target, name) => target[name as string] ?? (() => undefined), set: () => true });
  const canvas = { width: 0, height: 0, style: {}, getContext: () => context } as unknown as HTMLCanvasElement;
  const view = new Viewport(0, 21_600);
  view.resize(1000);
  view.show(start, stop, 0);
  drawRuler(canvas, view, THEME, unit, grid, rate, []);
  return names;
}

describe("the ruler in samples", () => {
  it.each([8000, 44_100, 192_000])("counts at the rate of the recording (%i Hz) from its first sample", (rate) => {
    for (const { text, x } of written("samples", 10, 12, rate)) {
      const sample = Number(text.replaceAll(THIN, ""));
      expect(Math.abs(x - ((sample / rate - 10) / 2) * 1000)).toBeLessThanOrEqual(1);
    }
  });
  it("names round numbers with room between them, however close it is", () => {
    for (const seconds of [7200, 60, 1, 0.01, 0.001]) {
      const names = written("samples", 100, 100 + seconds, 44_100);
      expect(names.length, String(seconds)).toBeGreaterThan(1);
      names.forEach(({ x }, index) => index && expect(x - names[index - 1]!.x).toBeGreaterThanOrEqual(64));
      const steps = names.slice(1).map(({ text }, index) => Number(text.replaceAll(THIN, "")) - Number(names[index]!.text.replaceAll(THIN, "")));
      expect(new Set(steps).size).toBe(1);
      expect(String(steps[0])).toMatch(/^[125]0*$/);
    }
  });
  it("parts thousands by thin spaces", () => {
    expect(written("samples", 10, 12, 44_100).map(({ text }) => text)).toContain(`450${THIN}000`);
  });
});

describe("the ruler in time and in bars", () => {
  it("says seconds with as many decimals as their distance needs", () => {
    expect(written("time", 60, 70, 8000).map(({ text }) => text).slice(0, 2)).toEqual(["1:00", "1:01"]);
    expect(written("time", 60, 60.1, 8000).map(({ text }) => text).slice(0, 2)).toEqual(["1:00.00", "1:00.01"]);
  });
  it("says bars and beats where there is room, and times where there are no beats", () => {
    expect(written("bars", 0, 3, 8000, BEATS).map(({ text }) => text).slice(0, 4)).toEqual(["0.4", "1", "1.2", "1.3"]);
    expect(written("bars", 0, 20, 8000, BEATS).map(({ text }) => text).slice(0, 3)).toEqual(["1", "2", "3"]);
    expect(written("bars", 0, 4, 8000)[0]!.text).toMatch(/^0:0/);
  });
});
