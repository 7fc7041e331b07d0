/** The palette of labels: picks the label for new regions, relabels the selected one. */
import type { Project } from "../api";
import { el, kbd } from "../dom";
import { isFreeKey } from "../editing/keys";
import { type PanelPorts, section } from "./ports";

const SEARCH_FROM = 12;

export function labelPalette(project: Project, ports: PanelPorts) {
  const list = el("div", { class: "palette", role: "radiogroup", "aria-label": "Label for new regions" });
  const search = el("input", { type: "search", placeholder: "Find a label", "aria-label": "Find a label" });
  const root = section("Labels", ...(project.labels.length > SEARCH_FROM ? [search] : []), list);
  const refresh = (): void => {
    const wanted = search.value.trim().toLowerCase();
    const shown = project.labels.filter((label) => !wanted || label.name.toLowerCase().includes(wanted));
    list.replaceChildren(
      ...shown.map((label) => {
        const swatch = el("i", { class: "swatch" });
        swatch.style.background = label.color;
        const chosen = label.id === ports.activeLabel();
        return el(
          "button",
          {
            type: "button",
            role: "radio",
            "aria-checked": chosen,
            class: chosen ? "chosen" : "",
            title: label.description || label.name,
            onclick: () => ports.pickLabel(label.id),
          },
          swatch,
          el("span", { class: "name" }, label.name),
          label.key && isFreeKey(label.key) ? kbd(label.key) : null,
        );
      }),
    );
    if (!project.labels.length) list.append(el("p", { class: "muted" }, "This project has no labels yet; a manager adds them on the project page."));
    else if (!shown.length) list.append(el("p", { class: "muted" }, "No label of this name."));
  };
  search.addEventListener("input", refresh);
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    list.querySelector("button")?.click();
    search.value = "";
    refresh();
  });
  return { root, refresh, focus: () => (project.labels.length > SEARCH_FROM ? search : list.querySelector("button"))?.focus() };
}
