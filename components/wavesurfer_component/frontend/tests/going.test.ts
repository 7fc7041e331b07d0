import { describe, expect, it } from "vitest";
import { Bookmarks } from "../src/editing/bookmarks";
import type { KeyValueStore } from "../src/editing/journals";
import { inNextLane } from "../src/editing/selecting";
import type { Drawn } from "../src/layers/regions";

const drawn = (id: string, start: number): Drawn => ({ id, start, end: start + 1 }) as Drawn;

class Memory implements KeyValueStore {
  map = new Map<string, string>();
  getItem = (key: string): string | null => this.map.get(key) ?? null;
  setItem = (key: string, value: string): boolean => this.map.set(key, value) !== undefined;
  removeItem = (key: string): void => void this.map.delete(key);
  keys = (): string[] => [...this.map.keys()];
}

describe("the region in the next lane", () => {
  const lanes = [[drawn("a", 1), drawn("b", 5)], [], [drawn("c", 2), drawn("d", 9)]];

  it("is the one that begins nearest, past empty lanes and around the ends", () => {
    expect(inNextLane(lanes, "b", 0, 1)?.id).toBe("c");
    expect(inNextLane(lanes, "d", 0, 1)?.id).toBe("b");
    expect(inNextLane(lanes, "a", 0, -1)?.id).toBe("c");
  });

  it("is searched from the playhead when nothing is selected", () => {
    expect(inNextLane(lanes, null, 6, 1)?.id).toBe("b");
    expect(inNextLane(lanes, null, 6, -1)?.id).toBe("d");
    expect(inNextLane([[], []], null, 6, 1)).toBeNull();
    expect(inNextLane([], null, 6, 1)).toBeNull();
  });
});

describe("bookmarks", () => {
  it("are set, found from both sides, and taken away by setting them again", () => {
    const marks = new Bookmarks(new Memory(), "k");
    expect([marks.toggle(5), marks.toggle(2)]).toEqual([true, true]);
    expect([marks.beside(3, 1), marks.beside(3, -1), marks.beside(5, 1), marks.beside(2, -1)]).toEqual([5, 2, null, null]);
    expect(marks.toggle(2.01)).toBe(false);
    expect(marks.all).toEqual([5]);
  });

  it("are kept, and what cannot be read is none", () => {
    const store = new Memory();
    new Bookmarks(store, "k").toggle(5);
    expect(new Bookmarks(store, "k").all).toEqual([5]);
    new Bookmarks(store, "k").toggle(5);
    expect(store.map.size).toBe(0);
    store.map.set("k", "{not json");
    expect(new Bookmarks(store, "k").all).toEqual([]);
  });
});
