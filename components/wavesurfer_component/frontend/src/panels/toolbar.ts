/** What the editor's bar has besides playing: boxes, snapping, the save status, undo, redo, submit. */
import type { Api } from "../api/api";
import { el, icon } from "../dom";
import { t } from "../i18n";
import { actionButton } from "../playback/transport";
import { capOf, hinted } from "./key_hints";

export interface ToolbarState {
  editable: boolean;
  canUndo: boolean;
  canRedo: boolean;
  boxMode: boolean;
}

export interface Toolbar {
  parts: HTMLElement[];
  refresh(state: ToolbarState): void;
}

/** `served`: whether annotations are handed in; `readonly`: whether nothing can be changed. */
export function toolbar(act: (action: string) => void, snapChoice: HTMLElement, status: HTMLElement, { served, readonly }: Pick<Api, "served" | "readonly">): Toolbar {
  const box = actionButton(t("Mark boxes in time and frequency on the spectrogram"), "box-mode", act, icon("box"));
  const undo = actionButton(t("Undo"), "undo", act, icon("undo"));
  const redo = actionButton(t("Redo"), "redo", act, icon("redo"));
  const submit = hinted(el("button", { type: "button", class: "primary", onclick: () => act("submit") }, t("Submit"), capOf("submit")), t("Submit and go on"), "submit");
  return {
    parts: readonly ? [el("span", { class: "spring" }), status] : [box, snapChoice, el("span", { class: "spring" }), status, undo, redo, ...(served ? [submit] : [])],
    refresh: ({ editable, canUndo, canRedo, boxMode }) => {
      undo.disabled = !editable || !canUndo;
      redo.disabled = !editable || !canRedo;
      submit.disabled = !editable;
      box.setAttribute("aria-pressed", String(boxMode));
      box.classList.toggle("chosen", boxMode);
    },
  };
}
