/**
 * What two people, or one person in two tabs, changed at the same time. Three documents are compared item by item: the one
 * both began with (base), theirs as the server has it, and ours with what was not saved yet. Items that only one side
 * changed are merged by themselves; items that both changed to something different are conflicts. The beats of a document
 * are one item here: a grid that is half theirs and half ours would be nobody's.
 */
import { alike } from "./alike";
import { BEAT, type Collection, type Items, type Point, type Value } from "./document";

export type Side = "theirs" | "ours";

/** One item of the document in all three; null where it does not exist. */
export interface ItemInThree {
  collection: Collection;
  id: string;
  base: Value | null;
  theirs: Value | null;
  ours: Value | null;
}

export interface Conflict {
  /** The key of its item; `beats` for the beats together. */
  key: string;
  items: ItemInThree[];
}

/** How many items of a collection came, changed and went. */
export interface Tally {
  added: number;
  changed: number;
  deleted: number;
}

/** Beats apart from other points. */
export type Kind = Collection | "beats";

export interface Comparison {
  /** What the other side did, by kind; kinds that it left alone are missing. */
  elsewhere: Partial<Record<Kind, Tally>>;
  conflicts: Conflict[];
}

const BEATS = "beats";

/** The documents that are compared. */
export interface InThree {
  base: Items;
  theirs: Items;
  ours: Items;
}

/** What both sides did; null when nobody but us did anything. */
export function news({ base, theirs, ours }: InThree): Comparison | null {
  const found = compare(base, theirs, ours);
  return found.conflicts.length || Object.keys(found.elsewhere).length ? found : null;
}

export function compare(base: Items, theirs: Items, ours: Items): Comparison {
  const elsewhere: Comparison["elsewhere"] = {};
  const conflicts: Conflict[] = [];
  const beats: ItemInThree[] = [];
  for (const key of new Set([...base.keys(), ...theirs.keys(), ...ours.keys()])) {
    const item = itemAt(key, base, theirs, ours);
    if (sameValue(item.base, item.theirs) && sameValue(item.base, item.ours)) continue;
    const kind = kindOf(item);
    if (!sameValue(item.base, item.theirs)) count((elsewhere[kind] ??= { added: 0, changed: 0, deleted: 0 }), item);
    if (kind === BEATS) beats.push(item);
    else if (inConflict(item)) conflicts.push({ key, items: [item] });
  }
  const [byThem, byUs] = [beats.some((one) => !sameValue(one.base, one.theirs)), beats.some((one) => !sameValue(one.base, one.ours))];
  if (byThem && byUs && beats.some((one) => !sameValue(one.theirs, one.ours))) conflicts.push({ key: BEATS, items: beats });
  return { elsewhere, conflicts: conflicts.sort(inOrderOfTime) };
}

/** Earlier conflicts and later ones: what is said later about an item counts. */
export function joined(earlier: readonly Conflict[], later: readonly Conflict[]): Conflict[] {
  const keys = new Set(later.map((one) => one.key));
  return [...earlier.filter((one) => !keys.has(one.key)), ...later].sort(inOrderOfTime);
}

/** Which side the document agrees with now; null when it is neither, for example after another edit. */
export function chosen({ items }: Conflict, present: Items): Side | null {
  const is = (side: Side): boolean => items.every((one) => sameValue(present.get(`${one.collection}:${one.id}`) ?? null, one[side]));
  return is("ours") ? "ours" : is("theirs") ? "theirs" : null;
}

/** When a conflict is (s): where ours lies, or first where it `was`; null for what has no time, such as clip tags. */
export function spanOf({ items }: Conflict, was = false): { start: number; end: number } | null {
  const spans = items.map(({ ours, theirs, base }) => timesOf((was ? base : null) ?? ours ?? theirs ?? base)).filter((one) => one !== null);
  if (!spans.length) return null;
  return { start: Math.min(...spans.map((one) => one.start)), end: Math.max(...spans.map((one) => one.end)) };
}

/** Whether two values of an item say the same; nothing is the same only as nothing. */
export const sameValue = (one: Value | null, other: Value | null): boolean => (one === null) === (other === null) && alike(one, other);

function itemAt(key: string, base: Items, theirs: Items, ours: Items): ItemInThree {
  const at = key.indexOf(":");
  const [collection, id] = [key.slice(0, at) as Collection, key.slice(at + 1)];
  return { collection, id, base: base.get(key) ?? null, theirs: theirs.get(key) ?? null, ours: ours.get(key) ?? null };
}

function inConflict({ base, theirs, ours }: ItemInThree): boolean {
  return !sameValue(base, theirs) && !sameValue(base, ours) && !sameValue(theirs, ours);
}

function kindOf({ collection, base, theirs, ours }: ItemInThree): Kind {
  const point = (ours ?? theirs ?? base) as Point;
  return collection === "points" && point.kind === BEAT ? BEATS : collection;
}

function count(tally: Tally, { base, theirs }: ItemInThree): void {
  if (base === null) tally.added++;
  else if (theirs === null) tally.deleted++;
  else tally.changed++;
}

function timesOf(value: Value | null): { start: number; end: number } | null {
  const { start, end, time } = (value ?? {}) as { start?: number | null; end?: number | null; time?: number };
  if (typeof time === "number") return { start: time, end: time };
  return typeof start === "number" && typeof end === "number" ? { start, end } : null;
}

function inOrderOfTime(one: Conflict, other: Conflict): number {
  return (spanOf(one)?.start ?? -1) - (spanOf(other)?.start ?? -1) || (one.key < other.key ? -1 : 1);
}
