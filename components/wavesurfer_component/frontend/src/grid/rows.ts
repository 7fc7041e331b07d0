/** The rows of the region grid: sorted and filtered, and kept so item by item when single regions change. */
import type { DrawnChange } from "../editing/drawn_list";
import { inOrder } from "../engine/lanes";
import type { Drawn } from "../layers/regions";
import { isBeat } from "./beat_rows";

export type SortKey = "start" | "label" | "duration" | "score";

export interface Order {
  key: SortKey;
  descending: boolean;
}

export interface Filter {
  /** Every word must be in the name of the label or in the text; beats are found by their name, and downbeats by theirs. */
  words: string;
  only: "all" | "regions" | "beats" | "suggestions" | "textless";
}

export interface RowFacts {
  nameOf(label: string): string;
  /** The text of a region, or "". */
  textOf(id: string): string;
}

const BY_TIME: Order = { key: "start", descending: false };
const EVERYTHING: Filter = { words: "", only: "all" };
/** With more changes at once everything is sorted anew. */
const MOST = 200;

export class GridRows {
  private all: readonly Drawn[] = [];
  /** Null while it is all rows in the order of time, which they are in anyway. */
  private chosen: Drawn[] | null = null;
  private ranks = new Map<string, number>();
  private sorted: Order = BY_TIME;
  private filtered: Filter = EVERYTHING;
  private words: string[] = [];

  constructor(private readonly facts: RowFacts) {}

  get list(): readonly Drawn[] {
    return this.chosen ?? this.all;
  }

  /** How many there are without the filter. */
  get total(): number {
    return this.all.length;
  }

  get order(): Order {
    return this.sorted;
  }

  set order(order: Order) {
    this.sorted = order;
    this.choose();
  }

  get filter(): Filter {
    return this.filtered;
  }

  set filter(filter: Filter) {
    this.filtered = filter;
    this.words = plainText(filter.words).split(/\s+/).filter(Boolean);
    this.choose();
  }

  /** All rows in the order of time, and what changed in them; null when everything may have. */
  update(all: readonly Drawn[], changes: readonly DrawnChange[] | null): void {
    const same = all === this.all;
    this.all = all;
    if (!this.chosen && this.plain) return;
    const newLabel = this.sorted.key === "label" && changes?.some(({ after }) => after && !this.ranks.has(after.label));
    if (!same || !changes || !this.chosen || newLabel || changes.length > MOST) return this.choose();
    for (const { before, after } of changes) {
      if (before) this.takeOut(before);
      if (after && this.matches(after)) this.chosen.splice(this.position(after), 0, after);
    }
  }

  /** Where a region is in the list, -1 when it is not; `hint` is tried first. */
  indexOf(id: string, hint = 0): number {
    const { list } = this;
    return list[hint]?.id === id ? hint : list.findIndex((one) => one.id === id);
  }

  private get plain(): boolean {
    const { key, descending } = this.sorted;
    return key === "start" && !descending && !this.words.length && this.filtered.only === "all";
  }

  private choose(): void {
    if (this.plain) {
      this.chosen = null;
      return;
    }
    this.rankLabels();
    this.chosen = this.all.filter((one) => this.matches(one));
    if (this.sorted.key !== "start" || this.sorted.descending) this.chosen.sort(this.compare);
  }

  private takeOut(one: Drawn): void {
    const at = this.position(one);
    if (this.chosen![at]?.id === one.id) this.chosen!.splice(at, 1);
  }

  private position(one: Drawn): number {
    const list = this.chosen!;
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.compare(list[middle]!, one) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private readonly compare = (one: Drawn, other: Drawn): number => {
    const by = this.valueOf(one) - this.valueOf(other);
    return (this.sorted.descending ? -by : by) || inOrder(one, other);
  };

  private valueOf(one: Drawn): number {
    switch (this.sorted.key) {
      case "label":
        return this.ranks.get(one.label) ?? -1;
      case "duration":
        return one.end - one.start;
      case "score":
        return one.score ?? -1;
      default:
        return one.start;
    }
  }

  /** Names are compared once, not for every pair of rows. */
  private rankLabels(): void {
    this.ranks = new Map();
    if (this.sorted.key !== "label") return;
    const labels = [...new Set(this.all.map((one) => one.label))];
    const collator = new Intl.Collator();
    labels.sort((one, other) => collator.compare(this.facts.nameOf(one), this.facts.nameOf(other)) || (one < other ? -1 : 1));
    labels.forEach((label, rank) => this.ranks.set(label, rank));
  }

  private matches(one: Drawn): boolean {
    const { only } = this.filtered;
    if (only === "suggestions" && one.mark !== "prediction" && one.mark !== "below") return false;
    if (only === "beats" ? !isBeat(one) : only !== "all" && isBeat(one)) return false;
    if (only === "textless" && this.facts.textOf(one.id).trim()) return false;
    if (!this.words.length) return true;
    const text = plainText(`${this.facts.nameOf(one.label)} ${one.text}`);
    return this.words.every((word) => text.includes(word));
  }
}

/** Without case and accents. */
function plainText(text: string): string {
  return /^[\x00-\x7f]*$/.test(text) ? text.toLowerCase() : text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}
