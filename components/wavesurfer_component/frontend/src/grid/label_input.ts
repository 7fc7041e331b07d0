/** A label chosen in a cell of the region grid: type a part of its name, or walk through the list (the combobox of WAI-ARIA). */
import type { Label } from "../api/answers";
import { el } from "../dom";
import { matching } from "../engine/label_tree";
import { plural, t } from "../i18n";
import { type CellEdit, endOnce, type OpenCell } from "./cell_input";
import { placeList } from "./list_place";

const MOST_SHOWN = 50;
const LIST_ID = "lb-cell-labels";
const optionId = (label: string): string => `lb-cell-label-${label}`;

/** `over` is the element that the list lies upon, however small the cell is. */
export function labelCell(labels: readonly Label[], present: Label, over: HTMLElement, edit: CellEdit<string>): OpenCell {
  const input = el("input", { class: "cell-input", role: "combobox", "aria-label": edit.name, "aria-autocomplete": "list", "aria-expanded": true, "aria-controls": LIST_ID, autocomplete: "off" });
  const list = el("div", { class: "label-list", role: "listbox", id: LIST_ID, "aria-label": t("Labels") });
  /** What the list shows, and which of it Enter takes; -1 for none. */
  let shown: readonly Label[] = [];
  let chosen = -1;
  input.value = present.name;
  const mark = (): void => {
    for (const [at, option] of [...list.querySelectorAll<HTMLElement>("[role=option]")].entries()) {
      option.setAttribute("aria-selected", String(at === chosen));
      if (at === chosen) scrollTo(list, option);
    }
    const label = shown[chosen];
    if (label) input.setAttribute("aria-activedescendant", optionId(label.id));
    else input.removeAttribute("aria-activedescendant");
  };
  const draw = (typed: string): void => {
    const found = typed.trim() ? matching(labels, typed) : labels;
    chosen = typed.trim() ? 0 : found.findIndex((label) => label.id === present.id);
    shown = found.slice(0, Math.max(MOST_SHOWN, chosen + 1));
    list.replaceChildren(...shown.map((label) => option(label)));
    const more = found.length - shown.length;
    if (!found.length) list.append(el("p", { class: "muted" }, t("No label of this name.")));
    else if (more > 0) list.append(el("p", { class: "muted" }, plural(more, "{count} more: type a part of the name.", "{count} more: type a part of the name.")));
    mark();
  };
  const option = (label: Label): HTMLElement => {
    const swatch = el("i", { class: "swatch" });
    swatch.style.background = label.color;
    return el(
      "div",
      {
        role: "option",
        id: optionId(label.id),
        onpointerdown: (event) => event.preventDefault(), // the field keeps the focus
        onclick: () => edited.end(edit.take(label.id) === null ? "here" : "elsewhere"),
      },
      swatch,
      label.name,
    );
  };
  const take = (): string | null => {
    const label = shown[chosen];
    if (label) return edit.take(label.id);
    return shown.length ? null : t("No label of this name.");
  };
  const edited = endOnce(input, { ...edit, ended: (leaving) => (list.remove(), edit.ended(leaving)) }, take, () => null);
  input.addEventListener("input", () => draw(input.value));
  input.addEventListener("keydown", (event) => {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (!by || !shown.length) return;
    chosen = (Math.max(chosen, by > 0 ? -1 : 0) + by + shown.length) % shown.length;
    mark();
    event.preventDefault();
  });
  const focus = (): void => {
    over.append(list);
    draw("");
    placeList(list, input, over);
    input.focus({ preventScroll: true });
    input.select();
  };
  return { root: input, focus, finish: () => edited.leave(), cancel: () => edited.end("elsewhere") };
}

/** Within the list only: `scrollIntoView` would move the editor too. */
function scrollTo(list: HTMLElement, option: HTMLElement): void {
  const { offsetTop: top, offsetHeight: height } = option;
  if (top < list.scrollTop) list.scrollTop = top;
  else if (top + height > list.scrollTop + list.clientHeight) list.scrollTop = top + height - list.clientHeight;
}
