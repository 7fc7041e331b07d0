/** A question that is answered with yes or no: over the editor, modal, left with Escape. */
import { el } from "../dom";
import { t } from "../i18n";
import type { Modal } from "../keyboard";

/** `yes` says on the button what is going to be done. */
export function confirmation(text: string, yes: string, answer: (confirmed: boolean) => void): Modal {
  const no = el("button", { type: "button", onclick: () => answer(false) }, t("Cancel"));
  const panel = el(
    "div",
    { class: "overlay-panel question", role: "alertdialog", "aria-modal": true, "aria-label": text },
    el("p", {}, text),
    el("div", { class: "buttons" }, el("button", { type: "button", class: "primary", onclick: () => answer(true) }, yes), no),
  );
  const root = el("div", { class: "overlay" }, panel);
  root.addEventListener("click", (event) => {
    if (event.target === root) answer(false);
  });
  return {
    root,
    focus: () => no.focus(),
    press: (event) => {
      if (event.key === "Escape") answer(false);
      else if (event.key === "Tab") {
        const buttons = [...panel.querySelectorAll("button")];
        const active = (panel.getRootNode() as Document | ShadowRoot).activeElement;
        buttons.find((button) => button !== active)?.focus();
        event.preventDefault();
      }
    },
  };
}
