/** The grid of regions in a review: to read, to select and to decide by the keys of the review. */
import type { Label } from "../api/answers";
import type { Point, Region } from "../editing/document";
import type { KeyMap } from "../editing/key_map";
import type { Drawn } from "../layers/regions";
import type { BeatGrid } from "../engine/beat_grid";
import { questions } from "./answers";
import { BEATS, labelOfBeats, RowsWithBeats } from "./beat_rows";
import { ABOUT_SELECTION } from "./keys";
import type { GridPorts } from "./ports";

export interface ReviewGridParts {
  rows(): readonly Drawn[];
  regions: readonly Region[];
  /** The beats of the annotation in the order of time, and the grid that they make. */
  beats: readonly Point[];
  grid: BeatGrid;
  labels: readonly Label[];
  label(id: string): Label;
  keys(): KeyMap;
  selected(): string | null;
  select(id: string, show: boolean): void;
  selectedBeat(): string | null;
  selectBeat(id: string): void;
  leave(): void;
  say(text: string): void;
}

export function reviewGrid(parts: ReviewGridParts): GridPorts {
  const byId = new Map(parts.regions.map((region) => [region.id, region]));
  const all = new RowsWithBeats({ regions: parts.rows, changes: () => null, beats: () => parts.beats, grid: () => parts.grid, hidesScores: () => false });
  const select = (id: string, show: boolean): void => (all.find(id) ? parts.selectBeat(id) : parts.select(id, show));
  const selected = (): string | null => parts.selected() ?? parts.selectedBeat();
  return {
    uses: { tier: false, band: false, asked: questions(parts.labels) },
    hasBeats: () => all.any,
    rows: () => all.rows(),
    changes: () => all.changes(),
    region: (id) => byId.get(id) ?? all.find(id)?.region ?? null,
    label: (id) => (id === BEATS ? labelOfBeats() : parts.label(id)),
    version: () => "",
    selected,
    isSelected: (id) => id === selected(),
    selectedCount: () => (selected() === null ? 0 : 1),
    select,
    toggle: (id) => select(id, true), // one at a time is decided on
    selectAll: () => undefined,
    listAction: (event) => parts.keys().listAction(event),
    actsOnSelection: (event) => ABOUT_SELECTION.has(parts.keys().action(event, true) ?? ""),
    leave: parts.leave,
    say: parts.say,
    editing: null,
  };
}
