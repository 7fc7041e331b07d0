/**
 * Saving: operations go to the server in order, one request at a time; a journal in the browser holds them until the
 * server has answered. Says at every moment what is true.
 */
import type { Saved } from "../api/answers";
import { Problem } from "../api/problem";
import { t } from "../i18n";
import type { InThree } from "./conflicts";
import { type AnnotationDocument, type DocumentChange, type Items, itemsOf, type Region, type Value } from "./document";
import type { Batch, Found, Journals } from "./journals";
import { Unsaved } from "./unsaved";

export type SaveState = "saved" | "saving" | "offline" | "unkept" | "merged" | "refused" | "closed" | "gone";

export interface SaverPorts {
  /** `last`: the page goes away, so the request must outlive it. */
  send(batch: Batch, last: boolean): Promise<Saved>;
  reload(): Promise<{ revision: number; document: AnnotationDocument }>;
  /** What is on the screen now. */
  present(): Items;
  /** The whole document on the screen must become this one (after a merge or a refusal). */
  replaced(items: Items): void;
  /** The server may have what others saved since; `by` is who did so last, "" when the server did not say. */
  merged(documents: InThree, by: string): void;
  /** The server changed these items while saving (rounding). */
  corrected(collection: string, values: Value[]): void;
  told(state: SaveState, detail: string): void;
  /** Managers changed labels that are in use here; what they made of the document is on the screen. */
  labelsChanged?(told: readonly string[]): void;
  wait(milliseconds: number): Promise<void>;
}

/** Who gets the edits and keeps them. */
export interface Saves {
  readonly revision: number;
  /** Whether everything is kept. */
  readonly idle: boolean;
  /** How many changes wait to be kept. */
  readonly waiting: number;
  /** Begin from a kept document; returns the items with what was left unsaved. */
  begin(revision: number, document: AnnotationDocument): Items;
  push(changes: readonly DocumentChange[]): void;
  /** Try at once what waits for another attempt. */
  hurry(): void;
  /** Wait until everything is kept; rejects when it cannot be, or not in time (ms). */
  flush(timeout?: number): Promise<number>;
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
  private readonly unsaved: Unsaved;
  private running: Promise<void> | null = null;
  private failures = 0;
  private stopped = false;
  private leaving = false;
  /** Something was taken over that is not on the screen yet. */
  private unshown = false;
  private kept = true;
  /** Why the server refused something; shown until the next edit. */
  private complaint = "";
  /** Ends the wait for another attempt. */
  private wake = (): void => undefined;

  constructor(
    private readonly journals: Journals,
    private readonly client: string,
    private readonly ports: SaverPorts,
  ) {
    this.unsaved = new Unsaved(client);
  }

  /** Begin from the server's document; returns the items with what a crash had left unsaved. */
  begin(revision: number, document: AnnotationDocument): Items {
    this.revision = revision;
    const items = itemsOf(document);
    if (this.adopt()) {
      this.putUnsavedUpon(items, items, "");
      this.start();
    } else this.told("saved", "");
    void this.journals.sweep(this.client).catch(() => undefined);
    return items;
  }

  /** Save these edits; they are in the journal when this returns. */
  push(changes: readonly DocumentChange[]): void {
    this.complaint = "";
    this.unsaved.push(changes);
    this.note();
    this.start();
  }

  get idle(): boolean {
    return this.unsaved.none;
  }

  /** How many items wait to be saved. */
  get waiting(): number {
    return this.unsaved.count;
  }

  /** Wait until everything is saved; rejects when the server refuses something or cannot be reached for long. */
  async flush(timeout = 20_000): Promise<number> {
    const { complaint } = this;
    for (let waited = 0; !this.idle; waited += 50) {
      if (this.stopped || waited > timeout) throw new Error(t("Not everything could be saved yet. Try again when the server answers."));
      await this.ports.wait(50);
    }
    if (this.complaint && this.complaint !== complaint) {
      await this.running; // which tells it first
      throw new Error(this.complaint);
    }
    return this.revision;
  }

  /** Show that this tab lives, and take over what another one has left. Call it every two seconds. */
  touch(): void {
    if (this.leaving || this.stopped) return;
    if (!this.idle) this.note();
    else if (this.adopt()) this.unshown = true;
    if (this.unshown) void this.showTaken();
  }

  /** Show what was taken over, and save it; without the server the next touch tries again. */
  private async showTaken(): Promise<void> {
    this.unshown = false;
    try {
      await this.refetch();
    } catch {
      this.unshown = true;
      return;
    }
    this.start();
  }

  /** Put what the server has now, with what is on its way to it, on the screen. */
  async refetch(): Promise<void> {
    const present = await this.ports.reload();
    this.show(present.revision, present.document);
  }

