/** The unit of the ruler. */
import { el } from "../dom";
import type { StageLook } from "../engine/stage_look";
import { msg, t } from "../i18n";
import type { RulerUnit } from "../layers/ruler";

const NAMES: Record<RulerUnit, string> = { time: msg("Time"), bars: msg("Bars"), samples: msg("Samples") };

export interface HasRuler {
  stageLook: StageLook;
  setStageLook(look: Partial<StageLook>): void;
}

export function rulerChoice(stage: HasRuler): HTMLElement {
  const choice = el("select", { "aria-label": t("Unit of the ruler"), title: t("Unit of the ruler") });
  for (const unit of Object.keys(NAMES) as RulerUnit[]) choice.append(el("option", { value: unit }, t(NAMES[unit])));
  choice.value = stage.stageLook.unit;
  choice.addEventListener("change", () => stage.setStageLook({ unit: choice.value as RulerUnit }));
  return choice;
}
