/**
 * Saving: operations go to the server in order, one request at a time; a journal in the browser holds them until the
 * server has answered. Says at every moment what is true.
 */
import { Problem, type Saved } from "./api";
import { type AnnotationDocument, applyOperations, compacted, type Items, itemsOf, type Operation, type Value } from "./document";

export type SaveState = "saved" | "saving" | "offline" | "merged" | "refused" | "closed";

export interface Batch {
  client: string;
  sequence: number;
  base_revision: number;
  operations: Operation[];
}

interface Journal {
  inflight: Batch | null;
  pending: Operation[];
  alive: number;
}

export interface KeyValueStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
  keys(): string[];
}

export interface SaverPorts {
  send(batch: Batch): Promise<Saved>;
  reload(): Promise<{ revision: number; document: AnnotationDocument }>;
  /** The whole document on the screen must become this one (after a merge or a refusal). */
  replaced(items: Items): void;
  /** The server changed these items while saving (rounding). */
  corrected(collection: string, values: Value[]): void;
  told(state: SaveState, detail: string): void;
  wait(milliseconds: number): Promise<void>;
  now(): number;
}

const ABANDONED_MS = 6000;
const RETRY_MS = [500, 1000, 2000, 4000, 8000];

export class Saver {
  revision = 0;
  private inflight: Batch | null = null;
  private pending: Operation[] = [];
  private running: Promise<void> | null = null;
  private sequence = 0;
  private failures = 0;
  private stopped = false;
  /** Why the server refused something; shown until the next edit. */
  private complaint = "";

  constructor(
    private readonly store: KeyValueStore,
    private readonly prefix: string,
    private readonly tab: string,
    /** New for every saver: (client, sequence) must never mean two different batches. */
    private readonly client: string,
    private readonly ports: SaverPorts,
  ) {}

  /** Begin from the server's document; returns the items with what a crash had left unsaved. */
  begin(revision: number, document: AnnotationDocument): Items {
    this.revision = revision;
    const items = itemsOf(document);
    for (const key of this.store.keys()) {
      if (!key.startsWith(this.prefix)) continue;
      const journal = this.read(key);
      const own = key === this.key;
      if (!journal || (!own && this.ports.now() - journal.alive < ABANDONED_MS)) continue;
      if (journal.inflight && own && !this.inflight) this.inflight = journal.inflight;
      else if (journal.inflight) this.pending.push(...journal.inflight.operations);
      this.pending.push(...journal.pending);
      if (!own) this.store.removeItem(key);
    }
    if (this.inflight) applyOperations(items, this.inflight.operations);
    applyOperations(items, this.pending);
    if (this.inflight || this.pending.length) this.start();
    else this.ports.told("saved", "");
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
    return !this.inflight && this.pending.length === 0;
  }

  /** Wait until everything is saved; rejects when the server refuses or cannot be reached for long. */
  async flush(timeout = 20_000): Promise<number> {
    const deadline = this.ports.now() + timeout;
    while (!this.idle) {
      if (this.stopped || this.ports.now() > deadline) throw new Error("Not everything could be saved yet.");
      await this.ports.wait(50);
    }
    return this.revision;
  }

  /** Show the journal that this tab lives. */
  touch(): void {
    if (!this.idle) this.note();
  }

  stop(): void {
    this.stopped = true;
  }

  private start(): void {
    this.running ??= this.run().finally(() => {
      this.running = null;
      if (!this.stopped && !this.idle) this.start();
    });
  }

  private async run(): Promise<void> {
    while (!this.stopped && !this.idle) {
      if (!this.inflight) {
        await this.ports.wait(30);
        if (this.stopped) return;
        this.inflight = {
          client: this.client,
          sequence: ++this.sequence,
          base_revision: this.revision,
          operations: compacted(this.pending),
        };
        this.pending = [];
        this.note();
      }
      if (this.failures === 0) this.ports.told("saving", "");
      try {
        const saved = await this.ports.send(this.inflight);
        if (this.stopped) return;
        this.revision = Math.max(this.revision, saved.revision);
        this.inflight = null;
        this.failures = 0;
        this.note();
        for (const [collection, values] of Object.entries(saved.values ?? {})) this.ports.corrected(collection, values);
        if (this.idle) this.ports.told(this.complaint ? "refused" : "saved", this.complaint);
      } catch (error) {
        if (this.stopped) return;
        await this.failed(error);
      }
    }
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
    const detail = problem?.status === 401 ? "signed out" : problem ? problem.message : "no connection";
    this.ports.told("offline", detail);
    await this.ports.wait(RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)]!);
    this.failures++;
  }

  /** Somebody (another tab) saved first: put our operations upon that document, item by item. */
  private merge(revision: number, document: AnnotationDocument): void {
    this.revision = revision;
    this.pending = [...(this.inflight?.operations ?? []), ...this.pending];
    this.inflight = null;
    this.note();
    this.ports.replaced(applyOperations(itemsOf(document), this.pending));
    this.ports.told("merged", "");
  }

  /**
   * The server will never accept this batch. When it names the operation that is wrong, only that one is dropped; the
   * screen shows what is really saved with what is still on its way, and the status says why.
   */
  private async refused(problem: Problem): Promise<void> {
    const wrong = /^operations\.(\d+)/.exec(String(problem.body["field"] ?? ""));
    const sent = this.inflight?.operations ?? [];
    const closed = problem.kind === "invalid-state";
    const kept = wrong ? sent.filter((_, index) => index !== Number(wrong[1])) : [];
    this.inflight = null;
    this.pending = closed ? [] : [...kept, ...this.pending];
    this.note();
    const present = await this.ports.reload().catch(() => null);
    if (present) {
      this.revision = present.revision;
      this.ports.replaced(applyOperations(itemsOf(present.document), this.pending));
    }
    this.complaint = problem.message;
    this.ports.told(closed ? "closed" : "refused", problem.message);
  }

  private get key(): string {
    return this.prefix + this.tab;
  }

  private note(): void {
    if (this.stopped) return; // another saver of this tab has taken the journal over
    if (this.idle) {
      this.store.removeItem(this.key);
      return;
    }
    const journal: Journal = { inflight: this.inflight, pending: this.pending, alive: this.ports.now() };
    this.store.setItem(this.key, JSON.stringify(journal));
  }

  private read(key: string): Journal | null {
    try {
      return JSON.parse(this.store.getItem(key) ?? "null") as Journal | null;
    } catch {
      return null;
    }
  }
}
