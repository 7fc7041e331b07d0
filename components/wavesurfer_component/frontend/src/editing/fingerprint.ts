/** What tells documents apart: a number that is the same for documents that say the same, for whole ones and for one while it changes. */
import { type Items, type Value } from "./document";

/** The same for documents that say the same, also where one leaves out what is empty. */
export function fingerprint(items: Items): string {
  let sum = 0;
  for (const [key, value] of items) sum = (sum + ofItem(key, value)) >>> 0; // in any order
  return told(items.size, sum);
}

/** What was worked out before: an edit replaces a few items, and all others stay the objects that they were. */
const worked = new WeakMap<Value, { key: string; hash: number }>();

function ofItem(key: string, value: Value): number {
  const before = worked.get(value);
  if (before?.key === key) return before.hash;
  const hash = hashed(key, value);
  worked.set(value, { key, hash });
  return hash;
}

const told = (size: number, sum: number): string => `${size}:${sum}`;

function hashed(key: string, value: Value): number {
  return hashOf(key + JSON.stringify(said(value)));
}

/** FNV-1a over UTF-16 units (Fowler, Noll and Vo), 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

function said(value: unknown): unknown {
  if (typeof value === "number") return Math.round(value * 1e6) / 1e6;
  if (Array.isArray(value)) return value.length ? value.map(said) : undefined;
  if (value === null || value === false || typeof value !== "object") return value === null || value === false ? undefined : value;
  const entries = Object.entries(value as Record<string, unknown>)
    .map(([name, one]) => [name, said(one)] as const)
    .filter(([, one]) => one !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return entries.length ? Object.fromEntries(entries) : undefined;
}

/** Items that are counted at once; a few milliseconds. */
const SLICE = 1000;

/**
 * The fingerprint of a large document, worked out in slices between other work and then kept up change by change. Until somebody
 * asks for it, it costs nothing.
 */
export class RunningFingerprint {
  private sum = 0;
  /** What is counted already, while that is not everything; null when it is. */
  private counted: WeakSet<Value> | null = null;
  /** Whether somebody has asked. */
  private begun = false;
  private counting: Promise<void> | null = null;
  /** Another number when another document is to be counted. */
  private turn = 0;
  private complete = false;

  constructor(
    private readonly items: () => Items,
    private readonly pause: () => Promise<void> = () => new Promise((resolve) => setTimeout(resolve)),
  ) {}

  /** Null while it is not known. */
  get value(): string | null {
    return this.complete ? told(this.items().size, this.sum) : null;
  }

  /** An item is another one now. */
  changed(key: string, before: Value | null, after: Value | null): void {
    if (!this.begun) return;
    if (before && (this.counted?.has(before) ?? true)) {
      this.add(-hashed(key, before));
      this.counted?.delete(before);
    }
    if (!after) return;
    this.add(hashed(key, after));
    this.counted?.add(after);
  }

  /** It is another document. */
  reset(): void {
    this.turn++;
    this.complete = this.begun = false;
    this.counting = null;
  }

  /** Work it out, if that is not done. */
  async ready(): Promise<void> {
    while (!this.complete) await (this.counting ??= this.count());
  }

  private async count(): Promise<void> {
    const { turn } = this;
    this.begun = true;
    this.sum = 0;
    const counted = (this.counted = new WeakSet<Value>());
    let left = SLICE;
    for (const [key, value] of this.items()) {
      if (!counted.has(value)) {
        counted.add(value);
        this.add(hashed(key, value));
      }
      if (--left) continue;
      left = SLICE;
      await this.pause();
      if (turn !== this.turn) return;
    }
    this.counted = null;
    this.complete = true;
  }

  private add(hash: number): void {
    this.sum = (this.sum + hash) >>> 0;
  }
}
