/** What somebody set for each lane: locked, hidden, heard alone. Kept in this browser for each project. */
import type { KeyValueStore } from "./journals";

export type LaneState = "locked" | "hidden" | "solo";

interface Kept {
  locked: string[];
  hidden: string[];
  solo: string | null;
}

const NOTHING: Kept = { locked: [], hidden: [], solo: null };

export class LaneStates {
  /** Another number after every change. */
  version = 0;
  private readonly locked = new Set<string>();
  private readonly hidden = new Set<string>();
  private alone: string | null = null;

  constructor(
    private readonly store: KeyValueStore,
    private readonly keptAs: string,
    /** Whether a lane is one of the project; others, such as those of models, are not remembered. */
    private readonly lasts: (lane: string) => boolean,
  ) {
    const kept = this.kept();
    for (const lane of kept.locked) if (lasts(lane)) this.locked.add(lane);
    for (const lane of kept.hidden) if (lasts(lane)) this.hidden.add(lane);
    if (kept.solo !== null && lasts(kept.solo)) this.alone = kept.solo;
  }

  is(state: LaneState, lane: string): boolean {
    return state === "solo" ? this.alone === lane : this[state].has(lane);
  }

  /** The lane that alone is heard. */
  get solo(): string | null {
    return this.alone;
  }

  toggle(state: LaneState, lane: string): void {
    if (state === "solo") this.alone = this.alone === lane ? null : lane;
    else if (!this[state].delete(lane)) this[state].add(lane);
    this.keep();
  }

  /** A lane has another name: what was set holds on; also under the former one, which undo brings back. */
  renamed(from: string, to: string): void {
    for (const state of [this.locked, this.hidden]) if (state.has(from)) state.add(to);
    if (this.alone === from) this.alone = to;
    this.keep();
  }

  /** A lane is new: nothing is set that one of its name had. */
  fresh(lane: string): void {
    this.locked.delete(lane);
    this.hidden.delete(lane);
    this.keep();
  }

  private keep(): void {
    this.version++;
    const lasting = (lanes: Iterable<string>): string[] => [...lanes].filter(this.lasts);
    const solo = this.alone !== null && this.lasts(this.alone) ? this.alone : null;
    this.store.setItem(this.keptAs, JSON.stringify({ locked: lasting(this.locked), hidden: lasting(this.hidden), solo } satisfies Kept));
  }

  /** What lies in lanes that are not hidden; the same array while none is. */
  visible<T extends { label: string; lane?: string }>(regions: readonly T[]): readonly T[] {
    return this.hidden.size ? regions.filter((one) => !this.hidden.has(one.lane ?? one.label)) : regions;
  }

  private kept(): Kept {
    try {
      return { ...NOTHING, ...(JSON.parse(this.store.getItem(this.keptAs) ?? "{}") as Partial<Kept>) };
    } catch {
      return NOTHING;
    }
  }
}
