/** Keys as buttons tell them: those of the person who works here, and the new one as soon as an action is put on another key. */
import { kbd } from "../dom";
import { KeyMap } from "../editing/key_map";
import { shownKeys } from "../editing/key_names";
import { t } from "../i18n";

let map = new KeyMap();
let review = false;

/** From now on hints tell these keys. */
export function tellKeys(keys: KeyMap, inReview: boolean): void {
  map = keys;
  review = inReview;
}

/** The keys of an action, to be read; "" when it has none here. */
export function keysTo(action: string): string {
  return shownKeys(map.bindings(review).find((one) => one.action === action)?.keys ?? "");
}

/** What a tooltip says, with the keys behind it. */
export function withKeys(says: string, action: string): string {
  const keys = keysTo(action);
  return keys ? `${says} (${keys})` : says;
}

/** Give an element a tooltip that names the keys of its action; what is named by its tooltip alone is named by it too. */
export function hinted<E extends HTMLElement>(element: E, says: string, action: string): E {
  element.dataset["keysTo"] = action;
  element.dataset["says"] = says;
  write(element);
  return element;
}

/** The keys of an action as a key cap. */
export function capOf(action: string): HTMLElement {
  const cap = kbd("");
  cap.dataset["keysTo"] = action;
  write(cap);
  return cap;
}

/** Tell the keys of now on everything in an element. */
export function renewHints(root: ParentNode): void {
  for (const one of root.querySelectorAll<HTMLElement>("[data-keys-to]")) write(one);
}

function write(element: HTMLElement): void {
  const { keysTo: action, says } = element.dataset;
  if (says !== undefined) {
    element.title = withKeys(says, action!);
    return;
  }
  const keys = keysTo(action!);
  element.textContent = keys.replace(t("key|Enter"), "↵");
  element.hidden = !keys;
}
