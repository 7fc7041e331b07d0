/** Marking and moving in lanes, which are labels or tiers. */
import { t } from "../i18n";
import type { Region } from "./document";
import type { Band, Edits } from "./edits";
import type { LabelKeys } from "./label_keys";
import type { Store } from "./store";
import { laneOf, tierOf } from "./tier_names";
import type { Tiers } from "./tiers";

export interface LaneMarkingPorts {
  store: Store;
  edits: Edits;
  tiers: Tiers;
  labels: LabelKeys;
  say(text: string): void;
}

export class LaneMarking {
  constructor(private readonly ports: LaneMarkingPorts) {}

  /** The lane that new regions of a label get; without one, those of the active label. */
  laneOf(label: string = this.ports.labels.active): string {
    const { tiers } = this.ports;
    return tiers.on ? laneOf(tiers.active) : label;
  }

  /** The color of a region, or of a new one of a label, where it is not that of its lane. */
  colorOf(id: string | null, label: string = this.ports.labels.active): string | undefined {
    const { store, edits, tiers } = this.ports;
    return tiers.on ? store.label(id === null ? label : (edits.grabbed(id)?.label ?? "")).color : undefined;
  }

  /** Mark a region in a lane: of its label, or on its tier with the active label. */
  create(lane: string, start: number, end: number, band: Partial<Band>): void {
    const { store, edits, tiers, labels, say } = this.ports;
    const tier = tierOf(lane);
    const label = store.label(tier === null ? lane : labels.active);
    if (label.deprecated) return say(t("“{label}” is not given any more; choose another label.", { label: label.name }));
    if (tier) tiers.drawnOn(tier);
    edits.create(label.id, start, end, band, tier);
  }

  /** Move what is selected by some seconds, and as far up or down as from one lane to the other. */
  move(from: string, to: string, by: number): void {
    this.toTier(by, this.ports.tiers.distance(from, to));
  }

  /** Move what is selected by some seconds, and some tiers down, as far as all of it can. */
  toTier(by: number, down: number): void {
    const { edits, tiers, say } = this.ports;
    const regions = edits.chosen;
    const there = (region: Region): string | null => (down ? tiers.beside(region.tier, down) : (region.tier ?? null));
    if (!regions.length) return;
    if (!down || regions.some((region) => there(region) === null)) {
      if (by) edits.moves.moveTogether(regions, by);
      else say(tiers.on ? t("There is no tier there") : t("This project has no tiers"));
      return;
    }
    if (edits.moves.moveTogether(regions, by, null, there)) say(t("Now on {tier}", { tier: edits.chosen[0]?.tier ?? "" }));
  }
}
