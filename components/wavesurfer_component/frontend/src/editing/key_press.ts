/** What a key press says, whatever the layout of the keyboard. */

export interface KeyPress {
  key: string;
  code: string;
  shiftKey: boolean;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  getModifierState?(name: string): boolean;
}

/** What a button is to an action that asks which keys were held. */
export const NO_PRESS: KeyPress = { key: "", code: "", shiftKey: false, altKey: false, ctrlKey: false, metaKey: false };

export interface Meaning {
  /** The sign or the name of the key, without modifiers. */
  key: string;
  control: boolean;
  alt: boolean;
  shift: boolean;
}

const UNSHIFTED: Record<string, string> = { "{": "[", "}": "]", "<": ",", ">": "." };
const SIGN_AT: Record<string, string> = {
  BracketLeft: "[",
  BracketRight: "]",
  Comma: ",",
  Period: ".",
  Semicolon: ";",
  Quote: "'",
  Slash: "/",
  Minus: "-",
  Equal: "=",
};

/** By its sign on the layout; by its place only where the layout has no Latin sign for it. */
export function meaningOf(press: KeyPress): Meaning {
  const third = press.getModifierState?.("AltGraph") ?? false; // such signs come with Ctrl and Alt on some systems
  const control = (press.ctrlKey || press.metaKey) && !third;
  let key = press.key;
  if (key === " ") key = "Space";
  else if (press.code === "Backquote") key = "Backquote";
  else if (key.length === 1 && (key.charCodeAt(0) > 127 || press.altKey) && !third) key = SIGN_AT[press.code] ?? /^Key([A-Z])$/.exec(press.code)?.[1] ?? key;
  if (key.length === 1) key = key.toUpperCase();
  return { key, control, alt: press.altKey && !third, shift: press.shiftKey };
}

/** The name of a press as bindings have it, for example `Ctrl+Shift+Z`. */
export function nameOf({ key, control, alt, shift }: Meaning): string {
  return (control ? "Ctrl+" : "") + (alt ? "Alt+" : "") + (shift && key !== "?" ? "Shift+" : "") + key;
}

/** The same of a press, with digits by their place where Shift makes signs of them. */
export function keysOf(press: KeyPress): string {
  const digit = press.shiftKey ? /^Digit([1-9])$/.exec(press.code)?.[1] : undefined;
  const meaning = meaningOf(press);
  return nameOf(digit ? { ...meaning, key: digit } : meaning);
}

/** Keys without Shift and Alt and what Shift does to the sign, for example `[` of `Alt+Shift+{`. */
export function plainKeys(keys: string): string {
  const key = keys.replace(/^(Alt\+)?(Shift\+)?/, "");
  return UNSHIFTED[key] ?? key;
}

/** The key of a press without what Shift does to it. */
export function plainKey({ key, shift }: Meaning): string {
  return shift ? (UNSHIFTED[key] ?? key) : key;
}

/** Seconds that a nudge moves an edge. */
export function nudgeSeconds(press: KeyPress): number {
  return press.shiftKey ? 0.1 : press.altKey ? 0.001 : 0.01;
}
