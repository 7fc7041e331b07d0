import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PeakStore } from "../src/engine/peaks";
import { SampleStore } from "../src/engine/samples";
import { type FoundPoints, SnapPoints } from "../src/engine/snap_points";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A pyramid of one channel with two levels: 4096 buckets of 256 samples, 1024 of 1024. */
function pyramid(): ArrayBuffer {
  const levels = [{ samples_per_bucket: 256, offset: 4096, buckets: 4096 }, { samples_per_bucket: 1024, offset: 4096 + 8192, buckets: 1024 }];
  const header = new TextEncoder().encode(JSON.stringify({ version: 1, sample_rate: 1000, frames: 1_048_576, channels: 1, levels }));
  const bytes = new Uint8Array(4096 + 8192 + 2048);
  bytes.set(new TextEncoder().encode("LBPK"));
  new DataView(bytes.buffer).setUint32(4, header.length, true);
  bytes.set(header, 8);
  return bytes.buffer;
}

describe("peaks that could not be fetched", () => {
  it("are not asked for in every frame, and asked for again while nothing moves", async () => {
    let asked = 0;
    let fails = false;
    const draws = vi.fn();
    const store = await PeakStore.open(async (start, stop) => {
      if (fails) {
        asked++;
        throw new Error("no network");
      }
      return pyramid().slice(start, stop);
    }, draws);
    fails = true;
    const frame = (): void => store.fill(new Float32Array(20), 0, 0, 0.256, 10);
    for (let count = 0; count < 5; count++) {
      frame();
      await vi.advanceTimersByTimeAsync(16);
    }
    expect(asked).toBe(1);
    await vi.advanceTimersByTimeAsync(1000);
    expect(draws).toHaveBeenCalledTimes(1); // a frame, which asks again
    frame();
    await vi.advanceTimersByTimeAsync(1000);
    expect([asked, draws.mock.calls.length]).toEqual([2, 1]); // later than the first time
    await vi.advanceTimersByTimeAsync(1000);
    expect(draws).toHaveBeenCalledTimes(2);
    fails = false;
    frame();
    await vi.advanceTimersByTimeAsync(0);
    expect(draws).toHaveBeenCalledTimes(3);
  });
});

describe("samples that could not be fetched", () => {
  it("ask for another frame a while later, and come then", async () => {
    let fails = true;
    const draws = vi.fn();
    const store = new SampleStore(1, 100, async () => (fails ? Promise.reject(new Error("no network")) : new Int16Array(100).fill(32767).buffer), draws);
    expect(store.need(0, 10)).toBe(false);
    await vi.advanceTimersByTimeAsync(999);
    expect(draws).not.toHaveBeenCalled();
    fails = false;
    await vi.advanceTimersByTimeAsync(1);
    expect(draws).toHaveBeenCalledTimes(1);
    expect(store.need(0, 10)).toBe(false);
    await vi.advanceTimersByTimeAsync(0);
    expect(store.need(0, 10)).toBe(true);
    expect(store.at(0, 5)).toBe(1);
  });
});

describe("points that are not here yet", () => {
  const points = (fetch: () => Promise<FoundPoints>): SnapPoints => new SnapPoints({ fetch, ownBeats: () => [], edges: () => [], samples: () => null }, () => undefined);
  it("are waited for, once for all who wait", async () => {
    const fetch = vi.fn(async () => ({ onset: [1, 2] }));
    const store = points(fetch);
    expect(store.between("onset", 0, 10)).toEqual([]);
    await store.arriving("onset", 0, 10);
    expect(store.between("onset", 0, 10)).toEqual([1, 2]);
    expect(store.arriving("onset", 0, 10)).toBeNull();
    expect(fetch).toHaveBeenCalledTimes(1);
  });
  it("say why they do not come, and are asked for again later", async () => {
    let fails = true;
    const store = points(async () => (fails ? Promise.reject(new Error("still being analyzed")) : { onset: [3] }));
    await expect(store.arriving("onset", 0, 10)).rejects.toThrow("still being analyzed");
    fails = false;
    await vi.advanceTimersByTimeAsync(10_000);
    await store.arriving("onset", 0, 10);
    expect(store.between("onset", 0, 10)).toEqual([3]);
  });
});