  /** Try again now, for example because there is a connection again. */
  hurry(): void {
    this.wake();
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
    const batch = this.unsaved.next(this.revision, this.journals.annotation);
    this.journals.write(this.client, { ...this.unsaved.journal(), alive: 0 });
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
      if (!this.unsaved.unanswered) {
        if (!this.leaving) await this.ports.wait(30); // several edits of one gesture are one save
        this.unsaved.next(this.revision, this.journals.annotation);
        this.note();
      }
      const batch = this.unsaved.next(this.revision, this.journals.annotation);
      if (this.failures === 0) this.told("saving", "");
      try {
        await this.answered(batch, await this.ports.send(batch, false));
      } catch (error) {
        if (this.leaving) return;
        await this.failed(batch, error);
      }
    }
  }

  private async answered(batch: Batch, saved: Saved): Promise<void> {
    this.unsaved.saved(batch);
    this.failures = 0;
    // A batch that the server had already, and after which somebody saved more: the screen shows the older state.
    const overtaken = saved.revision < this.revision;
    this.revision = Math.max(this.revision, saved.revision);
    this.journals.annotation = saved.annotation;
    this.note();
    const relabeled = saved.labels_changed ?? [];
    if (overtaken || relabeled.length || keptElsewhere(batch, saved)) await this.refetch();
    else for (const [collection, values] of Object.entries(saved.values ?? {})) this.ports.corrected(collection, values);
    if (relabeled.length) this.ports.labelsChanged?.(relabeled);
    if (this.idle) this.told(this.complaint ? "refused" : "saved", this.complaint);
  }

  private async failed(batch: Batch, error: unknown): Promise<void> {
    const problem = error instanceof Problem ? error : null;
    if (problem?.status === 404 && problem.kind === "not-found") return this.gone(batch, problem.message);
    if (problem?.status === 409 && problem.kind === "stale" && problem.body["document"]) return this.merge(batch, problem.body);
    if (problem && problem.status >= 400 && problem.status < 500 && ![401, 403, 408, 429].includes(problem.status)) {
      return this.refused(batch, problem);
    }
    const signedOut = t("you are signed out; sign in again in another tab");
    const detail = problem?.status === 401 ? signedOut : problem ? problem.message : t("no connection");
    this.told(this.kept ? "offline" : "unkept", detail);
    const woken = new Promise<void>((resolve) => (this.wake = resolve));
    await Promise.race([woken, this.ports.wait(RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)]!)]);
    this.failures++;
  }

  /** Somebody (another tab) saved first: put our operations upon that document, item by item. */
  private merge(batch: Batch, newer: Record<string, unknown>): void {
    this.unsaved.again(batch);
    this.note();
    this.show(Number(newer["revision"]), newer["document"] as AnnotationDocument, String(newer["saved_by"] ?? ""));
    this.note(); // with what is the base now
    this.told("merged", "");
  }

  /**
   * The server will never accept this batch. When it names the operation that is wrong, only that one is dropped; the
   * screen shows what is really saved with what is still on its way, and the status says why.
   */
  private async refused(batch: Batch, problem: Problem): Promise<void> {
    const wrong = /^operations\.(\d+)/.exec(String(problem.body["field"] ?? ""));
    const closed = problem.kind === "invalid-state";
    this.complaint = problem.message;
    if (closed) this.unsaved.drop();
    else this.unsaved.again(batch, wrong ? batch.operations.filter((_, index) => index !== Number(wrong[1])) : []);
    this.note();
    await this.refetch().catch(() => undefined);
    this.told(closed ? "closed" : "refused", problem.message);
  }

  /** The task is not there for this person any more: nothing is sent from now on, what was typed stays in the journal. */
  private gone(batch: Batch, why: string): void {
    this.stopped = true;
    this.unsaved.again(batch);
    this.note();
    this.told("gone", why);
  }

  private show(revision: number, document: AnnotationDocument, by = ""): void {
    this.revision = revision;
    const items = itemsOf(document);
    this.putUnsavedUpon(items, this.ports.present(), by);
    if (!this.leaving) this.ports.replaced(items);
  }

  /** Put what is unsaved upon the server's document, in place, and say what both sides did since the screen showed this. */
  private putUnsavedUpon(theirs: Items, screen: Items, by: string): void {
    // What another tab left behind may be saved already: nobody knows until it has been answered.
    if (this.unsaved.resuming) return void this.unsaved.applyTo(theirs);
    const base = this.unsaved.under(screen);
    const documents = { base, theirs: new Map(theirs), ours: this.unsaved.applyTo(new Map(base)) };
    this.unsaved.rebase(theirs);
    this.unsaved.applyTo(theirs);
    if (!this.leaving) this.ports.merged(documents, by);
  }

  /** Take over abandoned journals; true when there was something in them. */
  private adopt(): boolean {
    const { here, coming } = this.journals.takeAbandoned(this.client);
    this.unsaved.adopt(here);
    if (here.length) this.note();
    void coming?.then((found) => this.adoptLarge(found)).catch(() => undefined); // those that cannot be read now are tried again
    return !this.idle;
  }

  /** They are kept by their old owners until we have kept them. */
  private async adoptLarge(found: readonly Found[]): Promise<void> {
    if (this.leaving || this.stopped || !found.length) return;
    this.unsaved.adopt(found.map(({ journal }) => journal));
    this.note();
    await this.journals.settled();
    for (const one of found) if (this.kept) await one.forget();
    await this.showTaken();
  }

  private note(): void {
    if (this.idle) this.journals.remove(this.client);
    else this.kept = this.journals.write(this.client, { ...this.unsaved.journal(), alive: this.stopped ? 0 : this.journals.now() });
  }

  private told(state: SaveState, detail: string): void {
    if (!this.leaving) this.ports.told(state, detail);
  }
}

/** Whether the server kept something under another label than was sent: the one that it was merged into. */
function keptElsewhere({ operations }: Batch, { values = {} }: Saved): boolean {
  const sent = new Map(operations.map(({ collection, id, value }) => [collection + id, labelOf(value)]));
  return Object.entries(values).some(([collection, kept]) => kept.some((one) => labelOf(one) !== null && sent.get(collection + ((one as Region).id ?? labelOf(one))) !== labelOf(one)));
}

const labelOf = (value: unknown): string | null => (value as Region | undefined)?.label ?? null;
