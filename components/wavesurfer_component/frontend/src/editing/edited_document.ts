/** The document as it is edited: every change is made, noted for undo and given to be saved here. */
import { type Caption, type Change, type Collection, type DocumentChange, type Items, type Point, type Region, type Tag, type Value } from "./document";
import type { RunningFingerprint } from "./fingerprint";
import { HeldDocument } from "./held_document";
import { History } from "./history";
import type { Locks } from "./locks";

export abstract class EditedDocument {
  readonly history = new History();
  /** Lanes that must not be changed. */
  locks: Pick<Locks, "allowed" | "all"> | null = null;
  protected readonly held = new HeldDocument();

  constructor(
    private readonly saved: (changes: readonly DocumentChange[]) => void,
    private readonly changed: () => void,
  ) {}

  /** Everything may be otherwise. */
  protected abstract stale(): void;

  /** These items are otherwise. */
  protected abstract changedItems(changes: readonly Change[]): void;

  /** Make a change that is none of the document: a decision on a suggestion. */
  protected abstract decide(change: Change): void;

  /** All items of the document. */
  get items(): Items {
    return this.held.items;
  }

  set items(items: Items) {
    this.held.replace(items);
    this.stale();
  }

  /** What tells the document apart from others, for those who ask. */
  get fingerprint(): RunningFingerprint {
    return this.held.fingerprint;
  }

  /** How many regions and instants lie on each tier. */
  get tierCounts(): ReadonlyMap<string, number> {
    return this.held.tierCounts;
  }

  /** Replace an item as the server keeps it; no edit, and nothing to undo. */
  correct(collection: Collection, id: string, value: Value): void {
    this.held.keep(collection, id, value);
    this.changedItems([{ collection, id, before: null, after: value }]);
  }

  /** Make an edit: shown at once, noted for undo, sent to be saved. How many changes were made: those in locked lanes are not. */
  edit(changes: Change[], key: string | null = null): number {
    const allowed = this.locks ? this.locks.allowed(changes) : changes;
    if (!allowed.length) return 0;
    this.history.push(allowed, key);
    this.apply(allowed);
    return allowed.length;
  }

  /** Take the last step back: what was changed by that; null when there is none, or it lies in a locked lane. */
  undo(): Change[] | null {
    return this.step(this.history.nextUndo, () => this.history.undo());
  }

  /** Make the last undone step again. */
  redo(): Change[] | null {
    return this.step(this.history.nextRedo, () => this.history.redo());
  }

  private step(next: readonly Change[], take: () => Change[] | null): Change[] | null {
    if (this.locks && !this.locks.all(next)) return null;
    const changes = take();
    if (changes) this.apply(changes);
    return changes;
  }

  put(collection: Collection, id: string, after: Value | null): Change {
    return this.held.put(collection, id, after);
  }

  /** A region or a labeled instant of the document. */
  region(id: string | null): Region | null {
    return this.held.region(id);
  }

  /** All regions and labeled instants of the document. */
  ownRegions(): Region[] {
    return [...this.held.regions()];
  }

  /** The change that makes a region or a labeled instant what it shall be. */
  putRegion(after: Region): Change {
    return this.held.putRegion(after);
  }

  /** The beats of the document, ascending. */
  get beats(): readonly Point[] {
    return this.held.beats;
  }

  get tags(): Tag[] {
    return this.collection<Tag>("tags");
  }

  get caption(): Caption | null {
    return this.held.get("caption", "caption") as Caption | null;
  }

  collection<T>(collection: Collection): T[] {
    return this.held.collection(collection);
  }

  private apply(changes: Change[]): void {
    const ofDocument: DocumentChange[] = [];
    this.held.expect(changes.length);
    for (const change of changes) {
      if (change.collection === "decisions") {
        this.decide(change);
        continue;
      }
      const { collection, id } = change;
      ofDocument.push({ ...change, collection, before: this.held.get(collection, id) });
      this.held.keep(collection, id, change.after);
    }
    this.changedItems(changes);
    if (ofDocument.length) this.saved(ofDocument);
    this.changed();
  }
}
