/** Tabs of a browser that save to a server as the real one is, without either. */
import type { Saved } from "../src/api/answers";
import { Problem } from "../src/api/problem";
import { type Comparison, news } from "../src/editing/conflicts";
import { type AnnotationDocument, applyOperations, type Items, itemKey, type Operation, type Region } from "../src/editing/document";
import { type Batch, Journals, type KeyValueStore } from "../src/editing/journals";
import type { LargeStore } from "../src/editing/large_journals";
import { Saver, type SaveState } from "../src/editing/saver";
import { newUuid } from "../src/editing/storage";

export const region = (id: string, start: number): Region => ({ id, start, end: start + 1, label: "a", origin: { kind: "human" } });
export const put = (id: string, start: number): Operation => ({ op: "put", collection: "regions", id, value: region(id, start) });
export const empty = (): AnnotationDocument => ({ schema: "x", regions: [], points: [], tags: [], caption: null, answers: [] });

/** A server that keeps revisions as the real one does, and can be cut off before or after it has saved. */
export class Server {
  /** The annotation of the person; null before it is begun. */
  annotation: string | null = null;
  revision = 0;
  items: Items = new Map();
  seen = new Map<string, number>();
  mode: "up" | "down" | "answer lost" | "refuses" | "gone" = "up";
  saves = 0;
  private readonly relabeled: string[] = [];
  private readonly merged = new Map<string, string>();

  async save(batch: Batch): Promise<Saved> {
    if (this.mode === "down") throw new TypeError("network");
    if (this.mode === "gone") throw new Problem(404, "not-found", "This recording was deleted.", {});
    const bad = batch.operations.findIndex((one) => one.id === "bad");
    if (bad >= 0) throw new Problem(422, "invalid", "no such label", { field: `operations.${bad}.value.label` });
    if (this.mode === "refuses") throw new Problem(422, "invalid", "no such label", {});
    const key = `${batch.client}:${batch.sequence}`;
    const before = this.seen.get(key);
    if (before !== undefined) return { annotation: this.annotation!, revision: before };
    if (batch.annotation !== undefined && batch.annotation !== this.annotation) throw new Problem(404, "not-found", "This annotation is not for you.", {});
    const told = batch.base_revision === this.revision ? [] : this.relabeled.splice(0);
    if (batch.base_revision !== this.revision && !told.length) {
      throw new Problem(409, "stale", "stale", { revision: this.revision, document: this.document(), saved_by: "rosa" });
    }
    const kept = batch.operations.map((one) => ({ ...one, value: one.value && this.kept(one.value as Region) }));
    const values = kept.filter((one, at) => one.value && one.value.label !== (batch.operations[at]!.value as Region).label).map((one) => one.value as Region);
    applyOperations(this.items, kept as Operation[]);
    this.annotation ??= newUuid();
    this.seen.set(key, ++this.revision);
    this.saves++;
    if (this.mode === "answer lost") {
      this.mode = "up";
      throw new TypeError("network");
    }
    return { annotation: this.annotation, revision: this.revision, ...(told.length ? { labels_changed: told } : {}), ...(values.length ? { values: { regions: values } } : {}) };
  }

  private kept(value: Region): Region {
    return { ...value, label: this.merged.get(value.label) ?? value.label };
  }

  /** A manager merged labels: a revision that is no conflict. */
  relabel(label: string, told: string): void {
    for (const item of this.items.values()) this.merged.set((item as Region).label, label);
    for (const [key, item] of this.items) this.items.set(key, { ...item, label } as Region);
    this.revision++;
    this.relabeled.push(told);
  }

  /** The annotation goes to somebody else; what it was is returned. */
  handOver(): Pick<Server, "annotation" | "revision" | "items"> {
    const { annotation, revision, items } = this;
    Object.assign(this, { annotation: null, revision: 0, items: new Map() });
    return { annotation, revision, items };
  }

  document(): AnnotationDocument {
    return { ...empty(), regions: [...this.items.values()] as Region[] };
  }
}

export class Memory implements KeyValueStore {
  map = new Map<string, string>();
  getItem = (key: string): string | null => this.map.get(key) ?? null;
  full = false;
  setItem = (key: string, value: string): boolean => {
    if (!this.full) this.map.set(key, value);
    return !this.full;
  };
  removeItem = (key: string): void => void this.map.delete(key);
  keys = (): string[] => [...this.map.keys()];
}

let clients = 0;
let clock = 1_000_000;

/** The time that journals see (ms). */
export const now = (): number => clock;

/** Time goes by. */
export const later = (ms: number): void => void (clock += ms);

/** An editor in a tab. `crash` ends it as a killed browser does: nothing more is sent or written. */
export function tab(server: Server, store: Memory, large = new LargeMemory()) {
  const states: SaveState[] = [];
  const heard: (Comparison & { by: string })[] = [];
  const relabeled: string[] = [];
  let screen: Items = new Map();
  let crashed = false;
  const disk: KeyValueStore = {
    getItem: store.getItem,
    keys: store.keys,
    setItem: (key, value) => crashed || store.setItem(key, value),
    removeItem: (key) => (crashed ? undefined : store.removeItem(key)),
  };
  const largeDisk: LargeStore = { read: large.read, keys: large.keys, write: (puts, deletes) => (crashed ? new Promise(() => undefined) : large.write(puts, deletes)) };
  const saver = new Saver(new Journals(disk, largeDisk, "journal:", server.annotation, now), `client-${++clients}`, {
    send: (batch) => (crashed ? new Promise(() => undefined) : server.save(batch)),
    reload: async () => {
      if (server.mode === "down") throw new TypeError("network");
      return { revision: server.revision, document: server.document() };
    },
    present: () => screen,
    replaced: (items) => (screen = items),
    merged: (documents, by) => {
      const found = news(documents);
      if (found) heard.push({ ...found, by });
    },
    corrected: () => undefined,
    told: (state) => void states.push(state),
    labelsChanged: (told) => void relabeled.push(...told),
    wait: async () => {
      await new Promise((resolve) => setTimeout(resolve, 0));
    },
  });
  screen = saver.begin(server.revision, server.document());
  const crash = (): void => {
    crashed = true;
    later(10_000);
  };
  /** Edits as the store makes them: on the screen first, then to be saved. */
  const push = (operations: readonly Operation[]): void => {
    const changes = operations.map(({ collection, id, value }) => ({ collection, id, before: screen.get(itemKey(collection, id)) ?? null, after: value ?? null }));
    applyOperations(screen, operations);
    saver.push(changes);
  };
  return { saver, push, states, heard, relabeled, crash, items: () => screen, last: () => states[states.length - 1] };
}

/** A large store in memory; `full` refuses to write. */
export class LargeMemory implements LargeStore {
  map = new Map<string, unknown>();
  full = false;
  puts = 0;
  write = async (puts: readonly (readonly [string, unknown])[], deletes: readonly string[]): Promise<void> => {
    if (this.full) throw new Error("quota");
    this.puts += puts.length;
    for (const [key, value] of puts) this.map.set(key, structuredClone(value));
    for (const key of deletes) this.map.delete(key);
  };
  read = async (keys: readonly string[]): Promise<unknown[]> => keys.map((key) => structuredClone(this.map.get(key)));
  keys = async (prefix: string): Promise<string[]> => [...this.map.keys()].filter((key) => key.startsWith(prefix));
}

export const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
};
