/** What the page of similar sounds is asked for. */
import { expect, test, vi } from "vitest";
import { HttpApi } from "../src/api/http_api";
import type { Region } from "../src/editing/document";
import { similarAddress } from "../src/finding_similar";

const region = { id: "r_1:a", start: 3.25, end: 4, label: "dog" } as Region;

test("the page is asked with the region and its times, below the path of the app", () => {
  const ports = { api: new HttpApi("/lab/api/v1"), task: { id: "7" }, project: { id: "2" }, edits: { selected: region }, say: () => undefined };
  expect(similarAddress(ports, region)).toBe("/lab/similar?project=2&task=7&start=3.25&stop=4&region=r_1%3Aa");
});

test("a model that gives nothing but vectors is none that an annotator asks", async () => {
  const items = [{ model: "1", name: "tagger", predicts: true }, { model: "2", name: "likeness", predicts: false }, { model: "3", name: "older" }];
  vi.stubGlobal("fetch", async () => new Response(JSON.stringify({ items }), { headers: { "Content-Type": "application/json" } }));
  const found = await new HttpApi("/api/v1").models("1");
  vi.unstubAllGlobals();
  expect(found.map(({ name }) => name)).toEqual(["tagger", "older"]);
});
