/** Undo and redo: a log of edits; edits of one kind in quick succession become one step. */
import { type Change, inverse } from "./document";

/** An edit that can be taken back. */
export interface Step {
  changes: Change[];
  key: string | null;
  at: number;
}

const COALESCE_MS = 600;
const DEPTH = 500;

export class History {
  private done: Step[] = [];
  private undone: Step[] = [];
  /** Another number after every push, undo and redo. */
  version = 0;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Note an edit that was made. Edits with the same `key` within 0.6 s are one step. */
  push(changes: Change[], key: string | null = null): void {
    const at = this.now();
    this.version++;
    const last = this.done[this.done.length - 1];
    this.undone = [];
    if (key !== null && last && last.key === key && at - last.at < COALESCE_MS && sameItems(last.changes, changes)) {
      last.changes = last.changes.map((change, index) => ({ ...change, after: changes[index]!.after }));
      last.at = at;
      return;
    }
    this.done.push({ changes, key, at });
    if (this.done.length > DEPTH) this.done.shift();
  }

  /** The changes that take back the last step, or null. */
  undo(): Change[] | null {
    const step = this.done.pop();
    if (!step) return null;
    this.version++;
    this.undone.push(step);
    return inverse(step.changes);
  }

  /** The changes that make the last undone step again, or null. */
  redo(): Change[] | null {
    const step = this.undone.pop();
    if (!step) return null;
    this.version++;
    step.key = null;
    this.done.push(step);
    return step.changes;
  }

  /** What the next undo would take back; empty when there is nothing. */
  get nextUndo(): readonly Change[] {
    return this.done[this.done.length - 1]?.changes ?? [];
  }

  /** What the next redo would make again. */
  get nextRedo(): readonly Change[] {
    return this.undone[this.undone.length - 1]?.changes ?? [];
  }

  /** The steps of a tab before it was reloaded. */
  restore(done: readonly Step[], undone: readonly Step[]): void {
    this.done = done.map((step) => ({ ...step, key: null }));
    this.undone = [...undone];
  }

  /** The newest steps that are together no larger than `most`, by the size of their changes. */
  newest(most: number, sizeOf: (changes: readonly Change[]) => number): { done: Step[]; undone: Step[] } {
    let left = most;
    const taken = (steps: readonly Step[]): Step[] => {
      let from = steps.length;
      while (from > 0) {
        left -= sizeOf(steps[from - 1]!.changes);
        if (left < 0) break;
        from--;
      }
      return steps.slice(from);
    };
    return { done: taken(this.done), undone: taken(this.undone) };
  }

  /** How many steps there are. */
  get length(): { done: number; undone: number } {
    return { done: this.done.length, undone: this.undone.length };
  }

  get canUndo(): boolean {
    return this.done.length > 0;
  }

  get canRedo(): boolean {
    return this.undone.length > 0;
  }
}

function sameItems(one: Change[], other: Change[]): boolean {
  return one.length === other.length && one.every((change, i) => change.id === other[i]!.id && change.collection === other[i]!.collection);
}
