/** The tiers of the annotation: picks the one for new regions, adds, renames and removes them. */
import { el } from "../dom";
import type { Tiers } from "../editing/tiers";
import { t } from "../i18n";
import type { Part } from "./capture";
import { section } from "./ports";
import { roving } from "./roving";

export function tierPanel(tiers: Tiers, editable: () => boolean): Part {
  const list = roving(el("div", { class: "palette tiers", role: "radiogroup", "aria-label": t("Tier for new regions") }));
  const changing = (action: (name: string) => Promise<void>) => (): void => {
    if (editable() && tiers.active !== null) void action(tiers.active);
  };
  const add = el("button", { type: "button", onclick: changing(() => tiers.add()) }, t("Add a tier"));
  const rename = el("button", { type: "button", onclick: changing((name) => tiers.rename(name)) }, t("Rename"));
  const remove = el("button", { type: "button", onclick: changing((name) => tiers.remove(name)) }, t("Remove"));
  const root = section(t("Tiers"), list, el("div", { class: "buttons" }, add, rename, remove));
  let drawn = "";
  const refresh = (): void => {
    for (const button of [add, rename, remove]) button.disabled = !editable();
    const { names, active } = tiers;
    const state = JSON.stringify([active, names.map((name) => [name, tiers.count(name)])]);
    if (state === drawn) return;
    drawn = state;
    list.replaceChildren(
      ...names.map((name) => {
        const chosen = name === active;
        const count = tiers.count(name);
        return el(
          "button",
          { type: "button", role: "radio", "aria-checked": chosen, class: chosen ? "chosen" : "", onclick: () => tiers.pick(name) },
          el("span", { class: "name" }, name),
          count ? el("span", { class: "muted" }, String(count)) : null,
        );
      }),
    );
  };
  return { root, refresh };
}
