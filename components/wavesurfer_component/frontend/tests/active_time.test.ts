/** What counts as work: from one sign of life to the next, never the minute after the last one. Clocks are fake. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ActiveTime } from "../src/active_time";
import { ActivityLog } from "../src/activity";
import { Scope } from "../src/scope";

/** Somebody acts at these seconds; a second is told every second until the end. */
function worked(signs: readonly number[], until: number, focused: (second: number) => boolean = () => true): { active: number; idle: number; stopped: boolean } {
  const time = new ActiveTime(0);
  for (let second = 1; second <= until; second++) {
    if (signs.includes(second)) time.sign(1000 * second, focused(second));
    else time.pass(1000 * second, focused(second));
  }
  return { ...time.take(), stopped: time.stopped };
}

describe("active time", () => {
  it("reaches from one sign of life to the next", () => {
    expect(worked([10, 40, 90], 90)).toEqual({ active: 90, idle: 0, stopped: false });
  });
  it("ends with the last sign of life when a minute passes without another", () => {
    expect(worked([10], 300)).toEqual({ active: 10, idle: 290, stopped: true });
    expect(worked([], 60)).toEqual({ active: 0, idle: 60, stopped: true });
  });
  it("does not count a pause that ends", () => {
    expect(worked([10, 100, 110], 110)).toEqual({ active: 20, idle: 90, stopped: false });
  });
  it("is open until the next sign of life: neither active nor idle yet", () => {
    expect(worked([10], 50)).toEqual({ active: 10, idle: 0, stopped: false });
    expect(worked([10, 69], 69)).toEqual({ active: 69, idle: 0, stopped: false });
  });
  it("is not counted while the page has no focus", () => {
    expect(worked([10, 40], 40, (second) => second <= 10 || second > 30)).toEqual({ active: 20, idle: 20, stopped: false });
  });
  it("is not made of hours in which the machine slept", () => {
    const time = new ActiveTime(0);
    time.sign(10_000, true);
    time.sign(8 * 3_600_000, true);
    const { active } = time.take();
    expect(active).toBeLessThanOrEqual(10);
  });
});

describe("the activity that is sent", () => {
  let sent: { kind: string; seconds: number }[] = [];
  let act = (): void => undefined;
  let playing = false;
  const told: boolean[] = [];
  let scope = new Scope();
  const total = (kind: string): number => sent.filter((event) => event.kind === kind).reduce((sum, { seconds }) => sum + seconds, 0);

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("window", globalThis);
    vi.stubGlobal("document", { hasFocus: () => true });
    vi.stubGlobal("addEventListener", () => undefined);
    vi.stubGlobal("removeEventListener", () => undefined);
    sent = [];
    told.length = 0;
    playing = false;
    scope = new Scope();
    const root = { addEventListener: (name: string, listener: () => void) => void (name === "keydown" && (act = listener)), removeEventListener: () => undefined };
    const api = { activity: (_task: string, _client: string, events: { kind: string; seconds: number }[]) => void sent.push(...events) };
    new ActivityLog(api as never, "t1", "c", { takePlayed: () => 0, get playing() { return playing; } }, scope, root as never, (idle) => void told.push(idle));
  });
  afterEach(() => {
    scope.end();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("has none of the minute after which counting pauses, and that is told once", () => {
    vi.advanceTimersByTime(20_000);
    act();
    vi.advanceTimersByTime(310_000);
    expect(total("active")).toBeCloseTo(20, 3);
    expect(total("idle")).toBeCloseTo(310, 3);
    expect(told).toEqual([true]);
    act();
    expect(told).toEqual([true, false]);
  });
  it("has what was listened to, without any input", () => {
    playing = true;
    vi.advanceTimersByTime(120_000);
    expect(total("active")).toBeCloseTo(120, 3);
    expect(told).toEqual([]);
  });
  it("ends with the last sign of life when the task is left", () => {
    vi.advanceTimersByTime(5000);
    act();
    vi.advanceTimersByTime(40_000);
    scope.end();
    expect([total("active"), total("idle")]).toEqual([5, 40]);
    expect(sent.map(({ kind }) => kind)).toContain("closed");
  });
});
