/** The document as the editor holds it: its items, and what is worked out of them and kept up item by item. */
import { BEAT, type Change, type Collection, instantOf, itemKey, type Items, keptForm, type Point, type Region, type Value } from "./document";
import { RunningFingerprint } from "./fingerprint";
import { DocumentItems } from "./items";

/** What lies on tiers, where there are tiers. */
const TIERED = ["regions", "points"] as const;
/** With more changes at once, what is kept up change by change is worked out anew. */
const MANY_CHANGES = 2000;

export class HeldDocument {
  /** How many regions and instants lie on each tier. */
  readonly tierCounts = new Map<string, number>();
  /** What tells the document apart from others, for those who ask. */
  readonly fingerprint = new RunningFingerprint(() => this.held);
  private held = new DocumentItems();
  private grid: readonly Point[] | null = null;

  get items(): DocumentItems {
    return this.held;
  }

  /** It is another document. */
  replace(items: Items): void {
    this.held = DocumentItems.from(items);
    this.fingerprint.reset();
    this.tierCounts.clear();
    for (const collection of TIERED) for (const one of this.held.of(collection).values()) this.countTier(one, 1);
    this.grid = null;
  }

  get(collection: Collection, id: string): Value | null {
    return this.held.of(collection).get(id) ?? null;
  }

  collection<T>(collection: Collection): T[] {
    return [...this.held.of(collection).values()] as T[];
  }

  /** A region or a labeled instant. */
  region(id: string | null): Region | null {
    if (id === null) return null;
    const region = this.held.of("regions").get(id) as Region | undefined;
    const point = region ? undefined : (this.held.of("points").get(id) as Point | undefined);
    return region ?? (point ? instantOf(point) : null);
  }

  /** All regions and labeled instants, regions first. */
  *regions(): Generator<Region> {
    for (const region of this.held.of("regions").values()) yield region as Region;
    for (const point of this.held.of("points").values()) {
      const instant = instantOf(point as Point);
      if (instant) yield instant;
    }
  }

  /** The beats, ascending. */
  get beats(): readonly Point[] {
    return (this.grid ??= this.collection<Point>("points")
      .filter((point) => point.kind === BEAT)
      .sort((one, other) => one.time - other.time));
  }

  /** The change that makes an item what it shall be. */
  put(collection: Collection, id: string, after: Value | null): Change {
    return { collection, id, before: this.get(collection, id), after };
  }

  /** The change that makes a region or a labeled instant what it shall be. */
  putRegion(after: Region): Change {
    const { collection, value } = keptForm(after);
    return this.put(collection, after.id, value);
  }

  /** So many changes follow. */
  expect(changes: number): void {
    if (changes > MANY_CHANGES) this.fingerprint.reset(); // worked out anew between other work
  }

  /** An item is another one now, or none. */
  keep(collection: Collection, id: string, value: Value | null): void {
    const items = this.held.of(collection);
    const before = items.get(id) ?? null;
    this.fingerprint.changed(itemKey(collection, id), before, value);
    if (collection === "regions" || collection === "points") {
      this.countTier(before, -1);
      this.countTier(value, 1);
    }
    if (collection === "points") this.grid = null;
    if (value === null) items.delete(id);
    else items.set(id, value);
  }

  private countTier(value: Value | null, by: 1 | -1): void {
    const tier = (value as Region | Point | null)?.tier;
    if (!tier) return;
    const count = (this.tierCounts.get(tier) ?? 0) + by;
    if (count) this.tierCounts.set(tier, count);
    else this.tierCounts.delete(tier);
  }
}
