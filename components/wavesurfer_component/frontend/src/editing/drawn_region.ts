/** A region as it is drawn, without a copy of what it says: there is one for every region of a document. */
import type { Drawn, Mark } from "../layers/regions";
import type { Region } from "./document";
import { laneOf } from "./tier_names";

export class DrawnRegion implements Drawn {
  constructor(
    protected readonly region: Region,
    readonly mark: Mark,
    /** What stands on it when it has no text of its own. */
    private readonly name: string,
    readonly feedback: boolean,
    /** Null also when scores are hidden. */
    readonly score: number | null,
    /** The prediction that suggests it. */
    readonly prediction?: string,
  ) {}

  get id(): string {
    return this.region.id;
  }

  get start(): number {
    return this.region.start;
  }

  get end(): number {
    return this.region.end;
  }

  get low(): number | null {
    return this.region.low ?? null;
  }

  get high(): number | null {
    return this.region.high ?? null;
  }

  get label(): string {
    return this.region.label;
  }

  get text(): string {
    return this.region.text || this.name;
  }
}

/** The same where lanes are tiers: in the color of its label. */
export class DrawnOnTier extends DrawnRegion {
  constructor(
    readonly color: string,
    ...as: ConstructorParameters<typeof DrawnRegion>
  ) {
    super(...as);
  }

  get lane(): string {
    return laneOf(this.region.tier);
  }
}
