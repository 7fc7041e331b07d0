import { describe, expect, it } from "vitest";
import { Problem, type Saved } from "../src/api";
import type { Comparison } from "../src/editing/conflicts";
import { applyOperations, itemsOf, type AnnotationDocument, type Items, itemKey, type Operation, type Region } from "../src/editing/document";
import { type Batch, Journals, type KeyValueStore } from "../src/editing/journals";
import type { LargeStore } from "../src/editing/large_journals";
import { Saver, type SaveState } from "../src/editing/saver";
import { MOST_AT_ONCE, Unsaved } from "../src/editing/unsaved";

const region = (id: string, start: number): Region => ({ id, start, end: start + 1, label: "a", origin: { kind: "human" } });
const put = (id: string, start: number): Operation => ({ op: "put", collection: "regions", id, value: region(id, start) });
const empty = (): AnnotationDocument => ({ schema: "x", regions: [], points: [], tags: [], caption: null, answers: [] });

/** A server that keeps revisions as the real one does, and can be cut off before or after it has saved. */
class Server {
  revision = 0;
  items: Items = new Map();
  seen = new Map<string, number>();
  mode: "up" | "down" | "answer lost" | "refuses" = "up";
  saves = 0;

  async save(batch: Batch): Promise<Saved> {
    if (this.mode === "down") throw new TypeError("network");
    const bad = batch.operations.findIndex((one) => one.id === "bad");
    if (bad >= 0) throw new Problem(422, "invalid", "no such label", { field: `operations.${bad}.value.label` });
    if (this.mode === "refuses") throw new Problem(422, "invalid", "no such label", {});
    const key = `${batch.client}:${batch.sequence}`;
    const before = this.seen.get(key);
    if (before !== undefined) return { revision: before };
    if (batch.base_revision !== this.revision) {
      throw new Problem(409, "stale", "stale", { revision: this.revision, document: this.document(), saved_by: "rosa" });
    }
    applyOperations(this.items, batch.operations);
    this.seen.set(key, ++this.revision);
    this.saves++;
    if (this.mode === "answer lost") {
      this.mode = "up";
      throw new TypeError("network");
    }
    return { revision: this.revision };
  }

  document(): AnnotationDocument {
    return { ...empty(), regions: [...this.items.values()] as Region[] };
  }
}

class Memory implements KeyValueStore {
  map = new Map<string, string>();
  getItem = (key: string): string | null => this.map.get(key) ?? null;
  full = false;
  setItem = (key: string, value: string): boolean => {
    if (!this.full) this.map.set(key, value);
    return !this.full;
  };
  removeItem = (key: string): void => void this.map.delete(key);
  keys = (): string[] => [...this.map.keys()];
}

let clients = 0;
let clock = 1_000_000;

/** An editor in a tab. `crash` ends it as a killed browser does: nothing more is sent or written. */
function tab(server: Server, store: Memory, large = new LargeMemory()) {
  const states: SaveState[] = [];
  const heard: (Comparison & { by: string })[] = [];
  let screen: Items = new Map();
  let crashed = false;
  const disk: KeyValueStore = {
    getItem: store.getItem,
    keys: store.keys,
    setItem: (key, value) => crashed || store.setItem(key, value),
    removeItem: (key) => (crashed ? undefined : store.removeItem(key)),
  };
  const largeDisk: LargeStore = { read: large.read, keys: large.keys, write: (puts, deletes) => (crashed ? new Promise(() => undefined) : large.write(puts, deletes)) };
  const saver = new Saver(new Journals(disk, largeDisk, "journal:", () => clock), `client-${++clients}`, {
    send: (batch) => (crashed ? new Promise(() => undefined) : server.save(batch)),
    reload: async () => ({ revision: server.revision, document: server.document() }),
    present: () => screen,
    replaced: (items) => (screen = items),
    compared: (comparison, by) => void heard.push({ ...comparison, by }),
    corrected: () => undefined,
    told: (state) => void states.push(state),
    wait: async () => {
      await new Promise((resolve) => setTimeout(resolve, 0));
    },
  });
  screen = saver.begin(server.revision, server.document());
  const crash = (): void => {
    crashed = true;
    clock += 10_000;
  };
  /** Edits as the store makes them: on the screen first, then to be saved. */
  const push = (operations: readonly Operation[]): void => {
    const changes = operations.map(({ collection, id, value }) => ({ collection, id, before: screen.get(itemKey(collection, id)) ?? null, after: value ?? null }));
    applyOperations(screen, operations);
    saver.push(changes);
  };
  return { saver, push, states, heard, crash, items: () => screen, last: () => states[states.length - 1] };
}

