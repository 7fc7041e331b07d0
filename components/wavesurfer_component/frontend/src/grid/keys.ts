/** What keys mean in the region grid: moves between cells, and the few things that belong to it. All others are the editor's. */
import type { KeyPress } from "../editing/key_press";

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

export type GridCommand = "edit" | "toggle" | "extend-up" | "extend-down" | "select-all" | "leave";

/** Where a key press leads; null when it leads nowhere. */
export function cellAfter(press: KeyPress, { row, column }: Cell, { rows, columns, page }: GridSize): Cell | null {
  if (press.altKey || press.shiftKey) return null;
  const last = rows - 1;
  if (press.ctrlKey || press.metaKey) {
    if (press.key === "Home") return { row: Math.min(0, last), column: 0 };
    return press.key === "End" ? { row: last, column: columns - 1 } : null;
  }
  switch (press.key) {
    case "ArrowUp":
      return { row: Math.max(-1, row - 1), column };
    case "ArrowDown":
      return { row: Math.min(last, row + 1), column };
    case "ArrowLeft":
      return { row, column: Math.max(0, column - 1) };
    case "ArrowRight":
      return { row, column: Math.min(columns - 1, column + 1) };
    case "Home":
      return { row, column: 0 };
    case "End":
      return { row, column: columns - 1 };
    case "PageUp":
      return { row: row <= 0 ? -1 : Math.max(0, row - page), column };
    case "PageDown":
      return { row: Math.min(last, Math.max(0, row) + page), column };
    default:
      return null;
  }
}

/** What a key press does in the grid; null when it is the editor's. */
export function commandOf(press: KeyPress): GridCommand | null {
  const control = press.ctrlKey || press.metaKey;
  if (press.altKey) return null;
  if (control) return press.key.toLowerCase() === "a" && !press.shiftKey ? "select-all" : null;
  if (press.shiftKey) return press.key === "ArrowUp" ? "extend-up" : press.key === "ArrowDown" ? "extend-down" : null;
  return COMMANDS[press.key] ?? null;
}

const COMMANDS: Record<string, GridCommand> = { Enter: "edit", F2: "edit", " ": "toggle", Escape: "leave" };

/** Actions of the editor that are about what is selected: in the grid, about the row in focus while no several are selected. */
export const ABOUT_SELECTION: ReadonlySet<string> = new Set([
  "play-region", "loop", "zoom-region", "label",
  "start-earlier", "start-later", "end-earlier", "end-later", "start-to-playhead", "end-to-playhead", "region-earlier", "region-later", "region-earlier-far", "region-later-far", "region-earlier-fine", "region-later-fine", "tier-up", "tier-down",
  "snap-zero", "snap-onset", "snap-beat", "high-up", "high-down", "low-up", "low-down",
  "split", "merge", "duplicate", "delete", "copy", "cut",
  "accept", "reject", "accept-label", "predict-selection", "approve-region", "reject-region",
]);
