/** What keys are called where people read them: as on the keyboards of their language. */
import { msg, t } from "../i18n";

const NAMES: Readonly<Record<string, string>> = {
  Ctrl: msg("key|Ctrl"),
  Alt: msg("key|Alt"),
  Shift: msg("key|Shift"),
  Space: msg("key|Space"),
  Enter: msg("key|Enter"),
  Escape: msg("key|Escape"),
  Delete: msg("key|Delete"),
  Insert: msg("key|Insert"),
  Backspace: msg("key|Backspace"),
  Backquote: msg("key|Backquote"),
  Home: msg("key|Home"),
  End: msg("key|End"),
  PageUp: msg("key|PageUp"),
  PageDown: msg("key|PageDown"),
};

const SIGNS: Readonly<Record<string, string>> = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓" };

/** The keys of a binding to be read: `Ctrl+Delete` in English, `Strg+Entf` in German. */
export function shownKeys(keys: string): string {
  return keys
    .split("+")
    .map((key) => (key in NAMES ? t(NAMES[key]!) : (SIGNS[key] ?? key)))
    .join("+");
}
