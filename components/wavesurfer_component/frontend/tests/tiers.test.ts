import { describe, expect, it } from "vitest";
import type { Label } from "../src/api/answers";
import { Deciding } from "../src/editing/deciding";
import { Edits } from "../src/editing/edits";
import { itemKey, itemsOf, type Items, type Operation, type Region, type Tier, operationOf } from "../src/editing/document";
import { Store, unknownLabel } from "../src/editing/store";
import { laneOf, tierNames } from "../src/editing/tier_names";
import { Tiers } from "../src/editing/tiers";

const LABELS: Label[] = [unknownLabel("a"), { ...unknownLabel("alone"), overlap: "forbid" }];
const region = (id: string, start: number, tier: string | null, label = "a"): Region => ({ id, start, end: start + 1, label, tier, origin: { kind: "human" } });

function opened(regions: Region[], initial: string[] | null = ["Ada", "Ben"]) {
  const sent: Operation[] = [];
  const complaints: string[] = [];
  const locked = new Map<string, string>();
  const answers = { text: "" as string | null, yes: true };
  const store = new Store(LABELS, (changes) => void sent.push(...changes.map(operationOf)), () => undefined, () => undefined, initial !== null);
  store.items = new Map(regions.map((one) => [itemKey("regions", one.id), one])) as Items;
  const complain = (text: string): void => void complaints.push(text);
  const tiers = new Tiers(store, initial, { say: () => undefined, complain, ask: async () => answers.text, confirm: async () => answers.yes, refresh: () => undefined, named: () => undefined, locked: (tier) => locked.get(tier) ?? null });
  const values = new Map<string, string>();
  const clipboard = { getItem: (key: string) => values.get(key) ?? null, setItem: (key: string, value: string) => Boolean(values.set(key, value)), removeItem: () => undefined, keys: () => [] };
  const edits = new Edits(store, { first: 0, last: 60, playhead: () => 30, say: () => undefined, complain, clipboard, task: "t1", tierFor: (tier) => tiers.fitting(tier), chosenTier: () => tiers.chosen });
  const deciding = new Deciding(store, { say: () => undefined, complain, tierFor: (tier) => tiers.fitting(tier) });
  const own = (): string[] => store.collection<Tier>("tiers").sort((one, other) => one.position - other.position).map((one) => one.name);
  return { store, tiers, edits, deciding, sent, complaints, answers, locked, own, tierOf: (id: string) => store.region(id)?.tier };
}

