/** The unit of the ruler. */
import { el } from "../dom";
import type { StageLook } from "../engine/stage_look";
import type { RulerUnit } from "../layers/ruler";

const NAMES: Record<RulerUnit, string> = { time: "Time", bars: "Bars", samples: "Samples" };

export interface HasRuler {
  stageLook: StageLook;
  setStageLook(look: Partial<StageLook>): void;
}

export function rulerChoice(stage: HasRuler): HTMLElement {
  const choice = el("select", { "aria-label": "Unit of the ruler", title: "Unit of the ruler" });
  for (const unit of Object.keys(NAMES) as RulerUnit[]) choice.append(el("option", { value: unit }, NAMES[unit]));
  choice.value = stage.stageLook.unit;
  choice.addEventListener("change", () => stage.setStageLook({ unit: choice.value as RulerUnit }));
  return choice;
}
