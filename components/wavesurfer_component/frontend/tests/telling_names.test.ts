import { describe, expect, it } from "vitest";
import { tellingParts } from "../src/panels/telling_names";

const tails = (...names: string[]): string[] => tellingParts(names).map(([, tail]) => tail);

describe("names in little room", () => {
  it("keep the word that tells names apart which begin alike", () => {
    expect(tails("Demonstration Annotator One", "Demonstration Annotator Two", "Cleo")).toEqual(["One", "Two", ""]);
  });

  it("keep the end of a first word that begins alike", () => {
    expect(tellingParts(["tagger-a 2", "tagger-b 1"])).toEqual([["tagger-", "a 2"], ["tagger-", "b 1"]]);
  });

  it("are compared without the number of their version", () => {
    expect(tellingParts(["1 Alexandra Papadopoulou", "2 Alexandra Papadopoulos"])).toEqual([["1 Alexandra Papadopoulo", "u"], ["2 Alexandra Papadopoulo", "s"]]);
  });

  it("are left as they are where they begin differently, or are the same", () => {
    expect(tails("Speech", "Music", "Speech")).toEqual(["", "", ""]);
  });

  it("lose nothing: both parts are the name", () => {
    const names = ["Long name of the one", "Long name of the other", "Long name", "Long name of"];
    expect(tellingParts(names).map((parts) => parts.join(""))).toEqual(names);
  });
});
