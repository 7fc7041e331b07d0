/** Bookmarks: instants of a task that a person wants to come back to, kept in this browser. */
import type { KeyValueStore } from "./journals";

/** A bookmark so near (s) is the same. */
const NEAR = 0.05;

export class Bookmarks {
  private times: readonly number[];

  /** `key` names the person and the task. */
  constructor(
    private readonly kept: KeyValueStore,
    private readonly key: string,
  ) {
    this.times = read(kept.getItem(key));
  }

  /** Ascending (s). */
  get all(): readonly number[] {
    return this.times;
  }

  /** Set one, or take away the one that is there; true when it was set. */
  toggle(time: number): boolean {
    const others = this.times.filter((one) => Math.abs(one - time) > NEAR);
    const set = others.length === this.times.length;
    this.times = set ? [...others, time].sort((one, other) => one - other) : others;
    if (this.times.length) this.kept.setItem(this.key, JSON.stringify(this.times));
    else this.kept.removeItem(this.key);
    return set;
  }

  /** The next one after or before a time; null when there is none. */
  beside(time: number, way: 1 | -1): number | null {
    const found = way > 0 ? this.times.find((one) => one > time + 0.001) : this.times.filter((one) => one < time - 0.001).pop();
    return found ?? null;
  }
}

function read(kept: string | null): number[] {
  try {
    const times: unknown = JSON.parse(kept ?? "[]");
    return Array.isArray(times) ? times.filter((one): one is number => Number.isFinite(one)).sort((one, other) => one - other) : [];
  } catch {
    return [];
  }
}
