/** Every text that people read is in every catalog, and catalogs hold nothing else. */
import { afterEach, expect, test } from "vitest";
import { type Catalog, plural, preferred, t, useCatalog } from "../src/i18n";
import { messages as german } from "../src/messages/de";

declare global {
  interface ImportMeta {
    glob(pattern: string, options: { query: "?raw"; import: "default"; eager: true }): Record<string, string>;
  }
}

const files = import.meta.glob("../src/**/*.ts", { query: "?raw", import: "default", eager: true });
const sources = Object.entries(files)
  .filter(([name]) => !name.includes("/messages/"))
  .map(([name, text]) => ({ name, text }));
const CATALOGS: Record<string, Catalog> = { de: german };
const TEXT = String.raw`"((?:[^"\\]|\\.)*)"`;

/** The messages in the sources: what stands as a text in t(…), msg(…) and plural(…, one, other). */
function used(): Set<string> {
  const found = new Set<string>();
  for (const { text } of sources) {
    for (const call of text.matchAll(new RegExp(String.raw`\b(?:t|msg)\(\s*${TEXT}`, "g"))) found.add(JSON.parse(`"${call[1]}"`) as string);
    for (const call of text.matchAll(new RegExp(String.raw`\bplural\([^"]*?,\s*${TEXT},\s*${TEXT}`, "g"))) {
      for (const one of [call[1], call[2]]) found.add(JSON.parse(`"${one}"`) as string);
    }
  }
  return found;
}

const holes = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((hole) => hole[1]!).sort();

afterEach(() => useCatalog("en", {}));

test.each(Object.entries(CATALOGS))("the catalog %s has every message of the sources and nothing else", (_, catalog) => {
  const wanted = used();
  expect([...wanted].filter((text) => !(text in catalog))).toEqual([]);
  expect(Object.keys(catalog).filter((text) => !wanted.has(text))).toEqual([]);
});

test.each(Object.entries(CATALOGS))("the catalog %s says no empty text and fills the same holes", (_, catalog) => {
  for (const [english, translated] of Object.entries(catalog)) {
    expect(translated.trim(), english).not.toBe("");
    expect(holes(translated), english).toEqual(holes(english));
  }
});

test("every message is written as a plain text, so that it can be found in the sources", () => {
  for (const { name, text } of sources) {
    if (name.endsWith("/i18n.ts")) continue;
    const odd = [...text.matchAll(/\b(?:t|msg)\(\s*(?:`|'|"[^"]*"\s*\+)/g)].map((call) => call[0]);
    expect(odd, name).toEqual([]);
  }
});

test("a message is shown in English where the catalog lacks it, and its holes are filled", () => {
  useCatalog("de", { "Delete {what}?": "{what} löschen?" });
  expect(t("Delete {what}?", { what: "3 s" })).toBe("3 s löschen?");
  expect(t("Not translated, {count}", { count: 2 })).toBe("Not translated, 2");
});

test("numbers choose between one and many by the rules of the language", () => {
  expect(plural(1, "{count} region", "{count} regions")).toBe("1 region");
  expect(plural(0, "{count} region", "{count} regions")).toBe("0 regions");
});

test("the first language of the browser that there is a catalog for is spoken", () => {
  expect(preferred(["fr-FR", "de-CH", "en"])).toBe("de");
  expect(preferred(["fr"])).toBe("en");
});
