/** Deutsch. */
import type { Catalog } from "../i18n";

export const messages: Catalog = {
  "Opening…": "Wird geöffnet …",
  "This task cannot be opened.": "Diese Aufgabe lässt sich nicht öffnen.",
};
