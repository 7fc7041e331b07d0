/** The list of regions below the lanes: the grid with what finds rows in it; it can be folded, and is as high as somebody wants it. */
import { el } from "../dom";
import { plural, t } from "../i18n";
import { resizer } from "../panels/resizer";
import type { Scope } from "../scope";
import { keepListLook, keptListLook, type ListLook, USUAL_LIST } from "./list_look";
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

const ABOUT_BEATS = ["regions", "beats"];
const LOWEST = 86;
const HIGHEST = 900;
/** What is found is said so long after the last key (ms). */
const SAYING_MS = 500;

export function regionList(grid: RegionGrid, say: (text: string) => void, scope: Scope, add: (() => void) | null = null, several: ((on: boolean) => void) | null = null): RegionList {
  let look = keptListLook();
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
  const choices: Record<Filter["only"], string> = { all: t("All"), regions: t("Only regions"), beats: t("Only beats"), suggestions: t("Only suggestions"), textless: t("Only without text") };
  const options = Object.entries(choices).map(([value, name]) => el("option", { value }, name));
  /** The choices that are about beats are there while there are some. */
  const choose = (): void => {
    const wanted = options.filter(({ value }) => grid.hasBeats || !ABOUT_BEATS.includes(value));
    if (only.options.length === wanted.length) return;
    const before = only.value || "all";
    only.replaceChildren(...wanted);
    only.value = !wanted.some(({ value }) => value === before) ? "all" : grid.hasBeats && before === "all" && !look.beats ? "regions" : before;
    if (only.value !== grid.rows.filter.only) grid.filter = { words: words.value, only: only.value as Filter["only"] };
  };
  const count = el("span", { class: "muted number" });
  const empty = el("p", { class: "muted table-empty" });
  const fold = el("button", { type: "button", class: "fold", onclick: () => change({ open: !look.open }) });
  const content = el("div", { class: "list-content" }, grid.root, empty);
  const root = el("section", { class: "region-list" }, el("div", { class: "list-head" }, fold, count, ...(add ? [adding] : []), ...(several ? [choosing] : []), words, only), content);
  root.append(resizer({ name: t("Height of the list of regions"), lowest: LOWEST, highest: HIGHEST, height: () => look.height, resize: (height) => change({ height: height ?? USUAL_LIST.height }) }, scope));
  const change = (changes: Partial<ListLook>): void => {
    look = { ...look, ...changes };
    keepListLook(look);
    show();
  };
  const show = (): void => {
    fold.replaceChildren(el("span", { class: "fold-mark", "aria-hidden": true }), grid.name);
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
    if (grid.hasBeats) return list.length === total ? plural(total, "{count} region or beat", "{count} regions and beats") : t("{found} of {total} regions and beats", { found: list.length, total });
    return list.length === total ? plural(total, "{count} region", "{count} regions") : t("{found} of {total} regions", { found: list.length, total });
  };
  const refresh = (): void => {
    const { hasBeats } = grid;
    grid.refresh();
    choose();
    if (grid.hasBeats !== hasBeats) show();
    told();
  };
  const told = (): void => {
    const { list, total } = grid.rows;
    count.textContent = found();
    empty.hidden = list.length > 0;
    empty.textContent = !total ? t("No regions yet.") : grid.hasBeats ? t("No region and no beat is like that.") : t("No region of these words.");
  };
  const filter = (): void => {
    if (grid.hasBeats && (only.value === "all" || only.value === "regions")) change({ beats: only.value === "all" });
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
  choose();
  show();
  return { root, refresh, focus, commit: () => grid.finish() };
}
