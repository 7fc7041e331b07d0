/** Journals of unsaved work in the browser: one for every opening of an editor, found again by the next one. */
import type { Operation, Value } from "./document";

export interface Batch {
  client: string;
  sequence: number;
  base_revision: number;
  operations: Operation[];
}

export interface Journal {
  /** What was sent and not answered, oldest first. */
  batches: Batch[];
  /** What was not sent yet. */
  pending: Operation[];
  /** What the server had of their items before. */
  base?: [string, Value | null][];
  /** When its owner last lived (ms since 1970); 0 when the owner has gone. */
  alive: number;
}

export interface KeyValueStore {
  getItem(key: string): string | null;
  /** False when the browser would not keep it; what was there before stays. */
  setItem(key: string, value: string): boolean;
  removeItem(key: string): void;
  keys(): string[];
}

/** An owner that has not shown itself for so long has crashed. */
const ABANDONED_MS = 6000;

export class Journals {
  /** `prefix` names the person and the task. */
  constructor(
    private readonly store: KeyValueStore,
    private readonly prefix: string,
    readonly now: () => number = () => Date.now(),
  ) {}

  /** Keep a journal; false when the browser would not. */
  write(owner: string, journal: Journal): boolean {
    return this.store.setItem(this.prefix + owner, JSON.stringify(journal));
  }

  remove(owner: string): void {
    this.store.removeItem(this.prefix + owner);
  }

  /** The journals that nobody owns any more; they are the caller's now. */
  takeAbandoned(owner: string): Journal[] {
    const found: Journal[] = [];
    for (const key of this.store.keys()) {
      if (!key.startsWith(this.prefix) || key === this.prefix + owner) continue;
      const journal = this.read(key);
      if (journal && this.now() - journal.alive < ABANDONED_MS) continue;
      this.store.removeItem(key);
      if (journal) found.push(journal);
    }
    return found;
  }

  private read(key: string): Journal | null {
    try {
      return JSON.parse(this.store.getItem(key) ?? "null") as Journal | null;
    } catch {
      return null;
    }
  }
}
