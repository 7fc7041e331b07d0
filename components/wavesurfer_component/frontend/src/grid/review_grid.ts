/** The grid of regions in a review: to read, to select and to decide by the keys of the review. */
import type { Label } from "../api";
import type { Region } from "../editing/document";
import type { KeyMap } from "../editing/key_map";
import type { Drawn } from "../layers/regions";
import { questions } from "./answers";
import { ABOUT_SELECTION } from "./keys";
import type { GridPorts } from "./ports";

export interface ReviewGridParts {
  rows(): readonly Drawn[];
  regions: readonly Region[];
  labels: readonly Label[];
  label(id: string): Label;
  keys(): KeyMap;
  selected(): string | null;
  select(id: string, show: boolean): void;
  leave(): void;
  say(text: string): void;
}

export function reviewGrid(parts: ReviewGridParts): GridPorts {
  const byId = new Map(parts.regions.map((region) => [region.id, region]));
  const only = (id: string): void => parts.select(id, true);
  return {
    uses: { tier: false, band: false, asked: questions(parts.labels) },
    rows: parts.rows,
    changes: () => null,
    region: (id) => byId.get(id) ?? null,
    label: parts.label,
    version: () => "",
    selected: parts.selected,
    isSelected: (id) => id === parts.selected(),
    selectedCount: () => (parts.selected() === null ? 0 : 1),
    select: parts.select,
    toggle: only, // one at a time is decided on
    selectAll: () => undefined,
    listAction: (event) => parts.keys().listAction(event),
    actsOnSelection: (event) => ABOUT_SELECTION.has(parts.keys().action(event, true) ?? ""),
    leave: parts.leave,
    say: parts.say,
    editing: null,
  };
}
