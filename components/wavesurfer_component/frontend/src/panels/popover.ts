/** A button that opens a small panel of controls beside it; Escape, a press elsewhere or the button close it. */
import { el } from "../dom";

/** Pixels. */
const MARGIN = 16;

export function popover(name: string, shown: readonly (Node | string)[], ...controls: readonly Node[]): HTMLElement {
  const button = el("button", { type: "button", class: "popover-button", title: name, "aria-label": name, "aria-expanded": false, "aria-haspopup": "dialog" }, ...shown);
  const panel = el("div", { class: "popover", role: "dialog", "aria-label": name, hidden: true }, ...controls);
  const root = el("span", { class: "popover-root" }, button, panel);
  const elsewhere = (event: Event): void => {
    if (!root.isConnected || !event.composedPath().includes(root)) show(false);
  };
  const show = (open: boolean): void => {
    panel.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    if (open) document.addEventListener("pointerdown", elsewhere, true);
    else document.removeEventListener("pointerdown", elsewhere, true);
    if (!open) return;
    place();
    panel.querySelector<HTMLElement>("input, select, button")?.focus();
  };
  /** As far to the left as it takes to be inside the window. */
  const place = (): void => {
    panel.style.left = `${Math.min(0, window.innerWidth - MARGIN - panel.offsetWidth - root.getBoundingClientRect().left)}px`;
  };
  button.addEventListener("click", () => show(panel.hidden !== false));
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || panel.hidden) return;
    show(false);
    button.focus();
    event.preventDefault(); // the editor would deselect
  });
  return root;
}
