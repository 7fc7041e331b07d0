/**
 * Texts in the reader's language. The English text is the key of a message, as in gettext, so that sources read as what
 * people see; a message that a catalog lacks is shown in English.
 */
import { browserStore } from "./editing/storage";

export type Catalog = Readonly<Record<string, string>>;
type Values = Readonly<Record<string, string | number>>;

/** The languages there are, by BCP 47 tag, each by its own name. */
export const LANGUAGES = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof LANGUAGES;
/** `auto`: what the browser prefers. */
export type LanguageChoice = Language | "auto";

const CATALOGS: Record<Language, () => Promise<Catalog>> = {
  en: () => Promise.resolve({}),
  de: async () => (await import("./messages/de")).messages,
};
const LAST = "labelbuddy:language";

let language: Language = "en";
let catalog: Catalog = {};

/** The language that texts are in now. */
export function spoken(): Language {
  return language;
}

/** Show texts from this catalog from now on. */
export function useCatalog(code: Language, messages: Catalog): void {
  language = code;
  catalog = messages;
}

/** Speak the language that somebody chose; remembered in this browser for what is shown before their choice is known. */
export async function speak(choice: LanguageChoice): Promise<void> {
  browserStore().setItem(LAST, choice);
  const code = choice === "auto" ? preferred(navigator.languages) : choice;
  if (code !== language) useCatalog(code, await CATALOGS[code]());
}

/** Speak what was spoken last in this browser. */
export async function speakAgain(): Promise<void> {
  const last = browserStore().getItem(LAST);
  await speak(last !== null && last in LANGUAGES ? (last as Language) : "auto");
}

/** The first language of a list of tags that there is a catalog for. */
export function preferred(tags: readonly string[]): Language {
  const found = tags.map((tag) => tag.split("-")[0]!.toLowerCase()).find((code) => code in LANGUAGES);
  return (found as Language | undefined) ?? "en";
}

/** A message; `{name}` in it stands for the value of that name. */
export function t(text: string, values: Values = {}): string {
  return filled(catalog[text] ?? text, values);
}

/** A message about so many things; `{count}` in it stands for the number. */
export function plural(count: number, one: string, other: string, values: Values = {}): string {
  const rule = new Intl.PluralRules(language).select(count);
  return t(rule === "one" ? one : other, { count, ...values });
}

/** Marks a text of a table as a message; whoever shows it puts it through `t`. */
export function msg(text: string): string {
  return text;
}

function filled(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}
