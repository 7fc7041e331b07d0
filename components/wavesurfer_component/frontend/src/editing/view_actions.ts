/** What keys and buttons of the editor do to selection, playhead and sound: nothing here changes the annotation. */
import type { Stage } from "../engine/stage";
import { msg, t } from "../i18n";
import type { Choosing } from "./choosing";
import type { LabelKeys } from "./label_keys";
import type { LaneStates } from "./lane_states";
import { showTime } from "./place_actions";
import { type Actions, forDigits } from "./region_actions";
import { inView, nextSuggestion, stepped } from "./selecting";
import type { Snapping } from "./snapping";
import type { Store } from "./store";

export interface ViewActionPorts {
  store: Store;
  stage: Stage;
  snapping: Snapping;
  choosing: Choosing;
  labels: LabelKeys;
  lanes: LaneStates;
  findLabel(): void;
  toList(): void;
  toggleBoxMode(): void;
  toggleBand(): void;
  toggleLeveling(): void;
  say(text: string): void;
}

/** How far from the playhead the next onset or beat is looked for (s). */
const STEP_REACH = 300;
const NONE_THERE = {
  onset: { after: msg("No onset after the playhead"), before: msg("No onset before the playhead") },
  beat: { after: msg("No beat after the playhead"), before: msg("No beat before the playhead") },
  bar: { after: msg("No bar after the playhead"), before: msg("No bar before the playhead") },
};
const LOADING = { onset: msg("Loading the onsets…"), beat: msg("Loading the beats…"), bar: msg("Loading the beats…") };

export function viewActions(ports: ViewActionPorts): Actions {
  const { store, stage, choosing, lanes } = ports;
  return {
    "next-region": () => choosing.selectDrawn(stepped(lanes.visible(store.drawn()), store.selected, 1)),
    "previous-region": () => choosing.selectDrawn(stepped(lanes.visible(store.drawn()), store.selected, -1)),
    "next-prediction": () => choosing.selectDrawn(nextSuggestion(lanes.visible(store.drawn()), store.selected)),
    "to-lanes": () => stage.heads.focus(),
    "to-list": () => ports.toList(),
    "select-all": () => choosing.selectAll(inView(store.drawn(), stage.view.start, stage.view.stop)),
    "find-label": () => ports.findLabel(),
    "next-snap": () => void stepToSnap(ports, 1),
    "previous-snap": () => void stepToSnap(ports, -1),
    "box-mode": () => ports.toggleBoxMode(),
    band: () => ports.toggleBand(),
    leveling: () => ports.toggleLeveling(),
    ...forDigits("label", (digit, press) => ports.labels.down(digit, press.code)),
  };
}

/**
 * To the onset, beat or bar before or after the playhead, whichever edges snap to; onsets when they snap to neither.
 * Points that are not here yet are waited for.
 */
async function stepToSnap({ stage, snapping, say }: ViewActionPorts, way: 1 | -1): Promise<void> {
  const kind = snapping.kinds.find((one) => one === "onset" || one === "beat" || one === "bar") ?? "onset";
  const from = stage.playback.time;
  const furthest = stage.clamp(from + way * STEP_REACH);
  const arriving = snapping.points.arriving(kind, Math.min(from, furthest), Math.max(from, furthest));
  if (arriving) {
    say(t(LOADING[kind]));
    try {
      await arriving;
    } catch (error) {
      return say((error as Error).message);
    }
  }
  const at = stage.playback.time; // of keys that were pressed while it was fetched, each goes one step
  const reach = stage.clamp(at + way * STEP_REACH);
  const times = snapping.points.between(kind, Math.min(at, reach), Math.max(at, reach));
  const found = way > 0 ? times.find((time) => time > at + 0.001) : times.filter((time) => time < at - 0.001).pop();
  const side = way > 0 ? "after" : "before";
  if (found === undefined) return say(t(NONE_THERE[kind][side]));
  showTime(stage, stage.clamp(found));
}
