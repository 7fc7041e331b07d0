/**
 * Journals that are too large for local storage: in blocks, of which an edit writes only those that it changes. What is
 * written is there a moment later, all or nothing.
 */
import { itemKey, type Operation, type Value } from "./document";
import type { Batch, Journal } from "./journals";

/** A place for large values, by key. */
export interface LargeStore {
  /** All of it or nothing; rejects when there is no room, or nothing may be kept. */
  write(puts: readonly (readonly [string, unknown])[], deletes: readonly string[]): Promise<void>;
  read(keys: readonly string[]): Promise<unknown[]>;
  keys(prefix: string): Promise<string[]>;
}

/** Operations in a block. */
const BLOCK = 1000;

interface Block {
  operations: Operation[];
  /** What the server had of their items before; undefined where that is not known. */
  base: (Value | null | undefined)[];
}

/** The blocks of a journal, by number. */
interface Manifest {
  batches: (Omit<Batch, "operations"> & { blocks: number[] })[];
  pending: number[];
}

interface Written extends Block {
  number: number;
}

const blockKey = (name: string, number: number): string => `${name}:${number}`;

export class LargeJournals {
  /** Whether the last write has failed. */
  failed = false;
  /** The blocks in the store, by their first operation. */
  private written = new Map<Operation, Written>();
  private numbers = 0;
  private wanted: Journal | null = null;
  /** Another number when what was written is not wanted any more. */
  private turn = 0;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly store: LargeStore) {}

  /** Keep a journal of ours; `kept` is called when it is. */
  write(name: string, journal: Journal, kept: () => void): void {
    const waiting = this.wanted !== null;
    this.wanted = { ...journal, pending: [...journal.pending] };
    if (!waiting) this.running = this.running.then(() => this.writeWanted(name, kept));
  }

  /** Forget a journal of ours. */
  forget(name: string): void {
    this.wanted = null;
    this.turn++;
    this.running = this.running.then(async () => {
      if (this.wanted || !this.written.size) return; // another one was written meanwhile
      const keys = [name, ...[...this.written.values()].map(({ number }) => blockKey(name, number))];
      this.written = new Map();
      await this.store.write([], keys).catch(() => undefined);
    });
  }

  /** When everything asked for so far is done. */
  settled(): Promise<void> {
    return this.running;
  }

  /** A journal that somebody left; null when there is none. */
  async read(name: string): Promise<Journal | null> {
    const [manifest] = (await this.store.read([name])) as [Manifest | undefined];
    if (!manifest) return null;
    const numbers = [...manifest.batches.flatMap((batch) => batch.blocks), ...manifest.pending];
    const blocks = (await this.store.read(numbers.map((number) => blockKey(name, number)))) as Block[];
    const of = new Map(numbers.map((number, at) => [number, blocks[at]!]));
    const operations = (some: readonly number[]): Operation[] => some.flatMap((number) => of.get(number)!.operations);
    const base = new Map<string, Value | null>();
    for (const block of blocks) {
      block.operations.forEach(({ collection, id }, at) => {
        const value = block.base[at];
        if (value !== undefined) base.set(itemKey(collection, id), value);
      });
    }
    return { batches: manifest.batches.map(({ blocks: some, ...batch }) => ({ ...batch, operations: operations(some) })), pending: operations(manifest.pending), base: [...base], alive: 0 };
  }

  /** Remove journals that are nobody's any more. */
  async remove(names: readonly string[]): Promise<void> {
    for (const name of names) await this.store.write([], [name, ...(await this.store.keys(`${name}:`))]);
  }

  /** The journals that are kept under names which begin so. */
  async names(prefix: string): Promise<string[]> {
    return (await this.store.keys(prefix)).filter((key) => !/:\d+$/.test(key.slice(prefix.length)));
  }

  private async writeWanted(name: string, kept: () => void): Promise<void> {
    const { turn, wanted: journal } = this;
    this.wanted = null;
    if (!journal) return;
    const base = new Map(journal.base ?? []);
    const written = new Map<Operation, Written>();
    const puts: [string, unknown][] = [];
    const numbered = (operations: readonly Operation[]): number[] => {
      const numbers: number[] = [];
      for (let from = 0; from < operations.length; from += BLOCK) {
        const some = operations.slice(from, from + BLOCK);
        const before = some.map(({ collection, id }) => base.get(itemKey(collection, id)));
        let block = this.written.get(some[0]!);
        if (!block || !same(block, some, before)) {
          block = { number: ++this.numbers, operations: some, base: before };
          puts.push([blockKey(name, block.number), { operations: some, base: before } satisfies Block]);
        }
        written.set(some[0]!, block);
        numbers.push(block.number);
      }
      return numbers;
    };
    const manifest: Manifest = { batches: journal.batches.map(({ operations, ...batch }) => ({ ...batch, blocks: numbered(operations) })), pending: numbered(journal.pending) };
    const used = new Set([...written.values()].map(({ number }) => number));
    const unused = [...this.written.values()].filter(({ number }) => !used.has(number)).map(({ number }) => blockKey(name, number));
    try {
      await this.store.write([...puts, [name, manifest]], unused);
      this.written = written;
      this.failed = false;
      if (!this.wanted && turn === this.turn) kept();
    } catch {
      this.failed = true;
    }
  }
}

function same(block: Block, operations: readonly Operation[], base: readonly unknown[]): boolean {
  return block.operations.length === operations.length && operations.every((operation, at) => operation === block.operations[at] && base[at] === block.base[at]);
}
