/** What dragged edges snap to. */
import { el, icon } from "../dom";
import { SNAP_NAMES, type Snapping } from "../editing/snapping";
import { type SnapMode, SNAP_MODES } from "../engine/snap_points";
import { t } from "../i18n";

export function snapChoice(snapping: Snapping, changed: () => void): { root: HTMLElement; refresh(): void } {
  const choice = el("select", { class: "snap", "aria-label": t("Edges snap to"), title: t("What dragged edges snap to (Shift + S); Ctrl while dragging suspends it") });
  for (const mode of SNAP_MODES) choice.append(el("option", { value: mode }, t(SNAP_NAMES[mode])));
  choice.addEventListener("change", () => {
    snapping.setMode(choice.value as SnapMode);
    changed();
  });
  const root = el("span", { class: "snap-choice" }, icon("magnet"), choice);
  return { root, refresh: () => (choice.value = snapping.mode) };
}
