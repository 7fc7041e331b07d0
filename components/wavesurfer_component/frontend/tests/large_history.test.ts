/** Undo across a reload in documents, and of steps, that a tab's own memory does not hold. */
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Change, Region } from "../src/editing/document";
import { fingerprint, RunningFingerprint } from "../src/editing/fingerprint";
import { HistoryMemory, MOST_BYTES } from "../src/editing/history_memory";
import { LargeHistories } from "../src/editing/large_histories";
import type { LargeStore } from "../src/editing/large_journals";
import { bytesOf } from "../src/editing/step_sizes";
import { Store } from "../src/editing/store";

const region = (id: string, start: number, text = ""): Region => ({ id, start, end: start + 1, label: "a", text, origin: { kind: "human" } });
const moved = (store: Store, id: string, start: number): Change => store.put("regions", id, region(id, start));

class Memory implements LargeStore {
  readonly map = new Map<string, unknown>();
  puts = 0;
  full = false;
  write = async (puts: readonly (readonly [string, unknown])[], deletes: readonly string[]): Promise<void> => {
    if (this.full) throw new Error("no room");
    for (const [key, value] of puts) this.map.set(key, structuredClone(value));
    for (const key of deletes) this.map.delete(key);
    this.puts += puts.length;
  };
  read = async (keys: readonly string[]): Promise<unknown[]> => keys.map((key) => structuredClone(this.map.get(key)));
  keys = async (prefix: string): Promise<string[]> => [...this.map.keys()].filter((key) => key.startsWith(prefix));
}

/** A tab with a document of so many regions, as it is on the server. */
function tab(disk: Memory, count: number, changed: (items: Map<string, Region>) => void = () => undefined, now = () => Date.now()) {
  const store = new Store([], () => undefined, () => undefined, () => undefined);
  const items = new Map(Array.from({ length: count }, (_, at) => [`regions:r${at}`, region(`r${at}`, at)] as [string, Region]));
  changed(items);
  store.items = items as never;
  const restored = vi.fn();
  const memory = new HistoryMemory(store.history, "h:ada:t1", { items: () => store.items, running: store.fingerprint, large: new LargeHistories(disk, "h:", now), restored });
  memory.restore();
  return { store, memory, restored };
}

const MANY = 20_001;
const startOf = (store: Store, id: string): number | undefined => store.region(id)?.start;

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal("sessionStorage", { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value), removeItem: (key: string) => void kept.delete(key) });
});

