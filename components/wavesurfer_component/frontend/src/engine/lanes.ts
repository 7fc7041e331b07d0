/**
 * Regions of a lane in the order of time, found in O(log n + visible) and changed in place; overlapping ones get rows of
 * their own. A change costs what lies between it and the point from which on everything is as it was. Times lie in
 * arrays of numbers beside the spans, so that looking for what is in view touches no span that is not.
 */

export interface Span {
  id: string;
  start: number;
  end: number;
}

/** Rows of a lane; what finds none free lies upon the last one. */
const MAX_ROWS = 4;
/** Spans that last less than so many times the least distance are narrow: only some of many are seen. */
export const NARROW = 1.5;
/** Of a span that has no row yet. */
const NO_ROW = 255;

export class LaneIndex<T extends Span> {
  private spans: T[] = [];
  private starts = new Float64Array(0);
  private ends = new Float64Array(0);
  /** The latest end of all spans up to and with each. */
  private latest = new Float64Array(0);
  /** The ends of the rows after each span. */
  private rowEnds = new Float64Array(0);
  private rowOf = new Uint8Array(0);
  private used = [0, 0, 0, 0];

  constructor(spans: Iterable<T> = []) {
    this.spans = [...spans];
    if (!areInOrder(this.spans)) this.spans.sort(inOrder);
    this.grow(this.spans.length);
    for (let index = 0; index < this.spans.length; index++) {
      this.note(index);
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

  /** The row of a span, as it was put in; null when it is not here. */
  row(span: Span): number | null {
    const index = this.position(span);
    return this.spans[index]?.id === span.id ? this.rowOf[index]! : null;
  }

  insert(span: T): void {
    const index = this.position(span);
    const count = this.spans.length;
    this.spans.splice(index, 0, span);
    this.grow(count + 1);
    this.shift(index, index + 1, count);
    this.note(index);
    this.place(index);
    this.settle(index + 1);
  }

  /** Take a span out, as it was put in. */
  remove(span: T): void {
    const index = this.position(span);
    if (this.spans[index]?.id !== span.id) return;
    const count = this.spans.length;
    this.spans.splice(index, 1);
    this.used[this.rowOf[index]!]!--;
    this.shift(index + 1, index, count);
    this.settle(index);
  }

  /** Put a span in the place of one that is here: little is to be done where it keeps its place in time. */
  replace(before: T, after: T): void {
    const index = this.position(before);
    if (this.spans[index]?.id !== before.id) return this.insert(after);
    const [earlier, later] = [this.spans[index - 1], this.spans[index + 1]];
    if ((earlier && inOrder(earlier, after) > 0) || (later && inOrder(later, after) < 0)) {
      this.remove(before);
      return this.insert(after);
    }
    this.used[this.rowOf[index]!]!--;
    this.spans[index] = after;
    this.note(index);
    this.place(index);
    this.settle(index + 1);
  }

  /** Spans that touch [start, stop], in order of time. */
  *between(start: number, stop: number): Generator<T> {
    for (let index = this.first(start); index < this.spans.length && this.starts[index]! <= stop; index++) {
      if (this.ends[index]! >= start) yield this.spans[index]!;
    }
  }

  /**
   * See the spans that touch [start, stop] with their rows, in order of time. Of narrow ones only those are seen that
   * begin `apart` or more after the narrow one before, so there are never many more of them than pixels; instants
   * stand apart from other instants.
   */
  visit(start: number, stop: number, apart: number, see: (span: T, row: number) => void): void {
    const { spans, starts, ends } = this;
    let next = -Infinity;
    let nextInstant = -Infinity;
    for (let index = this.first(start); index < spans.length && starts[index]! <= stop; index++) {
      const at = starts[index]!;
      const length = ends[index]! - at;
      if (at + length < start) continue;
      if (length === 0) {
        if (at < nextInstant) continue;
        nextInstant = at + apart;
      } else if (length < NARROW * apart) {
        if (at < next) continue;
        next = at + apart;
      }
      see(spans[index]!, this.rowOf[index]!);
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

  /** The first span that may end at or after a time: all before it end earlier. */
  private first(time: number): number {
    let low = 0;
    let high = this.spans.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.latest[middle]! < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Where a span is, or would be put. */
  private position(span: Span): number {
    const { start } = span;
    let low = 0;
    let high = this.spans.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const at = this.starts[middle]!;
      if (at < start || (at === start && inOrder(this.spans[middle]!, span) < 0)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Place spans anew from `index` on until nothing changes any more. */
  private settle(index: number): void {
    for (; index < this.spans.length; index++) if (!this.place(index)) return;
  }

  /** Write down the times of a new span. */
  private note(index: number): void {
    const { start, end } = this.spans[index]!;
    this.starts[index] = start;
    this.ends[index] = end;
    this.rowOf[index] = NO_ROW;
  }

  /** Give a span its row, and note what holds after it; false when all that was so before. */
  private place(index: number): boolean {
    const before = (index - 1) * MAX_ROWS;
    const here = index * MAX_ROWS;
    const [start, stop] = [this.starts[index]!, this.ends[index]!];
    const endOf = (row: number): number => (index > 0 ? this.rowEnds[before + row]! : -Infinity);
    let row = 0;
    while (row < MAX_ROWS - 1 && endOf(row) > start) row++;
    const latest = Math.max(index > 0 ? this.latest[index - 1]! : -Infinity, stop);
    let changed = this.latest[index] !== latest;
    this.latest[index] = latest;
    for (let one = 0; one < MAX_ROWS; one++) {
      const end = one === row ? Math.max(endOf(one), stop) : endOf(one);
      if (this.rowEnds[here + one] !== end) changed = true;
      this.rowEnds[here + one] = end;
    }
    const was = this.rowOf[index]!;
    if (was === row) return changed;
    if (was !== NO_ROW) this.used[was]!--;
    this.used[row]!++;
    this.rowOf[index] = row;
    return true;
  }

  /** Move what is noted of the spans `from` … `count` to `to`. */
  private shift(from: number, to: number, count: number): void {
    for (const numbers of [this.starts, this.ends, this.latest, this.rowOf]) numbers.copyWithin(to, from, count);
    this.rowEnds.copyWithin(to * MAX_ROWS, from * MAX_ROWS, count * MAX_ROWS);
  }

  private grow(count: number): void {
    if (this.starts.length >= count) return;
    const capacity = Math.ceil(count * 1.25) + 16;
    const larger = (numbers: Float64Array, each = 1): Float64Array<ArrayBuffer> => {
      const grown = new Float64Array(capacity * each);
      grown.set(numbers);
      return grown;
    };
    this.starts = larger(this.starts);
    this.ends = larger(this.ends);
    this.latest = larger(this.latest);
    this.rowEnds = larger(this.rowEnds, MAX_ROWS);
    const rowOf = new Uint8Array(capacity);
    rowOf.set(this.rowOf);
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
