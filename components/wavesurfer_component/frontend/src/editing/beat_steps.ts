/** Going from beat to beat by keys: what is selected so is shown, heard from there, and said. */
import type { Stage } from "../engine/stage";
import { msg, t } from "../i18n";
import type { Beats } from "./beats";
import type { Choosing } from "./choosing";
import type { Actions } from "./region_actions";

export interface BeatStepPorts {
  beats: Beats;
  choosing: Choosing;
  stage: Stage;
  say(text: string): void;
}

const NONE_THERE = {
  beat: { after: msg("There is no later beat"), before: msg("There is no earlier beat") },
  bar: { after: msg("No later bar begins"), before: msg("No earlier bar begins") },
};

/** Actions that select beats; they change nothing. */
export function beatSteps(ports: BeatStepPorts): Actions {
  const step = (way: 1 | -1, to: "beat" | "bar") => (): void => stepTo(ports, way, to);
  return { "next-beat": step(1, "beat"), "previous-beat": step(-1, "beat"), "next-bar": step(1, "bar"), "previous-bar": step(-1, "bar") };
}

/** From the selected beat; without one, from the playhead. */
function stepTo({ beats, choosing, stage, say }: BeatStepPorts, way: 1 | -1, to: "beat" | "bar"): void {
  const { grid } = beats;
  if (!grid.beats.length) return say(t("There are no beats yet"));
  const found = grid.beside(grid.index(beats.selected), stage.playback.time, way, to === "bar");
  const side = way > 0 ? "after" : "before";
  if (found < 0) return say(t(NONE_THERE[to][side]));
  choosing.selectBeat(grid.beats[found]!.id, true);
}
