/** Decisions on suggestions that wait for the server. */
import { expect, test } from "vitest";
import { Problem } from "../src/api/problem";
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
const settled = () => new Promise((resolve) => setTimeout(resolve, 30));

type Send = (decisions: readonly ItemDecision[]) => Promise<unknown>;

function opened(store: ReturnType<typeof browser>, send: Send, { owner = "a", time = { now: 1e6 }, ended = (): boolean => false } = {}) {
  const refused: string[] = [];
  const adopted: string[] = [];
  const pending = new PendingDecisions(store, "k:", owner, {
    send,
    refused: (decisions) => refused.push(...decisions.map((one) => one.region)),
    adopted: (decisions) => adopted.push(...decisions.map((one) => one.region)),
    ended,
    wait: () => new Promise((resolve) => setTimeout(resolve)),
    now: () => time.now,
  });
  return { pending, refused, adopted, push: (one: ItemDecision) => pending.push(one) };
}
const offline: Send = () => Promise.reject(new Error("offline"));

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
  const before = opened(store, offline, { ended: () => left });
  before.push(rejected("r1"));
  before.push(rejected("r2"));
  before.push({ ...rejected("r1"), decision: "undecided" });
  left = true;
  await settled();
  const sent: ItemDecision[] = [];
  opened(store, async (decisions) => sent.push(...decisions), { owner: "b" });
  await settled();
  expect(sent.map(({ region, decision }) => [region, decision])).toEqual([["r2", "rejected"], ["r1", "undecided"]]);
});

test("what is decided while an earlier decision is on its way is kept at once", async () => {
  const store = browser();
  const tab = opened(store, () => new Promise(() => undefined));
  tab.push(rejected("r1"));
  await settled();
  tab.push(rejected("r2"));
  await Promise.resolve();
  expect([...store.kept.values()].map((kept) => (JSON.parse(kept) as { decisions: ItemDecision[] }).decisions.map((one) => one.region))).toEqual([["r1", "r2"]]);
});

test("two tabs keep what waits apart, and one takes over from the other when it has died", async () => {
  const store = browser();
  const time = { now: 1e6 };
  let dead = false;
  const first = opened(store, () => (dead ? new Promise(() => undefined) : offline([])), { time });
  first.push(rejected("r1"));
  await settled();
  const sent: string[] = [];
  const second = opened(store, async (decisions) => sent.push(...decisions.map((one) => one.region)), { owner: "b", time });
  second.push(rejected("r2"));
  second.pending.touch();
  await settled();
  expect(sent).toEqual(["r2"]);
  dead = true;
  await settled();
  time.now += 7000;
  second.pending.touch();
  await settled();
  expect(sent).toEqual(["r2", "r1"]);
  expect(second.adopted).toEqual(["r1"]);
  expect(store.kept.size).toBe(0);
});

test("a decision that the server refuses is given up alone", async () => {
  const sent: string[] = [];
  const tab = opened(browser(), async (decisions) => {
    const wrong = decisions.findIndex((one) => one.region === "gone");
    if (wrong >= 0) throw new Problem(422, "invalid", "The prediction has no item 'gone'.", { field: `decisions.${wrong}.region` });
    sent.push(...decisions.map((one) => one.region));
  });
  for (const region of ["r1", "gone", "r2"]) tab.push(rejected(region));
  await settled();
  expect(tab.refused).toEqual(["gone"]);
  expect(sent).toEqual(["r1", "r2"]);
});

test("decisions on a prediction that is not there are given up together, others are sent", async () => {
  const sent: string[] = [];
  let requests = 0;
  const tab = opened(browser(), async (decisions) => {
    requests++;
    const wrong = decisions.findIndex((one) => one.prediction === "deleted");
    if (wrong >= 0) throw new Problem(422, "invalid", "The task has no prediction 'deleted'.", { field: `decisions.${wrong}.prediction` });
    sent.push(...decisions.map((one) => one.region));
  });
  for (const region of ["r1", "r2"]) tab.push({ ...rejected(region), prediction: "deleted" });
  tab.push(rejected("r3"));
  await settled();
  expect([tab.refused, sent, requests]).toEqual([["r1", "r2"], ["r3"], 2]);
});
