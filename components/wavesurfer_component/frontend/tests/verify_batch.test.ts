/** The verify grid without a page: what is decided, what comes next, and the way back. */
import { expect, test } from "vitest";
import { Batch } from "../src/verifying/batch";
import { viewOf } from "../src/verifying/pictures";
import { SentVerdicts } from "../src/verifying/sent_verdicts";
import type { RegionToVerify } from "../src/api/answers";

const batch = (): Batch<string> => new Batch(["a", "b", "c"]);

test("a decision goes on to the next that is open", () => {
  const three = batch();
  expect(three.decide("approve")).toBe(0);
  expect(three.current).toBe("b");
  three.step(1);
  three.decide("reject");
  expect(three.current).toBe("b"); // round again: c was the last
  three.decide("skip");
  expect([three.of(0), three.of(1), three.of(2)]).toEqual(["approve", "skip", "reject"]);
  expect(three.count(null)).toBe(0);
});

test("undo takes decisions back one by one and looks at them; redo brings them again", () => {
  const three = batch();
  three.decide("approve");
  three.decide("reject");
  expect(three.undo()).toBe(1);
  expect(three.of(1)).toBeNull();
  expect(three.undo()).toBe(0);
  expect(three.undo()).toBeNull();
  expect(three.redo()).toBe(0);
  expect(three.of(0)).toBe("approve");
  three.decide("reject");
  expect(three.redo()).toBeNull(); // another decision ends what could be brought again
});

test("a decision that is changed goes back to the one before", () => {
  const three = batch();
  three.decide("approve");
  three.step(-1);
  three.decide("reject");
  three.undo();
  expect(three.of(0)).toBe("approve");
});

test("one never looks beyond the first and the last", () => {
  const three = batch();
  three.step(-5);
  expect(three.current).toBe("a");
  three.step(50);
  expect(three.current).toBe("c");
  expect(new Batch([]).decide("approve")).toBeNull();
});

const item = (start: number, end: number): RegionToVerify =>
  ({ annotation: "7", revision: 3, task_start: 0, task_stop: 10, region: { id: "r", start, end } }) as RegionToVerify;

test("a picture has room around the region, within the task", () => {
  expect(viewOf(item(4, 6))).toEqual({ start: 3.3, stop: 6.7 });
  expect(viewOf(item(4, 4.1))).toEqual({ start: 3.75, stop: 4.35 });
  expect(viewOf(item(0.1, 9.9))).toEqual({ start: 0, stop: 10 });
});

test("verdicts are sent one after the other, and one that is refused is told", async () => {
  const sent: unknown[] = [];
  const refused: unknown[] = [];
  let busy = 0;
  const decideRegion = async (annotation: string, verdict: { decision: string | null }): Promise<unknown> => {
    expect(busy++).toBe(0);
    await Promise.resolve();
    busy--;
    sent.push([annotation, verdict]);
    if (verdict.decision === "reject") throw new Error("It changed");
    return null;
  };
  const sending = new SentVerdicts({ decideRegion }, { refused: (place, problem) => refused.push([place, problem]) });
  sending.send(0, item(1, 2), "approve");
  sending.send(1, item(3, 4), "reject");
  sending.send(0, item(1, 2), null);
  await sending.settled();
  expect(sent.map((one) => (one as [string, { decision: string | null }])[1].decision)).toEqual(["approve", "reject", null]);
  expect(refused).toEqual([[1, "It changed"]]);
});
