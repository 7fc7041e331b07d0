/** The rows of the region grid that exist as elements: those that are seen, some beside them, and the one that has the focus. */
import { el } from "../dom";
import type { Drawn } from "../layers/regions";
import type { Column, Shown } from "./columns";
import { rowHeight, type RowState, RowView } from "./row_view";

export interface RowWindowPorts {
  shown(drawn: Drawn): Shown;
  state(drawn: Drawn): Omit<RowState, "index">;
  /** A row has gone. */
  dropped(view: RowView): void;
}

/** Rows above and below those that are seen. */
const SPARE = 4;
/** Before the grid is on the page (pixels). */
const USUAL_HEIGHT = 240;

export class RowWindow {
  readonly root = el("div", { class: "table-body", role: "rowgroup" });
  private readonly views = new Map<string, RowView>();

  constructor(
    private readonly columns: readonly Column[],
    private readonly ports: RowWindowPorts,
  ) {}

  /** Make the elements of what is seen from `top` on in `height` pixels, and of the row `kept` (-1 for none). */
  draw(list: readonly Drawn[], top: number, height: number, kept: number): void {
    this.fit(list.length);
    const first = Math.max(0, Math.floor(top / rowHeight()) - SPARE);
    const last = Math.min(list.length, first + Math.ceil((height || USUAL_HEIGHT) / rowHeight()) + 2 * SPARE);
    const seen = Array.from({ length: Math.max(0, last - first) }, (_, at) => first + at);
    if (kept >= 0 && kept < first) seen.unshift(kept);
    else if (kept >= last && kept < list.length) seen.push(kept);
    const wanted = new Set(seen.map((index) => list[index]!.id));
    for (const [id, view] of this.views) if (!wanted.has(id)) this.drop(id, view);
    let next = this.root.firstElementChild;
    for (const index of seen) {
      const { root } = this.shown(list[index]!, index);
      if (root === next) next = next.nextElementSibling;
      else this.root.insertBefore(root, next);
    }
  }

  /** Be as high as so many rows, so that it can be scrolled to each. */
  fit(rows: number): void {
    this.root.style.height = `${rows * rowHeight()}px`;
  }

  view(id: string): RowView | undefined {
    return this.views.get(id);
  }

  /** The region in whose row something is; null when it is in none. */
  idOf(target: HTMLElement): string | null {
    for (const view of this.views.values()) if (view.root.contains(target)) return view.id;
    return null;
  }

  /** Fill all rows anew when they are drawn the next time. */
  forget(): void {
    for (const view of this.views.values()) view.forget();
  }

  private shown(drawn: Drawn, index: number): RowView {
    let view = this.views.get(drawn.id);
    if (!view) this.views.set(drawn.id, (view = new RowView(drawn.id, this.columns)));
    view.show(() => this.ports.shown(drawn), drawn, { index, ...this.ports.state(drawn) });
    return view;
  }

  private drop(id: string, view: RowView): void {
    this.views.delete(id);
    this.ports.dropped(view);
    view.root.remove();
  }
}
