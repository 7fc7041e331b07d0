import { describe, expect, it } from "vitest";
import { type Label, type Preferences, USUAL_PREFERENCES } from "../src/api/answers";
import { PersonalKeys } from "../src/editing/personal_keys";
import { labelTree, matching } from "../src/engine/label_tree";
import { Folding, labelRows } from "../src/panels/label_rows";

const label = (id: string, parent: string | null = null): Label => ({ id, name: id, color: "#000", key: null, parent, description: "", overlap: "allow", shortest: 0, vocabulary: "free", attributes: [] });
/** Ten families of ten kinds of nine sounds: 1,010 labels. */
const LARGE: Label[] = Array.from({ length: 10 }, (_, family) => [
  label(`family ${family}`),
  ...Array.from({ length: 10 }, (_, kind) => [
    label(`kind ${family}${kind}`, `family ${family}`),
    ...Array.from({ length: 9 }, (_, sound) => label(`sound ${family}${kind}${sound}`, `kind ${family}${kind}`)),
  ]).flat(),
]).flat();
const shown = (rows: ReturnType<typeof labelRows>): string[] => rows.map((row) => `${"  ".repeat(row.depth)}${row.label.id}`);

describe("a taxonomy of a thousand labels", () => {
  const tree = labelTree(LARGE);
  it("is folded at first", () => expect(shown(labelRows(tree, new Folding(LARGE), null))).toEqual(Array.from({ length: 10 }, (_, family) => `family ${family}`)));
  it("is unfolded level by level, and stays so for the next task", () => {
    const folding = new Folding(LARGE);
    folding.set("family 3", true);
    folding.set("kind 34", true);
    const rows = labelRows(tree, new Folding(LARGE, folding.kept), null);
    expect(rows).toHaveLength(10 + 10 + 9);
    expect(shown(rows).slice(3, 10)).toEqual(["family 3", "  kind 30", "  kind 31", "  kind 32", "  kind 33", "  kind 34", "    sound 340"]);
    folding.set("family 3", false);
    expect(labelRows(tree, folding, null)).toHaveLength(10);
  });
  it("is opened by a search, and only where something was found", () => {
    const found = new Set(matching(LARGE, "sound 777").map((one) => one.id));
    const rows = labelRows(tree, new Folding(LARGE), found);
    expect(shown(rows)).toEqual(["family 7", "  kind 77", "    sound 777"]);
    expect(rows.map((row) => row.forced)).toEqual([true, true, false]);
  });
  it("lets what was found be unfolded", () => {
    const folding = new Folding(LARGE);
    const found = new Set(["kind 12"]);
    expect(shown(labelRows(tree, folding, found))).toEqual(["family 1", "  kind 12"]);
    folding.set("kind 12", true);
    expect(labelRows(tree, folding, found)).toHaveLength(11);
  });
});

it("a small taxonomy is unfolded at first", () => {
  const labels = [label("animal"), label("dog", "animal")];
  const folding = new Folding(labels);
  expect(shown(labelRows(labelTree(labels), folding, null))).toEqual(["animal", "  dog"]);
  folding.set("animal", false);
  expect(shown(labelRows(labelTree(labels), folding, null))).toEqual(["animal"]);
});

it("keys that are moved again have another number, though they are as many", async () => {
  const api = { served: true, setPreferences: (preferences: Preferences) => Promise.resolve(preferences) };
  const keys = new PersonalKeys(api as never, { ...USUAL_PREFERENCES, keys: { split: "Ctrl+B" }, reaction: 0 }, false, [], () => undefined);
  const before = keys.number;
  await (keys as unknown as { keep(preferences: Preferences): Promise<void> }).keep({ ...USUAL_PREFERENCES, keys: { split: "Ctrl+E" }, reaction: 0 });
  expect(keys.number).not.toBe(before);
});
