/** What the grid of regions shows and asks for; of an annotation that is made, or of one that is reviewed. */
import type { Label } from "../api/answers";
import type { Region } from "../editing/document";
import type { DrawnChange } from "../editing/drawn_list";
import type { Drawn } from "../layers/regions";
import type { GridEditing } from "./cell_edits";
import type { Uses } from "./columns";

export interface GridPorts {
  /** Which columns are used. */
  uses?: Uses;
  /** Whether there are beats among the rows, which have columns of their own. */
  hasBeats?(): boolean;
  /** Everything in the order of time. */
  rows(): readonly Drawn[];
  /** What changed in it since this was asked the last time; null when everything may have. */
  changes(): readonly DrawnChange[] | null;
  region(id: string): Region | null;
  label(id: string): Label;
  /** Another value whenever rows must be drawn anew though their regions are the same. */
  version(): string;
  selected(): string | null;
  isSelected(id: string): boolean;
  selectedCount(): number;
  /** Select one alone; `show` also brings it into view and the playhead to it. */
  select(id: string, show: boolean): void;
  toggle(id: string): void;
  selectAll(ids: readonly string[]): void;
  /** What a key does in the list; null when it is the editor's. */
  listAction(event: KeyboardEvent): string | null;
  /** Whether a key that is not the grid's does something to what is selected, if the row with this id is. */
  actsOnSelection(event: KeyboardEvent, id: string): boolean;
  /** Give the keyboard back to the editor. */
  leave(): void;
  say(text: string): void;
  /** What edits are made with; null where nothing can be changed. */
  editing: GridEditing | null;
}
