/** Opening a cell of the region grid for editing: which field it gets, what becomes of what is typed, and where the focus goes then. */
import type { Label } from "../api/answers";
import type { Region } from "../editing/document";
import { t } from "../i18n";
import { type EditedColumn, type GridEditing, spokenEdit, takeTyped, typedValue } from "./cell_edits";
import { type CellEdit, type Leaving, offeredCell, type OpenCell, typedCell } from "./cell_input";
import { kindOf, offersFor } from "./cell_offers";
import { canBeEdited, type Column, type Shown } from "./columns";
import { labelCell } from "./label_input";
import type { RowView } from "./row_view";

export interface OpenCellPorts {
  region(id: string): Region | null;
  label(id: string): Label;
  say(text: string): void;
  /** What edits are made with; null where nothing can be changed. */
  editing: GridEditing | null;
  /** The element that lists lie upon. */
  over(): HTMLElement;
  /** A cell was closed; `by` columns on lies the next one. */
  closed(column: number, by: number, focus: boolean): void;
}

export class OpenCells {
  private open: { cell: OpenCell; view: RowView; column: number } | null = null;

  constructor(private readonly ports: OpenCellPorts) {}

  /** Whether a cell is being edited. */
  get any(): boolean {
    return this.open !== null;
  }

  /** Edit a cell, or say why that cannot be. */
  edit(view: RowView, shown: Shown, { id: column, title }: Column, at: number): void {
    const { editing, say } = this.ports;
    const { region } = shown;
    if (this.open || !region) return;
    if (!editing?.editable()) return say(t("Nothing can be changed here"));
    if (!canBeEdited(column, shown)) return say(t("{column} cannot be edited", { column: title }));
    const why = editing.locked(shown.drawn);
    if (why !== null) return editing.complain(why);
    if (column === "downbeat") return editing.toggleDownbeat?.(region.id);
    const cell = this.field(column as EditedColumn, title, region, editing);
    this.open = { cell, view, column: at };
    view.open(at, cell.root);
    cell.focus();
  }

  /** Take what is being typed. */
  finish(): void {
    this.open?.cell.finish();
  }

  /** The row has gone, and with it what was typed in it. */
  forget(view: RowView): void {
    const { open } = this;
    if (open?.view !== view) return;
    this.open = null;
    open.cell.cancel();
  }

  private field(column: EditedColumn, name: string, { id }: Region, editing: GridEditing): OpenCell {
    const { ports } = this;
    const present = (): { region: Region; label: Label } | null => {
      const region = ports.region(id);
      return region && { region, label: ports.label(region.label) };
    };
    const { region, label } = present()!;
    const edit: CellEdit<string> = {
      name,
      take: (typed) => {
        const before = present();
        if (!before) return null; // it was deleted meanwhile
        const problem = takeTyped(column, before.region, before.label, typed, editing);
        const after = present();
        if (problem === null && after && after.region !== before.region) ports.say(spokenEdit(column, after.region, after.label));
        return problem;
      },
      ended: (leaving) => this.close(leaving),
      complain: (text) => editing.complain(text),
    };
    const over = ports.over();
    if (column === "label") return labelCell(editing.labels, label, over, edit);
    const offers = offersFor(column, label, editing);
    const kind = kindOf(column, label);
    const value = typedValue(column, region, label);
    return offers ? offeredCell(kind, value, { ...offers, over }, edit) : typedCell(kind, value, edit);
  }

  private close(leaving: Leaving): void {
    const { open } = this;
    if (!open) return;
    this.open = null;
    open.view.close();
    this.ports.closed(open.column, { here: 0, next: 1, previous: -1, elsewhere: 0 }[leaving], leaving !== "elsewhere");
  }
}
