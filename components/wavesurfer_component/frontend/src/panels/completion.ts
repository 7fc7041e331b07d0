/** A list below a text field of how its word may go on: arrows choose, Enter and Tab take, Escape closes (the combobox of WAI-ARIA). */
import { el } from "../dom";
import { t } from "../i18n";
import { isFocused } from "./ports";

const MOST_SHOWN = 60;

export interface Completion {
  root: HTMLElement;
  /** What the field holds is another, for example of another region. */
  close(): void;
}

/**
 * `offers` says how what is typed may go on, best first; `taken` is called when one of them was put into the field. Each list of a
 * page has an id of its own.
 */
export function completion(field: HTMLTextAreaElement | HTMLInputElement, offers: (typed: string) => readonly string[], taken: () => void, id = "lb-completions"): Completion {
  const root = el("div", { class: "completions", role: "listbox", id, "aria-label": t("What it may be"), hidden: true });
  let shown: readonly string[] = [];
  let chosen = -1;
  const mark = (): void => {
    [...root.children].forEach((option, at) => {
      option.setAttribute("aria-selected", String(at === chosen));
      if (at === chosen) (option as HTMLElement).scrollIntoView({ block: "nearest" });
    });
    if (shown[chosen] === undefined) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", `${id}-${chosen}`);
  };
  const close = (): void => {
    [shown, chosen, root.hidden] = [[], -1, true];
    root.replaceChildren();
    if (field.hasAttribute("role")) field.setAttribute("aria-expanded", "false"); // a plain text field has nothing to expand
    mark();
  };
  const take = (word: string): void => {
    field.value = word;
    close();
    taken();
    if (offers(word).some((one) => one !== word)) draw(); // a root goes on with the kind of its chord
  };
  const draw = (): void => {
    const typed = field.value;
    shown = isFocused(field) ? offers(typed).filter((one) => one !== typed).slice(0, MOST_SHOWN) : [];
    if (!shown.length) return close();
    chosen = -1;
    root.replaceChildren(
      ...shown.map((word, at) =>
        el("div", { role: "option", id: `${id}-${at}`, onpointerdown: (event) => event.preventDefault(), onclick: () => take(word) }, word),
      ),
    );
    root.hidden = false;
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", id);
    field.setAttribute("aria-expanded", "true");
    mark();
  };
  field.addEventListener("input", draw);
  field.addEventListener("focus", draw);
  field.addEventListener("blur", close);
  (field as HTMLElement).addEventListener("keydown", (event) => {
    if (root.hidden || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (by) {
      chosen = chosen < 0 && by < 0 ? shown.length - 1 : (chosen + by + shown.length) % shown.length;
      mark();
    } else if (event.key === "Escape") close();
    else if ((event.key === "Enter" || event.key === "Tab") && shown[chosen] !== undefined) take(shown[chosen]!);
    else return;
    event.preventDefault();
  });
  return { root, close };
}
