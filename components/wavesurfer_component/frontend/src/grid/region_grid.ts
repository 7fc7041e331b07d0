/**
 * The grid of regions: everything that the lanes show, for those who read and listen, and everything that can be done to it by
 * keys (the grid of WAI-ARIA's authoring practices, with the focus on cells). Only the rows that are seen are elements.
 */
import { el } from "../dom";
import { plural, t } from "../i18n";
import type { Drawn } from "../layers/regions";
import { type Column, columns, leastWidth, type Shown, type Uses, widths } from "./columns";
import { HeadView } from "./head_view";
import { type Cell, cellAfter } from "./keys";
import { OpenCells } from "./open_cells";
import type { GridPorts } from "./ports";
import { type Filter, GridRows } from "./rows";
import { rowHeight } from "./row_view";
import { RowWindow } from "./row_window";

const NO_USES: Uses = { tier: false, band: false, asked: [] };

export class RegionGrid {
  readonly root: HTMLElement;
  readonly rows: GridRows;
  private columns!: readonly Column[];
  private head!: HeadView;
  private body!: RowWindow;
  private withBeats = false;
  /** Whether the column of the texts has its room: always, unless questions want it and no region that was seen has a text. */
  private texts: boolean;
  /** The cell in focus, or the one that Tab leads to: of a region, or of the heads (null). */
  private current: { id: string | null; column: number } = { id: null, column: 0 };
  /** Where the region of the cell was the last time. */
  private index = -1;
  private lastSelected: string | null = null;
  private lastVersion = "";
  /** The grid itself is selecting something. */
  private own = false;
  private readonly opening: OpenCells;

  constructor(private readonly ports: GridPorts) {
    this.root = el("div", { class: "table", role: "grid", "aria-multiselectable": true });
    this.rows = new GridRows({ nameOf: (label) => ports.label(label).name, textOf: (id) => ports.region(id)?.text ?? "" });
    this.texts = !ports.uses?.asked.length;
    this.layOut();
    if (!ports.editing) this.root.setAttribute("aria-readonly", "true");
    this.root.addEventListener("scroll", () => this.draw(), { passive: true });
    this.root.addEventListener("keydown", (event) => this.press(event));
    this.root.addEventListener("focusin", (event) => this.focused(event.target as HTMLElement));
    this.opening = new OpenCells({
      region: (id) => ports.region(id),
      label: (id) => ports.label(id),
      say: (text) => ports.say(text),
      editing: ports.editing,
      over: () => this.root.closest<HTMLElement>(".lb-editor") ?? this.root,
      closed: (column, by, focus) => this.closed(column, by, focus),
    });
  }

  /** Bring the grid in line with the state. */
  refresh(): void {
    const { ports, rows } = this;
    rows.update(ports.rows(), ports.changes());
    if ((ports.hasBeats?.() ?? false) !== this.withBeats) this.layOutAgain();
    const version = ports.version();
    if (version !== this.lastVersion) this.body.forget();
    this.lastVersion = version;
    const selected = ports.selected();
    const moved = !this.own && selected !== null && selected !== this.lastSelected;
    this.lastSelected = selected;
    if (moved && rows.indexOf(selected, this.index) >= 0) this.settle(selected, true);
    else this.settle(this.current.id, false);
  }

  /** Whether there are beats among its rows, which have columns of their own. */
  get hasBeats(): boolean {
    return this.withBeats;
  }

  /** What its rows are. */
  get name(): string {
    return this.withBeats ? t("Regions and beats") : t("Regions");
  }

  /** Make heads and rows of the columns that are used. */
  private layOut(): void {
    const { ports, root } = this;
    const editable = (drawn: Drawn): boolean => ports.editing !== null && ports.editing.editable() && !ports.editing.locked(drawn);
    this.columns = columns({ ...(ports.uses ?? NO_USES), beats: this.withBeats });
    this.head = new HeadView(this.columns, (column) => this.sort(column));
    this.head.show(this.rows.order);
    this.body = new RowWindow(this.columns, {
      shown: (drawn) => this.shown(drawn),
      state: (drawn) => ({ selected: ports.isSelected(drawn.id), editable: editable(drawn) }),
      dropped: (view) => this.opening.forget(view),
    });
    this.body.root.addEventListener("click", (event) => this.click(event));
    this.body.root.addEventListener("dblclick", () => this.edit());
    root.replaceChildren(this.head.root, this.body.root);
    root.setAttribute("aria-label", this.name);
    root.setAttribute("aria-colcount", String(this.columns.length));
    root.style.setProperty("--least", `${leastWidth(this.columns)}px`);
    this.shareWidth();
  }

