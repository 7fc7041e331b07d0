/** The lower edge of a row of the stage: drag it, or move it with the arrow keys; a double click gives the usual height. */
import { el } from "../dom";
import { msg, t } from "../i18n";
import type { Scope } from "../scope";

const STEP = 12;
const HEIGHTS: Record<string, string> = { waveform: msg("Height of the waveform"), spectrogram: msg("Height of the spectrogram") };

export interface Resized {
  name: string;
  lowest: number;
  highest: number;
  height(): number;
  /** Null for the usual height. */
  resize(height: number | null): void;
}

export function resizer(of: Resized, scope: Scope): HTMLElement {
  const root = el("div", {
    class: "resizer",
    role: "separator",
    "aria-orientation": "horizontal",
    "aria-label": t(HEIGHTS[of.name] ?? of.name),
    "aria-valuemin": of.lowest,
    "aria-valuemax": of.highest,
    "aria-valuenow": of.height(),
    title: t("Drag to change the height; double click for the usual one"),
    tabindex: 0,
  });
  const set = (height: number | null): void => {
    of.resize(height === null ? null : Math.round(Math.min(of.highest, Math.max(of.lowest, height))));
    root.setAttribute("aria-valuenow", String(Math.round(of.height())));
  };
  let from: { y: number; height: number } | null = null;
  scope.on(root, "pointerdown", (event) => {
    root.setPointerCapture(event.pointerId);
    from = { y: event.clientY, height: of.height() };
  });
  scope.on(root, "pointermove", (event) => {
    if (from) set(from.height + event.clientY - from.y);
  });
  scope.on(root, "pointerup", () => (from = null));
  scope.on(root, "pointercancel", () => (from = null));
  scope.on(root, "dblclick", () => set(null));
  scope.on(root, "keydown", (event) => {
    const by = event.key === "ArrowDown" ? STEP : event.key === "ArrowUp" ? -STEP : 0;
    if (!by) return;
    set(of.height() + by);
    event.preventDefault();
    event.stopPropagation();
  });
  return root;
}
