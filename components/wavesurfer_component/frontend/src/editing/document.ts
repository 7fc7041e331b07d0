/** The annotation document `labelbuddy/annotation@1` and the operations that change it. */
import type { Items } from "./items";

export { type Items, itemsOf } from "./items";

export interface Origin {
  kind: "human" | "model" | "analysis" | "import" | "consensus";
  prediction?: string | null;
  region?: string | null;
  model?: string | null;
  version?: string | null;
  score?: number | null;
  edited?: boolean;
  annotation?: string | null;
  /** Whose it is, where what several people marked is looked at. */
  by?: string;
}

export interface Region {
  id: string;
  start: number;
  end: number;
  low?: number | null;
  high?: number | null;
  channel?: number | null;
  label: string;
  /** The strand it lies on, in projects whose lanes are tiers. */
  tier?: string | null;
  text?: string | null;
  attributes?: Record<string, unknown>;
  confidence?: number | null;
  origin: Origin;
  /** An instant that is handled as a region without length; kept as a point. */
  instant?: true;
}

/** An instant: a beat with its place in the bar, or an event with a label. */
export interface Point {
  id: string;
  time: number;
  kind: string;
  position?: number | null;
  anchor?: boolean;
  label?: string | null;
  tier?: string | null;
  attributes?: Record<string, unknown>;
  origin?: Origin | null;
}

export const BEAT = "beat";
const EVENT = "event";

/** A labeled instant as a region without length; null for beats, which have a layer of their own. */
export function instantOf(point: Point): Region | null {
  if (point.kind === BEAT || !point.label) return null;
  return { id: point.id, start: point.time, end: point.time, label: point.label, ...(point.tier ? { tier: point.tier } : {}), ...answersOf(point), origin: point.origin ?? { kind: "human" }, instant: true };
}

/** The regions of a document and its labeled instants. */
export function markedIn(document: AnnotationDocument): Region[] {
  const instants = document.points.map(instantOf).filter((one) => one !== null);
  return instants.length ? [...document.regions, ...instants] : document.regions;
}

/** What is kept of a region: itself, or the point that it stands for. */
export function keptForm(region: Region): { collection: "regions" | "points"; value: Region | Point } {
  if (!region.instant) return { collection: "regions", value: region };
  const tier = region.tier ? { tier: region.tier } : {};
  return { collection: "points", value: { id: region.id, time: region.start, kind: EVENT, label: region.label, ...tier, ...answersOf(region), origin: region.origin } };
}

/** Answers as a member, where there are any. */
function answersOf({ attributes }: { attributes?: Record<string, unknown> }): { attributes?: Record<string, unknown> } {
  return attributes && Object.keys(attributes).length ? { attributes } : {};
}

export interface Tag {
  label: string;
  score?: number | null;
  origin: Origin;
}

/** A tier of the annotation, also while nothing lies on it; those of lower `position` lie above. */
export interface Tier {
  name: string;
  position: number;
}

export interface Caption {
  text: string;
  start?: number | null;
  end?: number | null;
  origin: Origin;
}

/** How suggestions were decided upon: many at once by their scores; or not at all, for an accepted one was cut and pasted. */
export type Decided = { how: "all" | "label" | "below"; threshold: number } | { how: "cut" | "paste" };

/** Somebody does not want an item of a prediction. */
export interface Decision {
  decision: "rejected";
}

export type Collection = "regions" | "points" | "tags" | "caption" | "answers" | "tiers";
export type Value = Region | Point | Tag | Caption | Decision | Tier | Record<string, unknown>;

export interface Operation {
  op: "put" | "delete";
  collection: Collection;
  id: string;
  value?: Value;
  /** How the suggestion was accepted that this puts, or that this only cuts out; left out: alone. */
  by?: Decided;
}

export interface AnnotationDocument {
  schema: string;
  regions: Region[];
  points: Point[];
  tags: Tag[];
  caption: Caption | null;
  answers: Record<string, unknown>[];
  tiers?: Tier[];
}

/** One item before and after an edit; null where it does not exist. `decisions` are about suggestions, not the document. */
export interface Change {
  collection: Collection | "decisions";
  id: string;
  before: Value | null;
  after: Value | null;
  /** How a suggestion was accepted or rejected; left out: alone. */
  by?: Decided;
}

/** A change of the document itself. */
export type DocumentChange = Change & { collection: Collection };

export const itemKey = (collection: Change["collection"], id: string): string => `${collection}:${id}`;

/** Apply operations in order, in place. */
export function applyOperations(items: Items, operations: readonly Operation[]): Items {
  for (const operation of operations) {
    const key = itemKey(operation.collection, operation.id);
    if (operation.op === "put" && operation.value) items.set(key, operation.value);
    else items.delete(key);
  }
  return items;
}

/** The operation that brings an item from `before` to `after`. */
export function operationOf(change: DocumentChange): Operation {
  const { collection, id, after, by } = change;
  if (after === null) return { op: "delete", collection, id, ...(isMove(by) ? { by } : {}) };
  return { op: "put", collection, id, value: after, ...(by ? { by } : {}) };
}

const isMove = (by: Decided | undefined): boolean => by?.how === "cut" || by?.how === "paste";

/** The same edit backwards. */
export function inverse(changes: readonly Change[]): Change[] {
  return changes.map((change) => ({ ...change, before: change.after, after: change.before })).reverse();
}

/** Several operations on one item are its last one; how it was accepted is not forgotten over a change of it, nor over cutting and pasting it. */
export function compacted(operations: readonly Operation[]): Operation[] {
  const last = new Map<string, Operation>();
  const accepted = new Map<string, Decided | undefined>();
  for (const { by: given, ...operation } of operations) {
    const key = itemKey(operation.collection, operation.id);
    const before = last.get(key);
    if (before?.op === "put") accepted.set(key, before.by);
    const backAgain = before?.op === "delete" && isMove(before.by) && isMove(given);
    const by = backAgain ? accepted.get(key) : (given ?? (operation.op === "put" && before?.op === "put" ? before.by : undefined));
    last.delete(key);
    last.set(key, by ? { ...operation, by } : operation);
  }
  return [...last.values()];
}

const ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

/** A new region id: 22 random characters are as many bits as a UUID has. */
export function newRegionId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(22));
  return "r_" + [...bytes].map((byte) => ALPHABET[byte & 63]).join("");
}
