/** Which rows of a taxonomy of labels are shown: large ones are folded at first, a search opens what leads to its finds. */
import type { Label } from "../api/answers";
import type { LabelNode } from "../engine/label_tree";

/** Larger taxonomies are folded at first. */
const MOST_UNFOLDED = 40;

export interface LabelRow {
  label: Label;
  depth: number;
  /** Whether what is below is shown; null when nothing is below. */
  open: boolean | null;
  /** Opened by the search: it cannot be folded. */
  forced: boolean;
}

/** What somebody unfolded in a taxonomy, or folded where it is unfolded at first. */
export class Folding {
  private readonly flipped: Set<string>;
  private readonly unfolded: boolean;

  constructor(labels: readonly Label[], flipped: readonly string[] = []) {
    this.unfolded = labels.length <= MOST_UNFOLDED;
    this.flipped = new Set(flipped);
  }

  isOpen(label: string): boolean {
    return this.unfolded !== this.flipped.has(label);
  }

  set(label: string, open: boolean): void {
    if (this.isOpen(label) === open) return;
    if (!this.flipped.delete(label)) this.flipped.add(label);
  }

  /** To be given to the next one for the same labels. */
  get kept(): string[] {
    return [...this.flipped];
  }
}

/** The rows from the top; `found` are the labels that a search found, null when nobody searches. */
export function labelRows(tree: readonly LabelNode[], folding: Folding, found: ReadonlySet<string> | null): LabelRow[] {
  const leading = found && new Set<string>();
  const leads = (node: LabelNode): boolean => {
    const below = node.children.filter((child) => leads(child)).length > 0;
    if (below) leading!.add(node.label.id);
    return below || found!.has(node.label.id);
  };
  if (leading) tree.forEach((node) => leads(node));
  const rows: LabelRow[] = [];
  const add = (node: LabelNode, depth: number, within: boolean): void => {
    const { label, children } = node;
    const forced = leading?.has(label.id) ?? false;
    const shown = !found || within || forced || found.has(label.id);
    if (!shown) return;
    const open = children.length ? forced || folding.isOpen(label.id) : null;
    rows.push({ label, depth, open, forced });
    // Below what was found itself everything may be unfolded; on the way to a find only what leads there is shown.
    if (open) for (const child of children) add(child, depth + 1, !forced);
  };
  for (const node of tree) add(node, 0, false);
  return rows;
}
