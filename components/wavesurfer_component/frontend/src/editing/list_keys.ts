/** What keys do in the list of regions, while a cell of it has the focus; there they come before those of the editor. */
import { msg } from "../i18n";
import type { Binding } from "./keys";

export const LIST_BINDINGS: readonly Binding[] = [
  { keys: "ArrowUp", action: "list-up", group: msg("In the list of regions"), says: msg("To the cell above; above the first row are the heads of the columns") },
  { keys: "ArrowDown", action: "list-down", group: msg("In the list of regions"), says: msg("To the cell below") },
  { keys: "ArrowLeft", action: "list-left", group: msg("In the list of regions"), says: msg("To the cell on the left") },
  { keys: "ArrowRight", action: "list-right", group: msg("In the list of regions"), says: msg("To the cell on the right") },
  { keys: "Home", action: "list-row-start", group: msg("In the list of regions"), says: msg("To the first cell of the row") },
  { keys: "End", action: "list-row-end", group: msg("In the list of regions"), says: msg("To the last cell of the row") },
  { keys: "Ctrl+Home", action: "list-start", group: msg("In the list of regions"), says: msg("To the first cell of the list") },
  { keys: "Ctrl+End", action: "list-end", group: msg("In the list of regions"), says: msg("To the last cell of the list") },
  { keys: "PageUp", action: "list-page-up", group: msg("In the list of regions"), says: msg("As many rows up as are seen") },
  { keys: "PageDown", action: "list-page-down", group: msg("In the list of regions"), says: msg("As many rows down as are seen") },
  { keys: "Enter", action: "list-edit", group: msg("In the list of regions"), says: msg("Edit the cell; on a head: sort by it, and again the other way round") },
  { keys: "F2", action: "list-edit", group: msg("In the list of regions"), says: msg("Edit the cell; on a head: sort by it, and again the other way round") },
  { keys: "Space", action: "list-toggle", group: msg("In the list of regions"), says: msg("Select the row too, or leave it out again") },
  { keys: "Shift+ArrowUp", action: "list-extend-up", group: msg("In the list of regions"), says: msg("Select on, upwards") },
  { keys: "Shift+ArrowDown", action: "list-extend-down", group: msg("In the list of regions"), says: msg("Select on, downwards") },
  { keys: "Ctrl+A", action: "list-select-all", group: msg("In the list of regions"), says: msg("Select all that is listed") },
  { keys: "Escape", action: "list-leave", group: msg("In the list of regions"), says: msg("Back to the editor"), fixed: true },
];