describe("tiers", () => {
  it("are the annotation's own, else the project's, then those that only regions name", () => {
    expect(tierNames([], ["Ada", "Ben"], ["Zoe", "Ada"])).toEqual(["Ada", "Ben", "Zoe"]);
    expect(tierNames([{ name: "B", position: 3 }, { name: "A", position: 7 }], ["Ada"], [])).toEqual(["B", "A"]);
    expect(opened([], null).tiers.names).toEqual([]);
  });
  it("become the annotation's own with the first change, in one step of undo", async () => {
    const { tiers, answers, own, store } = opened([]);
    answers.text = "  Music   bed ";
    await tiers.add();
    expect([own(), tiers.active]).toEqual([["Ada", "Ben", "Music bed"], "Music bed"]);
    store.undo();
    expect([own(), tiers.names, tiers.active]).toEqual([[], ["Ada", "Ben"], "Ada"]);
  });
  it("that are locked are neither renamed nor removed, and why is told", async () => {
    const { tiers, answers, locked, complaints, tierOf } = opened([region("r1", 1, "Ada")]);
    answers.text = "Cleo";
    locked.set("Ada", "Ada is locked.");
    await tiers.rename("Ada");
    await tiers.remove("Ada");
    expect([tiers.names, tierOf("r1"), complaints]).toEqual([["Ada", "Ben"], "Ada", ["Ada is locked.", "Ada is locked."]]);
  });
  it("are renamed with what lies on them, in their place", async () => {
    const { tiers, answers, own, store, tierOf } = opened([region("r", 1, "Ada"), region("s", 3, "Ben")]);
    answers.text = "Anna";
    await tiers.rename("Ada");
    expect([own(), tierOf("r"), tierOf("s"), tiers.active]).toEqual([["Anna", "Ben"], "Anna", "Ben", "Anna"]);
    store.undo();
    expect([tiers.names, tierOf("r")]).toEqual([["Ada", "Ben"], "Ada"]);
  });
  it("are not renamed to one that there is, nor to nothing", async () => {
    const { tiers, answers, sent, complaints } = opened([]);
    for (answers.text of ["Ben", " ", null, "Ada"]) await tiers.rename("Ada");
    expect([sent, complaints]).toEqual([[], ["There is a tier Ben already."]]);
  });
  it("are removed with what lies on them, after a question; the last one stays", async () => {
    const { tiers, answers, own, store, complaints } = opened([region("r", 1, "Ada")]);
    answers.yes = false;
    await tiers.remove("Ada");
    expect(tiers.names).toEqual(["Ada", "Ben"]);
    answers.yes = true;
    await tiers.remove("Ada");
    expect([own(), store.region("r"), tiers.active]).toEqual([["Ben"], null, "Ben"]);
    await tiers.remove("Ben");
    expect([own(), complaints]).toEqual([["Ben"], ["One tier must stay."]]);
    store.undo();
    expect([tiers.names, store.region("r")?.tier]).toEqual([["Ada", "Ben"], "Ada"]);
  });
  it("that only regions name go with the last of them", () => {
    const { store, tiers, edits } = opened([region("r", 1, "Zoe")]);
    expect([tiers.names, tiers.count("Zoe")]).toEqual([["Ada", "Ben", "Zoe"], 1]);
    edits.remove([store.region("r")!]);
    expect(tiers.names).toEqual(["Ada", "Ben"]);
  });
  it("are what new, pasted and accepted regions lie on", () => {
    const { store, tiers, edits, deciding } = opened([region("r", 1, "Zoe")]);
    edits.copies.copy([store.region("r")!]);
    edits.remove([store.region("r")!]);
    tiers.pick("Ben");
    edits.create("a", 2, 3);
    edits.copies.paste();
    edits.createInstant("a", 9);
    const origin = { kind: "model" as const, prediction: "p", region: "m", score: 1, edited: false };
    const document = { schema: "x", regions: [{ ...region("m", 5, null), origin }], points: [], tags: [], caption: null, answers: [] };
    store.predictions = [{ id: "p", model: "m", model_name: "M", license: "", version: "1", document, decisions: {}, notes: [] }];
    deciding.accept(["m"]);
    expect(store.ownRegions().map((one) => one.tier)).toEqual(["Ben", "Ben", "Ben", "Ben"]);
    expect(store.region("m")!.origin.edited).toBe(false);
  });
  it("take what was copied from one of them where somebody chose one, and not where one was only drawn on", () => {
    const { store, tiers, edits, tierOf } = opened([region("r", 1, "Ada")]);
    edits.copies.copy([store.region("r")!]);
    tiers.drawnOn("Ben");
    edits.copies.pasteInPlace();
    expect(store.ownRegions().length).toBe(1);
    tiers.pick("Ben");
    edits.copies.pasteInPlace();
    expect(store.ownRegions().map((one) => [one.start, one.tier])).toEqual([[1, "Ada"], [1, "Ben"]]);
    edits.copies.cut([store.region("r")!]);
    edits.copies.paste();
    expect([store.region("r")!.start, tierOf("r")]).toEqual([30, "Ben"]);
  });
  it("stay those of what was copied from several", () => {
    const { store, tiers, edits } = opened([region("r", 1, "Ada"), region("s", 2, "Ben")]);
    edits.copies.copy(store.ownRegions());
    tiers.pick("Ben");
    edits.copies.paste();
    expect(store.ownRegions().map((one) => one.tier)).toEqual(["Ada", "Ben", "Ada", "Ben"]);
  });
  it("keep regions of one label apart that must not overlap on one tier", () => {
    const { store, edits, complaints, tierOf } = opened([region("r", 1, "Ada", "alone"), region("s", 1.5, "Ben", "alone")]);
    edits.moves.moveTogether([store.region("s")!], 0, null, () => "Ada");
    expect([tierOf("s"), complaints]).toEqual(["Ben", ["Regions of alone must not overlap."]]);
    edits.moves.moveTogether([store.region("s")!], 5, null, () => "Ada");
    expect([tierOf("s"), store.region("s")!.start]).toEqual(["Ada", 6.5]);
  });
  it("are joined along, never across", () => {
    const { store, edits, complaints } = opened([region("r", 1, "Ada"), region("s", 3, "Ben"), region("t", 5, "Ada")]);
    edits.merge([store.region("r")!, store.region("s")!]);
    edits.merge([store.region("r")!]);
    expect([complaints, store.region("r")!.end, store.region("t")]).toEqual([["Only regions on the same tier can be joined."], 6, null]);
  });
  it("draw every region in the lane of its tier, and count right after whatever happens", () => {
    const { store } = opened([region("r", 1, "Ada"), region("s", 2, null)]);
    expect(store.drawn().map((one) => one.lane)).toEqual([laneOf("Ada"), laneOf(null)]);
    store.edit([store.putRegion({ ...store.region("r")!, tier: "Ben" })]);
    store.items = itemsOf({ schema: "x", regions: [region("q", 1, "Ben")], points: [{ id: "p", time: 1, kind: "event", label: "a", tier: "Ben" }], tags: [], caption: null, answers: [], tiers: [] });
    expect([...store.tierCounts]).toEqual([["Ben", 2]]);
  });
});
