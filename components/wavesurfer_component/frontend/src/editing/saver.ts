/**
 * Saving: operations go to the server in order, one request at a time; a journal in the browser holds them until the
 * server has answered. Says at every moment what is true.
 */
import { Problem, type Saved } from "../api";
import { type AnnotationDocument, applyOperations, compacted, type Items, itemsOf, type Operation, type Value } from "./document";
import { type Batch, Journals } from "./journals";

export type SaveState = "saved" | "saving" | "offline" | "unkept" | "merged" | "refused" | "closed";

export interface SaverPorts {
  /** `last`: the page goes away, so the request must outlive it. */
  send(batch: Batch, last: boolean): Promise<Saved>;
  reload(): Promise<{ revision: number; document: AnnotationDocument }>;
  /** The whole document on the screen must become this one (after a merge or a refusal). */
  replaced(items: Items): void;
  /** The server changed these items while saving (rounding). */
  corrected(collection: string, values: Value[]): void;
  told(state: SaveState, detail: string): void;
  wait(milliseconds: number): Promise<void>;
}

/** Who gets the edits and keeps them. */
export interface Saves {
  readonly revision: number;
  /** Whether everything is kept. */
  readonly idle: boolean;
  /** Begin from a kept document; returns the items with what was left unsaved. */
  begin(revision: number, document: AnnotationDocument): Items;
  push(operations: Operation[]): void;
  /** Wait until everything is kept; rejects when it cannot be. */
  flush(): Promise<number>;
  /** Called every two seconds. */
  touch(): void;
  /** Put what is kept, with what is on its way, on the screen. */
  refetch(): Promise<void>;
  /** The editor goes, the page stays. */
  leave(): Promise<void>;
  /** The page goes away. */
  part(): void;
}

const RETRY_MS = [500, 1000, 2000, 4000, 8000];

export class Saver implements Saves {
  revision = 0;
  /** What a tab left behind, as it was sent: the server may have it already, so it must stay the same batch. */
  private resumed: Batch[] = [];
  private inflight: Batch | null = null;
  private pending: Operation[] = [];
  private running: Promise<void> | null = null;
  private sequence = 0;
  private failures = 0;
  private stopped = false;
  private leaving = false;
  private kept = true;
  /** Why the server refused something; shown until the next edit. */
  private complaint = "";

  constructor(
    private readonly journals: Journals,
    /** New for every saver: (client, sequence) must never mean two different batches. */
    private readonly client: string,
    private readonly ports: SaverPorts,
  ) {}

  /** Begin from the server's document; returns the items with what a crash had left unsaved. */
  begin(revision: number, document: AnnotationDocument): Items {
    this.revision = revision;
    const items = itemsOf(document);
    if (this.adopt()) {
      this.applyUnsaved(items);
      this.start();
    } else this.told("saved", "");
    return items;
  }

  /** Save these operations; they are in the journal when this returns. */
  push(operations: Operation[]): void {
    this.complaint = "";
    this.pending.push(...operations);
    this.note();
    this.start();
  }

  get idle(): boolean {
    return !this.inflight && this.pending.length === 0 && this.resumed.length === 0;
  }

  /** Wait until everything is saved; rejects when the server refuses or cannot be reached for long. */
  async flush(timeout = 20_000): Promise<number> {
    for (let waited = 0; !this.idle; waited += 50) {
      if (this.stopped || waited > timeout) throw new Error("Not everything could be saved yet. Try again when the server answers.");
      await this.ports.wait(50);
    }
    return this.revision;
  }

  /** Show that this tab lives, and take over what another one has left. Call it every two seconds. */
  touch(): void {
    if (this.leaving || this.stopped) return;
    if (!this.idle) this.note();
    else if (this.adopt()) void this.refetch().then(() => this.start());
  }

  /** Put what the server has now, with what is on its way to it, on the screen. */
  async refetch(): Promise<void> {
    const present = await this.ports.reload();
    this.show(present.revision, present.document);
  }

  /** The editor goes, the page stays: send what is left in the background. Resolves when that is done or has failed. */
  async leave(): Promise<void> {
    this.leaving = true;
    this.note();
    if (!this.idle) this.start();
    await this.running;
    this.stopped = true;
    this.note();
  }

  /** The page goes away: what is unsaved is sent once more and left to whoever opens the task next. */
  part(): void {
    if (this.idle) return;
    const batch = this.resumed[0] ?? (this.inflight ??= this.nextBatch());
    this.journals.write(this.client, { ...this.unsaved(), alive: 0 });
    void this.ports.send(batch, true).catch(() => undefined);
  }

  private start(): void {
    this.running ??= this.run().finally(() => {
      this.running = null;
      if (!this.stopped && !this.leaving && !this.idle) this.start();
    });
  }

