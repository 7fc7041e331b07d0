/** The task as a whole: the ones before and after it, skipping, the flag, and what the project asks. */
import { el, icon } from "../dom";
import { t } from "../i18n";
import { actionButton } from "../playback/transport";
import { hinted } from "./key_hints";
import type { InstructionsPanel } from "./instructions";

export interface TaskPanelPorts {
  act(action: string): void;
  editable(): boolean;
  flagged(): boolean;
  instructions: Pick<InstructionsPanel, "any" | "open">;
}

export function taskPanel({ act, editable, flagged, instructions }: TaskPanelPorts): { root: HTMLElement; refresh(): void } {
  const before = actionButton(t("Back to the task before"), "previous-task", act, icon("left"));
  const next = actionButton(t("Go on to another task without submitting"), "next-task", act, icon("right"));
  const skip = hinted(el("button", { type: "button", onclick: () => act("skip-task") }, t("Skip…")), t("Skip the task with a reason: it comes back after all others"), "skip-task");
  const flag = hinted(el("button", { type: "button", onclick: () => act("flag") }, icon("flag"), t("Flag")), t("Flag the task for a manager, or take the flag back"), "flag");
  const asked = hinted(el("button", { type: "button", hidden: !instructions.any, onclick: () => act("instructions") }, t("Instructions")), t("Show or hide the instructions of the project"), "instructions");
  const root = el("section", { class: "panel task-panel", "aria-label": t("Task") }, el("div", { class: "buttons" }, before, next, skip, flag, asked));
  const refresh = (): void => {
    skip.disabled = !editable();
    flag.setAttribute("aria-pressed", String(flagged()));
    flag.classList.toggle("chosen", flagged());
    asked.setAttribute("aria-expanded", String(instructions.open));
  };
  return { root, refresh };
}
