/** The lanes of an annotation: one for each label, and if wanted one for each model that suggests something. */
import type { Label, Prediction } from "../api";
import { unknownLabel } from "../editing/store";
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
}

export function laneRows(drawn: readonly Drawn[], { labels, active, models }: LaneOptions): LaneRow[] {
  const apart = new Set(models.map((one) => one.id));
  const byLabel = new Map<string, Drawn[]>();
  const byModel = new Map<string, Drawn[]>();
  const colors = new Map(labels.map((label) => [label.id, label.color]));
  for (const one of drawn) {
    const model = one.prediction !== undefined && apart.has(one.prediction);
    const [groups, key] = model ? [byModel, one.prediction!] : [byLabel, one.label];
    const shown = model ? recolored(one, colors.get(one.label) ?? GRAY) : one;
    const found = groups.get(key);
    if (found) found.push(shown);
    else groups.set(key, [shown]);
  }
  const row = (label: Label, regions: readonly Drawn[]): LaneRow => ({ label, caption: regions.length ? String(regions.length) : "", drawn: regions });
  const shown = labels.filter((label) => labels.length <= MANY_LABELS || byLabel.has(label.id) || label.id === active);
  return [
    ...shown.map((label) => row(label, byLabel.get(label.id) ?? NONE)),
    ...models.map((one) => row({ ...unknownLabel(`model:${one.id}`), name: `${one.model_name} ${one.version}`, color: GRAY }, byModel.get(one.id) ?? NONE)),
  ];
}
