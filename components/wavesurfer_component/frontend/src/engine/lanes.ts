/**
 * Regions of a lane in the order of time, found in O(log n + visible) and changed in place; overlapping ones get rows of
 * their own. A change costs what lies between it and the point from which on everything is as it was.
 */

export interface Span {
  id: string;
  start: number;
  end: number;
}

/** Rows of a lane; what finds none free lies upon the last one. */
export const MAX_ROWS = 4;
/** Of a span that has no row yet. */
const NO_ROW = 255;

export class LaneIndex<T extends Span> {
  private spans: T[] = [];
  /** The latest end of all spans up to and with each. */
  private latest = new Float64Array(0);
  /** The ends of the rows after each span. */
  private ends = new Float64Array(0);
  private rowOf = new Uint8Array(0);
  private used = [0, 0, 0, 0];

  constructor(spans: Iterable<T> = []) {
    this.spans = [...spans];
    if (!areInOrder(this.spans)) this.spans.sort(inOrder);
    this.grow(this.spans.length);
    for (let index = 0; index < this.spans.length; index++) {
      this.rowOf[index] = NO_ROW;
      this.place(index);
    }
  }

  get empty(): boolean {
    return this.spans.length === 0;
  }

  get size(): number {
    return this.spans.length;
  }

  /** How many rows the lane needs. */
  get rows(): number {
    let rows = MAX_ROWS;
    while (rows > 1 && this.used[rows - 1] === 0) rows--;
    return rows;
  }

  /** The row of a span, as it was put in. */
  row(span: Span): number {
    const index = this.position(span);
    return this.spans[index]?.id === span.id ? this.rowOf[index]! : 0;
  }

  insert(span: T): void {
    const index = this.position(span);
    const count = this.spans.length;
    this.spans.splice(index, 0, span);
    this.grow(count + 1);
    this.latest.copyWithin(index + 1, index, count);
    this.ends.copyWithin((index + 1) * MAX_ROWS, index * MAX_ROWS, count * MAX_ROWS);
    this.rowOf.copyWithin(index + 1, index, count);
    this.rowOf[index] = NO_ROW;
    this.place(index);
    this.settle(index + 1);
  }

  /** Take a span out, as it was put in. */
  remove(span: T): void {
    const index = this.position(span);
    if (this.spans[index]?.id !== span.id) return;
    const count = this.spans.length;
    this.spans.splice(index, 1);
    this.latest.copyWithin(index, index + 1, count);
    this.ends.copyWithin(index * MAX_ROWS, (index + 1) * MAX_ROWS, count * MAX_ROWS);
    this.used[this.rowOf[index]!]!--;
    this.rowOf.copyWithin(index, index + 1, count);
    this.settle(index);
  }

  /** Spans that touch [start, stop], in order of time. */
  *between(start: number, stop: number): Generator<T> {
    let low = 0;
    let high = this.spans.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.latest[middle]! < start) low = middle + 1;
      else high = middle;
    }
    for (let index = low; index < this.spans.length; index++) {
      const span = this.spans[index]!;
      if (span.start > stop) return;
      if (span.end >= start) yield span;
    }
  }

  /** The topmost span at a time in a row (any row when null), with `slack` seconds of tolerance. */
  at(time: number, slack: number, row: number | null = null): T | null {
    let best: T | null = null;
    for (const span of this.between(time - slack, time + slack)) {
      if (row !== null && this.row(span) !== row) continue;
      if (best === null || span.end - span.start <= best.end - best.start) best = span;
    }
    return best;
  }

  /** Where a span is, or would be put. */
  private position(span: Span): number {
    let low = 0;
    let high = this.spans.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (inOrder(this.spans[middle]!, span) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Place spans anew from `index` on until nothing changes any more. */
  private settle(index: number): void {
    for (; index < this.spans.length; index++) if (!this.place(index)) return;
  }

  /** Give a span its row, and note what holds after it; false when all that was so before. */
  private place(index: number): boolean {
    const span = this.spans[index]!;
    const before = (index - 1) * MAX_ROWS;
    const here = index * MAX_ROWS;
    const endOf = (row: number): number => (index > 0 ? this.ends[before + row]! : -Infinity);
    let row = 0;
    while (row < MAX_ROWS - 1 && endOf(row) > span.start) row++;
    const latest = Math.max(index > 0 ? this.latest[index - 1]! : -Infinity, span.end);
    let changed = this.latest[index] !== latest;
    this.latest[index] = latest;
    for (let one = 0; one < MAX_ROWS; one++) {
      const end = one === row ? Math.max(endOf(one), span.end) : endOf(one);
      if (this.ends[here + one] !== end) changed = true;
      this.ends[here + one] = end;
    }
    const was = this.rowOf[index]!;
    if (was === row) return changed;
    if (was !== NO_ROW) this.used[was]!--;
    this.used[row]!++;
    this.rowOf[index] = row;
    return true;
  }

  private grow(count: number): void {
    if (this.latest.length >= count) return;
    const capacity = Math.ceil(count * 1.25) + 16;
    const [latest, ends] = [new Float64Array(capacity), new Float64Array(capacity * MAX_ROWS)];
    latest.set(this.latest);
    ends.set(this.ends);
    const rowOf = new Uint8Array(capacity);
    rowOf.set(this.rowOf);
    this.latest = latest;
    this.ends = ends;
    this.rowOf = rowOf;
  }
}

/** The order of time; ids decide between those at the same times. */
export function inOrder(one: Span, other: Span): number {
  return one.start - other.start || one.end - other.end || (one.id < other.id ? -1 : one.id > other.id ? 1 : 0);
}

function areInOrder(spans: readonly Span[]): boolean {
  for (let index = 1; index < spans.length; index++) if (inOrder(spans[index - 1]!, spans[index]!) > 0) return false;
  return true;
}
