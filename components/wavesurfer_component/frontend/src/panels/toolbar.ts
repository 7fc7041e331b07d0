/** What the editor's bar has besides playing: boxes, snapping, the save status, undo, redo, submit. */
import { el, icon, kbd } from "../dom";
import { t } from "../i18n";
import { button } from "../playback/transport";

export interface ToolbarState {
  editable: boolean;
  canUndo: boolean;
  canRedo: boolean;
  canSubmit: boolean;
  boxMode: boolean;
}

export interface Toolbar {
  parts: HTMLElement[];
  refresh(state: ToolbarState): void;
}

/** `served`: whether annotations are handed in. */
export function toolbar(act: (action: string) => void, snapChoice: HTMLElement, status: HTMLElement, served: boolean): Toolbar {
  const box = button(t("Mark boxes in time and frequency on the spectrogram (F)"), () => act("box-mode"), icon("box"));
  const undo = button(t("Undo (Ctrl + Z)"), () => act("undo"), icon("undo"));
  const redo = button(t("Redo (Ctrl + Shift + Z)"), () => act("redo"), icon("redo"));
  const submit = el(
    "button",
    { type: "button", class: "primary", title: t("Submit and go on (Ctrl + Enter)"), onclick: () => act("submit") },
    t("Submit"),
    kbd(t("Ctrl ↵")),
  );
  return {
    parts: [box, snapChoice, el("span", { class: "spring" }), status, undo, redo, ...(served ? [submit] : [])],
    refresh: ({ editable, canUndo, canRedo, canSubmit, boxMode }) => {
      undo.disabled = !editable || !canUndo;
      redo.disabled = !editable || !canRedo;
      submit.disabled = !canSubmit;
      box.setAttribute("aria-pressed", String(boxMode));
      box.classList.toggle("chosen", boxMode);
    },
  };
}
