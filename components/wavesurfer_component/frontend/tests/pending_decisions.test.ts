/** Decisions on suggestions that wait for the server. */
import { expect, test } from "vitest";
import { type ItemDecision, PendingDecisions } from "../src/editing/pending_decisions";

function browser() {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => Boolean(kept.set(key, value)),
    removeItem: (key: string) => void kept.delete(key),
    keys: () => [...kept.keys()],
  };
}
const rejected = (region: string): ItemDecision => ({ prediction: "p", region, decision: "rejected" });
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

function opened(store: ReturnType<typeof browser>, send: (decisions: readonly ItemDecision[]) => Promise<unknown>, ended = () => false) {
  return new PendingDecisions(store, "k", { send, refused: () => undefined, ended, wait: () => Promise.resolve() });
}

test("decisions of one gesture are sent together, then forgotten", async () => {
  const store = browser();
  const sent: number[] = [];
  const pending = opened(store, async (decisions) => sent.push(decisions.length));
  for (let number = 0; number < 6000; number++) pending.push(rejected(`r${number}`));
  await settled();
  expect(sent).toEqual([5000, 1000]);
  expect(store.kept.size).toBe(0);
});

test("what was decided without a connection survives a reload, and undo replaces what waits", async () => {
  const store = browser();
  let left = false;
  const offline = opened(store, () => Promise.reject(new Error("offline")), () => left);
  offline.push(rejected("r1"));
  offline.push(rejected("r2"));
  offline.push({ ...rejected("r1"), decision: "undecided" });
  left = true;
  await settled();
  const sent: ItemDecision[] = [];
  opened(store, async (decisions) => sent.push(...decisions));
  await settled();
  expect(sent.map(({ region, decision }) => [region, decision])).toEqual([["r2", "rejected"], ["r1", "undecided"]]);
});