/** A large store in memory; `full` refuses to write. */
class LargeMemory implements LargeStore {
  map = new Map<string, unknown>();
  full = false;
  puts = 0;
  write = async (puts: readonly (readonly [string, unknown])[], deletes: readonly string[]): Promise<void> => {
    if (this.full) throw new Error("quota");
    this.puts += puts.length;
    for (const [key, value] of puts) this.map.set(key, structuredClone(value));
    for (const key of deletes) this.map.delete(key);
  };
  read = async (keys: readonly string[]): Promise<unknown[]> => keys.map((key) => structuredClone(this.map.get(key)));
  keys = async (prefix: string): Promise<string[]> => [...this.map.keys()].filter((key) => key.startsWith(prefix));
}

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
};

describe("saver", () => {
  it("says saved only when the server has answered", async () => {
    const server = new Server();
    const one = tab(server, new Memory());
    one.push([put("a", 1)]);
    expect(one.saver.idle).toBe(false);
    await one.saver.flush();
    expect(one.last()).toBe("saved");
    expect(server.items.size).toBe(1);
  });

  it("keeps everything while the server is away, and catches up", async () => {
    const server = new Server();
    const store = new Memory();
    const one = tab(server, store);
    server.mode = "down";
    one.push([put("a", 1)]);
    await turns(8);
    expect(one.last()).toBe("offline");
    expect(store.map.size).toBe(1);
    server.mode = "up";
    await one.saver.flush();
    expect(one.last()).toBe("saved");
    expect(store.map.size).toBe(0);
  });

  it("does not save twice when only the answer was lost", async () => {
    const server = new Server();
    const one = tab(server, new Memory());
    server.mode = "answer lost";
    one.push([put("a", 1)]);
    await one.saver.flush();
    expect(server.saves).toBe(1);
    expect(one.saver.revision).toBe(1);
  });

  it("continues after the browser was killed, from the journal", async () => {
    const server = new Server();
    const store = new Memory();
    const killed = tab(server, store);
    server.mode = "down";
    killed.push([put("a", 1), put("b", 2)]);
    killed.crash();
    server.mode = "up";
    const again = tab(server, store);
    expect([...again.items().keys()].sort()).toEqual(["regions:a", "regions:b"]);
    await again.saver.flush();
    expect(server.items.size).toBe(2);
  });

  it("leaves nothing behind when a duplicated tab saves while the other is offline", async () => {
    const server = new Server();
    const store = new Memory();
    const one = tab(server, store);
    server.mode = "down";
    one.push([put("a", 1)]);
    await turns(3);
    server.mode = "up";
    const two = tab(server, store);
    two.push([put("b", 2)]);
    await two.saver.flush();
    one.crash();
    two.saver.touch();
    await turns(3);
    await two.saver.flush();
    expect([...server.items.keys()].sort()).toEqual(["regions:a", "regions:b"]);
    expect([...two.items().keys()].sort()).toEqual(["regions:a", "regions:b"]);
  });

  it("takes over what another tab leaves while this one is open", async () => {
    const server = new Server();
    const store = new Memory();
    const one = tab(server, store);
    const two = tab(server, store);
    server.mode = "down";
    one.push([put("a", 1)]);
    await turns(3);
    one.saver.part();
    one.crash();
    server.mode = "up";
    two.saver.touch();
    await turns(5);
    expect([...server.items.keys()]).toEqual(["regions:a"]);
    expect([...two.items().keys()]).toEqual(["regions:a"]);
    expect(store.map.size).toBe(0);
  });

  it("sends what was just drawn when the editor is left", async () => {
    const server = new Server();
    const store = new Memory();
    const one = tab(server, store);
    one.push([put("a", 1)]);
    await one.saver.leave();
    expect(server.items.size).toBe(1);
    expect(store.map.size).toBe(0);
  });

  it("leaves its journal to the next one when the server is away as the editor is left", async () => {
    const server = new Server();
    const store = new Memory();
    const one = tab(server, store);
    server.mode = "down";
    one.push([put("a", 1)]);
    await one.saver.leave();
    server.mode = "up";
    const again = tab(server, store);
    await again.saver.flush();
    expect(server.items.size).toBe(1);
  });

  it("sends once more when the page goes, and the next one sends the same batch", async () => {
    const server = new Server();
    const store = new Memory();
    const one = tab(server, store);
    one.push([put("a", 1)]);
    one.saver.part();
    one.crash();
    await turns(2);
    const again = tab(server, store);
    await again.saver.flush();
    expect(server.saves).toBe(1);
    expect([...again.items().keys()]).toEqual(["regions:a"]);
  });

  it("shows the newer item when a resumed batch was saved long ago", async () => {
    const server = new Server();
    const store = new Memory();
    const one = tab(server, store);
    server.mode = "answer lost";
    one.push([put("a", 1)]);
    await turns(1);
    one.crash();
    const other = tab(server, new Memory());
    other.push([put("a", 7)]);
    await other.saver.flush();
    const again = tab(server, store);
    await again.saver.flush();
    await turns(2);
    expect((again.items().get("regions:a") as Region).start).toBe(7);
  });

  it("says so when the browser keeps nothing", async () => {
    const server = new Server();
    const store = new Memory();
    store.full = true;
    const one = tab(server, store);
    server.mode = "down";
    one.push([put("a", 1)]);
    await turns(4);
    expect(one.last()).toBe("unkept");
  });

  it("keeps edits of 100,000 regions in the large store, and continues from it after a crash", async () => {
    const [server, store, large] = [new Server(), new Memory(), new LargeMemory()];
    const one = tab(server, store, large);
    server.mode = "down";
    one.push(Array.from({ length: 100_000 }, (_, at) => put(`r${at}`, at)));
    await turns(8);
    expect([...store.map.values()].join("").length).toBeLessThan(1000);
    const puts = large.puts;
    one.push([put("late", 5)]);
    one.saver.touch();
    await turns(8);
    expect(large.puts - puts).toBeLessThan(10); // blocks that did not change are not written again
    expect(one.last()).toBe("offline");
    one.crash();
    server.mode = "up";
    const two = tab(server, store, large);
    await turns(2);
    await two.saver.flush(10_000_000);
    expect(server.items.size).toBe(100_001);
    await turns(8);
    expect([store.map.size, large.map.size]).toEqual([0, 0]);
  }, 60_000);

  it("says so when there is no room left, and keeps working", async () => {
    const [server, store, large] = [new Server(), new Memory(), new LargeMemory()];
    large.full = true;
    const one = tab(server, store, large);
    server.mode = "down";
    one.push(Array.from({ length: 5000 }, (_, at) => put(`r${at}`, at)));
    await turns(6);
    one.saver.touch();
    await turns(4);
    expect(one.last()).toBe("unkept");
    large.full = false; // there is room again
    one.saver.touch();
    await turns(4);
    one.saver.touch();
    await turns(4);
    expect(one.last()).toBe("offline");
    server.mode = "up";
    await one.saver.flush(10_000_000);
    expect(server.items.size).toBe(5000);
  });

  it("uses the large store for small journals when local storage is full of something else", async () => {
    const [server, store, large] = [new Server(), new Memory(), new LargeMemory()];
    store.setItem = (key, value) => value.length < 150 && (store.map.set(key, value), true);
    const one = tab(server, store, large);
    server.mode = "down";
    one.push([put("a", 1)]);
    await turns(6);
    expect(one.last()).toBe("offline");
    one.crash();
    server.mode = "up";
    const two = tab(server, store, large);
    await turns(2);
    await two.saver.flush(10_000_000);
    expect([...server.items.keys()]).toEqual(["regions:a"]);
  });

  it("is not lost when it becomes small while the large one is still being written", async () => {
    const [server, store, large] = [new Server(), new Memory(), new LargeMemory()];
    const journals = new Journals(store, large, "journal:", () => clock);
    const pending = Array.from({ length: 1001 }, (_, at) => put(`r${at}`, at));
    journals.write("me", { batches: [], pending, alive: clock });
    journals.write("me", { batches: [], pending: pending.slice(1000), alive: clock });
    await journals.settled();
    expect(large.map.size).toBe(0);
    clock += 10_000;
    const two = tab(server, store, large);
    await two.saver.flush(10_000_000);
    expect([...server.items.keys()]).toEqual(["regions:r1000"]);
  });

  it("removes large journals that their owners forgot", async () => {
    const [server, store, large] = [new Server(), new Memory(), new LargeMemory()];
    large.map.set("journal:gone", { batches: [], pending: [1] }).set("journal:gone:1", { operations: [], base: [] });
    tab(server, store, large);
    await turns(4);
    expect(large.map.size).toBe(0);
  });

  it("merges with another tab item by item", async () => {
    const server = new Server();
    const one = tab(server, new Memory());
    const two = tab(server, new Memory());
    one.push([put("a", 1)]);
    await one.saver.flush();
    two.push([put("b", 2)]);
    await two.saver.flush();
    expect(two.states).toContain("merged");
    expect([...two.items().keys()].sort()).toEqual(["regions:a", "regions:b"]);
    expect(server.items.size).toBe(2);
  });

  it("says in numbers what came from elsewhere, and by whom", async () => {
    const server = new Server();
    const one = tab(server, new Memory());
    const two = tab(server, new Memory());
    one.push([put("a", 1), put("b", 2)]);
    await one.saver.flush();
    two.push([put("c", 3)]);
    await two.saver.flush();
    expect(two.heard).toEqual([{ elsewhere: { regions: { added: 2, changed: 0, deleted: 0 } }, conflicts: [], by: "rosa" }]);
    expect(one.heard).toEqual([]);
  });

  it("keeps ours where both changed an item, and tells of it", async () => {
    const server = new Server();
    const one = tab(server, new Memory());
    one.push([put("a", 1), put("b", 2)]);
    await one.saver.flush();
    const two = tab(server, new Memory());
    one.push([put("a", 5), put("b", 6)]);
    await one.saver.flush();
    two.push([put("a", 9)]);
    await two.saver.flush();
    expect((server.items.get("regions:a") as Region).start).toBe(9);
    expect((server.items.get("regions:b") as Region).start).toBe(6);
    expect(two.heard).toHaveLength(1);
    const { elsewhere, conflicts } = two.heard[0]!;
    expect(elsewhere).toEqual({ regions: { added: 0, changed: 2, deleted: 0 } });
    expect(conflicts).toEqual([{ key: "regions:a", items: [{ collection: "regions", id: "a", base: region("a", 1), theirs: region("a", 5), ours: region("a", 9) }] }]);
  });

  it("knows after a crash what an item was before its unsaved edit", async () => {
    const server = new Server();
    const store = new Memory();
    const other = tab(server, new Memory());
    other.push([put("a", 1)]);
    await other.saver.flush();
    const killed = tab(server, store);
    server.mode = "down";
    killed.push([put("a", 9)]);
    await turns(3);
    killed.crash();
    server.mode = "up";
    other.push([put("a", 5)]);
    await other.saver.flush();
    const again = tab(server, store);
    await again.saver.flush();
    expect(again.heard.flatMap((one) => one.conflicts).map((one) => one.items[0])).toEqual([
      { collection: "regions", id: "a", base: region("a", 1), theirs: region("a", 5), ours: region("a", 9) },
    ]);
    expect((server.items.get("regions:a") as Region).start).toBe(9);
  });

  it("sees no conflict in a batch that was saved before the crash", async () => {
    const server = new Server();
    const store = new Memory();
    const one = tab(server, store);
    server.mode = "answer lost";
    one.push([put("a", 1)]);
    await turns(1);
    one.crash();
    const other = tab(server, new Memory());
    other.push([put("a", 7)]);
    await other.saver.flush();
    const again = tab(server, store);
    await again.saver.flush();
    await turns(2);
    expect(again.heard.flatMap((one) => one.conflicts)).toEqual([]);
  });

  it("compares also what was only in the journal when the browser was killed", async () => {
    const server = new Server();
    const store = new Memory();
    const other = tab(server, new Memory());
    other.push([put("a", 1)]);
    await other.saver.flush();
    const killed = tab(server, store);
    killed.push([put("a", 9)]);
    killed.crash();
    other.push([put("a", 5)]);
    await other.saver.flush();
    const again = tab(server, store);
    expect(again.heard.flatMap((one) => one.conflicts).map((one) => one.key)).toEqual(["regions:a"]);
    await again.saver.flush();
    expect((server.items.get("regions:a") as Region).start).toBe(9);
  });

  it("is in no conflict with what it saved itself", async () => {
    const server = new Server();
    const one = tab(server, new Memory());
    const two = tab(server, new Memory());
    one.push([put("a", 1)]);
    await one.saver.flush();
    one.push([put("b", 1)]);
    await one.saver.flush();
    two.push([put("c", 3)]);
    await two.saver.flush();
    one.push([put("a", 4)]);
    await one.saver.flush();
    expect(one.heard).toEqual([{ elsewhere: { regions: { added: 1, changed: 0, deleted: 0 } }, conflicts: [], by: "rosa" }]);
  });

  it("shows what is really saved when the server refuses", async () => {
    const server = new Server();
    const one = tab(server, new Memory());
    server.mode = "refuses";
    one.push([put("a", 1)]);
    await turns(6);
    expect(one.last()).toBe("refused");
    expect(one.items().size).toBe(0);
  });

  it("drops only the operation that the server names as wrong", async () => {
    const server = new Server();
    const one = tab(server, new Memory());
    one.push([put("a", 1), put("bad", 2), put("c", 3)]);
    await one.saver.flush();
    expect(one.last()).toBe("refused");
    expect([...server.items.keys()].sort()).toEqual(["regions:a", "regions:c"]);
    expect([...one.items().keys()].sort()).toEqual(["regions:a", "regions:c"]);
  });

  it.each([3, 17, 99, 4321])("ends with the same document here and there, whatever happens (seed %i)", async (first) => {
    let seed = first;
    const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    const server = new Server();
    const store = new Memory();
    let one = tab(server, store);
    const expected: Items = itemsOf(empty());
    for (let turn = 0; turn < 300; turn++) {
      const dice = random();
      const id = `r${Math.floor(random() * 12)}`;
      const operation: Operation = dice < 0.25 ? { op: "delete", collection: "regions", id } : put(id, turn);
      applyOperations(expected, [operation]);
      one.push([operation]);
      if (dice > 0.9) server.mode = "answer lost";
      else if (dice > 0.8) server.mode = "down";
      else server.mode = "up";
      if (dice > 0.95) {
        one.crash();
        one = tab(server, store);
      }
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    server.mode = "up";
    await one.saver.flush(10_000_000);
    expect([...server.items.entries()].sort()).toEqual([...expected.entries()].sort());
  });
});

describe("what is not saved yet", () => {
  it("is sent in batches that the server takes, in order and whole", () => {
    const unsaved = new Unsaved("me");
    const count = 2 * MOST_AT_ONCE + 1;
    unsaved.push(Array.from({ length: count }, (_, at) => ({ collection: "regions" as const, id: `r${at}`, before: region(`r${at}`, at), after: null })));
    const sent: string[] = [];
    for (let revision = 1; !unsaved.none; revision++) {
      const batch = unsaved.next(revision);
      expect(batch.operations.length).toBeLessThanOrEqual(MOST_AT_ONCE);
      sent.push(...batch.operations.map((one) => one.id));
      unsaved.saved(batch);
    }
    expect(sent).toEqual(Array.from({ length: count }, (_, at) => `r${at}`));
  });
});
