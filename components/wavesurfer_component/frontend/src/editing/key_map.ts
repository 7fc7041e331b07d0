/** The keys of one person: the usual bindings, with those that the person has put elsewhere. */
import type { Binding as TextBinding } from "./keys";
import { BINDINGS } from "./keys.ts?bare";
import { type KeyPress, keysOf, meaningOf, plainKey, plainKeys } from "./key_press";
import { LIST_BINDINGS } from "./list_keys.ts?bare";

/** What a key does; `key_texts.ts` has it in words. */
export type Binding = Omit<TextBinding, "says">;

/** Keys by action, as a person keeps them. */
export type OwnKeys = Record<string, string>;

const NOT_IN_REVIEW = new Set(["Create", "Adjust", "Edit", "Suggestions", "Beats", "Task"]);
/** Actions of other groups that only the editor has. */
const ONLY_IN_EDITOR = new Set(["band", "previous-snap", "next-snap", "select-all", "next-prediction"]);
/** Actions of those groups that change the ground truth of a review. */
const ALSO_IN_REVIEW = new Set(["submit", "start-earlier", "start-later", "end-earlier", "end-later", "delete", "undo", "redo"]);
/** Actions of the list that select several regions: a review decides on one at a time. */
const SELECT_SEVERAL = new Set(["list-toggle", "list-extend-up", "list-extend-down", "list-select-all"]);
const MODIFIERS = new Set(["Control", "Shift", "Alt", "Meta", "AltGraph", "CapsLock", "Tab", "Escape", "Dead"]);
/** The keys of the versions in a review, which stay: versions have numbers. */
const VERSIONS = /^(Shift\+)?[1-9]$/;
const DIGITS: readonly string[] = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];

export class KeyMap {
  private readonly all: readonly Binding[];
  /** Of the list of regions. */
  readonly list: readonly Binding[];

  /** `absent` are actions that do not exist here. */
  constructor(own: OwnKeys = {}, absent: ReadonlySet<string> = new Set()) {
    this.all = placed(BINDINGS.filter((binding) => !absent.has(binding.action)).flatMap(byDigit), own);
    this.list = placed(LIST_BINDINGS, own);
  }

  /** The bindings that work in the editor, or in a review. */
  bindings(review: boolean): Binding[] {
    return this.all.filter((binding) =>
      review ? (!NOT_IN_REVIEW.has(binding.group) && !ONLY_IN_EDITOR.has(binding.action)) || ALSO_IN_REVIEW.has(binding.action) : binding.group !== "Review",
    );
  }

  /** The bindings that work in the list of regions of the editor, or of a review. */
  bindingsOfList(review: boolean): Binding[] {
    return this.list.filter((binding) => !(review && SELECT_SEVERAL.has(binding.action)));
  }

  /** The action of a key press, or null. Nudges answer to their key whatever Shift and Alt do to it. */
  action(press: KeyPress, review: boolean): string | null {
    const meaning = meaningOf(press);
    const known = this.bindings(review);
    if (!meaning.control) {
      const nudge = known.find((binding) => binding.far && binding.keys === plainKey(meaning));
      if (nudge) return nudge.action;
    }
    const keys = keysOf(press);
    if (review && VERSIONS.test(keys)) return keys.length === 1 ? "take-version" : "take-all";
    return known.find((binding) => binding.keys === keys)?.action ?? null;
  }

  /** The action of a key press in the list of regions, or null: then the key is the editor's. */
  listAction(press: KeyPress): string | null {
    const keys = keysOf(press);
    return this.list.find((binding) => binding.keys === keys)?.action ?? null;
  }

  /** The keys that pick the label with this key of its own; null when the key means something else. Labels come after the bindings. */
  labelKeys(key: string): string | null {
    const digit = this.all.find((binding) => binding.action === `label-${key}`);
    if (digit) return digit.keys;
    const name = key === "`" ? "Backquote" : key.toUpperCase();
    return this.bindings(false).some((binding) => binding.keys === name) ? null : key;
  }

  /** What has these keys already, besides the action itself, where the action is heard. */
  holder(keys: string, action: string): Binding | null {
    const where = this.isOfList(action) ? this.list : this.all;
    return where.find((binding) => binding.action !== action && (binding.keys === keys || (binding.far === true && binding.keys === plainKeys(keys)))) ?? null;
  }

  /** What of the editor these keys do not reach any more in the list of regions, when an action of the list has them. */
  hidden(keys: string, action: string): Binding | null {
    return this.isOfList(action) ? (this.all.find((binding) => binding.keys === keys) ?? null) : null;
  }

  private isOfList(action: string): boolean {
    return this.list.some((binding) => binding.action === action);
  }
}

/** A line of the table that stands for nine keys, as nine. */
function byDigit(binding: Binding): Binding[] {
  const { digits } = binding;
  return digits ? DIGITS.map((digit) => ({ keys: digits.before + digit, action: `${binding.action}-${digit}`, group: binding.group, digit })) : [binding];
}

/** Bindings with the keys that somebody put them on; a second key of the same action goes with the first. */
function placed(bindings: readonly Binding[], own: OwnKeys): Binding[] {
  const seen = new Set<string>();
  return bindings.flatMap((binding) => {
    const keys = Object.hasOwn(own, binding.action) ? own[binding.action] : undefined;
    if (keys === undefined || binding.fixed) return [binding];
    if (seen.has(binding.action)) return [];
    seen.add(binding.action);
    return [{ ...binding, keys }];
  });
}

/** The name of keys that somebody presses to bind them; null while only modifiers are down, or for keys that stay. */
export function boundName(press: KeyPress): string | null {
  return MODIFIERS.has(press.key) ? null : keysOf(press);
}
