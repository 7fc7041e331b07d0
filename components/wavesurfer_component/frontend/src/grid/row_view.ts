/** One row of the region grid on the screen. Its cells stay the same elements while what they say changes, so that the focus stays. */
import { el } from "../dom";
import type { Drawn } from "../layers/regions";
import { isAnswer } from "./answers";
import { canBeEdited, cellClass, cellText, type Column, type Shown } from "./columns";
import { FINGER, isTouched } from "../engine/touched";

export const rowHeight = (): number => (isTouched() ? FINGER : 28);

/** How a row is now. */
export interface RowState {
  index: number;
  selected: boolean;
  /** Whether its cells can be edited, as far as their columns can. */
  editable: boolean;
}

export class RowView {
  readonly root: HTMLElement;
  readonly cells: readonly HTMLElement[];
  private drawn: Drawn | null = null;
  private state: RowState | null = null;
  /** The cell that is being edited: it is left alone. */
  private opened: HTMLElement | null = null;

  constructor(
    readonly id: string,
    private readonly columns: readonly Column[],
  ) {
    this.cells = columns.map(({ id: column }, at) => el("div", { role: "gridcell", class: cellClass(column), "aria-colindex": at + 1, tabindex: -1 }));
    this.root = el("div", { class: "table-row", role: "row" }, ...this.cells);
  }

  show(shown: () => Shown, drawn: Drawn, state: RowState): void {
    if (this.drawn === drawn && this.state && sameState(this.state, state)) return;
    this.drawn = drawn;
    this.state = state;
    const { index, selected } = state;
    this.root.className = `table-row mark-${drawn.mark}`;
    this.root.style.transform = `translateY(${index * rowHeight()}px)`;
    this.root.setAttribute("aria-rowindex", String(index + 2)); // the heads are the first
    this.root.setAttribute("aria-selected", String(selected));
    const all = shown();
    this.columns.forEach(({ id }, at) => this.fill(this.cells[at]!, id, all, state.editable));
  }

  private fill(cell: HTMLElement, column: Column["id"], shown: Shown, editable: boolean): void {
    cell.setAttribute("aria-readonly", String(!(editable && canBeEdited(column, shown))));
    if (cell === this.opened) return;
    const text = cellText(column, shown);
    if (column === "label") {
      const swatch = el("i", { class: "swatch" });
      swatch.style.background = shown.label.color;
      cell.replaceChildren(swatch, el("span", {}, text));
    } else if (cell.textContent !== text) cell.textContent = text;
    if (column === "text" || column === "state" || column === "label" || isAnswer(column)) cell.title = text;
  }

  /** Put a field into a cell. */
  open(at: number, field: HTMLElement): void {
    this.opened = this.cells[at]!;
    this.opened.classList.add("open");
    this.opened.replaceChildren(field);
  }

  /** Show what the region is again. */
  close(): void {
    this.opened?.classList.remove("open");
    this.opened?.replaceChildren();
    this.opened = null;
    this.forget();
  }

  /** Draw everything at the next occasion. */
  forget(): void {
    this.drawn = null;
  }
}

function sameState(one: RowState, other: RowState): boolean {
  return one.index === other.index && one.selected === other.selected && one.editable === other.editable;
}
