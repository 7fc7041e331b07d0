/** The key map: one line a binding; the overlay, the documentation and the editor all read it. */

export interface Binding {
  keys: string;
  action: string;
  group: string;
  says: string;
}

export const BINDINGS: readonly Binding[] = [
  { keys: "Space", action: "play", group: "Play", says: "Play or pause" },
  { keys: "Shift+Space", action: "play-region", group: "Play", says: "Play the selected region" },
  { keys: "L", action: "loop", group: "Play", says: "Loop the selected region" },
  { keys: "Backquote", action: "replay", group: "Play", says: "Replay the last two seconds" },
  { keys: "-", action: "slower", group: "Play", says: "Slower" },
  { keys: "=", action: "faster", group: "Play", says: "Faster" },
  { keys: "0", action: "normal-speed", group: "Play", says: "Normal speed" },
  { keys: "ArrowLeft", action: "back", group: "Move", says: "Back 0.1 s" },
  { keys: "ArrowRight", action: "forward", group: "Move", says: "Forward 0.1 s" },
  { keys: "Shift+ArrowLeft", action: "back-second", group: "Move", says: "Back 1 s" },
  { keys: "Shift+ArrowRight", action: "forward-second", group: "Move", says: "Forward 1 s" },
  { keys: "Home", action: "to-start", group: "Move", says: "To the start" },
  { keys: "End", action: "to-end", group: "Move", says: "To the end" },
  { keys: "PageDown", action: "page-forward", group: "Move", says: "One view forward" },
  { keys: "PageUp", action: "page-back", group: "Move", says: "One view back" },
  { keys: "ArrowDown", action: "next-region", group: "Select", says: "Next region or suggestion" },
  { keys: "ArrowUp", action: "previous-region", group: "Select", says: "Previous region or suggestion" },
  { keys: "N", action: "next-prediction", group: "Select", says: "Next open suggestion" },
  { keys: "Escape", action: "deselect", group: "Select", says: "Deselect" },
  { keys: "I", action: "in-point", group: "Create", says: "Region starts here" },
  { keys: "O", action: "out-point", group: "Create", says: "Region ends here" },
  { keys: "1 … 9", action: "label", group: "Create", says: "Pick a label; with a selection: relabel" },
  { keys: "[", action: "start-earlier", group: "Adjust", says: "Start 10 ms earlier (Shift: 100 ms, Alt: 1 ms)" },
  { keys: "]", action: "start-later", group: "Adjust", says: "Start 10 ms later" },
  { keys: ",", action: "end-earlier", group: "Adjust", says: "End 10 ms earlier" },
  { keys: ".", action: "end-later", group: "Adjust", says: "End 10 ms later" },
  { keys: "S", action: "split", group: "Edit", says: "Split at the playhead" },
  { keys: "D", action: "duplicate", group: "Edit", says: "Duplicate behind itself" },
  { keys: "Delete", action: "delete", group: "Edit", says: "Delete the region" },
  { keys: "Enter", action: "edit-text", group: "Edit", says: "Edit the region's text" },
  { keys: "Ctrl+Z", action: "undo", group: "Edit", says: "Undo" },
  { keys: "Ctrl+Shift+Z", action: "redo", group: "Edit", says: "Redo" },
  { keys: "A", action: "accept", group: "Suggestions", says: "Accept the selected suggestion" },
  { keys: "R", action: "reject", group: "Suggestions", says: "Reject the selected suggestion" },
  { keys: "Shift+A", action: "accept-all", group: "Suggestions", says: "Accept all from the threshold on" },
  { keys: "P", action: "predict", group: "Suggestions", says: "Ask the model" },
  { keys: "Z", action: "zoom-region", group: "View", says: "Zoom to the region" },
  { keys: "Shift+F", action: "fit", group: "View", says: "Show everything" },
  { keys: "Ctrl+ArrowUp", action: "zoom-in", group: "View", says: "Zoom in" },
  { keys: "Ctrl+ArrowDown", action: "zoom-out", group: "View", says: "Zoom out" },
  { keys: "?", action: "help", group: "View", says: "Show the keys" },
  { keys: "Ctrl+Enter", action: "submit", group: "Task", says: "Submit and go on; in a review: approve" },
  { keys: "Y", action: "approve-region", group: "Review", says: "Approve the selected region" },
  { keys: "X", action: "reject-region", group: "Review", says: "Reject the selected region" },
  { keys: "Ctrl+Backspace", action: "reject-all", group: "Review", says: "Send the annotation back" },
];

export interface KeyPress {
  key: string;
  code: string;
  shiftKey: boolean;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
}

const NUDGES = new Set(["start-earlier", "start-later", "end-earlier", "end-later"]);
const BY_CODE: Record<string, string> = {
  BracketLeft: "start-earlier",
  BracketRight: "start-later",
  Comma: "end-earlier",
  Period: "end-later",
};

/** The action of a key press, or null. Nudges answer to their key whatever Shift and Alt do to it. */
export function actionOf(press: KeyPress, review: boolean): string | null {
  const control = press.ctrlKey || press.metaKey;
  if (!control && BY_CODE[press.code]) return review ? null : BY_CODE[press.code]!;
  if (!control && !press.altKey && /^[1-9]$/.test(press.key)) return "label";
  if (press.altKey) return null;
  const name = nameOf(press);
  const found = BINDINGS.find((binding) => binding.keys === name);
  if (!found || found.action === "label") return null;
  if (review ? NOT_IN_REVIEW.has(found.group) : found.group === "Review") return null;
  return found.action;
}

/** May a label be picked by this key, or does it mean something else? Labels come after the bindings. */
export function isFreeKey(key: string): boolean {
  return /^[1-9]$/.test(key) || !(key in TAKEN_SIGNS || BINDINGS.some((binding) => binding.keys === key.toUpperCase() && binding.group !== "Review"));
}

/** Milliseconds a nudge moves an edge. */
export function nudgeSeconds(press: KeyPress): number {
  return press.shiftKey ? 0.1 : press.altKey ? 0.001 : 0.01;
}

export const isNudge = (action: string): boolean => NUDGES.has(action);

const TAKEN_SIGNS = { "[": true, "]": true, ",": true, ".": true, "`": true };

const NOT_IN_REVIEW = new Set(["Create", "Adjust", "Edit", "Suggestions"]);

function nameOf(press: KeyPress): string {
  let key = press.key === " " ? "Space" : press.code === "Backquote" ? "Backquote" : press.key;
  if (key === "?") return "?";
  if (key.length === 1) key = key.toUpperCase();
  const control = press.ctrlKey || press.metaKey ? "Ctrl+" : "";
  return control + (press.shiftKey ? "Shift+" : "") + key;
}