  private shareWidth(): void {
    this.root.style.setProperty("--columns", widths(this.columns, this.texts));
  }

  /** The first beat has come, or the last one gone: the focus stays in its column, where there still is one. */
  private layOutAgain(): void {
    const had = this.root.matches(":focus-within");
    this.finish();
    const column = this.columns[this.current.column]?.id;
    this.withBeats = !this.withBeats;
    this.layOut();
    this.current.column = Math.max(0, this.columns.findIndex((one) => one.id === column));
    this.settle(this.current.id, false);
    if (had) this.enter();
  }

  set filter(filter: Filter) {
    this.rows.filter = filter;
    this.settle(this.current.id, false);
  }

  /** Give the keyboard to the grid. */
  focus(): void {
    if (this.current.id === null && this.rows.list.length) this.point({ row: 0, column: this.current.column });
    this.draw();
    this.enter();
  }

  /** Take what is being typed in a cell. */
  finish(): void {
    this.opening.finish();
  }

  /** The current cell stays with its region; where that has gone, with the one that came to its place. */
  private settle(id: string | null, show: boolean): void {
    const { list } = this.rows;
    const had = this.root.matches(":focus-within");
    let index = id === null ? -1 : this.rows.indexOf(id, this.index);
    if (index < 0 && (id !== null || !had)) index = clamp(this.index, 0, list.length - 1);
    this.index = list.length ? index : -1;
    this.current = { id: list[this.index]?.id ?? null, column: this.current.column };
    this.root.setAttribute("aria-rowcount", String(list.length + 1));
    this.body.fit(list.length);
    if (show) this.scrollTo(index, had ? "nearest" : "middle");
    this.draw();
  }

  /** Make the elements of the rows that are seen; again after the height has changed. The focus stays in the grid. */
  draw(): void {
    const had = this.root.matches(":focus-within");
    this.body.draw(this.rows.list, this.root.scrollTop, this.root.clientHeight, this.index);
    this.markCurrent();
    if (had && !this.opening.any && !this.root.matches(":focus-within")) this.enter();
  }

  private shown(drawn: Drawn): Shown {
    const region = this.ports.region(drawn.id);
    if (!this.texts && region?.text) {
      this.texts = true;
      this.shareWidth();
    }
    return { drawn, region, label: this.ports.label(drawn.label) };
  }

  private cell(): HTMLElement | undefined {
    const { id, column } = this.current;
    return id === null ? this.head.cells[column] : this.body.view(id)?.cells[column];
  }

  /** Give the focus to the current cell, and show it where columns are scrolled. */
  private enter(): void {
    const cell = this.cell();
    if (!cell) return;
    cell.focus({ preventScroll: true });
    const { root } = this;
    if (root.scrollWidth <= root.clientWidth) return;
    const { offsetLeft: left, offsetWidth: width } = cell;
    if (left < root.scrollLeft) root.scrollLeft = this.current.column ? left : 0;
    else if (left + width > root.scrollLeft + root.clientWidth) root.scrollLeft = left + width - root.clientWidth;
  }

  private markCurrent(): void {
    const current = this.cell();
    for (const cell of this.root.querySelectorAll<HTMLElement>('[tabindex="0"]')) if (cell !== current) cell.tabIndex = -1;
    if (current) current.tabIndex = 0;
  }

  private focused(target: HTMLElement): void {
    const column = Number(target.getAttribute("aria-colindex")) - 1;
    if (column < 0) return; // a field in a cell
    const id = this.body.idOf(target);
    this.current = { id, column };
    this.index = id === null ? -1 : this.rows.indexOf(id, this.index);
    this.markCurrent();
  }

