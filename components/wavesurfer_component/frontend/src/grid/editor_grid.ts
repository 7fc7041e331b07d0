/** The grid of regions in the editor: what it shows comes from the store, what is typed in it becomes edits. */
import type { Annotation, Project, Task } from "../api";
import type { Edits } from "../editing/edits";
import type { KeyMap } from "../editing/key_map";
import type { LaneStates } from "../editing/lane_states";
import type { Locks } from "../editing/locks";
import type { Store } from "../editing/store";
import type { Tiers } from "../editing/tiers";
import { questions } from "./answers";
import { ABOUT_SELECTION } from "./keys";
import type { GridPorts } from "./ports";

export interface EditorGridParts {
  project: Project;
  task: Task;
  annotation: Annotation;
  store: Store;
  edits: Edits;
  lanes: LaneStates;
  tiers: Tiers;
  locks: Locks;
  keys(): KeyMap;
  editable(): boolean;
  select(id: string, show: boolean): void;
  toggle(id: string): void;
  selectAll(ids: readonly string[]): void;
  leave(): void;
  say(text: string): void;
  complain(text: string): void;
}

export function editorGrid({ project, task, annotation, store, edits, lanes, locks, tiers, ...parts }: EditorGridParts): GridPorts {
  const labelKeys = new Set(project.labels.map((label) => label.key?.toLowerCase()));
  const bounded = annotation.document.regions.some((one) => one.low != null || one.high != null);
  return {
    // Boxes that are marked later have their columns when the task is opened again.
    uses: { tier: tiers.on, band: bounded, asked: questions(project.labels) },
    rows: () => store.drawn(),
    changes: store.changeReader(),
    region: (id) => edits.grabbed(id) ?? store.rejected(id)?.region ?? null,
    label: (id) => store.label(id),
    version: () => `${lanes.version}:${parts.editable()}`,
    selected: () => store.selected,
    isSelected: (id) => store.selection.has(id),
    selectedCount: () => store.selection.size,
    select: parts.select,
    toggle: parts.toggle,
    selectAll: parts.selectAll,
    listAction: (event) => parts.keys().listAction(event),
    actsOnSelection: (event) => {
      const action = parts.keys().action(event, false);
      if (action !== null) return ABOUT_SELECTION.has(action);
      return !event.ctrlKey && !event.metaKey && !event.altKey && labelKeys.has(event.key.toLowerCase());
    },
    leave: parts.leave,
    say: parts.say,
    editing: {
      labels: project.labels,
      within: { first: task.start, last: task.stop },
      editable: parts.editable,
      locked: ({ lane, label }) => locks.why(lane ?? label),
      change: (id, changes) => {
        const region = edits.grabbed(id);
        return region !== null && edits.change(region, changes);
      },
      complain: parts.complain,
      tiers: () => tiers.names,
      highest: task.recording.sample_rate / 2,
    },
  };
}
