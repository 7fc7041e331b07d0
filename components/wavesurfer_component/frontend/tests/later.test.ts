import { describe, expect, it } from "vitest";
import { lateCode } from "../src/late_code";
import { Later } from "../src/later";

describe("what is asked of a part that is not here yet", () => {
  it("is done in the same order as soon as it is here, for the times at which it was asked", () => {
    let playhead = 1;
    let hurried = 0;
    const later = new Later<string[]>(() => playhead, () => hurried++);
    const add = (word: string): void => later.do((words) => void words.push(`${word} at ${later.moment}`));
    add("first");
    playhead = 2;
    add("second");
    playhead = 3;
    expect(hurried).toBe(2);
    const words: string[] = [];
    later.here = words;
    later.catchUp(words);
    add("third");
    expect(words).toEqual(["first at 1", "second at 2", "third at 3"]);
  });

  it("is done only once", () => {
    const later = new Later<{ times: number }>(() => 0, () => undefined);
    later.do((part) => void part.times++);
    const part = { times: 0 };
    later.catchUp(part);
    later.catchUp(part);
    expect(part.times).toBe(1);
  });
});

describe("code that is fetched later", () => {
  const failure = new TypeError("Failed to fetch dynamically imported module: http://host/lb-assets/chunk-A.js");

  it("is asked for until it comes, under other addresses where the browser names the one that failed, less and less often", async () => {
    const asked: (string | null)[] = [];
    const waits: number[] = [];
    let told = 0;
    const module = await lateCode(
      async (address) => {
        asked.push(address);
        if (asked.length < 4) throw failure;
        return "here";
      },
      { failed: () => told++, ended: () => false, wait: async (ms) => void waits.push(ms) },
    );
    expect(module).toBe("here");
    expect(asked).toEqual([null, ...[1, 2, 3].map((attempt) => `http://host/lb-assets/chunk-A.js?${attempt}`)]);
    expect(waits).toEqual([500, 1000, 2000]);
    expect(told).toBe(3);
  });

  it("is given up when nobody wants it any more, and that is not told", async () => {
    let told = 0;
    let ended = false;
    const module = await lateCode(
      async () => {
        ended = true;
        throw failure;
      },
      { failed: () => told++, ended: () => ended, wait: async () => undefined },
    );
    expect([module, told]).toEqual([null, 0]);
  });
});
