import { describe, expect, it } from "vitest";
import type { Region } from "../src/editing/document";
import { Memory, put, region, Server, tab, turns } from "./saving_tabs";

describe("merging with what was saved elsewhere", () => {
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
});
