/** The palette of labels: picks the label for new regions, relabels what is selected; usable with a thousand labels. */
import type { Label, Project } from "../api";
import { el, kbd } from "../dom";
import { type LabelNode, labelTree, matching } from "../engine/label_tree";
import { keepInTab, keptInTab } from "../editing/storage";
import { plural, t } from "../i18n";
import { type PanelPorts, section } from "./ports";
import { roving } from "./roving";

/** From so many labels on there is a field to find one, the last used ones, and only as many as fit. */
const MANY = 12;
const MOST_SHOWN = 200;
const RECENT = 6;

export function labelPalette(project: Project, ports: PanelPorts) {
  const { labels } = project;
  const many = labels.length > MANY;
  const tree = labelTree(labels);
  const nested = tree.some((node) => node.children.length > 0);
  const list = roving(el("div", { class: nested ? "palette tree" : "palette", role: "radiogroup", "aria-label": t("Label for new regions") }));
  const recent = roving(el("div", { class: "palette recent", role: "radiogroup", "aria-label": t("Labels used last") }));
  const search = el("input", { type: "search", placeholder: plural(labels.length, "Find the label", "Find one of {count} labels"), "aria-label": t("Find a label") });
  const root = section(t("Labels"), ...(many ? [search, recent] : []), list);
  const keptAs = `labelbuddy:labels:${project.id}`;
  let used = (keptInTab<string[]>(keptAs) ?? []).filter((id) => labels.some((label) => label.id === id));
  const closed = new Set<string>();
  let drawn = "";
  const pick = (id: string): void => {
    used = [id, ...used.filter((one) => one !== id)].slice(0, RECENT);
    keepInTab(keptAs, used);
    ports.pickLabel(id);
  };
  const choice = (label: Label, depth = 0, path = ""): HTMLElement => {
    const swatch = el("i", { class: "swatch" });
    swatch.style.background = label.color;
    const chosen = label.id === ports.activeLabel();
    const button = el(
      "button",
      { type: "button", role: "radio", "aria-checked": chosen, class: chosen ? "chosen" : "", title: [path, label.description || label.name].filter(Boolean).join(": "), onclick: () => pick(label.id) },
      swatch,
      el("span", { class: "name" }, label.name),
      label.key && ports.keyIsFree(label.key) ? kbd(label.key) : null,
    );
    if (depth) button.style.marginLeft = `${depth * 14}px`;
    return button;
  };
  const branch = (node: LabelNode, depth: number): HTMLElement[] => {
    if (!node.children.length) return [choice(node.label, depth)];
    const open = !closed.has(node.label.id);
    const toggle = el(
      "button",
      {
        type: "button",
        class: "branch",
        "aria-expanded": open,
        "aria-label": open ? t("{label}: hide what is below", { label: node.label.name }) : t("{label}: show what is below", { label: node.label.name }),
        onclick: () => {
          if (open) closed.add(node.label.id);
          else closed.delete(node.label.id);
          drawn = "";
          refresh();
        },
      },
      open ? "▾" : "▸",
    );
    const row = el("div", { class: "branch-row" }, toggle, choice(node.label));
    row.style.marginLeft = `${depth * 14}px`;
    return [row, ...(open ? node.children.flatMap((child) => branch(child, depth + 1)) : [])];
  };
  const refresh = (): void => {
    const state = JSON.stringify([search.value, ports.activeLabel(), used, ports.keysNumber()]);
    if (state === drawn) return; // a thousand buttons are not made anew for nothing
    drawn = state;
    const wanted = search.value.trim();
    const found = wanted ? matching(labels, wanted) : labels;
    const buttons = wanted || !nested ? found.slice(0, MOST_SHOWN).map((one) => choice(one)) : tree.flatMap((node) => branch(node, 0)).slice(0, MOST_SHOWN);
    list.replaceChildren(...buttons);
    const left = (wanted || !nested ? found.length : labels.length) - buttons.length;
    if (left > 0 && (wanted || !nested || buttons.length === MOST_SHOWN)) list.append(el("p", { class: "muted" }, plural(left, "{count} more: type a part of its name.", "{count} more: type a part of the name.")));
    recent.hidden = !used.length || Boolean(wanted);
    recent.replaceChildren(...used.map((id) => labels.find((label) => label.id === id)!).map((label) => choice(label)));
    if (!labels.length) list.append(el("p", { class: "muted" }, t("This project has no labels yet; a manager adds them on the project page.")));
    else if (!found.length) list.append(el("p", { class: "muted" }, t("No label of this name.")));
  };
  search.addEventListener("input", refresh);
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    const first = matching(labels, search.value.trim())[0];
    search.value = "";
    if (first) pick(first.id);
    refresh();
    ports.backToEditor();
  });
  return { root, refresh, focus: () => (many ? search : list.querySelector("button"))?.focus() };
}
