/** The table of regions: the same as the lanes for eyes and ears that read; only visible rows exist. */
import { el } from "../dom";
import type { Drawn } from "../layers/regions";
import { clock } from "../engine/time";

const ROW_HEIGHT = 28;

/** Whether a click adds to the selection. */
const addsTo = (event: MouseEvent): boolean => event.ctrlKey || event.metaKey || event.shiftKey;

const rowId = (region: string): string => `lb-row-${region}`;

export class RegionTable {
  readonly root: HTMLElement;
  private rows: readonly Drawn[] = [];
  private readonly body = el("div", { class: "table-body", role: "rowgroup" });
  private readonly space = el("div", { class: "table-space", role: "presentation" });
  private selected: string | null = null;
  private isSelected: (id: string) => boolean = () => false;

  constructor(
    private readonly nameOf: (label: string) => string,
    private readonly colorOf: (label: string) => string,
    private readonly select: (id: string, more: boolean) => void,
  ) {
    this.space.append(this.body);
    this.root = el("div", { class: "table", role: "grid", "aria-label": "Regions", "aria-multiselectable": true, tabindex: 0 }, this.space);
    this.root.addEventListener("scroll", () => this.draw(), { passive: true });
  }

  set(rows: readonly Drawn[], selected: string | null, isSelected: (id: string) => boolean = (id) => id === selected): void {
    const moved = selected !== this.selected;
    this.rows = rows;
    this.selected = selected;
    this.isSelected = isSelected;
    this.space.style.height = `${rows.length * ROW_HEIGHT}px`;
    this.root.setAttribute("aria-rowcount", String(rows.length));
    this.root.classList.toggle("long", rows.some((row) => row.end >= 3600));
    if (moved && selected) {
      const at = rows.findIndex((row) => row.id === selected) * ROW_HEIGHT;
      const seen = this.root.clientHeight;
      if (at >= 0 && (at < this.root.scrollTop || at > this.root.scrollTop + seen - ROW_HEIGHT)) this.root.scrollTop = at - seen / 2;
    }
    if (selected && rows.some((row) => row.id === selected)) this.root.setAttribute("aria-activedescendant", rowId(selected));
    else this.root.removeAttribute("aria-activedescendant");
    this.draw();
  }

  draw(): void {
    const first = Math.max(0, Math.floor(this.root.scrollTop / ROW_HEIGHT) - 4);
    const count = Math.ceil((this.root.clientHeight || 240) / ROW_HEIGHT) + 8;
    if (!this.rows.length) {
      this.body.style.transform = "";
      this.body.replaceChildren(el("div", { class: "muted table-empty", role: "row" }, el("span", { role: "gridcell" }, "No regions yet.")));
      return;
    }
    this.body.style.transform = `translateY(${first * ROW_HEIGHT}px)`;
    this.body.replaceChildren(...this.rows.slice(first, first + count).map((row, index) => this.line(row, first + index)));
  }

  private line(row: Drawn, index: number): HTMLElement {
    const swatch = el("i", { class: "swatch" });
    swatch.style.background = this.colorOf(row.label);
    const says = { human: "", accepted: "accepted", prediction: "", below: "", rejected: "sent back", approved: "approved" }[row.mark];
    const score = row.mark === "prediction" || row.mark === "below" ? `${Math.round((row.score ?? 0) * 100)}%` : says;
    return el(
      "div",
      {
        class: `table-row mark-${row.mark}`,
        role: "row",
        id: rowId(row.id),
        "aria-rowindex": index + 1,
        "aria-selected": this.isSelected(row.id),
        onclick: (event: Event) => this.select(row.id, addsTo(event as MouseEvent)),
      },
      el("span", { role: "gridcell", class: "name" }, swatch, this.nameOf(row.label)),
      el("span", { role: "gridcell", class: "number" }, clock(row.start, 2)),
      el("span", { role: "gridcell", class: "number" }, (row.end - row.start).toFixed(2)),
      el("span", { role: "gridcell", class: "chip-text" }, score),
    );
  }
}
