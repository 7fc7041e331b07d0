/** Every text that people read is a message, and in every catalog; catalogs hold nothing else. */
import { afterEach, expect, test } from "vitest";
import { type Catalog, plural, preferred, speak, spoken, t, useCatalog } from "../src/i18n";
import { messages as german } from "../src/messages/de";
import { callsOf, unmarked } from "./texts";

declare global {
  interface ImportMeta {
    glob(pattern: string, options: { query: "?raw"; import: "default"; eager: true }): Record<string, string>;
  }
}

const files = import.meta.glob("../src/**/*.ts", { query: "?raw", import: "default", eager: true });
const sources = Object.entries(files)
  .map(([path, text]) => ({ name: path.replace("../src/", ""), text }))
  .filter(({ name }) => !name.startsWith("messages/"));
const calls = sources.filter(({ name }) => name !== "i18n.ts").flatMap(({ name, text }) => callsOf(text).map((call) => ({ ...call, at: `${name}:${call.line}` })));
const used = new Set(calls.flatMap((call) => call.texts).filter((text) => text !== null));
const CATALOGS: Record<string, Catalog> = { de: german };

/** What looks like a text for people and is none. */
const NO_TEXTS: { name: string; texts: string[]; why: string }[] = [
  { name: "i18n.ts", texts: ["English", "Deutsch"], why: "each language is called by its own name" },
  { name: "editing/key_map.ts", texts: ["Create", "Adjust", "Edit", "Suggestions", "Beats", "Task"], why: "groups of bindings, which keys.ts marks" },
  { name: "editing/key_map.ts", texts: ["Control", "Shift", "Alt", "Meta", "AltGraph", "CapsLock", "Tab", "Escape", "Dead", "Backquote"], why: "names that the browser has for keys" },
  { name: "editing/keys.ts", texts: ["Shift+"], why: "a name that bindings have for a key" },
  { name: "editing/key_press.ts", texts: ["Space", "Backquote", "Ctrl+", "Alt+", "Shift+"], why: "names that bindings have for keys" },
  { name: "grid/columns.ts", texts: ["minmax({}px, {}fr)"], why: "a style" },
  { name: "keyboard.ts", texts: ["Enter"], why: "the name that the browser has for a key" },
  { name: "engine/vocabularies.ts", texts: ["main theme", "secondary theme", "third theme"], why: "words of SALAMI's vocabulary" },
  { name: "engine/forced_colors.ts", texts: ["(forced-colors: active)", "(prefers-color-scheme: dark)", "(prefers-contrast: more)"], why: "questions to the browser" },
  { name: "layers/canvas.ts", texts: ["12px system-ui, -apple-system, 'Segoe UI', sans-serif"], why: "a font" },
  { name: "embedded/api.ts", texts: ["Only LabelBuddy's server does that."], why: "an error that no button leads to" },
  { name: "embedded/fft.ts", texts: ["{} is no power of two"], why: "an error that only programs make" },
  { name: "embedded/tiles.ts", texts: ["These levels are not made yet.", "There is no tile {} on level {}."], why: "tiles are asked for again" },
  { name: "label_files.ts", texts: ["json jsonl jams textgrid eaf txt tsv csv lab beats vtt srt rttm zip tar tgz gz bz2 tbz2 xz txz parquet"], why: "suffixes of files" },
  { name: "playback/making.ts", texts: ["no samples"], why: "samples are asked for again" },
  { name: "playback/preparing.ts", texts: ["forgotten"], why: "something else is played" },
  { name: "playback/workshop.ts", texts: ["no samples"], why: "samples are asked for again" },
  { name: "upload.ts", texts: ["wav wave rf64 bwf flac mp3 ogg oga opus m4a mp4 mov aac aif aiff aifc webm mka mkv w64 au caf 3gp", "zip tar tgz gz bz2 tbz2 xz txz csv tsv"], why: "suffixes of files" },
];
const isNoText = (name: string, text: string): boolean => NO_TEXTS.some((one) => one.name === name && one.texts.includes(text));

const holes = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((hole) => hole[1]!).sort();

afterEach(() => useCatalog("en", {}));

test.each(Object.entries(CATALOGS))("the catalog %s has every message of the sources and nothing else", (_, catalog) => {
  expect([...used].filter((text) => !(text in catalog))).toEqual([]);
  expect(Object.keys(catalog).filter((text) => !used.has(text))).toEqual([]);
});