  private point({ row, column }: Cell): void {
    this.current = { id: this.rows.list[row]?.id ?? null, column };
    this.index = this.current.id === null ? -1 : row;
    if (row >= 0) this.scrollTo(row, "nearest");
  }

  private scrollTo(row: number, where: "nearest" | "middle"): void {
    const top = row * rowHeight();
    const room = this.root.clientHeight - rowHeight();
    const from = this.root.scrollTop;
    if (top >= from && top + rowHeight() <= from + room) return;
    this.root.scrollTop = where === "middle" ? top - room / 2 : top < from ? top : top + rowHeight() - room;
  }

  private press(event: KeyboardEvent): void {
    if (this.opening.any || event.defaultPrevented) return; // of a cell that is being edited, or was until now
    const { list } = this.rows;
    const at = { row: this.index, column: this.current.column };
    const page = Math.max(1, Math.floor((this.root.clientHeight - rowHeight()) / rowHeight()) - 1);
    const action = this.ports.listAction(event);
    if (action === null) return this.pass(event);
    const to = cellAfter(action, at, { rows: list.length, columns: this.columns.length, page });
    if (to) this.go(to);
    else this.run(action);
    event.preventDefault(); // so that the editor does not take it for one of its own keys
  }

  private go(to: Cell): void {
    this.point(to);
    this.draw();
    this.enter();
  }

  /** A key of the editor: about the row in focus, unless several are selected. */
  private pass(event: KeyboardEvent): void {
    const { id } = this.current;
    const { ports } = this;
    if (id === null || ports.selectedCount() > 1 || ports.isSelected(id) || !ports.actsOnSelection(event, id)) return;
    this.select(() => ports.select(id, false));
  }

  private run(action: string): void {
    const { ports } = this;
    const { id } = this.current;
    if (action === "list-leave") return ports.leave();
    if (action === "list-select-all") return ports.selectAll(this.rows.list.map((one) => one.id));
    if (id === null) {
      const column = this.columns[this.current.column]!;
      if (action === "list-edit" || action === "list-toggle") this.sort(column);
      return;
    }
    if (action === "list-edit") return this.edit();
    if (action === "list-toggle") return this.toggle(id);
    if (!ports.isSelected(id)) this.select(() => ports.toggle(id));
    this.go({ row: clamp(this.index + (action === "list-extend-up" ? -1 : 1), 0, this.rows.list.length - 1), column: this.current.column });
    const next = this.current.id;
    if (next !== null && !ports.isSelected(next)) this.toggle(next);
  }

  private toggle(id: string): void {
    const { ports } = this;
    this.select(() => ports.toggle(id));
    const count = ports.selectedCount();
    ports.say(ports.isSelected(id) ? plural(count, "Selected", "Selected, {count} in all") : plural(count, "Not selected; {count} still is", "Not selected; {count} still are"));
  }

  /** Select something without the current cell going elsewhere. */
  private select(action: () => void): void {
    this.own = true;
    action();
    this.own = false;
  }

  private sort({ sort, title }: Column): void {
    if (!sort) return this.ports.say(t("{column} cannot be sorted by", { column: title }));
    const { order } = this.rows;
    const descending = order.key === sort && !order.descending;
    this.rows.order = { key: sort, descending };
    this.head.show(this.rows.order);
    this.settle(this.current.id, false);
    this.ports.say(descending ? t("Sorted by {column}, descending", { column: title }) : t("Sorted by {column}, ascending", { column: title }));
  }

  private click(event: MouseEvent): void {
    const id = this.body.idOf(event.target as HTMLElement);
    if (id === null || this.opening.any) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey) this.toggle(id);
    else this.select(() => this.ports.select(id, true));
  }

  private edit(): void {
    const column = this.columns[this.current.column]!;
    const drawn = this.rows.list[this.index];
    const view = drawn && this.body.view(drawn.id);
    if (view) this.opening.edit(view, this.shown(drawn), column, this.current.column);
  }

  private closed(column: number, by: number, focus: boolean): void {
    this.current.column = clamp(column + by, 0, this.columns.length - 1);
    if (this.index >= 0) this.scrollTo(this.index, "nearest");
    this.draw();
    if (focus) this.enter();
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
