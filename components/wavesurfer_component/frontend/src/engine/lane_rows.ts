/** The lanes of an annotation: one for each label or tier, and if wanted one for each model that suggests something. */
import type { Label, Prediction } from "../api/answers";
import type { LaneState } from "../editing/lane_states";
import { unknownLabel } from "../editing/store";
import { laneOf } from "../editing/tier_names";
import { t } from "../i18n";
import { type Drawn, recolored } from "../layers/regions";
import type { LaneRow } from "./lane_stack";

/** With more labels than this only those that are used, and the active one, have a lane. */
const MANY_LABELS = 8;
const NONE: readonly Drawn[] = [];
const GRAY = "#8b95a7";

export interface LaneOptions {
  labels: readonly Label[];
  /** The label of new regions. */
  active: string;
  /** The predictions that have a lane of their own; none: suggestions lie in the lanes of their labels. */
  models: readonly Prediction[];
  is(state: LaneState, lane: string): boolean;
  /** Nothing can be marked: lanes without anything are left out. */
  onlyUsed: boolean;
  /** The tiers, where lanes are tiers; null where they are labels. */
  tiers: readonly string[] | null;
}

export function laneRows(drawn: readonly Drawn[], { labels, active, models, is, onlyUsed, tiers }: LaneOptions): LaneRow[] {
  const apart = new Set(models.map((one) => one.id));
  const byLane = new Map<string, Drawn[]>();
  const byModel = new Map<string, Drawn[]>();
  const colors = new Map(labels.map((label) => [label.id, label.color]));
  for (const one of drawn) {
    const model = one.prediction !== undefined && apart.has(one.prediction);
    const [groups, key] = model ? [byModel, one.prediction!] : [byLane, one.lane ?? one.label];
    const shown = model ? recolored(one, colors.get(one.label) ?? GRAY) : one;
    const found = groups.get(key);
    if (found) found.push(shown);
    else groups.set(key, [shown]);
  }
  const row = (label: Label, regions: readonly Drawn[]): LaneRow => ({
    label,
    caption: regions.length ? String(regions.length) : "",
    drawn: regions,
    folded: is("hidden", label.id),
    locked: is("locked", label.id),
  });
  const ofLabels = (): Label[] => labels.filter((label) => labels.length <= MANY_LABELS || byLane.has(label.id) || label.id === active);
  const wanted = (lane: Label): boolean => !(onlyUsed && drawn.length) || byLane.has(lane.id);
  return [
    ...(tiers ? tierLanes(tiers, byLane.has(laneOf(null))) : ofLabels()).filter(wanted).map((lane) => row(lane, byLane.get(lane.id) ?? NONE)),
    ...models.map((one) => row({ ...unknownLabel(`model:${one.id}`), name: `${one.model_name} ${one.version}`, color: GRAY }, byModel.get(one.id) ?? NONE)),
  ];
}

/** What stands for the label of each tier's lane, and below them of the lane of what lies on no tier, when there is something. */
export function tierLanes(tiers: readonly string[], loose: boolean): Label[] {
  const lanes = tiers.map((name) => ({ ...unknownLabel(laneOf(name)), name, color: GRAY }));
  return loose ? [...lanes, { ...unknownLabel(laneOf(null)), name: t("Without a tier"), color: GRAY }] : lanes;
}
