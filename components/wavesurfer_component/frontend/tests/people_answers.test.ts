import { expect, test } from "vitest";
import type { Annotation } from "../src/api/answers";
import { answerOf, truthOf } from "../src/looking";

const region = { id: "r1", start: 1, end: 2, label: "dog" };

function annotation(id: string, username: string): Annotation {
  const document = { schema: "labelbuddy/annotation@1", regions: [region], points: [], tags: [], caption: null, answers: [] } as unknown as Annotation["document"];
  return { id, user: "7", annotator: { username, name: username }, revision: 3, state: "submitted", document, reviews: [] };
}

test("the answers of two annotators stay apart although their regions have the same id", () => {
  const [ada, ben] = [answerOf(annotation("4", "ada")), answerOf(annotation("5", "ben"))];
  expect([ada.model_name, ben.model_name]).toEqual(["ada", "ben"]);
  expect(ada.document.regions[0]!.id).not.toBe(ben.document.regions[0]!.id);
  expect(ada.document.regions[0]).toMatchObject({ start: 1, end: 2, label: "dog" });
});

test("the ground truth is an answer of its own, unless it is the only approved one", () => {
  const { document } = annotation("4", "ada");
  const [truth] = truthOf({ kind: "adjudicated", document });
  expect(truth!.model_name).toBe("Ground truth");
  expect(truth!.document.regions[0]).toMatchObject({ id: "truth:r1", start: 1, label: "dog" });
  expect(truthOf({ kind: "approved", document })).toEqual([]);
  expect(truthOf({ kind: "none", document: null })).toEqual([]);
});
