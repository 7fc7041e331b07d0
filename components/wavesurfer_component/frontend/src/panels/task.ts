/** The task as a whole: the ones before and after it, skipping, the flag, and what the project asks. */
import { el, icon } from "../dom";
import { t } from "../i18n";
import { button } from "../playback/transport";
import type { InstructionsPanel } from "./instructions";

export interface TaskPanelPorts {
  act(action: string): void;
  editable(): boolean;
  flagged(): boolean;
  instructions: Pick<InstructionsPanel, "any" | "open">;
}

export function taskPanel({ act, editable, flagged, instructions }: TaskPanelPorts): { root: HTMLElement; refresh(): void } {
  const before = button(t("Back to the task before (Ctrl + ←)"), () => act("previous-task"), icon("left"));
  const next = button(t("Go on to another task without submitting (Ctrl + →)"), () => act("next-task"), icon("right"));
  const skip = el("button", { type: "button", title: t("Skip the task with a reason: it comes back after all others (Shift + N)"), onclick: () => act("skip-task") }, t("Skip…"));
  const flag = el("button", { type: "button", title: t("Flag the task for a manager, or take the flag back (Shift + K)"), onclick: () => act("flag") }, icon("flag"), t("Flag"));
  const asked = el("button", { type: "button", title: t("Show or hide the instructions of the project (Shift + I)"), hidden: !instructions.any, onclick: () => act("instructions") }, t("Instructions"));
  const root = el("section", { class: "panel task-panel", "aria-label": t("Task") }, el("div", { class: "buttons" }, before, next, skip, flag, asked));
  const refresh = (): void => {
    skip.disabled = !editable();
    flag.setAttribute("aria-pressed", String(flagged()));
    flag.classList.toggle("chosen", flagged());
    asked.setAttribute("aria-expanded", String(instructions.open));
  };
  return { root, refresh };
}
