/** A question with one line to type: over the editor, modal, answered with Enter, left with Escape. */
import { el } from "../dom";
import { t } from "../i18n";
import type { Modal } from "../keyboard";

export function question(text: string, value: string, answer: (typed: string | null) => void): Modal {
  const input = el("input", { "aria-label": text });
  input.value = value;
  const form = el(
    "form",
    { class: "overlay-panel question", role: "dialog", "aria-modal": true, "aria-label": text },
    el("label", {}, text, input),
    el("div", { class: "buttons" }, el("button", { type: "submit", class: "primary" }, t("OK")), el("button", { type: "button", onclick: () => answer(null) }, t("Cancel"))),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    answer(input.value);
  });
  const root = el("div", { class: "overlay" }, form);
  root.addEventListener("click", (event) => {
    if (event.target === root) answer(null);
  });
  return {
    root,
    focus: () => input.select(),
    press: (event) => {
      if (event.key === "Escape") answer(null);
    },
  };
}
