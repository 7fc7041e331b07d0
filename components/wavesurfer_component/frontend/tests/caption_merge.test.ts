/** One caption out of phrases of several, and the tags beside each other. */
import { expect, test } from "vitest";
import type { ComparedCaptions } from "../src/api/answers";
import type { AnnotationDocument } from "../src/editing/document";
import { choicesOf, withPhrase } from "../src/reviewing/caption_merge";
import { GroundTruth } from "../src/reviewing/ground_truth";
import { saidTags } from "../src/reviewing/said_tags";

const COMPARED: ComparedCaptions = {
  captions: [
    { annotation: "1", annotator: "ada", text: "A piano with vinyl crackle.", claims: [{ start: 13, end: 26, text: "vinyl crackle", against: ["2"], support: [] }] },
    { annotation: "2", annotator: "ben", text: "A piano with rain.", claims: [{ start: 13, end: 17, text: "rain", against: ["1"], support: [] }] },
    { annotation: "3", annotator: "cleo", text: "A piano with Rain.", claims: [{ start: 13, end: 17, text: "Rain", against: ["1"], support: ["2"] }] },
  ],
  phrases: [
    { same: true, texts: ["A piano with", "A piano with", "A piano with"], places: [[0, 12], [0, 12], [0, 12]] },
    { same: false, texts: ["vinyl crackle", "rain", "Rain"], places: [[13, 26], [13, 17], [13, 17]] },
  ],
};
const document = (...tags: string[]): AnnotationDocument => ({ schema: "labelbuddy/annotation@1", regions: [], points: [], tags: tags.map((label) => ({ label, origin: { kind: "human" } })), caption: null, answers: [] });
const none = { kind: "none", revision: 0, document: null, by: null } as const;

test("what is said in the same words is one variant, with who says it and who contradicts it", () => {
  const [same, differs] = choicesOf(COMPARED);
  expect(same!.same).toBe(true);
  expect(same!.variants.map((one) => one.text)).toEqual(["A piano with"]);
  expect(differs!.variants.map(({ text, who, against }) => [text, who, against])).toEqual([
    ["vinyl crackle", ["ada"], ["ben"]],
    ["rain", ["ben", "cleo"], ["ada"]],
  ]);
});

test("a word that nobody supports or contradicts is told to stand alone", () => {
  const captions = COMPARED.captions.map((one, place) => (place ? { ...one, claims: [] } : { ...one, claims: [{ start: 13, end: 26, text: "vinyl crackle", against: [], support: [] }] }));
  expect(choicesOf({ ...COMPARED, captions })[1]!.variants[0]!.alone).toEqual(["vinyl crackle"]);
});

test("a phrase takes the place of another way to say it", () => {
  expect(withPhrase("A piano with rain.", "vinyl crackle", ["rain"], 0)).toEqual({ text: "A piano with vinyl crackle.", cursor: 26 });
});

test("a phrase without another in its place goes to the cursor", () => {
  expect(withPhrase("A piano.", "with rain", ["thunder"], 7).text).toBe("A piano with rain.");
  expect(withPhrase("", "rain", [], 0).text).toBe("rain");
  expect(withPhrase("A piano plays", "loud", [], 2).text).toBe("A loud piano plays");
});

test("the caption and the tags of the ground truth are the reviewer's own, and undone like everything else", () => {
  const truth = new GroundTruth(none, document("rain"), "k");
  truth.setCaption(" A piano. ");
  truth.setTag("dog", true);
  truth.setTag("rain", false);
  expect(truth.document.caption).toEqual({ text: "A piano.", origin: { kind: "consensus" } });
  expect(truth.document.tags.map((one) => one.label)).toEqual(["dog"]);
  truth.undo();
  truth.undo();
  expect(truth.document.tags.map((one) => one.label)).toEqual(["rain"]);
  expect(truth.changed).toBe(true);
  truth.setCaption("");
  expect(truth.document.caption).toBeNull();
});

test("tags on which people differ come first, with who says them; models are not counted", () => {
  const versions = [
    { name: "ada", document: document("dog", "rain") },
    { name: "ben", document: document("dog", "vinyl") },
    { name: "Tagger", document: null },
  ];
  const found = saidTags(versions, document("rain").tags);
  expect(found.map(({ label, who, of, chosen }) => [label, who.join(), of, chosen])).toEqual([
    ["rain", "ada", 2, true],
    ["vinyl", "ben", 2, false],
    ["dog", "ada,ben", 2, false],
  ]);
});
