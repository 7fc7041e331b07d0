import { afterEach, describe, expect, it } from "vitest";
import { KeyMap } from "../src/editing/key_map";
import { BINDINGS } from "../src/editing/keys";
import { keysTo, tellKeys, withKeys } from "../src/panels/key_hints";

const SOURCES = Object.values(import.meta.glob("../src/**/*.ts", { query: "?raw", import: "default", eager: true }));

describe("keys in tooltips", () => {
  afterEach(() => tellKeys(new KeyMap(), false));

  it("are the usual ones until somebody chooses others", () => {
    expect(withKeys("Reject", "reject")).toBe("Reject (R)");
    tellKeys(new KeyMap({ reject: "Ctrl+ArrowLeft", "show-rejected": "Shift+U" }), false);
    expect(withKeys("Reject", "reject")).toBe("Reject (Ctrl+←)");
    expect(keysTo("show-rejected")).toBe("Shift+U");
  });

  it("are left out where the action has none", () => {
    tellKeys(new KeyMap({}, new Set(["submit"])), false);
    expect(withKeys("Submit and go on", "submit")).toBe("Submit and go on");
  });

  it("are those of actions that exist", () => {
    const known = new Set(BINDINGS.map((one) => one.action));
    const told = SOURCES.flatMap((text) => [...text.matchAll(/(?:capOf|keysTo)\("([^"]+)"\)|(?:withKeys|hinted)\(.*?, "([a-z-]+)"\)|actionButton\(.*?, "([a-z-]+)", act/g)].map((found) => found[1] ?? found[2] ?? found[3]));
    expect(told.length).toBeGreaterThan(30);
    expect(told.filter((action) => !known.has(action!))).toEqual([]);
  });

  it("are never written into a text, where they would stay the usual ones", () => {
    const fixed = SOURCES
      .flatMap((text) => text.split("\n"))
      .filter((line) => /\bt\("[^"]*\((?:(?:Shift|Alt|Ctrl) \+ .|[A-Z]|Space|Del)[^"]*\)/.test(line));
    expect(fixed).toEqual([]);
  });
});
