/** The items of a document by collection and id, found by `collection:id` too; 100,000 of them in few bytes. */
import type { AnnotationDocument, Collection, Origin, Region, Value } from "./document";

/** Items by `collection:id`. */
export interface Items extends Iterable<[string, Value]> {
  readonly size: number;
  get(key: string): Value | undefined;
  set(key: string, value: Value): unknown;
  delete(key: string): boolean;
  keys(): Iterable<string>;
  values(): Iterable<Value>;
  entries(): Iterable<[string, Value]>;
}

const COLLECTIONS: readonly Collection[] = ["regions", "points", "tags", "caption", "answers", "tiers"];

/** What identifies an item within its collection. */
const KEYS: Record<Exclude<Collection, "caption">, string> = { regions: "id", points: "id", tags: "label", answers: "question", tiers: "name" };

/** A map for each collection: no key is spelled out, and a collection is at hand as a whole. */
export class DocumentItems implements Items {
  private readonly collections: Record<Collection, Map<string, Value>> = { regions: new Map(), points: new Map(), tags: new Map(), caption: new Map(), answers: new Map(), tiers: new Map() };

  /** The items themselves if they are such already, else a copy. */
  static from(items: Items): DocumentItems {
    if (items instanceof DocumentItems) return items;
    const copy = new DocumentItems();
    for (const [key, value] of items) copy.set(key, value);
    return copy;
  }

  of(collection: Collection): Map<string, Value> {
    return this.collections[collection];
  }

  get size(): number {
    return COLLECTIONS.reduce((sum, one) => sum + this.collections[one].size, 0);
  }

  get(key: string): Value | undefined {
    const at = key.indexOf(":");
    return this.collections[key.slice(0, at) as Collection].get(key.slice(at + 1));
  }

  set(key: string, value: Value): this {
    const at = key.indexOf(":");
    this.collections[key.slice(0, at) as Collection].set(key.slice(at + 1), value);
    return this;
  }

  delete(key: string): boolean {
    const at = key.indexOf(":");
    return this.collections[key.slice(0, at) as Collection].delete(key.slice(at + 1));
  }

  *entries(): Generator<[string, Value]> {
    for (const collection of COLLECTIONS) for (const [id, value] of this.collections[collection]) yield [`${collection}:${id}`, value];
  }

  *keys(): Generator<string> {
    for (const [key] of this.entries()) yield key;
  }

  *values(): Generator<Value> {
    for (const collection of COLLECTIONS) yield* this.collections[collection].values();
  }

  [Symbol.iterator](): Generator<[string, Value]> {
    return this.entries();
  }
}

/** The items of a document by their keys. Takes the document over: what its regions have alike becomes one object. */
export function itemsOf(document: AnnotationDocument): DocumentItems {
  const items = new DocumentItems();
  for (const collection of ["regions", "points", "tags", "answers", "tiers"] as const) {
    const kept = items.of(collection);
    for (const value of document[collection] ?? []) kept.set(String((value as unknown as Record<string, unknown>)[KEYS[collection]]), value as Value);
  }
  for (const region of document.regions) shareAlike(region);
  if (document.caption) items.of("caption").set("caption", document.caption);
  return items;
}

const NO_ATTRIBUTES: Record<string, unknown> = Object.freeze({});
const PLAIN: Record<Origin["kind"], Origin> = {
  human: Object.freeze({ kind: "human" }),
  model: Object.freeze({ kind: "model" }),
  analysis: Object.freeze({ kind: "analysis" }),
  import: Object.freeze({ kind: "import" }),
  consensus: Object.freeze({ kind: "consensus" }),
};

/** Most regions of a document have the same origin and no attributes. */
function shareAlike(region: Region): void {
  const { origin, attributes } = region;
  if (isPlain(origin)) region.origin = PLAIN[origin.kind];
  if (attributes && isEmpty(attributes)) region.attributes = NO_ATTRIBUTES;
}

/** Whether an origin says no more than its kind. */
function isPlain(origin: Origin): boolean {
  for (const name in origin) if (name !== "kind" && origin[name as keyof Origin]) return false;
  return (origin.score ?? null) === null;
}

function isEmpty(attributes: Record<string, unknown>): boolean {
  for (const _name in attributes) return false;
  return true;
}
