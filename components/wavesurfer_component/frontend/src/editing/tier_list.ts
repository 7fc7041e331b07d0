/** The tiers that an annotation has, and the one that new regions lie on. */
import type { Tier } from "./document";
import type { Store } from "./store";
import { tierNames, tierOf } from "./tier_names";

export class TierList {
  protected picked = "";

  constructor(
    protected readonly store: Store,
    /** The tiers that the project begins with; null where lanes are labels. */
    protected readonly initial: readonly string[] | null,
  ) {}

  get on(): boolean {
    return this.initial !== null;
  }

  get names(): string[] {
    return this.initial ? tierNames(this.store.collection<Tier>("tiers"), this.initial, this.store.tierCounts.keys()) : [];
  }

  /** The tier of new regions; null where lanes are labels. */
  get active(): string | null {
    const { names } = this;
    return names.includes(this.picked) ? this.picked : (names[0] ?? null);
  }

  count(name: string): number {
    return this.store.tierCounts.get(name) ?? 0;
  }

  /** The tier that something with this one gets here: its own where there is such a tier, else the active one. */
  fitting(tier: string | null | undefined): string | null {
    return tier && this.names.includes(tier) ? tier : this.active;
  }

  /** Mark on the tier that was the active one before. */
  restore(name: string): void {
    this.picked = name;
  }

  /** The tier `by` further down, null where there is none; what lies on no tier is below the last. */
  beside(tier: string | null | undefined, by: number): string | null {
    const { names } = this;
    const at = tier && names.includes(tier) ? names.indexOf(tier) : names.length;
    return names[at + by] ?? null;
  }

  /** How many tiers the lane `to` is below the lane `from`. */
  distance(from: string, to: string): number {
    const { names } = this;
    const place = (lane: string): number => {
      const at = names.indexOf(tierOf(lane) ?? "");
      return at < 0 ? names.length : at;
    };
    return place(to) - place(from);
  }
}
