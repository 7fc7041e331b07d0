/**
 * What is not saved yet: batches that were sent and not answered, operations that were not sent, and what the server had of
 * their items before: the common ground of us and whoever saves first.
 */
import { applyOperations, compacted, type DocumentChange, type Items, itemKey, type Operation, operationOf, type Value } from "./document";
import type { Batch, Journal } from "./journals";

/** Operations in one batch: the server takes 20,000, and a request has its size. */
export const MOST_AT_ONCE = 5000;

const keyOf = ({ collection, id }: Operation): string => itemKey(collection, id);

export class Unsaved {
  /** What a tab left behind, as it was sent: the server may have it already, so it must stay the same batch. */
  private resumed: Batch[] = [];
  private inflight: Batch | null = null;
  private pending: Operation[] = [];
  private sequence = 0;
  private readonly base = new Map<string, Value | null>();

  constructor(
    /** New for every saver: (client, sequence) must never mean two different batches. */
    private readonly client: string,
  ) {}

  get none(): boolean {
    return !this.inflight && this.pending.length === 0 && this.resumed.length === 0;
  }

  /** Whether something that another tab sent has no answer yet. */
  get resuming(): boolean {
    return this.resumed.length > 0;
  }

  /** All operations, in order. */
  get operations(): Operation[] {
    return [...this.resumed.flatMap((batch) => batch.operations), ...(this.inflight?.operations ?? []), ...this.pending];
  }

  /** How many items wait to be saved. */
  get count(): number {
    return new Set(this.operations.map(keyOf)).size;
  }

  push(changes: readonly DocumentChange[]): void {
    for (const { collection, id, before } of changes) this.keep(itemKey(collection, id), before);
    for (const change of changes) this.pending.push(operationOf(change));
  }

  /** The batch that was sent and not answered; null when a new one may be made. */
  get unanswered(): Batch | null {
    return this.resumed[0] ?? this.inflight;
  }

  /** The batch to send now; a new one begins at this revision of the annotation, which is null before it is begun. */
  next(revision: number, annotation: string | null): Batch {
    if (this.unanswered) return this.unanswered;
    const waiting = compacted(this.pending);
    this.pending = waiting.slice(MOST_AT_ONCE);
    this.inflight = { client: this.client, sequence: ++this.sequence, base_revision: revision, ...(annotation === null ? {} : { annotation }), operations: waiting.slice(0, MOST_AT_ONCE) };
    return this.inflight;
  }

  /** The server has taken a batch. */
  saved(batch: Batch): void {
    this.done(batch);
    for (const operation of batch.operations) this.base.set(keyOf(operation), operation.value ?? null);
    const left = new Set(this.operations.map(keyOf));
    for (const key of this.base.keys()) if (!left.has(key)) this.base.delete(key);
  }

  /** The server has not taken a batch; these operations are to be sent again, in a new one. */
  again(batch: Batch, operations: readonly Operation[] = batch.operations): void {
    this.done(batch);
    this.pending = [...operations, ...this.pending];
  }

  /** Nothing of it can be saved any more. */
  drop(): void {
    [this.resumed, this.inflight, this.pending] = [[], null, []];
  }

  adopt(journals: readonly Journal[]): void {
    this.pending = [...journals.flatMap(({ pending }) => pending), ...this.pending]; // what was done since is newer
    for (const { batches, base } of journals) {
      this.resumed.push(...batches);
      for (const [key, value] of base ?? []) this.keep(key, value);
    }
  }

  journal(): Omit<Journal, "alive"> {
    return { batches: [...this.resumed, ...(this.inflight ? [this.inflight] : [])], pending: this.pending, base: [...this.base] };
  }

  /** Put it upon a document, in place. */
  applyTo(items: Items): Items {
    return applyOperations(items, this.operations);
  }

  /** What the server had when the screen shows this. */
  under(screen: Items): Items {
    const items = new Map(screen);
    for (const [key, value] of this.base) {
      if (value === null) items.delete(key);
      else items.set(key, value);
    }
    return items;
  }

  /** The server has this document now, and all that is unsaved goes upon it. */
  rebase(document: Items): void {
    this.base.clear();
    for (const operation of this.operations) this.base.set(keyOf(operation), document.get(keyOf(operation)) ?? null);
  }

  private keep(key: string, value: Value | null): void {
    if (!this.base.has(key)) this.base.set(key, value);
  }

  private done(batch: Batch): void {
    if (this.resumed[0] === batch) this.resumed.shift();
    else this.inflight = null;
  }
}
