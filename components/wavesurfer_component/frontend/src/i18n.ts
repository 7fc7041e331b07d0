/**
 * Texts in the reader's language. The English text is the key of a message, as in gettext, so that sources read as what
 * people see; a message that a catalog lacks is shown in English.
 */

export type Catalog = Readonly<Record<string, string>>;
type Values = Readonly<Record<string, string | number>>;

let language = "en";
let catalog: Catalog = {};

/** Show texts from this catalog from now on; `code` is a BCP 47 tag such as `de`. */
export function useCatalog(code: string, messages: Catalog): void {
  language = code;
  catalog = messages;
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

function filled(text: string, values: Values): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}
