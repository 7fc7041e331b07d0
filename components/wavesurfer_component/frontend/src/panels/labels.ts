/** The palette of labels: picks the label for new regions, relabels what is selected; usable with a thousand labels. */
import type { Label, Project } from "../api/answers";
import { el, kbd } from "../dom";
import { given } from "../engine/given_labels";
import { labelTree, matching } from "../engine/label_tree";
import { keepInTab, keptInTab } from "../editing/storage";
import { plural, t } from "../i18n";
import { Folding, type LabelRow, labelRows } from "./label_rows";
import { type PanelPorts, section } from "./ports";
import { roving } from "./roving";

/** From so many labels on there is a field to find one, the last used ones, and only as many as fit. */
const MANY = 12;
const MOST_SHOWN = 200;
const RECENT = 6;
const INDENT_PIXELS = 14;
/** What a label without a fold has in its place, so that it begins where its neighbors do. */
const TOGGLE_PIXELS = 24;

export function labelPalette(project: Project, ports: PanelPorts) {
  const labels = given(project.labels);
  const many = labels.length > MANY;
  const tree = labelTree(labels);
  const nested = tree.some((node) => node.children.length > 0);
  const list = roving(el("div", { class: nested ? "palette tree" : "palette", role: "radiogroup", "aria-label": t("Label for new regions") }));
  const recent = roving(el("div", { class: "palette recent", role: "radiogroup", "aria-label": t("Labels used last") }));
  const search = el("input", { type: "search", placeholder: plural(labels.length, "Find the label", "Find one of {count} labels"), "aria-label": t("Find a label") });
  const root = section(t("Labels"), ...(many ? [search, recent] : []), list);
  const keptAs = `labelbuddy:labels:${project.id}`;
  const foldedAs = `labelbuddy:labels-folded:${project.id}`;
  let used = (keptInTab<string[]>(keptAs) ?? []).filter((id) => labels.some((label) => label.id === id));
  const folding = new Folding(labels, keptInTab<string[]>(foldedAs) ?? []);
  let drawn = "";
  const pick = (id: string): void => {
    used = [id, ...used.filter((one) => one !== id)].slice(0, RECENT);
    keepInTab(keptAs, used);
    ports.pickLabel(id);
  };
  const choice = (label: Label): HTMLElement => {
    const swatch = el("i", { class: "swatch" });
    swatch.style.background = label.color;
    const chosen = label.id === ports.activeLabel();
    const key = ports.keyOf(label);
    return el(
      "button",
      { type: "button", role: "radio", "aria-checked": chosen, class: chosen ? "chosen" : "", title: label.description || label.name, onclick: () => pick(label.id) },
      swatch,
      el("span", { class: "name" }, label.name),
      key === null ? null : kbd(key),
    );
  };
  const fold = (row: LabelRow, open: boolean): void => {
    if (row.forced || row.open === null || row.open === open) return;
    folding.set(row.label.id, open);
    keepInTab(foldedAs, folding.kept);
    drawn = "";
    refresh();
    list.querySelector<HTMLElement>(`[data-branch="${CSS.escape(row.label.id)}"]`)?.focus(); // it was made anew
  };
  const treeRow = (row: LabelRow): HTMLElement => {
    const { label, open, depth } = row;
    const toggle = open === null ? null : el(
      "button",
      {
        type: "button",
        class: "branch",
        "data-branch": label.id,
        disabled: row.forced,
        "aria-expanded": open,
        "aria-label": open ? t("{label}: hide what is below", { label: label.name }) : t("{label}: show what is below", { label: label.name }),
        onclick: () => fold(row, !open),
      },
      open ? "▾" : "▸",
    );
    const line = toggle ? el("div", { class: "branch-row" }, toggle, choice(label)) : choice(label);
    const indent = depth * INDENT_PIXELS + (toggle ? 0 : TOGGLE_PIXELS);
    if (indent) line.style.marginLeft = `${indent}px`;
    if (toggle)
      line.addEventListener("keydown", (event) => {
        if (event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
        if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
        fold(row, event.key === "ArrowRight");
        event.preventDefault();
      });
    return line;
  };
  const refresh = (): void => {
    const state = JSON.stringify([search.value, ports.activeLabel(), used, ports.keysNumber()]);
    if (state === drawn) return; // a thousand buttons are not made anew for nothing
    drawn = state;
    const wanted = search.value.trim();
    const found = wanted ? matching(labels, wanted) : labels;
    const rows = nested ? labelRows(tree, folding, wanted ? new Set(found.map((label) => label.id)) : null) : found;
    const shown = rows.slice(0, MOST_SHOWN);
    list.replaceChildren(...shown.map((row) => ("label" in row ? treeRow(row) : choice(row))));
    const left = rows.length - shown.length;
    if (left > 0) list.append(el("p", { class: "muted" }, plural(left, "{count} more: type a part of its name.", "{count} more: type a part of the name.")));
    if (wanted && found[0]) list.append(el("p", { class: "muted" }, t("Enter takes {label}.", { label: found[0].name })));
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
