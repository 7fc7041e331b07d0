/** What dragged edges snap to: one kind of instants from a list, or several that are ticked. */
import { el, icon } from "../dom";
import { SNAP_NAMES, type SnapChoice } from "../editing/snap_choice";
import { SNAP_KINDS, type SnapMode, SNAP_MODES } from "../engine/snap_kinds";
import { t } from "../i18n";
import { hinted } from "./key_hints";
import { popover } from "./popover";

export function snapChoice(snapping: () => SnapChoice, changed: () => void): { root: HTMLElement; refresh(): void } {
  const choice = el("select", { class: "snap", "aria-label": t("Edges snap to") });
  hinted(choice, t("What dragged edges snap to; Ctrl while dragging suspends it"), "snap-mode");
  for (const mode of SNAP_MODES) choice.append(el("option", { value: mode }, t(SNAP_NAMES[mode])));
  const several = el("option", { value: "several", hidden: true });
  choice.append(several);
  choice.addEventListener("change", () => {
    if (choice.value !== "several") snapping().setMode(choice.value as SnapMode);
    changed();
  });
  const boxes = SNAP_KINDS.map((kind) => {
    const box = el("input", { type: "checkbox" });
    box.addEventListener("change", () => {
      snapping().setKinds(SNAP_KINDS.filter((one, at) => (one === kind ? box.checked : boxes[at]!.box.checked)));
      changed();
    });
    return { kind, box };
  });
  const ticks = boxes.map(({ kind, box }) => el("label", { class: "check" }, box, t(SNAP_NAMES[kind])));
  const more = popover(t("Snap to several kinds at once"), [icon("magnet")], ...ticks);
  const refresh = (): void => {
    const { says, mode, kinds } = snapping();
    several.textContent = says;
    several.hidden = mode !== "several";
    choice.value = mode;
    for (const { kind, box } of boxes) box.checked = kinds.includes(kind);
  };
  return { root: el("span", { class: "snap-choice" }, more, choice), refresh };
}
