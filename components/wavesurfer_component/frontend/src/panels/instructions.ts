/** What the project asks of its annotators, over the editor. */
import { el } from "../dom";
import { t } from "../i18n";
import type { Modal } from "../keyboard";

export function instructionsOver(text: string, close: () => void): Modal {
  const button = el("button", { type: "button", onclick: close }, t("Close"));
  const root = el(
    "div",
    { class: "overlay" },
    el("div", { class: "overlay-panel", role: "dialog", "aria-modal": true, "aria-label": t("Instructions") }, el("h3", {}, t("Instructions")), el("div", { class: "instructions", tabindex: 0 }, text), button),
  );
  root.addEventListener("click", (event) => {
    if (event.target === root) close();
  });
  const press = (event: KeyboardEvent): void => {
    if (event.key === "Escape" || event.key === "Enter") close();
    else if (event.key !== "Tab") return;
    event.preventDefault(); // the only stop is the button
  };
  return { root, focus: () => button.focus(), press };
}
