/** What must still be answered before an annotation is handed in. */
import { clock } from "../engine/time";
import { t } from "../i18n";
import type { Region } from "./document";
import type { Store } from "./store";

/** The first region that lacks a required answer, and what to say about it; null when nothing is open. */
export function firstUnanswered(store: Store): { region: string; says: string } | null {
  for (const region of store.collection<Region>("regions")) {
    const label = store.label(region.label);
    const open = label.attributes.find((one) => one.required && (region.attributes?.[one.id] ?? null) === null);
    if (!open) continue;
    const where = { attribute: open.name, label: label.name, time: clock(region.start) };
    return { region: region.id, says: t("“{attribute}” is not answered for {label} at {time}. Answer it, then submit again.", where) };
  }
  return null;
}
