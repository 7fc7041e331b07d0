/**
 * Decisions on suggestions until the server has them: sent in batches, kept in the browser meanwhile, one list for every
 * opening of an editor. What an opening leaves behind is found again by the next one.
 */
import { Problem } from "../api/problem";
import type { Decided } from "./document";
import { ABANDONED_MS, type KeyValueStore } from "./journals";

export interface ItemDecision {
  prediction: string;
  region: string;
  decision: "rejected" | "undecided";
  by?: Decided;
}

export interface PendingPorts {
  send(decisions: readonly ItemDecision[]): Promise<unknown>;
  /** The server will never take these. */
  refused(decisions: readonly ItemDecision[], why: string): void;
  /** These were left by another opening and are this one's now. */
  adopted(decisions: readonly ItemDecision[]): void;
  wait(milliseconds: number): Promise<void>;
  ended(): boolean;
  now(): number;
}

interface Kept {
  decisions: ItemDecision[];
  /** When its owner last lived (ms since 1970); 0 when the owner has gone. */
  alive: number;
}

/** The server takes no more in one request. */
const MOST_AT_ONCE = 5000;
const RETRY_MS = [500, 1000, 2000, 4000, 8000];
/** Decisions of one gesture are one request. */
const TOGETHER_MS = 30;
/** The server does not say that these are wrong, only that they cannot be taken now. */
const PASSING = [401, 403, 408, 429];

export class PendingDecisions {
  private readonly waiting = new Map<string, ItemDecision>();
  private running: Promise<void> | null = null;
  private noting = false;

  /** `prefix` names the person and the task in the browser's storage, `owner` this opening. */
  constructor(
    private readonly kept: KeyValueStore,
    private readonly prefix: string,
    private readonly owner: string,
    private readonly ports: PendingPorts,
  ) {
    this.adopt();
  }

  /** What the server does not have yet. */
  get all(): ItemDecision[] {
    return [...this.waiting.values()];
  }

  /** Keep a decision and send it; a later one on the same item replaces it. */
  push(decision: ItemDecision): void {
    this.waiting.delete(keyOf(decision));
    this.waiting.set(keyOf(decision), decision);
    this.noteSoon();
    this.start();
  }

  /** Show that this opening lives, and take over what another one has left. Call it every two seconds. */
  touch(): void {
    if (this.ports.ended()) return;
    if (this.waiting.size) this.note();
    const found = this.adopt();
    if (found.length) this.ports.adopted(found);
  }

  /** The page goes away: what waits is left to whoever opens the task next. */
  part(): void {
    this.note(0);
  }

  private start(): void {
    this.running ??= Promise.resolve()
      .then(() => this.run())
      .finally(() => (this.running = null));
  }

  private async run(): Promise<void> {
    await this.ports.wait(TOGETHER_MS);
    for (let failures = 0; this.waiting.size; ) {
      if (this.ports.ended() && failures) return this.part();
      this.note();
      const batch = this.all.slice(0, MOST_AT_ONCE);
      try {
        await this.ports.send(batch);
        failures = 0;
        this.done(batch);
      } catch (error) {
        if (error instanceof Problem && error.status >= 400 && error.status < 500 && !PASSING.includes(error.status)) {
          const wrong = wrongOf(batch, error);
          this.done(wrong);
          this.ports.refused(wrong, error.message);
        } else await this.ports.wait(RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)]!);
      }
    }
  }

  /** Take over the decisions that nobody owns any more; those made here are newer. */
  private adopt(): ItemDecision[] {
    const found: ItemDecision[] = [];
    for (const key of this.kept.keys()) {
      if (!key.startsWith(this.prefix) || key === this.prefix + this.owner) continue;
      const { decisions, alive } = this.read(key);
      if (this.ports.now() - alive < ABANDONED_MS) continue;
      this.kept.removeItem(key);
      found.push(...decisions.filter((one) => !this.waiting.has(keyOf(one))));
    }
    for (const one of found) this.waiting.set(keyOf(one), one);
    if (found.length) {
      this.note();
      this.start();
    }
    return found;
  }

  private done(batch: readonly ItemDecision[]): void {
    for (const one of batch) if (this.waiting.get(keyOf(one)) === one) this.waiting.delete(keyOf(one));
    this.note();
  }

  /** Once for all of a gesture, also while an earlier one waits for its next try. */
  private noteSoon(): void {
    if (this.noting) return;
    this.noting = true;
    queueMicrotask(() => {
      this.noting = false;
      this.note();
    });
  }

  private note(alive = this.ports.now()): void {
    const key = this.prefix + this.owner;
    if (this.waiting.size) this.kept.setItem(key, JSON.stringify({ decisions: this.all, alive } satisfies Kept));
    else this.kept.removeItem(key);
  }

  private read(key: string): Kept {
    try {
      const { decisions, alive } = JSON.parse(this.kept.getItem(key) ?? "") as Kept;
      return { decisions, alive };
    } catch {
      return { decisions: [], alive: 0 };
    }
  }
}

/** Which decisions the server refuses: the one it names, with all on a prediction that is not there; else all. */
function wrongOf(batch: readonly ItemDecision[], { body }: Problem): readonly ItemDecision[] {
  const [, at, member] = /^decisions\.(\d+)\.(\w+)$/.exec(String(body.field)) ?? [];
  const wrong = at === undefined ? undefined : batch[Number(at)];
  if (!wrong) return batch;
  return member === "prediction" ? batch.filter((one) => one.prediction === wrong.prediction) : [wrong];
}

const keyOf = ({ prediction, region }: ItemDecision): string => `${prediction}:${region}`;