  private async run(): Promise<void> {
    while (!this.stopped && !this.idle) {
      if (!this.resumed.length && !this.inflight) {
        if (!this.leaving) await this.ports.wait(30); // several edits of one gesture are one save
        this.inflight ??= this.nextBatch();
        this.note();
      }
      const batch = this.resumed[0] ?? this.inflight!;
      if (this.failures === 0) this.told("saving", "");
      try {
        await this.answered(batch, await this.ports.send(batch, false));
      } catch (error) {
        if (this.leaving) return;
        await this.failed(error);
      }
    }
  }

  private async answered(batch: Batch, saved: Saved): Promise<void> {
    this.done(batch);
    this.failures = 0;
    // A batch that the server had already, and after which somebody saved more: the screen shows the older state.
    const overtaken = saved.revision < this.revision;
    this.revision = Math.max(this.revision, saved.revision);
    this.note();
    if (overtaken) await this.refetch();
    else for (const [collection, values] of Object.entries(saved.values ?? {})) this.ports.corrected(collection, values);
    if (this.idle) this.told(this.complaint ? "refused" : "saved", this.complaint);
  }

  private async failed(error: unknown): Promise<void> {
    const problem = error instanceof Problem ? error : null;
    if (problem?.status === 409 && problem.kind === "stale" && problem.body["document"]) {
      this.merge(Number(problem.body["revision"]), problem.body["document"] as AnnotationDocument);
      return;
    }
    if (problem && problem.status >= 400 && problem.status < 500 && ![401, 403, 408, 429].includes(problem.status)) {
      await this.refused(problem);
      return;
    }
    const detail =
      problem?.status === 401 ? "you are signed out; sign in again in another tab" : problem ? problem.message : "no connection";
    this.told(this.kept ? "offline" : "unkept", detail);
    await this.ports.wait(RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)]!);
    this.failures++;
  }

  /** Somebody (another tab) saved first: put our operations upon that document, item by item. */
  private merge(revision: number, document: AnnotationDocument): void {
    this.pending = [...(this.resumed[0] ?? this.inflight)!.operations, ...this.pending];
    this.done((this.resumed[0] ?? this.inflight)!);
    this.note();
    this.show(revision, document);
    this.told("merged", "");
  }

  /**
   * The server will never accept this batch. When it names the operation that is wrong, only that one is dropped; the
   * screen shows what is really saved with what is still on its way, and the status says why.
   */
  private async refused(problem: Problem): Promise<void> {
    const wrong = /^operations\.(\d+)/.exec(String(problem.body["field"] ?? ""));
    const batch = (this.resumed[0] ?? this.inflight)!;
    const closed = problem.kind === "invalid-state";
    const kept = wrong ? batch.operations.filter((_, index) => index !== Number(wrong[1])) : [];
    this.done(batch);
    this.pending = closed ? [] : [...kept, ...this.pending];
    if (closed) this.resumed = [];
    this.note();
    await this.refetch().catch(() => undefined);
    this.complaint = problem.message;
    this.told(closed ? "closed" : "refused", problem.message);
  }

  private show(revision: number, document: AnnotationDocument): void {
    this.revision = revision;
    const items = itemsOf(document);
    this.applyUnsaved(items);
    if (!this.leaving) this.ports.replaced(items);
  }

  private applyUnsaved(items: Items): void {
    for (const batch of this.resumed) applyOperations(items, batch.operations);
    if (this.inflight) applyOperations(items, this.inflight.operations);
    applyOperations(items, this.pending);
  }

  private nextBatch(): Batch {
    const operations = compacted(this.pending);
    this.pending = [];
    return { client: this.client, sequence: ++this.sequence, base_revision: this.revision, operations };
  }

  private done(batch: Batch): void {
    if (this.resumed[0] === batch) this.resumed.shift();
    else this.inflight = null;
  }

  /** Take over abandoned journals; true when there was something in them. */
  private adopt(): boolean {
    const found = this.journals.takeAbandoned(this.client);
    for (const journal of found) {
      this.resumed.push(...journal.batches);
      this.pending.push(...journal.pending);
    }
    if (found.length) this.note();
    return !this.idle;
  }

  private unsaved(): { batches: Batch[]; pending: Operation[] } {
    return { batches: [...this.resumed, ...(this.inflight ? [this.inflight] : [])], pending: this.pending };
  }

  private note(): void {
    if (this.idle) this.journals.remove(this.client);
    else this.kept = this.journals.write(this.client, { ...this.unsaved(), alive: this.stopped ? 0 : this.journals.now() });
  }

  private told(state: SaveState, detail: string): void {
    if (!this.leaving) this.ports.told(state, detail);
  }
}
