/** The grid of regions in the editor: what it shows comes from the store, what is typed in it becomes edits. */
import type { Annotation, Project, Task } from "../api/answers";
import type { Edits } from "../editing/edits";
import type { KeyMap } from "../editing/key_map";
import type { LaneStates } from "../editing/lane_states";
import type { Locks } from "../editing/locks";
import type { Store } from "../editing/store";
import type { Tiers } from "../editing/tiers";
import type { Beats } from "../editing/beats";
import type { Choosing } from "../editing/choosing";
import { given } from "../engine/given_labels";
import { questions } from "./answers";
import { BEATS, labelOfBeats, RowsWithBeats } from "./beat_rows";
import { ABOUT_BEAT, ABOUT_SELECTION } from "./keys";
import type { GridPorts } from "./ports";

export interface EditorGridParts {
  project: Project;
  task: Task;
  annotation: Annotation;
  store: Store;
  edits: Edits;
  beats: Beats;
  choosing: Choosing;
  lanes: LaneStates;
  tiers: Tiers;
  locks: Locks;
  keys(): KeyMap;
  editable(): boolean;
  leave(): void;
  say(text: string): void;
  complain(text: string): void;
}

export function editorGrid({ project, task, annotation, store, edits, beats, choosing, lanes, locks, tiers, ...parts }: EditorGridParts): GridPorts {
  const labelKeys = new Set(project.labels.map((label) => label.key?.toLowerCase()));
  const bounded = annotation.document.regions.some((one) => one.low != null || one.high != null);
  const rows = new RowsWithBeats({
    regions: () => store.drawn(),
    changes: store.changeReader(),
    beats: () => store.beats,
    grid: () => beats.grid,
    hidesScores: () => store.hidesScores,
  });
  const isBeat = (id: string): boolean => rows.find(id) !== null;
  return {
    // Boxes that are marked later have their columns when the task is opened again.
    uses: { tier: tiers.on, band: bounded, asked: questions(project.labels) },
    hasBeats: () => rows.any,
    rows: () => rows.rows(),
    changes: () => rows.changes(),
    region: (id) => edits.grabbed(id) ?? store.rejected(id)?.region ?? rows.find(id)?.region ?? null,
    label: (id) => (id === BEATS ? labelOfBeats() : store.label(id)),
    version: () => `${lanes.version}:${parts.editable()}`,
    selected: () => store.selected ?? beats.selected,
    isSelected: (id) => store.selection.has(id) || beats.selected === id,
    selectedCount: () => store.selection.size || (beats.selected === null ? 0 : 1),
    select: (id, show) => (isBeat(id) ? choosing.selectBeat(id, show) : choosing.select(id, show)),
    toggle: (id) => (isBeat(id) ? choosing.toggleBeat(id) : choosing.toggle(id)),
    selectAll: (ids) => choosing.selectAll(ids.filter((id) => !isBeat(id))),
    listAction: (event) => parts.keys().listAction(event),
    actsOnSelection: (event, id) => {
      const action = parts.keys().action(event, false);
      if (action !== null) return (isBeat(id) ? ABOUT_BEAT : ABOUT_SELECTION).has(action);
      return !event.ctrlKey && !event.metaKey && !event.altKey && labelKeys.has(event.key.toLowerCase());
    },
    leave: parts.leave,
    say: parts.say,
    editing: {
      labels: given(project.labels),
      within: { first: task.start, last: task.stop },
      editable: parts.editable,
      locked: ({ lane, label }) => locks.why(lane ?? label),
      change: (id, changes) => {
        if (isBeat(id)) return beats.move(id, changes.start!);
        const region = edits.grabbed(id);
        return region !== null && edits.change(region, changes);
      },
      toggleDownbeat: (id) => {
        choosing.selectBeat(id);
        beats.toggleDownbeat();
      },
      complain: parts.complain,
      tiers: () => tiers.names,
      highest: task.recording.sample_rate / 2,
    },
  };
}
