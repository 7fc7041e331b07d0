/** The list of regions below the lanes: the grid with what finds rows in it; it can be folded, and is as high as somebody wants it. */
import { el } from "../dom";
import { browserStore } from "../editing/storage";
import { plural, t } from "../i18n";
import { resizer } from "../panels/resizer";
import type { Scope } from "../scope";
import type { RegionGrid } from "./region_grid";
import type { Filter } from "./rows";
import { hinted } from "../panels/key_hints";

export interface RegionList {
  root: HTMLElement;
  refresh(): void;
  focus(): void;
  /** Take what is being typed in a cell. */
  commit(): void;
}

interface Look {
  open: boolean;
  /** Of the grid, in pixels. */
  height: number;
}

const KEPT = "labelbuddy:list";
const USUAL: Look = { open: true, height: 174 };
const LOWEST = 86;
const HIGHEST = 900;
/** What is found is said so long after the last key (ms). */
const SAYING_MS = 500;

export function regionList(grid: RegionGrid, say: (text: string) => void, scope: Scope, add: (() => void) | null = null, several: ((on: boolean) => void) | null = null): RegionList {
  let look = kept();
  let timer = 0;
  const words = el("input", { type: "search", placeholder: t("Find by label or text"), "aria-label": t("Find regions by label or text") });
  const adding = hinted(el("button", { type: "button", onclick: () => add?.() }, t("Add…")), t("Mark a region from one time to another, which are typed"), "add-region");
  const choosing = el("button", { type: "button", class: "select-several", "aria-pressed": "false", onclick: () => switchSeveral() }, t("Select several"));
  const switchSeveral = (): void => {
    const on = choosing.getAttribute("aria-pressed") !== "true";
    choosing.setAttribute("aria-pressed", String(on));
    several?.(on);
  };
  const only = el("select", { "aria-label": t("Which regions are listed") });
  const choices: Record<Filter["only"], string> = { all: t("All"), suggestions: t("Only suggestions"), textless: t("Only without text") };
  for (const [value, name] of Object.entries(choices)) only.append(el("option", { value }, name));
  const count = el("span", { class: "muted number" });
  const empty = el("p", { class: "muted table-empty" });
  const fold = el("button", { type: "button", class: "fold", onclick: () => change({ open: !look.open }) });
  const content = el("div", { class: "list-content" }, grid.root, empty);
  const root = el("section", { class: "region-list" }, el("div", { class: "list-head" }, fold, count, ...(add ? [adding] : []), ...(several ? [choosing] : []), words, only), content);
  root.append(resizer({ name: t("Height of the list of regions"), lowest: LOWEST, highest: HIGHEST, height: () => look.height, resize: (height) => change({ height: height ?? USUAL.height }) }, scope));
  const change = (changes: Partial<Look>): void => {
    look = { ...look, ...changes };
    browserStore().setItem(KEPT, JSON.stringify(look));
    show();
  };
  const show = (): void => {
    fold.replaceChildren(el("span", { class: "fold-mark", "aria-hidden": true }), t("Regions"));
    fold.setAttribute("aria-expanded", String(look.open));
    content.hidden = words.hidden = only.hidden = !look.open;
    grid.root.style.height = `${look.height}px`;
    if (look.open) grid.draw();
  };
  const found = (): string => {
    const { list, total } = grid.rows;
    return list.length === total ? String(total) : t("{found} of {total}", { found: list.length, total });
  };
  const spoken = (): string => {
    const { list, total } = grid.rows;
    return list.length === total ? plural(total, "{count} region", "{count} regions") : t("{found} of {total} regions", { found: list.length, total });
  };
  const refresh = (): void => {
    grid.refresh();
    told();
  };
  const told = (): void => {
    const { list, total } = grid.rows;
    count.textContent = found();
    empty.hidden = list.length > 0;
    empty.textContent = total ? t("No region of these words.") : t("No regions yet.");
  };
  const filter = (): void => {
    grid.filter = { words: words.value, only: only.value as Filter["only"] };
    told();
    window.clearTimeout(timer);
    timer = window.setTimeout(() => say(spoken()), SAYING_MS);
  };
  const focus = (): void => {
    if (!look.open) change({ open: true });
    grid.focus();
  };
  scope.add(() => window.clearTimeout(timer));
  scope.on(words, "input", filter);
  scope.on(only, "change", filter);
  scope.on(words, "keydown", (event) => {
    if (event.key !== "Enter" && event.key !== "ArrowDown") return;
    grid.focus();
    event.preventDefault();
  });
  show();
  return { root, refresh, focus, commit: () => grid.finish() };
}

function kept(): Look {
  try {
    return { ...USUAL, ...(JSON.parse(browserStore().getItem(KEPT) ?? "{}") as Partial<Look>) };
  } catch {
    return USUAL;
  }
}
