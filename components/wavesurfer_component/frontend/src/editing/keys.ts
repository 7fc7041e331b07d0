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
  { keys: "Ctrl+Space", action: "play-view", group: "Play", says: "Play what is in view" },
  { keys: "L", action: "loop", group: "Play", says: "Loop the selected region" },
  { keys: "Backquote", action: "replay", group: "Play", says: "Replay the last two seconds" },
  { keys: "-", action: "slower", group: "Play", says: "Slower" },
  { keys: "=", action: "faster", group: "Play", says: "Faster" },
  { keys: "0", action: "normal-speed", group: "Play", says: "Normal speed" },
  { keys: "ArrowLeft", action: "back", group: "Move", says: "Back 0.1 s" },
  { keys: "ArrowRight", action: "forward", group: "Move", says: "Forward 0.1 s" },
  { keys: "Alt+ArrowLeft", action: "back-frame", group: "Move", says: "Back 10 ms" },
  { keys: "Alt+ArrowRight", action: "forward-frame", group: "Move", says: "Forward 10 ms" },
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
  { keys: "Shift+1 … 9", action: "label-here", group: "Create", says: "Mark one second from the playhead on with that label" },
  { keys: "/", action: "find-label", group: "Create", says: "Find a label by its name" },
  { keys: "[", action: "start-earlier", group: "Adjust", says: "Start 10 ms earlier (Shift: 100 ms, Alt: 1 ms)" },
  { keys: "]", action: "start-later", group: "Adjust", says: "Start 10 ms later" },
  { keys: ",", action: "end-earlier", group: "Adjust", says: "End 10 ms earlier" },
  { keys: ".", action: "end-later", group: "Adjust", says: "End 10 ms later" },
  { keys: "Ctrl+[", action: "start-to-playhead", group: "Adjust", says: "Start at the playhead" },
  { keys: "Ctrl+]", action: "end-to-playhead", group: "Adjust", says: "End at the playhead" },
  { keys: "Ctrl+Shift+ArrowLeft", action: "region-earlier", group: "Adjust", says: "Whole region 10 ms earlier" },
  { keys: "Ctrl+Shift+ArrowRight", action: "region-later", group: "Adjust", says: "Whole region 10 ms later" },
  { keys: "S", action: "split", group: "Edit", says: "Split at the playhead" },
  { keys: "M", action: "merge", group: "Edit", says: "Join with the next region of the same label" },
  { keys: "D", action: "duplicate", group: "Edit", says: "Duplicate behind itself" },
  { keys: "Delete", action: "delete", group: "Edit", says: "Delete the region" },
  { keys: "Enter", action: "edit-text", group: "Edit", says: "Edit the region's text" },
  { keys: "Ctrl+Z", action: "undo", group: "Edit", says: "Undo" },
  { keys: "Ctrl+Shift+Z", action: "redo", group: "Edit", says: "Redo" },
  { keys: "A", action: "accept", group: "Suggestions", says: "Accept the selected suggestion" },
  { keys: "R", action: "reject", group: "Suggestions", says: "Reject the selected suggestion" },
  { keys: "Shift+A", action: "accept-all", group: "Suggestions", says: "Accept all from the threshold on" },
  { keys: "Shift+R", action: "reject-below", group: "Suggestions", says: "Reject all below the threshold" },
  { keys: ";", action: "threshold-down", group: "Suggestions", says: "Lower the threshold" },
  { keys: "'", action: "threshold-up", group: "Suggestions", says: "Raise the threshold" },
  { keys: "V", action: "hide-suggestions", group: "Suggestions", says: "Hide or show suggestions" },
  { keys: "P", action: "predict", group: "Suggestions", says: "Ask the model" },
  { keys: "Z", action: "zoom-region", group: "View", says: "Zoom to the region" },
  { keys: "Shift+F", action: "fit", group: "View", says: "Show everything" },
  { keys: "Ctrl+ArrowUp", action: "zoom-in", group: "View", says: "Zoom in" },
  { keys: "Ctrl+ArrowDown", action: "zoom-out", group: "View", says: "Zoom out" },
  { keys: "Shift+Y", action: "spectrogram", group: "View", says: "Show or hide the spectrogram" },
  { keys: "Shift+C", action: "contrast", group: "View", says: "Change the contrast of the spectrogram" },
  { keys: "?", action: "help", group: "View", says: "Show the keys" },
  { keys: "Ctrl+ArrowRight", action: "next-task", group: "Task", says: "Go on to another task without submitting" },
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
  getModifierState?(name: string): boolean;
}

const NUDGES: Record<string, string> = { "[": "start-earlier", "]": "start-later", ",": "end-earlier", ".": "end-later" };
const UNSHIFTED: Record<string, string> = { "{": "[", "}": "]", "<": ",", ">": "." };
const NOT_IN_REVIEW = new Set(["Create", "Adjust", "Edit", "Suggestions", "Task"]);

/** The bindings that work in the editor, or in a review. */
export function bindingsFor(review: boolean): Binding[] {
  return BINDINGS.filter((binding) =>
    review ? !NOT_IN_REVIEW.has(binding.group) || binding.action === "submit" : binding.group !== "Review",
  );
}

/** The action of a key press, or null. Nudges answer to their key whatever Shift and Alt do to it. */
export function actionOf(press: KeyPress, review: boolean): string | null {
  const { key, control, alt } = meaningOf(press);
  const nudge = NUDGES[press.shiftKey ? (UNSHIFTED[key] ?? key) : key];
  if (!control && nudge) return review ? null : nudge;
  if (!control && !alt && !press.shiftKey && /^[1-9]$/.test(key)) return "label";
  if (!control && !alt && press.shiftKey && /^Digit[1-9]$/.test(press.code)) return review ? null : "label-here";
  const shift = press.shiftKey && key !== "?" ? "Shift+" : "";
  const name = (control ? "Ctrl+" : "") + (alt ? "Alt+" : "") + shift + key;
  return bindingsFor(review).find((binding) => binding.keys === name && !binding.action.startsWith("label"))?.action ?? null;
}

/** May a label be picked by this key, or does it mean something else? Labels come after the bindings. */
export function isFreeKey(key: string): boolean {
  const name = key === "`" ? "Backquote" : key.toUpperCase();
  return /^[1-9]$/.test(key) || !bindingsFor(false).some((binding) => binding.keys === name);
}

/** Seconds that a nudge moves an edge. */
export function nudgeSeconds(press: KeyPress): number {
  return press.shiftKey ? 0.1 : press.altKey ? 0.001 : 0.01;
}

/** What the key says: by its sign on the layout; by its place only where the layout has no Latin sign for it. */
function meaningOf(press: KeyPress): { key: string; control: boolean; alt: boolean } {
  const third = press.getModifierState?.("AltGraph") ?? false; // such signs come with Ctrl and Alt on some systems
  const control = (press.ctrlKey || press.metaKey) && !third;
  let key = press.key;
  if (key === " ") key = "Space";
  else if (press.code === "Backquote") key = "Backquote";
  else if (key.length === 1 && (key.charCodeAt(0) > 127 || press.altKey) && !third) key = SIGN_AT[press.code] ?? /^Key([A-Z])$/.exec(press.code)?.[1] ?? key;
  if (key.length === 1) key = key.toUpperCase();
  return { key, control, alt: press.altKey && !third };
}

const SIGN_AT: Record<string, string> = {
  BracketLeft: "[",
  BracketRight: "]",
  Comma: ",",
  Period: ".",
  Semicolon: ";",
  Quote: "'",
  Slash: "/",
  Minus: "-",
  Equal: "=",
};
