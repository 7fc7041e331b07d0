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
/** How often a language was chosen. */
let choices = 0;
let rules = new Intl.PluralRules(language);
/** By the number of decimals, and `%`. */
const formats = new Map<number | "%", Intl.NumberFormat>();

/** The language that texts are in now. */
export function spoken(): Language {
  return language;
}

/** Show texts from this catalog from now on. */
export function useCatalog(code: Language, messages: Catalog): void {
  language = code;
  catalog = messages;
  rules = new Intl.PluralRules(code);
  formats.clear();
}

/** Speak the language that somebody chose; remembered in this browser for what is shown before their choice is known. */
export async function speak(choice: LanguageChoice): Promise<void> {
  browserStore().setItem(LAST, choice);
  const code = choice === "auto" ? preferred(navigator.languages) : choice;
  const asked = ++choices;
  const messages = code === language ? catalog : await CATALOGS[code]();
  if (asked === choices && code !== language) useCatalog(code, messages); // else another choice was made while this was fetched
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

/**
 * A message; `{name}` in it stands for the value of that name. Where one English word is several in other languages, what it is
 * about comes before it: `key|Delete`.
 */
export function t(text: string, values: Values = {}): string {
  return filled(catalog[text] ?? text.replace(/^[a-z]+\|/, ""), values);
}

/** A message about so many things; `{count}` in it stands for the number. */
export function plural(count: number, one: string, other: string, values: Values = {}): string {
  return t(rules.select(count) === "one" ? one : other, { count, ...values });
}

/** Marks a text of a table as a message; whoever shows it puts it through `t`. */
export function msg(text: string): string {
  return text;
}

/** A number with so many decimals, or with those that it has; thousands are not set apart. */
export function decimal(value: number, digits: number | null = null): string {
  if (digits === null) return String(value).replace(".", decimalMark());
  return formatted(digits, { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false }, value);
}

/** A share (0 … 1) in whole percent. */
export function percent(share: number): string {
  return formatted("%", { style: "percent" }, share);
}

/**
 * The number that somebody typed, with a point or a comma for its decimals; null when it is none, or when it could be two: where
 * a comma sets thousands apart, `1,500` may be meant either way, and so may `1.500` where a point does.
 */
export function typedNumber(text: string): number | null {
  const typed = text.trim();
  if (!/^[-+]?(\d+([.,]\d*)?|[.,]\d+)(e[-+]?\d+)?$/i.test(typed)) return null;
  const thousands = decimalMark() === "," ? /^[-+]?[1-9]\d{0,2}\.\d{3}$/ : /^[-+]?[1-9]\d{0,2},\d{3}$/;
  return thousands.test(typed) ? null : Number(typed.replace(",", "."));
}

function decimalMark(): string {
  return decimal(0.5, 1)[1]!;
}

function formatted(key: number | "%", options: Intl.NumberFormatOptions, value: number): string {
  let format = formats.get(key);
  if (!format) formats.set(key, (format = new Intl.NumberFormat(language, options)));
  return format.format(value);
}

function filled(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}
