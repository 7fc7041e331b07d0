import { describe, expect, it } from "vitest";
import { chosenForm, fileName, levelOf, whyNot } from "../src/recording/microphone";

describe("recording from the microphone", () => {
  it("writes the best form that the browser knows, or what it likes", () => {
    expect(chosenForm(() => true)).toEqual({ type: "audio/webm;codecs=opus", suffix: "webm" });
    expect(chosenForm((type) => type === "audio/mp4")).toEqual({ type: "audio/mp4", suffix: "m4a" });
    expect(chosenForm(() => false)).toEqual({ type: undefined, suffix: "webm" });
  });
  it("shows levels in even steps of decibels, and what is cut off", () => {
    const level = (peak: number): number => levelOf(new Float32Array([0, -peak, peak / 2])).share;
    expect([level(0), level(0.0001), level(1)]).toEqual([0, 0, 1]);
    expect(level(0.1)).toBeCloseTo(2 / 3);
    expect([levelOf(new Float32Array([0.9])).tooLoud, levelOf(new Float32Array([-1])).tooLoud]).toEqual([false, true]);
  });
  it("names files so that file systems take them", () => {
    expect(fileName("Street: noon/one", "webm")).toBe("Street- noon-one.webm");
    expect(fileName("  ", "ogg")).toBe("recording.ogg");
    expect(fileName("..hidden", "webm")).toBe("hidden.webm");
    expect(fileName("x".repeat(300), "webm")).toHaveLength(125);
  });
  it("says why it cannot be", () => {
    expect(whyNot(new DOMException("", "NotFoundError"))).toBe("No microphone was found.");
    expect(whyNot(new Error("broken"))).toBe("broken");
  });
});
