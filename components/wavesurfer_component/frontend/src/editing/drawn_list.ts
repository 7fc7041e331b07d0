/** All that is drawn, in the order of time; kept up to date item by item, so that an edit does not cost the whole document. */
import { inOrder } from "../engine/lanes";
import type { Drawn } from "../layers/regions";

/** What one region was and is; null where it was or is not drawn. */
export interface DrawnChange {
  before: Drawn | null;
  after: Drawn | null;
}

/** Asked again and again: what changed since the last time; null when everything may have. */
export type ChangeReader = () => DrawnChange[] | null;

/** With more changes at once everything is made anew. */
const MOST = 200;
/** So many changes are kept for a reader that does not ask. */
const MOST_KEPT = 2000;

export class DrawnList {
  private list: Drawn[] | null = null;
  private byId = new Map<string, Drawn>();
  private readonly readers: { changes: DrawnChange[] | null }[] = [];

  constructor(
    private readonly all: () => Drawn[],
    private readonly one: (id: string) => Drawn | null,
  ) {}

  /** Everything in order; the same array until everything is new. */
  get(): readonly Drawn[] {
    if (!this.list) {
      this.list = this.all().sort(inOrder);
      this.byId = new Map(this.list.map((one) => [one.id, one]));
      for (const reader of this.readers) reader.changes = null;
    }
    return this.list;
  }

  /** What is drawn of a region; null when it is not. */
  find(id: string): Drawn | null {
    this.get();
    return this.byId.get(id) ?? null;
  }

  /** Somebody who follows what changes, on their own. */
  reader(): ChangeReader {
    const reader: { changes: DrawnChange[] | null } = { changes: null };
    this.readers.push(reader);
    return () => {
      this.get();
      const { changes } = reader;
      reader.changes = [];
      return changes;
    };
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
      if (before || after) this.note({ before, after });
    }
  }

  private note(change: DrawnChange): void {
    for (const reader of this.readers) {
      reader.changes?.push(change);
      if ((reader.changes?.length ?? 0) > MOST_KEPT) reader.changes = null;
    }
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