describe("undo across a reload of a large document", () => {
  it("goes on where it was, also after another reload", async () => {
    const disk = new Memory();
    const one = tab(disk, MANY);
    one.store.edit([moved(one.store, "r5", 7)]);
    one.store.edit([moved(one.store, "r6", 8)]);
    one.store.undo();
    one.memory.keep();
    await one.memory.settled();
    const two = tab(disk, MANY, (items) => items.set("regions:r5", region("r5", 7)));
    await two.memory.settled();
    expect(two.restored).toHaveBeenCalledOnce();
    two.store.redo();
    expect(startOf(two.store, "r6")).toBe(8);
    two.memory.keep();
    await two.memory.settled();
    const three = tab(disk, MANY, (items) => items.set("regions:r5", region("r5", 7)).set("regions:r6", region("r6", 8)));
    await three.memory.settled();
    three.store.undo();
    three.store.undo();
    expect([startOf(three.store, "r5"), startOf(three.store, "r6")]).toEqual([5, 6]);
    expect(three.store.history.canUndo).toBe(false);
  });
  it("is dropped where somebody else changed the document, or something was done before it was here", async () => {
    const disk = new Memory();
    const one = tab(disk, MANY);
    one.store.edit([moved(one.store, "r5", 7)]);
    one.memory.keep();
    await one.memory.settled();
    const other = tab(disk, MANY, (items) => items.set("regions:r5", region("r5", 7)).delete("regions:r9"));
    await other.memory.settled();
    expect(other.store.history.canUndo).toBe(false);
    const quick = tab(disk, MANY, (items) => items.set("regions:r5", region("r5", 7)));
    quick.store.edit([moved(quick.store, "r1", 3)]);
    await quick.memory.settled();
    expect(quick.store.history.length).toEqual({ done: 1, undone: 0 });
  });
  it("writes with each edit only the edit", async () => {
    const disk = new Memory();
    const { store, memory } = tab(disk, MANY);
    for (let turn = 0; turn < 50; turn++) store.edit([moved(store, `r${turn}`, 1000)]);
    memory.keep();
    await memory.settled();
    const { puts } = disk;
    store.edit([moved(store, "r60", 1000)]);
    memory.keep();
    await memory.settled();
    expect(disk.puts - puts).toBe(2); // and what steps there are
    memory.keep();
    expect(disk.puts - puts).toBe(2);
  });
  it("keeps the newest steps that fit, and removes those that went", async () => {
    const disk = new Memory();
    const { store, memory } = tab(disk, 10);
    const long = "x".repeat(1_000_000); // two bytes each
    for (let turn = 0; turn < 12; turn++) {
      store.edit([store.put("regions", "r1", region("r1", turn, long))]);
      memory.keep();
      await memory.settled();
    }
    const steps = [...disk.map.keys()].filter((key) => key.includes("#"));
    const kept = store.history.newest(MOST_BYTES, bytesOf).done.length;
    expect(steps).toHaveLength(kept);
    expect([kept > 2, kept < 6]).toEqual([true, true]);
  });
  it("does without where the browser keeps nothing", async () => {
    const disk = new Memory();
    disk.full = true;
    const { store, memory } = tab(disk, MANY);
    store.edit([moved(store, "r5", 7)]);
    memory.keep();
    await memory.settled();
    expect(disk.map.size).toBe(0);
    expect(store.undo()).not.toBeNull();
  });
  it("leaves nothing of tabs that were closed long ago", async () => {
    const disk = new Memory();
    let now = 0;
    const histories = (): LargeHistories => new LargeHistories(disk, "h:", () => now);
    const steps = { done: [{ changes: [{ collection: "regions", id: "a", before: null, after: region("a", 1) }] as Change[], key: null, at: 0 }], undone: [] };
    for (let count = 0; count < 12; count++) {
      now += 1000;
      await histories().write(`h:${count}`, "f", steps);
    }
    expect((await disk.keys("h:")).filter((key) => !key.includes("#"))).toHaveLength(10);
    now += 4 * 24 * 3_600_000;
    await histories().write("h:new", "f", steps);
    expect((await disk.keys("h:")).map((key) => key.split("#")[0])).toEqual(["h:new", "h:new"]);
  });
});

describe("the fingerprint of a document while it changes", () => {
  it("is that of the whole document, whatever is done while it is worked out and after", async () => {
    const store = new Store([], () => undefined, () => undefined, () => undefined);
    store.items = new Map(Array.from({ length: 5000 }, (_, at) => [`regions:r${at}`, region(`r${at}`, at)])) as never;
    let turn = 0;
    const change = (): void => {
      turn++;
      store.edit([moved(store, `r${(turn * 997) % 5000}`, turn), moved(store, `new${turn}`, turn), store.put("regions", `r${(turn * 31) % 5000}`, null)]);
      if (turn % 3 === 0) store.undo();
    };
    const running = new RunningFingerprint(
      () => store.items,
      async () => change(),
    );
    const changed = store.fingerprint.changed.bind(store.fingerprint);
    store.fingerprint.changed = (...args) => (running.changed(...args), changed(...args));
    await running.ready();
    expect(turn).toBeGreaterThan(3);
    expect(running.value).toBe(fingerprint(store.items));
    for (let more = 0; more < 20; more++) change();
    expect(running.value).toBe(fingerprint(store.items));
    running.reset();
    expect(running.value).toBeNull();
  });
});
