/** Locked lanes: no edit, undo or redo changes, creates or deletes what lies in them. */
import { plural, t } from "../i18n";
import { BEAT, type Change, type Point, type Region } from "./document";
import type { LaneStates } from "./lane_states";

/** What says in which lane something lies. */
type Lying = { label: string; tier?: string | null };

export interface LockPorts {
  nameOf(lane: string): string;
  laneOf(one: Lying): string;
  /** The lane of what is behind an id, of the document or suggested. */
  laneOfId(id: string): string | null;
  /** The lanes of all that a prediction suggests, by id. */
  suggested(prediction: string): ReadonlyMap<string, string>;
  complain(text: string): void;
}

export class Locks {
  constructor(
    private readonly states: LaneStates,
    private readonly ports: LockPorts,
  ) {}

  /** Whether nothing in a lane may be changed. */
  has(lane: string): boolean {
    return this.states.is("locked", lane);
  }

  /** Whether something must not be changed, for its lane is locked. */
  hold(one: Lying): boolean {
    return this.has(this.ports.laneOf(one));
  }

  /** Why nothing in a lane may be changed; null when it may. */
  why(lane: string): string | null {
    return this.has(lane) ? t("{label} is locked. Unlock its lane to change it.", { label: this.ports.nameOf(lane) }) : null;
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
      const lane = this.ports.laneOfId(id);
      return lane === null || !(this.has(lane) || this.states.is("hidden", lane));
    });
    return { ids: open, left: ids.length - open.length };
  }

  private refuse(locked: readonly (string | null)[]): void {
    const lanes = [...new Set(locked.filter((one) => one !== null))];
    const names = lanes.map((lane) => this.ports.nameOf(lane));
    if (lanes.length === 1) this.ports.complain(this.why(lanes[0]!)!);
    else this.ports.complain(t("{labels} are locked. Unlock their lanes to change them.", { labels: names.join(", ") }));
  }

  /** The locked lane that each change touches, or null. */
  private lockedOf(changes: readonly Change[]): (string | null)[] {
    const suggested = new Map<string, ReadonlyMap<string, string>>();
    const ofPrediction = (prediction: string): ReadonlyMap<string, string> => {
      let found = suggested.get(prediction);
      if (!found) suggested.set(prediction, (found = this.ports.suggested(prediction)));
      return found;
    };
    return changes.map((change) => this.lanesOf(change, ofPrediction).find((lane) => this.has(lane)) ?? null);
  }

  private lanesOf({ collection, id, before, after }: Change, suggested: (prediction: string) => ReadonlyMap<string, string>): string[] {
    if (collection === "decisions") {
      const at = id.indexOf(":");
      const lane = suggested(id.slice(0, at)).get(id.slice(at + 1));
      return lane === undefined ? [] : [lane];
    }
    if (collection !== "regions" && collection !== "points") return [];
    return [before, after]
      .map((one) => one as Region | Point | null)
      .filter((one): one is (Region | Point) & { label: string } => one?.label != null && (one as Point).kind !== BEAT) // beats lie in no lane
      .map((one) => this.ports.laneOf(one));
  }
}