test.each(Object.entries(CATALOGS))("the catalog %s says no empty text and fills the same holes", (_, catalog) => {
  for (const [english, translated] of Object.entries(catalog)) {
    expect(translated.trim(), english).not.toBe("");
    expect(holes(translated), english).toEqual(holes(english));
  }
});

test("every message is written as a plain text, so that it can be found in the sources", () => {
  expect(calls.filter((call) => call.texts.includes(null)).map((call) => call.at)).toEqual([]);
});

test("every hole of a message is filled where the message is used", () => {
  const open = calls.filter(({ name, texts, values }) => name !== "msg" && values && texts.some((text) => holes(text ?? "").some((hole) => !values.includes(hole))));
  expect(open.map((call) => call.at)).toEqual([]);
});

test("no message is looked up while a module is loaded: the catalog comes later", () => {
  expect(calls.filter((call) => call.early).map((call) => call.at)).toEqual([]);
});

test("every text that people read is marked as a message", () => {
  const found = sources.flatMap(({ name, text }) => unmarked(text).filter((one) => !isNoText(name, one.text)).map((one) => `${name}:${one.line}: ${one.text}`));
  expect(found).toEqual([]);
});

test("what is excepted from that is still there", () => {
  const texts = new Map(sources.map(({ name, text }) => [name, unmarked(text).map((one) => one.text)]));
  expect(NO_TEXTS.flatMap((one) => one.texts.filter((text) => !texts.get(one.name)?.includes(text)))).toEqual([]);
});

test.each([
  ["a sentence", `notify("It is gone.")`],
  ["a single word on a button", `el("button", {}, "play")`],
  ["a title chosen from two", `el("i", { title: open ? t("Hide") : "show" })`],
  ["a template with words beside a hole", "const says = `${count} regions`"],
  ["a name that begins with a capital", `const names = { off: "Off" }`],
  ["what is said aloud", `ports.say("undone")`],
  ["the text of an error", `throw new Error("gone")`],
  ["what a value is filled with", `t("Now {label}", { label: "Nothing at all" })`],
])("%s that is not marked is found", (_, source) => {
  expect(unmarked(source)).toHaveLength(1);
});

test.each([
  ["a message", `el("b", { title: t("Undo") }, plural(count, "{count} tag", "{count} tags"))`],
  ["a class", `el("div", { class: "region title" })`],
  ["what is compared", `const leaves = event.key === "Escape"`],
  ["a unit", "el(\"b\", {}, `${seconds} s`, `${hertz} kHz`)"],
  ["a path", "get(`/tasks/${task}/audio`)"],
  ["a drawing", `const path = "M6.2 11.6 2.8 8.2l1.3-1.3 2.1 2.1z"`],
  ["a type", `const mode: "Off" | "On" = value as "Off"`],
])("%s is not taken for a text to be marked", (_, source) => {
  expect(unmarked(source)).toEqual([]);
});

test("a message is shown in English where the catalog lacks it, and its holes are filled", () => {
  useCatalog("de", { "Delete {what}?": "{what} löschen?" });
  expect(t("Delete {what}?", { what: "3 s" })).toBe("3 s löschen?");
  expect(t("Not translated, {count}", { count: 2 })).toBe("Not translated, 2");
});

test("a word that is about something is shown without what it is about", () => {
  expect(t("key|Delete")).toBe("Delete");
  useCatalog("de", { Delete: "Löschen", "key|Delete": "Entf" });
  expect(t("Delete") + t("key|Delete")).toBe("LöschenEntf");
});

test("numbers choose between one and many by the rules of the language", () => {
  expect(plural(1, "{count} region", "{count} regions")).toBe("1 region");
  expect(plural(0, "{count} region", "{count} regions")).toBe("0 regions");
});

test("the language that was chosen last is spoken, whichever catalog comes first", async () => {
  await Promise.all([speak("de"), speak("en")]);
  expect(spoken()).toBe("en");
});

test("the first language of the browser that there is a catalog for is spoken", () => {
  expect(preferred(["fr-FR", "de-CH", "en"])).toBe("de");
  expect(preferred(["fr"])).toBe("en");
});
