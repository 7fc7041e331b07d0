/** The heads of the columns of the region grid: they name the columns and sort by them. */
import { el } from "../dom";
import { isAnswer } from "./answers";
import { cellClass, type Column } from "./columns";
import type { Order } from "./rows";

export class HeadView {
  readonly cells: readonly HTMLElement[];
  readonly root: HTMLElement;

  constructor(
    private readonly columns: readonly Column[],
    sort: (column: Column) => void,
  ) {
    this.cells = columns.map((column, at) =>
      el(
        "div",
        { role: "columnheader", class: column.sort ? `${cellClass(column.id)} sorts` : cellClass(column.id), "aria-colindex": at + 1, tabindex: -1, title: isAnswer(column.id) && column.title, onclick: () => sort(column) },
        column.title,
      ),
    );
    this.root = el("div", { class: "table-head", role: "rowgroup" }, el("div", { class: "table-line", role: "row", "aria-rowindex": 1 }, ...this.cells));
  }

  show(order: Order): void {
    this.columns.forEach(({ sort }, at) => {
      if (sort) this.cells[at]!.setAttribute("aria-sort", sort !== order.key ? "none" : order.descending ? "descending" : "ascending");
    });
  }
}
