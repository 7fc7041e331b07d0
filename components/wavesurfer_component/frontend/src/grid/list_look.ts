/** How somebody left the list of regions: folded or open, and how high; remembered in this browser. */
import { browserStore } from "../editing/storage";

export interface ListLook {
  open: boolean;
  /** Of the grid, in pixels. */
  height: number;
  /** Whether beats are listed among the regions. */
  beats: boolean;
}

const KEPT = "labelbuddy:list";
export const USUAL_LIST: ListLook = { open: true, height: 174, beats: true };

export function keptListLook(): ListLook {
  try {
    return { ...USUAL_LIST, ...(JSON.parse(browserStore().getItem(KEPT) ?? "{}") as Partial<ListLook>) };
  } catch {
    return USUAL_LIST;
  }
}

export function keepListLook(look: ListLook): void {
  browserStore().setItem(KEPT, JSON.stringify(look));
}
