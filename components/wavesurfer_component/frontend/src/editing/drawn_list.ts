/** All that is drawn, in the order of time; kept up to date item by item, so that an edit does not cost the whole document. */
import { inOrder } from "../engine/lanes";
import type { Drawn } from "../layers/regions";

/** What one region was and is; null where it was or is not drawn. */
export interface DrawnChange {
  before: Drawn | null;
  after: Drawn | null;
}

/** With more changes at once everything is made anew. */
const MOST = 200;

export class DrawnList {
  private list: Drawn[] | null = null;
  private byId = new Map<string, Drawn>();
  private changes: DrawnChange[] | null = null;

  constructor(
    private readonly all: () => Drawn[],
    private readonly one: (id: string) => Drawn | null,
  ) {}

  /** Everything in order; the same array until everything is new. */
  get(): readonly Drawn[] {
    if (!this.list) {
      this.list = this.all().sort(inOrder);
      this.byId = new Map(this.list.map((one) => [one.id, one]));
      this.changes = null;
    }
    return this.list;
  }

  /** What is drawn of a region; null when it is not. */
  find(id: string): Drawn | null {
    this.get();
    return this.byId.get(id) ?? null;
  }

  /** Everything may be different. */
  reset(): void {
    this.list = null;
  }

  /** These may be different, and nothing else. */
  changed(ids: readonly string[]): void {
    if (!this.list) return;
    if (ids.length > MOST) return this.reset();
    for (const id of ids) {
      const before = this.byId.get(id) ?? null;
      const after = this.one(id);
      this.put(before, after);
      if (after) this.byId.set(id, after);
      else this.byId.delete(id);
      if (before || after) this.changes?.push({ before, after });
    }
  }

  /** What changed since the last time; null when everything may have. */
  takeChanges(): DrawnChange[] | null {
    this.get();
    const changes = this.changes;
    this.changes = [];
    return changes;
  }

  private put(before: Drawn | null, after: Drawn | null): void {
    const list = this.list!;
    const at = before ? this.position(before) : -1;
    if (before && after) {
      const [earlier, later] = [list[at - 1], list[at + 1]];
      if ((!earlier || inOrder(earlier, after) <= 0) && (!later || inOrder(later, after) >= 0)) {
        list[at] = after; // it keeps its place
        return;
      }
    }
    if (before) list.splice(at, 1);
    if (after) list.splice(this.position(after), 0, after);
  }

  private position(one: Drawn): number {
    const list = this.list!;
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (inOrder(list[middle]!, one) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
