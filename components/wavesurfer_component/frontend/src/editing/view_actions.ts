/** What keys and buttons do to the view, the playhead and the selection: nothing here changes the annotation. */
import type { Project } from "../api";
import type { Stage } from "../engine/stage";
import { clock, parseClock } from "../engine/time";
import { msg, t } from "../i18n";
import type { Keyboard } from "../keyboard";
import { instructionsOver } from "../panels/instructions";
import type { Choosing } from "./choosing";
import type { LabelKeys } from "./label_keys";
import type { LaneStates } from "./lane_states";
import type { Actions } from "./region_actions";
import { inView, nextSuggestion, stepped } from "./selecting";
import type { Snapping } from "./snapping";
import type { Store } from "./store";

export interface ViewActionPorts {
  project: Project;
  store: Store;
  stage: Stage;
  snapping: Snapping;
  choosing: Choosing;
  labels: LabelKeys;
  lanes: LaneStates;
  keyboard: Keyboard;
  findLabel(): void;
  toList(): void;
  toggleBoxMode(): void;
  toggleBand(): void;
  say(text: string): void;
  complain(text: string): void;
}

/** How far from the playhead the next onset or beat is looked for (s). */
const STEP_REACH = 300;
const NONE_THERE = {
  onset: { after: msg("No onset after the playhead"), before: msg("No onset before the playhead") },
  beat: { after: msg("No beat after the playhead"), before: msg("No beat before the playhead") },
  bar: { after: msg("No bar after the playhead"), before: msg("No bar before the playhead") },
};

export function viewActions(ports: ViewActionPorts): Actions {
  const { store, stage, choosing, lanes } = ports;
  return {
    help: () => ports.keyboard.toggleHelp(),
    instructions: () => showInstructions(ports),
    "next-region": () => choosing.selectDrawn(stepped(lanes.visible(store.drawn()), store.selected, 1)),
    "previous-region": () => choosing.selectDrawn(stepped(lanes.visible(store.drawn()), store.selected, -1)),
    "next-prediction": () => choosing.selectDrawn(nextSuggestion(lanes.visible(store.drawn()), store.selected)),
    "to-lanes": () => stage.heads.focus(),
    "to-list": () => ports.toList(),
    "select-all": () => choosing.selectAll(inView(store.drawn(), stage.view.start, stage.view.stop)),
    "find-label": () => ports.findLabel(),
    "go-to": () => void goTo(ports),
    "next-snap": () => stepToSnap(ports, 1),
    "previous-snap": () => stepToSnap(ports, -1),
    "box-mode": () => ports.toggleBoxMode(),
    band: () => ports.toggleBand(),
    label: (press) => ports.labels.down(press),
  };
}

function showInstructions({ project, keyboard }: ViewActionPorts): void {
  const text = project.instructions.trim() || t("This project has no instructions.");
  keyboard.show((close) => instructionsOver(text, close));
}

async function goTo({ stage, keyboard, complain }: ViewActionPorts): Promise<void> {
  const typed = await keyboard.ask(t("Go to a time, for example 12.5 or 1:02.5"), clock(stage.playback.time));
  if (typed === null) return;
  const seconds = parseClock(typed);
  if (seconds === null) return complain(t("{typed} is no time. Type one such as 12.5, 1:02.5 or 1:01:02.5.", { typed }));
  show(stage, stage.clamp(seconds));
}

/** To the onset, beat or bar before or after the playhead, whichever edges snap to; onsets when they snap to neither. */
function stepToSnap({ stage, snapping, say }: ViewActionPorts, way: 1 | -1): void {
  const kind = snapping.mode === "beat" || snapping.mode === "bar" ? snapping.mode : "onset";
  const at = stage.playback.time;
  const times = snapping.points.between(kind, Math.max(0, at - STEP_REACH), at + STEP_REACH);
  const found = way > 0 ? times.find((time) => time > at + 0.001) : times.filter((time) => time < at - 0.001).pop();
  const side = way > 0 ? "after" : "before";
  if (found === undefined) return say(t(NONE_THERE[kind][side]));
  show(stage, stage.clamp(found));
}

function show(stage: Stage, time: number): void {
  stage.playback.seek(time);
  stage.view.reveal(time);
  stage.mark();
}
