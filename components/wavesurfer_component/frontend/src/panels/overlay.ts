/** The overlay that shows every key. */
import { el, kbd } from "../dom";
import { bindingsFor } from "../editing/keys";

export function keyOverlay(review: boolean, close: () => void): HTMLElement {
  const groups = new Map<string, HTMLElement[]>();
  for (const binding of bindingsFor(review)) {
    const line = el("div", { class: "key-line" }, kbd(binding.keys), el("span", {}, binding.says));
    groups.set(binding.group, [...(groups.get(binding.group) ?? []), line]);
  }
  const panel = el(
    "div",
    { class: "overlay-panel", role: "dialog", "aria-modal": true, "aria-label": "Keys", tabindex: -1 },
    el("h3", {}, "Keys"),
    el("div", { class: "key-groups" }, ...[...groups].map(([name, lines]) => el("section", {}, el("h4", {}, name), ...lines))),
    el("button", { type: "button", onclick: close }, "Close"),
  );
  const overlay = el("div", { class: "overlay" }, panel);
  overlay.addEventListener("click", (event) => {
    if (event.target === overlay) close();
  });
  return overlay;
}
