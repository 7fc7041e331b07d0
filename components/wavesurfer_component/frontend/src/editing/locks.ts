/** Locked lanes: no edit, undo or redo changes, creates or deletes what lies in them. */
import { plural, t } from "../i18n";
import type { Change, Point, Region } from "./document";
import type { LaneStates } from "./lane_states";

export interface LockPorts {
  nameOf(label: string): string;
  /** The label of what is behind an id, of the document or suggested. */
  labelOf(id: string): string | null;
  /** The labels of all that a prediction suggests, by id. */
  suggested(prediction: string): ReadonlyMap<string, string>;
  complain(text: string): void;
}

export class Locks {
  constructor(
    private readonly states: LaneStates,
    private readonly ports: LockPorts,
  ) {}

  /** Whether nothing of a label may be changed. */
  has(label: string): boolean {
    return this.states.is("locked", label);
  }

  /** The changes that touch no locked lane; what is left out is told. */
  allowed(changes: readonly Change[]): Change[] {
    const locked = this.lockedOf(changes);
    const open = changes.filter((_, at) => locked[at] === null);
    const left = changes.length - open.length;
    if (left && !open.length) this.refuse(locked);
    else if (left) this.ports.complain(plural(left, "{count} region in a locked lane stays as it is.", "{count} regions in locked lanes stay as they are."));
    return open;
  }

  /** Whether none of the changes touches a locked lane; told when one does. */
  all(changes: readonly Change[]): boolean {
    const locked = this.lockedOf(changes);
    if (locked.every((one) => one === null)) return true;
    this.refuse(locked);
    return false;
  }

  /** What may be selected all at once: nothing in lanes that are locked or hidden; and how many that leaves out. */
  selectable(ids: readonly string[]): { ids: readonly string[]; left: number } {
    const open = ids.filter((id) => {
      const label = this.ports.labelOf(id);
      return label === null || !(this.has(label) || this.states.is("hidden", label));
    });
    return { ids: open, left: ids.length - open.length };
  }

  private refuse(locked: readonly (string | null)[]): void {
    const names = [...new Set(locked.filter((one) => one !== null))].map((label) => this.ports.nameOf(label));
    if (names.length === 1) this.ports.complain(t("{label} is locked. Unlock its lane to change it.", { label: names[0]! }));
    else this.ports.complain(t("{labels} are locked. Unlock their lanes to change them.", { labels: names.join(", ") }));
  }

  /** The locked label that each change touches, or null. */
  private lockedOf(changes: readonly Change[]): (string | null)[] {
    const suggested = new Map<string, ReadonlyMap<string, string>>();
    const ofPrediction = (prediction: string): ReadonlyMap<string, string> => {
      let found = suggested.get(prediction);
      if (!found) suggested.set(prediction, (found = this.ports.suggested(prediction)));
      return found;
    };
    return changes.map((change) => labelsOf(change, ofPrediction).find((label) => this.has(label)) ?? null);
  }
}

function labelsOf({ collection, id, before, after }: Change, suggested: (prediction: string) => ReadonlyMap<string, string>): string[] {
  if (collection === "decisions") {
    const at = id.indexOf(":");
    const label = suggested(id.slice(0, at)).get(id.slice(at + 1));
    return label === undefined ? [] : [label];
  }
  if (collection !== "regions" && collection !== "points") return [];
  return [before, after].map((one) => (one as Region | Point | null)?.label).filter((label) => label != null);
}
