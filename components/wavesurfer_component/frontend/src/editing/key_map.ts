/** The keys of one person: the usual bindings, with those that the person has put elsewhere. */
import { type Binding, BINDINGS } from "./keys";
import { type KeyPress, meaningOf, nameOf, plainKey } from "./key_press";

/** Keys by action, as a person keeps them. */
export type OwnKeys = Record<string, string>;

const NOT_IN_REVIEW = new Set(["Create", "Adjust", "Edit", "Suggestions", "Beats", "Task"]);
/** Actions of other groups that only the editor has. */
const ONLY_IN_EDITOR = new Set(["band", "previous-snap", "next-snap", "select-all", "next-prediction"]);
/** Actions of those groups that change the ground truth of a review. */
const ALSO_IN_REVIEW = new Set(["submit", "start-earlier", "start-later", "end-earlier", "end-later", "delete", "undo", "redo"]);
const MODIFIERS = new Set(["Control", "Shift", "Alt", "Meta", "AltGraph", "CapsLock", "Tab", "Escape", "Dead"]);

export class KeyMap {
  private readonly all: readonly Binding[];

  /** `absent` are actions that do not exist here. */
  constructor(own: OwnKeys = {}, absent: ReadonlySet<string> = new Set()) {
    const moved = new Set(Object.keys(own));
    const seen = new Set<string>();
    this.all = BINDINGS.flatMap((binding) => {
      if (absent.has(binding.action)) return [];
      if (!moved.has(binding.action) || binding.fixed) return [binding];
      if (seen.has(binding.action)) return []; // a second key of the same action goes with the first
      seen.add(binding.action);
      return [{ ...binding, keys: own[binding.action]! }];
    });
  }

  /** The bindings that work in the editor, or in a review. */
  bindings(review: boolean): Binding[] {
    return this.all.filter((binding) =>
      review ? (!NOT_IN_REVIEW.has(binding.group) && !ONLY_IN_EDITOR.has(binding.action)) || ALSO_IN_REVIEW.has(binding.action) : binding.group !== "Review",
    );
  }

  /** The action of a key press, or null. Nudges answer to their key whatever Shift and Alt do to it. */
  action(press: KeyPress, review: boolean): string | null {
    const meaning = meaningOf(press);
    const { control, alt } = meaning;
    const known = this.bindings(review);
    if (!control) {
      const nudge = known.find((binding) => binding.far && binding.keys === plainKey(meaning));
      if (nudge) return nudge.action;
    }
    if (!control && !alt && press.shiftKey && /^Digit[1-9]$/.test(press.code)) return review ? "take-all" : "label-here";
    if (!control && !alt && !press.shiftKey && /^[1-9]$/.test(meaning.key)) return review ? "take-version" : "label";
    const name = nameOf(meaning);
    return known.find((binding) => binding.keys === name && !binding.action.startsWith("label"))?.action ?? null;
  }

  /** May a label be picked by this key, or does it mean something else? Labels come after the bindings. */
  isFree(key: string): boolean {
    const name = key === "`" ? "Backquote" : key.toUpperCase();
    return /^[1-9]$/.test(key) || !this.bindings(false).some((binding) => binding.keys === name);
  }

  /** What has these keys already, besides the action itself. */
  holder(keys: string, action: string): Binding | null {
    return this.all.find((binding) => binding.keys === keys && binding.action !== action) ?? null;
  }
}

/** The name of keys that somebody presses to bind them; null while only modifiers are down, or for keys that stay. */
export function boundName(press: KeyPress): string | null {
  const meaning = meaningOf(press);
  return MODIFIERS.has(press.key) || /^[1-9]$/.test(press.key) ? null : nameOf(meaning);
}
