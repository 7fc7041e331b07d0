/** What is in the way of handing an annotation in: answers that are required, texts outside the vocabulary of their label. */
import type { Label } from "../api/answers";
import { clock } from "../engine/time";
import { problemOfText } from "../engine/vocabularies";
import { t } from "../i18n";
import type { Region } from "./document";
import type { Store } from "./store";

/** The first region or instant, in order of time, that is not ready, and what to say about it; null when all are. */
export function firstMissing(store: Store): { region: string; says: string } | null {
  let first: { region: Region; says: string } | null = null;
  for (const region of store.ownRegions()) {
    if (first && region.start >= first.region.start) continue;
    const says = problemOf(region, store.label(region.label));
    if (says !== null) first = { region, says };
  }
  return first && { region: first.region.id, says: first.says };
}

function problemOf(region: Region, label: Label): string | null {
  const where = { label: label.name, time: clock(region.start) };
  const open = label.attributes.find((one) => one.required && (region.attributes?.[one.id] ?? null) === null);
  if (open) return t("“{attribute}” is not answered for {label} at {time}. Answer it, then submit again.", { ...where, attribute: open.name });
  const problem = problemOfText(label, region.text ?? "");
  return problem === null ? null : t("{label} at {time}: {problem} Change its text, then submit again.", { ...where, problem });
}
