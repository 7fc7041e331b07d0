/** The grid of regions in the editor: what it shows comes from the store, what is typed in it becomes edits. */
import type { Project, Task } from "../api";
import type { Edits } from "../editing/edits";
import type { KeyMap } from "../editing/key_map";
import type { LaneStates } from "../editing/lane_states";
import type { Locks } from "../editing/locks";
import type { Store } from "../editing/store";
import { ABOUT_SELECTION } from "./keys";
import type { GridPorts } from "./ports";

export interface EditorGridParts {
  project: Project;
  task: Task;
  store: Store;
  edits: Edits;
  lanes: LaneStates;
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

export function editorGrid({ project, task, store, edits, lanes, locks, ...parts }: EditorGridParts): GridPorts {
  const labelKeys = new Set(project.labels.map((label) => label.key?.toLowerCase()));
  return {
    rows: () => store.drawn(),
    changes: store.changeReader(),
    region: (id) => edits.grabbed(id),
    label: (id) => store.label(id),
    version: () => `${lanes.version}:${parts.editable()}`,
    selected: () => store.selected,
    isSelected: (id) => store.selection.has(id),
    selectedCount: () => store.selection.size,
    select: parts.select,
    toggle: parts.toggle,
    selectAll: parts.selectAll,
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
    },
  };
}
