/** Where keys lead in the region grid, and which keys of the editor are there about the row in focus. */

/** A cell; row -1 are the heads of the columns. */
export interface Cell {
  row: number;
  column: number;
}

export interface GridSize {
  rows: number;
  columns: number;
  /** Rows that are seen at once. */
  page: number;
}

/** Where an action of the list leads; null when it leads nowhere. */
export function cellAfter(action: string, { row, column }: Cell, { rows, columns, page }: GridSize): Cell | null {
  const last = rows - 1;
  switch (action) {
    case "list-start":
      return { row: Math.min(0, last), column: 0 };
    case "list-end":
      return { row: last, column: columns - 1 };
    case "list-up":
      return { row: Math.max(-1, row - 1), column };
    case "list-down":
      return { row: Math.min(last, row + 1), column };
    case "list-left":
      return { row, column: Math.max(0, column - 1) };
    case "list-right":
      return { row, column: Math.min(columns - 1, column + 1) };
    case "list-row-start":
      return { row, column: 0 };
    case "list-row-end":
      return { row, column: columns - 1 };
    case "list-page-up":
      return { row: row <= 0 ? -1 : Math.max(0, row - page), column };
    case "list-page-down":
      return { row: Math.min(last, Math.max(0, row) + page), column };
    default:
      return null;
  }
}

/** Actions of the editor that are about what is selected: in the grid, about the row in focus while no several are selected. */
export const ABOUT_SELECTION: ReadonlySet<string> = new Set([
  "play-region", "loop", "zoom-region", ...[..."123456789"].map((digit) => `label-${digit}`),
  "start-earlier", "start-later", "end-earlier", "end-later", "start-to-playhead", "end-to-playhead", "region-earlier", "region-later", "region-earlier-far", "region-later-far", "region-earlier-fine", "region-later-fine", "tier-up", "tier-down",
  "snap-zero", "snap-onset", "snap-beat", "snap-bar", "snap-edge", "high-up", "high-down", "low-up", "low-down",
  "split", "merge", "duplicate", "delete", "copy", "cut",
  "accept", "reject", "accept-label", "predict-selection", "approve-region", "reject-region",
]);

/** In the row of a beat also those about the selected beat. */
export const ABOUT_BEAT: ReadonlySet<string> = new Set([...ABOUT_SELECTION, "downbeat", "meter-from", "tempo-onward"]);
