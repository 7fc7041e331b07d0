/** A cell of the region grid while it is edited: a field for a time or a text. Enter and Tab take what was typed, Escape does not. */
import { el } from "../dom";

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

/** One line for times, lines for texts (Shift and Enter makes another). */
export function typedCell(kind: "time" | "text", value: string, edit: CellEdit<string>): OpenCell {
  const input = kind === "time" ? el("input", { inputmode: "decimal" }) : el("textarea", { rows: 1, maxlength: 20_000 });
  input.setAttribute("aria-label", edit.name);
  input.className = "cell-input";
  input.value = value;
  const edited = endOnce(input, edit, () => (input.value === value ? null : edit.take(input.value)));
  return { root: input, focus: () => (input.focus({ preventScroll: true }), input.select()), finish: () => edited.leave(), cancel: () => edited.end("elsewhere") };
}

/** Keys and focus that end the editing of a cell, each way only once; `takeLeft` is what happens when the focus goes elsewhere. */
export function endOnce(
  input: HTMLElement,
  edit: Pick<CellEdit<never>, "name" | "ended" | "complain">,
  take: () => string | null,
  takeLeft = take,
): { leave(): void; end(leaving: Leaving): void } {
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
    if (event.isComposing) return;
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
  return { leave, end };
}
