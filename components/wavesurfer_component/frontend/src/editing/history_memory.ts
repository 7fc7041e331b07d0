/** Undo across a reload: the steps of a tab are kept with a fingerprint of the document that they lead to. */
import type { Items, Value } from "./document";
import type { History, Step } from "./history";
import { forgetInTab, keepInTab, keptInTab } from "./storage";

interface Kept {
  fingerprint: string;
  done: Step[];
  undone: Step[];
}

/** Larger documents and longer logs are not kept. */
const MOST_ITEMS = 20_000;
const MOST_CHANGES = 5000;

export class HistoryMemory {
  private written = -1;

  constructor(
    private readonly history: History,
    private readonly items: () => Items,
    private readonly key: string,
  ) {}

  /** Take over what was kept, if it leads to this very document. */
  restore(): void {
    const kept = keptInTab<Kept>(this.key);
    if (kept && this.items().size <= MOST_ITEMS && kept.fingerprint === fingerprint(this.items())) this.history.restore(kept.done, kept.undone);
  }

  /** Keep the steps, if there are new ones since the last time. */
  keep(): void {
    if (this.history.version === this.written) return;
    this.written = this.history.version;
    if (this.items().size > MOST_ITEMS) return forgetInTab(this.key);
    const { done, undone } = this.history.newest(MOST_CHANGES);
    keepInTab(this.key, { fingerprint: fingerprint(this.items()), done, undone } satisfies Kept);
  }
}

/** The same for documents that say the same, also where one leaves out what is empty. */
export function fingerprint(items: Items): string {
  let hash = 0;
  for (const [key, value] of items) hash = (hash + ofItem(key, value)) >>> 0; // in any order
  return `${items.size}:${hash}`;
}

/** What was worked out before: an edit replaces a few items, and all others stay the objects that they were. */
const worked = new WeakMap<Value, { key: string; hash: number }>();

function ofItem(key: string, value: Value): number {
  const before = worked.get(value);
  if (before?.key === key) return before.hash;
  const hash = hashOf(key + JSON.stringify(said(value)));
  worked.set(value, { key, hash });
  return hash;
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
