/** Decisions on suggestions until the server has them: sent in batches, kept in the browser meanwhile. */
import { Problem } from "../api";
import type { Decided } from "./document";
import type { KeyValueStore } from "./journals";

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
  wait(milliseconds: number): Promise<void>;
  ended(): boolean;
}

/** The server takes no more in one request. */
const MOST_AT_ONCE = 5000;
const RETRY_MS = [500, 1000, 2000, 4000, 8000];
/** Decisions of one gesture are one request. */
const TOGETHER_MS = 30;

export class PendingDecisions {
  private readonly waiting: Map<string, ItemDecision>;
  private running: Promise<void> | null = null;

  /** `key` names the person and the task in the browser's storage. */
  constructor(
    private readonly kept: KeyValueStore,
    private readonly key: string,
    private readonly ports: PendingPorts,
  ) {
    this.waiting = new Map(this.read().map((one) => [keyOf(one), one]));
    if (this.waiting.size) this.start();
  }

  /** What the server does not have yet. */
  get all(): ItemDecision[] {
    return [...this.waiting.values()];
  }

  /** Keep a decision and send it; a later one on the same item replaces it. */
  push(decision: ItemDecision): void {
    this.waiting.delete(keyOf(decision));
    this.waiting.set(keyOf(decision), decision);
    this.start();
  }

  private start(): void {
    this.running ??= Promise.resolve()
      .then(() => this.note()) // once for all of a gesture
      .then(() => this.run())
      .finally(() => (this.running = null));
  }

  private async run(): Promise<void> {
    await this.ports.wait(TOGETHER_MS);
    for (let failures = 0; this.waiting.size && !(this.ports.ended() && failures); ) {
      this.note();
      const batch = this.all.slice(0, MOST_AT_ONCE);
      try {
        await this.ports.send(batch);
        failures = 0;
        this.done(batch);
      } catch (error) {
        if (error instanceof Problem && error.status >= 400 && error.status < 500 && ![401, 403, 408, 429].includes(error.status)) {
          this.done(batch);
          this.ports.refused(batch, error.message);
        } else await this.ports.wait(RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)]!);
      }
    }
  }

  private done(batch: readonly ItemDecision[]): void {
    for (const one of batch) if (this.waiting.get(keyOf(one)) === one) this.waiting.delete(keyOf(one));
    this.note();
  }

  private note(): void {
    if (this.waiting.size) this.kept.setItem(this.key, JSON.stringify(this.all));
    else this.kept.removeItem(this.key);
  }

  private read(): ItemDecision[] {
    try {
      return JSON.parse(this.kept.getItem(this.key) ?? "[]") as ItemDecision[];
    } catch {
      return [];
    }
  }
}

const keyOf = ({ prediction, region }: ItemDecision): string => `${prediction}:${region}`;
