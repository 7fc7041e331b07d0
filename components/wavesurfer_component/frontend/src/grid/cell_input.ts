/** A cell of the region grid while it is edited: a field for a time or a text. Enter and Tab take what was typed, Escape does not. */
import { el } from "../dom";
import { completion } from "../panels/completion";
import { placeList } from "./list_place";

/** Where the focus goes when the editing of a cell ends. */
export type Leaving = "here" | "next" | "previous" | "elsewhere";

export interface CellEdit<T> {
  /** What the field is called. */
  name: string;
  /** Take a value: why it cannot be taken, or null; "" when that was told already. */
  take(value: T): string | null;
  ended(leaving: Leaving): void;
  complain(text: string): void;
}

export interface OpenCell {
  root: HTMLElement;
  focus(): void;
  /** Take what is typed so far, if it can be taken; the cell closes. */
  finish(): void;
  /** Close without taking anything. */
  cancel(): void;
}

/** One line for times, numbers and choices, lines for texts (Shift and Enter makes another). */
export type CellKind = "time" | "word" | "text";

export function typedCell(kind: CellKind, value: string, edit: CellEdit<string>): OpenCell {
  const input = makeField(kind, value, edit.name);
  const edited = endOnce(input, edit, () => (input.value === value ? null : edit.take(input.value)));
  return { root: input, focus: () => (input.focus({ preventScroll: true }), input.select()), finish: () => edited.leave(), cancel: () => edited.end("elsewhere") };
}

/** How what is typed may go on, as a list beside the cell. */
export interface Offers {
  of(typed: string): readonly string[];
  /** Whether one of them is all that the cell can be: choosing it takes it. */
  whole: boolean;
  /** The element that the list lies upon. */
  over: HTMLElement;
}

/** A cell with a list: the arrow keys choose from it, and what is chosen can be typed too. */
export function offeredCell(kind: CellKind, value: string, offers: Offers, edit: CellEdit<string>): OpenCell {
  const input = makeField(kind, value, edit.name);
  input.autocomplete = "off";
  const list = completion(input, offers.of, () => offers.whole && edited.commit("here"), "lb-cell-words"); // hears keys before the cell does
  list.root.classList.add("beside");
  const place = (): void => placeList(list.root, input, offers.over);
  const ended = (leaving: Leaving): void => (list.root.remove(), edit.ended(leaving));
  const edited = endOnce(input, { ...edit, ended }, () => (input.value === value ? null : edit.take(input.value)));
  input.addEventListener("input", place);
  const focus = (): void => {
    offers.over.append(list.root);
    input.focus({ preventScroll: true });
    input.select();
    place();
  };
  return { root: input, focus, finish: () => edited.leave(), cancel: () => edited.end("elsewhere") };
}

function makeField(kind: CellKind, value: string, name: string): HTMLInputElement | HTMLTextAreaElement {
  const input = kind === "text" ? el("textarea", { rows: 1, maxlength: 20_000 }) : el("input", { inputmode: kind === "time" ? "decimal" : "text" });
  input.setAttribute("aria-label", name);
  input.className = "cell-input";
  input.value = value;
  return input;
}

/** Keys and focus that end the editing of a cell, each way only once; `takeLeft` is what happens when the focus goes elsewhere. */
export function endOnce(
  input: HTMLElement,
  edit: Pick<CellEdit<never>, "name" | "ended" | "complain">,
  take: () => string | null,
  takeLeft = take,
): { commit(leaving: Leaving): void; leave(): void; end(leaving: Leaving): void } {
  let over = false;
  let taking = false; // an edit may draw the grid anew, and take the focus away
  const end = (leaving: Leaving): void => {
    if (over) return;
    over = true;
    edit.ended(leaving);
  };
  const commit = (leaving: Leaving): void => {
    taking = true;
    const problem = take();
    taking = false;
    input.setAttribute("aria-invalid", String(problem !== null));
    if (problem === null) return end(leaving);
    if (problem) edit.complain(problem);
  };
  const leave = (): void => {
    if (over || taking) return;
    over = true;
    const problem = takeLeft();
    if (problem) edit.complain(`${edit.name}: ${problem}`);
    edit.ended("elsewhere");
  };
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented) return; // or of the list beside it
    if (event.key === "Escape") end("here");
    else if (event.key === "Tab") commit(event.shiftKey ? "previous" : "next");
    else if (event.key !== "Enter" || event.shiftKey) return;
    else {
      commit("here");
      if (event.ctrlKey || event.metaKey) return; // hands the task in
    }
    event.preventDefault();
  });
  input.addEventListener("blur", leave);
  return { commit, leave, end };
}
