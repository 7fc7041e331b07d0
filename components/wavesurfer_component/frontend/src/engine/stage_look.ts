/** How the stage looks to one person: the unit of the ruler and the heights of its rows; kept in this browser. */
import { browserStore } from "../editing/storage";
import type { RulerUnit } from "../layers/ruler";

export interface StageLook {
  unit: RulerUnit;
  /** Pixels; null as high as there is room. */
  waveHeight: number | null;
  /** Pixels. */
  overviewHeight: number;
  /** Pixels of the lanes that are seen; null as high as there is room. */
  lanesHeight: number | null;
}

const KEPT = "labelbuddy:stage";
export const USUAL_OVERVIEW = 40;
const USUAL: StageLook = { unit: "time", waveHeight: null, overviewHeight: USUAL_OVERVIEW, lanesHeight: null };

export function keptStageLook(): StageLook {
  try {
    return { ...USUAL, ...(JSON.parse(browserStore().getItem(KEPT) ?? "{}") as Partial<StageLook>) };
  } catch {
    return USUAL;
  }
}

export function keepStageLook(look: StageLook): void {
  browserStore().setItem(KEPT, JSON.stringify(look));
}
