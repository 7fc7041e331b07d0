/** What the heads of lanes do: lock, hide and hear alone, said aloud and heard at once. */
import type { Label, Project } from "../api/answers";
import type { Stage } from "../engine/stage";
import { msg, t } from "../i18n";
import type { LaneHeadPorts } from "../panels/lane_heads";
import { type Solo, type Stretch, stretchFrom } from "../playback/solo";
import { markedIn } from "./document";
import { type LaneState, LaneStates } from "./lane_states";
import { Locks } from "./locks";
import { browserStore } from "./storage";
import type { Store } from "./store";
import { laneOf, tierOf } from "./tier_names";

export interface LaneControlPorts {
  stage(): Stage;
  /** The key that picks the label; null when it has none. */
  keyOf(label: Label): string | null;
  /** What can be done to a lane. */
  offers(lane: string): readonly LaneState[];
  say(text: string): void;
  changed(): void;
  leave(): void;
}

const SAYS: Record<LaneState, readonly [string, string]> = {
  locked: [msg("{lane} is locked"), msg("{lane} is not locked any more")],
  hidden: [msg("{lane} is hidden"), msg("{lane} is shown")],
  solo: [msg("Only {lane} is heard"), msg("Everything is heard")],
};

export class LaneControl {
  readonly heads: LaneHeadPorts;

  constructor(
    readonly states: LaneStates,
    private readonly ports: LaneControlPorts,
  ) {
    this.heads = {
      keyOf: (label) => ports.keyOf(label),
      is: (state, lane) => states.is(state, lane),
      toggle: (state, lane) => this.toggle(state, lane),
      offers: (lane) => ports.offers(lane),
      leave: () => ports.leave(),
    };
  }

  /** What alone is heard; null for everything. */
  get solo(): Solo | null {
    const { solo: lane } = this.states;
    if (lane === null) return null;
    const found = () => this.ports.stage().lanes.find((one) => one.label.id === lane);
    const everything = (time: number): Stretch => ({ start: time, stop: Infinity });
    return {
      from: (time) => {
        const index = found()?.index;
        return index ? stretchFrom(index.between(time, Infinity), time) : everything(time); // for example a tier of another annotation
      },
      nothing: () => this.ports.say(t("There is nothing to hear: only {lane} is heard, and it has no regions here", { lane: found()?.label.name ?? lane })),
    };
  }

  /** A tier has another name, or is new (null): its lane stays hidden or heard alone. */
  renamed(from: string | null, to: string): void {
    if (from === null) this.states.fresh(laneOf(to));
    else this.states.renamed(laneOf(from), laneOf(to));
    this.ports.stage().playback.solo = this.solo;
  }

  private toggle(state: LaneState, lane: string): void {
    this.states.toggle(state, lane);
    const stage = this.ports.stage();
    stage.playback.solo = this.solo;
    const name = stage.lanes.find((one) => one.label.id === lane)?.label.name ?? lane;
    this.ports.changed();
    this.ports.say(t(SAYS[state][this.states.is(state, lane) ? 0 : 1], { lane: name }));
  }
}

/** The lanes of an editor: what was set for them before holds at once, also for the store's edits. */
export function editorLanes(project: Project, store: Store, ports: Omit<LaneControlPorts, "offers"> & { complain(text: string): void }): { lanes: LaneControl; locks: Locks } {
  const lasts = (lane: string): boolean => (store.byTier ? tierOf(lane) !== null : project.labels.some((label) => label.id === lane));
  const states = new LaneStates(browserStore(), `labelbuddy:lanes:${project.id}`, lasts);
  const locks = locksOf(store, states, ports.complain);
  store.locks = locks;
  const offers = (lane: string): readonly LaneState[] => (lasts(lane) ? ["locked", "hidden", "solo"] : ["hidden", "solo"]);
  return { locks, lanes: new LaneControl(states, { ...ports, offers }) };
}

/** The locks of the lanes of a document. */
export function locksOf(store: Store, states: LaneStates, complain: (text: string) => void): Locks {
  return new Locks(states, {
    nameOf: (lane) => {
      const tier = tierOf(lane);
      return tier === null ? store.label(lane).name : tier || t("Without a tier");
    },
    laneOf: (one) => store.laneOf(one),
    laneOfId: (id) => {
      const found = store.region(id) ?? store.suggestion(id)?.region;
      return found ? store.laneOf(found) : null;
    },
    suggested: (prediction) => {
      const found = store.predictions.find((one) => one.id === prediction);
      return new Map(found && markedIn(found.document).map((region) => [region.id, store.laneOf(region)]));
    },
    complain,
  });
}
