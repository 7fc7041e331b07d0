import { describe, expect, it } from "vitest";
import { applyOperations, type Items, itemsOf, type Operation } from "../src/editing/document";
import { MOST_AT_ONCE, Unsaved } from "../src/editing/unsaved";
import { empty, Memory, put, region, Server, tab, turns } from "./saving_tabs";

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

  it("sends nothing more when the task is gone, and keeps what was typed", async () => {
    const server = new Server();
    const store = new Memory();
    const one = tab(server, store);
    server.mode = "gone";
    one.push([put("a", 1)]);
    await turns(8);
    expect(one.last()).toBe("gone");
    server.mode = "up";
    one.push([put("b", 3)]);
    await turns(8);
    expect(server.saves).toBe(0);
    await expect(one.saver.flush()).rejects.toThrow();
    const again = tab(server, store); // the person is in the project again
    await again.saver.flush();
    expect([...server.items.keys()].length).toBe(2);
  });

  it("saves nothing into another annotation that the person has of the task meanwhile", async () => {
    const server = new Server();
    const one = tab(server, new Memory());
    one.push([put("a", 1)]);
    await one.saver.flush();
    server.handOver();
    const other = tab(server, new Memory());
    other.push([put("b", 2)]);
    await other.saver.flush();
    one.push([put("c", 3)]);
    await turns(8);
    expect(one.last()).toBe("gone");
    expect([...server.items.keys()]).toEqual(["regions:b"]);
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

  it("sends what was just drawn when the editor is left", async () => {
    const server = new Server();
    const store = new Memory();
    const one = tab(server, store);
    one.push([put("a", 1)]);
    await one.saver.leave();
    expect(server.items.size).toBe(1);
    expect(store.map.size).toBe(0);
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

  it("shows what is really saved when the server refuses", async () => {
    const server = new Server();
    const one = tab(server, new Memory());
    server.mode = "refuses";
    one.push([put("a", 1)]);
    await turns(6);
    expect(one.last()).toBe("refused");
    expect(one.items().size).toBe(0);
  });

  it("takes over what a manager did to the labels without a conflict, and tells it", async () => {
    const server = new Server();
    const one = tab(server, new Memory());
    one.push([put("a", 1), put("b", 2)]);
    await one.saver.flush();
    server.relabel("c", "“A” was merged into “C”.");
    one.push([put("d", 5)]);
    await one.saver.flush();
    await turns(4);
    expect(one.relabeled).toEqual(["“A” was merged into “C”."]);
    expect(one.last()).toBe("saved");
    expect(one.heard.flatMap((each) => each.conflicts)).toEqual([]);
    const labels = (): unknown[] => [...one.items().values()].map((item) => (item as { label?: string }).label);
    expect(labels()).toEqual(["c", "c", "c"]);
    one.push([put("e", 7)]); // from an editor that still has the old label
    await one.saver.flush();
    await turns(4);
    expect(labels()).toEqual(["c", "c", "c", "c"]);
    expect(one.relabeled).toHaveLength(1);
  });

  it("drops only the operation that the server names as wrong", async () => {
    const server = new Server();
    const one = tab(server, new Memory());
    one.push([put("a", 1), put("bad", 2), put("c", 3)]);
    await expect(one.saver.flush()).rejects.toThrow("no such label"); // what waits for everything to be saved must know
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
      const batch = unsaved.next(revision, "one");
      expect(batch.operations.length).toBeLessThanOrEqual(MOST_AT_ONCE);
      sent.push(...batch.operations.map((one) => one.id));
      unsaved.saved(batch);
    }
    expect(sent).toEqual(Array.from({ length: count }, (_, at) => `r${at}`));
  });
});
