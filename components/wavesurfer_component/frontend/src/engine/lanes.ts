/** Regions in the order of time, found in O(log n + visible); overlapping ones of a lane get rows of their own. */

export interface Span {
  id: string;
  start: number;
  end: number;
}

export class LaneIndex<T extends Span> {
  private spans: T[] = [];
  private latestEnd: Float64Array = new Float64Array(0);
  private rowOf = new Map<string, number>();
  rows = 1;

  constructor(spans: Iterable<T> = []) {
    this.rebuild(spans);
  }

  rebuild(spans: Iterable<T>): void {
    this.spans = [...spans].sort((a, b) => a.start - b.start || a.end - b.end || (a.id < b.id ? -1 : 1));
    this.latestEnd = new Float64Array(this.spans.length);
    this.rowOf.clear();
    const ends: number[] = [];
    let latest = -Infinity;
    this.spans.forEach((span, index) => {
      latest = Math.max(latest, span.end);
      this.latestEnd[index] = latest;
      let row = ends.findIndex((end) => end <= span.start);
      if (row < 0) row = ends.length < MAX_ROWS ? ends.length : MAX_ROWS - 1;
      ends[row] = Math.max(ends[row] ?? -Infinity, span.end);
      this.rowOf.set(span.id, row);
    });
    this.rows = Math.max(1, ends.length);
  }

  get empty(): boolean {
    return this.spans.length === 0;
  }

  row(id: string): number {
    return this.rowOf.get(id) ?? 0;
  }

  /** Spans that touch [start, stop], in order of time. */
  *between(start: number, stop: number): Generator<T> {
    let low = 0;
    let high = this.spans.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.latestEnd[middle]! < start) low = middle + 1;
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
      if (row !== null && this.row(span.id) !== row) continue;
      if (best === null || span.end - span.start <= best.end - best.start) best = span;
    }
    return best;
  }
}

export const MAX_ROWS = 4;
