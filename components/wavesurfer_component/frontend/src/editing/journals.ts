/**
 * Journals of unsaved work in the browser: one for every opening of an editor, found again by the next one of the same
 * annotation. Small ones are in local storage when an edit returns, large ones in a large store a moment later.
 */
import type { Operation, Value } from "./document";
import { LargeJournals, type LargeStore } from "./large_journals";

export interface Batch {
  client: string;
  sequence: number;
  base_revision: number;
  operations: Operation[];
  /** The annotation that is meant; missing before it is known. */
  annotation?: string;
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
export const ABANDONED_MS = 6000;
/** Operations: larger journals would fill local storage, and take long to write after every edit. */
const MOST_SMALL = 1000;

/** What local storage has of a journal: all of it, or that the large store has it. */
interface Head extends Journal {
  large?: true;
  /** The annotation that it is of; null when none was begun. */
  annotation?: string | null;
}

/** A large journal of somebody who has gone. */
export interface Found {
  journal: Journal;
  /** It is kept elsewhere now. */
  forget(): Promise<void>;
}

export class Journals {
  private readonly large: LargeJournals;

  /** `prefix` names the person and the task. */
  constructor(
    private readonly store: KeyValueStore,
    largeStore: LargeStore,
    private readonly prefix: string,
    /** The annotation that is written; null before it is begun. */
    public annotation: string | null,
    readonly now: () => number = () => Date.now(),
  ) {
    this.large = new LargeJournals(largeStore);
  }

  /** Keep a journal; false when the browser would not. A large one is kept a moment later. */
  write(owner: string, journal: Journal): boolean {
    const key = this.prefix + owner;
    const count = journal.batches.reduce((sum, batch) => sum + batch.operations.length, journal.pending.length);
    const { annotation } = this;
    if (count <= MOST_SMALL && this.store.setItem(key, JSON.stringify({ ...journal, annotation } satisfies Head))) {
      this.large.forget(key);
      return true;
    }
    const mark = (head: Partial<Head>): boolean => this.store.setItem(key, JSON.stringify({ batches: [], pending: [], alive: journal.alive, annotation, ...head } satisfies Head));
    const before = this.read(key);
    // What was kept before stays until more is kept.
    const marked = before ? this.store.setItem(key, JSON.stringify({ ...before, annotation, alive: journal.alive })) : mark({});
    this.large.write(key, journal, () => void mark({ large: true }));
    return marked && !this.large.failed;
  }

  remove(owner: string): void {
    this.store.removeItem(this.prefix + owner);
    this.large.forget(this.prefix + owner);
  }

  /** When large journals are kept, as far as the browser would. */
  settled(): Promise<void> {
    return this.large.settled();
  }

  /**
   * The small journals of this annotation that nobody owns any more; they are the caller's now. The large ones come later.
   * Those of another annotation stay until it is opened again: what is handed over may be handed back.
   */
  takeAbandoned(owner: string): { here: Journal[]; coming: Promise<Found[]> | null } {
    const here: Journal[] = [];
    const large: string[] = [];
    for (const key of this.store.keys()) {
      if (!key.startsWith(this.prefix) || key === this.prefix + owner) continue;
      const head = this.read(key);
      if (head && (this.now() - head.alive < ABANDONED_MS || (head.annotation ?? this.annotation) !== this.annotation)) continue;
      if (head?.large) {
        this.store.setItem(key, JSON.stringify({ ...head, alive: this.now() })); // nobody else takes it meanwhile
        large.push(key);
        continue;
      }
      this.store.removeItem(key);
      if (head) here.push(head);
    }
    return { here, coming: large.length ? this.readLarge(large) : null };
  }

  /** Remove large journals whose owners forgot them. */
  async sweep(owner: string): Promise<void> {
    const known = new Set([...this.store.keys(), this.prefix + owner]);
    await this.large.remove((await this.large.names(this.prefix)).filter((name) => !known.has(name)));
  }

  private async readLarge(names: readonly string[]): Promise<Found[]> {
    const found: Found[] = [];
    for (const name of names) {
      const forget = async (): Promise<void> => {
        this.store.removeItem(name);
        await this.large.remove([name]);
      };
      const journal = await this.large.read(name);
      if (journal) found.push({ journal, forget });
      else await forget();
    }
    return found;
  }

  private read(key: string): Head | null {
    try {
      return JSON.parse(this.store.getItem(key) ?? "null") as Head | null;
    } catch {
      return null;
    }
  }
}
