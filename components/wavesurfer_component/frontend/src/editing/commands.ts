/** What the name of an action does in the editor, from a key or a button. */
import type { Project } from "../api/answers";
import type { SnapKind } from "../engine/snap_kinds";
import { findSimilar, type FindingSimilarPorts } from "../finding_similar";
import { ask } from "../panels/asking";
import { playAction } from "../playback/transport";
import { beatSteps } from "./beat_steps";
import { beatActions, changingActions, type EditorActionPorts, otherActions } from "./editor_actions";
import { type KeyPress, NO_PRESS } from "./key_press";
import type { LaneMarking } from "./lane_marking";
import { placeActions, type PlaceActionPorts } from "./place_actions";
import { type Actions, regionActions } from "./region_actions";
import { viewActions, type ViewActionPorts } from "./view_actions";

export interface CommandPorts extends EditorActionPorts, ViewActionPorts, Omit<PlaceActionPorts, "selected" | "selectDrawn">, Pick<FindingSimilarPorts, "api" | "task"> {
  project: Project;
  marking: LaneMarking;
  editable(): boolean;
  /** Playing started, stopped or sounds otherwise. */
  played(): void;
}

/** How far the nearest point of a kind may lie for the keys that ask for it (s). */
const SNAP_REACH: Record<SnapKind, number> = { onset: 1, beat: 1, bar: 3, zero: 0.05, edge: 10 };

export class Commands {
  /** Actions that work also while the annotation cannot be changed. */
  private readonly always: Actions;
  private readonly changing: Actions;
  private readonly ofBeats: Actions;

  constructor(private readonly ports: CommandPorts) {
    const { labels, snapping, stage, store, choosing, project, edits, beats, marking, say } = ports;
    const places = placeActions({ ...ports, selected: () => store.selected, selectDrawn: (one) => choosing.selectDrawn(one) });
    this.always = { ...otherActions(ports), ...viewActions(ports), ...places, ...beatSteps(ports), similar: () => findSimilar(ports) };
    this.changing = {
      ...changingActions(ports),
      ...regionActions(edits, {
        activeLabel: () => labels.active,
        labelOfDigit: (digit) => labels.of(digit)?.id ?? "",
        playhead: () => stage.playback.time,
        toTier: (down) => marking.toTier(0, down),
        instants: project.controls.points,
        say,
        refresh: () => ports.refresh(),
        complain: (text) => ports.complain(text),
        ask: (text, value) => ask(ports.keyboard, text, value),
        activeLabelName: () => store.label(labels.active).name,
        nearest: (kind, time, but, fits) => snapping.points.find(kind, time, SNAP_REACH[kind], but, fits),
      }),
    };
    this.ofBeats = beatActions(beats);
  }

  run(action: string, press: KeyPress = NO_PRESS): void {
    const { stage, choosing, beats, store, editable, played } = this.ports;
    if (playAction(stage, action, () => choosing.span)) return played();
    const always = this.always[action];
    if (always) return always(press);
    if (!editable()) return;
    const ofBeat = beats.selected && !store.selected ? this.ofBeats[action] : undefined;
    (ofBeat ?? this.changing[action])?.(press);
  }
}
