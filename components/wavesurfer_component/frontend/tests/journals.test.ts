import { describe, expect, it } from "vitest";
import type { Region } from "../src/editing/document";
import { Journals } from "../src/editing/journals";
import { LargeMemory, later, Memory, now, put, Server, tab, turns } from "./saving_tabs";

describe("a journal of unsaved edits", () => {
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

  it("saves and shows what it took over while there was no connection, as soon as there is one", async () => {
    const server = new Server();
    const store = new Memory();
    const one = tab(server, store);
    const two = tab(server, store);
    server.mode = "down";
    one.push([put("a", 1)]);
    await turns(3);
    one.crash();
    two.saver.touch();
    await turns(5);
    server.mode = "up";
    two.saver.touch();
    await turns(5);
    expect([...server.items.keys()]).toEqual(["regions:a"]);
    expect([...two.items().keys()]).toEqual(["regions:a"]);
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

  it.each([1, 1001])("is not applied to another annotation of the task, and still there when its own comes back (%i edits)", async (count) => {
    const [server, store, large] = [new Server(), new Memory(), new LargeMemory()];
    const first = tab(server, store, large);
    first.push([put("a", 1), put("b", 2)]);
    await first.saver.flush();
    const given = server.handOver();
    server.mode = "gone";
    first.push(Array.from({ length: count }, (_, at) => put(`late${at}`, at)));
    await turns(20);
    expect(first.last()).toBe("gone");
    first.crash();
    server.mode = "up";
    const second = tab(server, store, large);
    await turns(5);
    expect(second.heard).toEqual([]);
    expect(second.items().size).toBe(0);
    second.push([put("c", 3)]);
    await second.saver.flush();
    second.crash();
    expect([...server.items.keys()]).toEqual(["regions:c"]);
    Object.assign(server, given);
    const back = tab(server, store, large);
    await turns(20);
    await back.saver.flush();
    expect(server.items.size).toBe(2 + count);
    expect([...server.items.keys()].sort().slice(0, 3)).toEqual(["regions:a", "regions:b", "regions:late0"]);
  });

  it("is not lost when it becomes small while the large one is still being written", async () => {
    const [server, store, large] = [new Server(), new Memory(), new LargeMemory()];
    const journals = new Journals(store, large, "journal:", null, now);
    const pending = Array.from({ length: 1001 }, (_, at) => put(`r${at}`, at));
    journals.write("me", { batches: [], pending, alive: now() });
    journals.write("me", { batches: [], pending: pending.slice(1000), alive: now() });
    await journals.settled();
    expect(large.map.size).toBe(0);
    later(10_000);
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
});
