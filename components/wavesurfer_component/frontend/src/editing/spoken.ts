/** Changes in words, for screen readers: what an undo or a redo has done. */
import { clock } from "../engine/time";
import { plural, t } from "../i18n";
import { BEAT, type Change, instantOf, type Point, type Region } from "./document";

/** For example `Speech, 0:04.000 to 0:08.000`, or `3 changes`. */
export function spokenChanges(changes: readonly Change[], nameOf: (label: string) => string): string {
  const [only, ...others] = changes;
  if (!only || others.length) return plural(changes.length, "{count} change", "{count} changes");
  const region = regionOf(only, only.after ?? only.before);
  if (!region) return other(only);
  const said = { label: nameOf(region.label), start: clock(region.start), end: clock(region.end) };
  if (only.after === null) return t("{label} at {start} is gone", said);
  const where = region.instant ? t("{label} at {start}", said) : t("{label}, {start} to {end}", said);
  return only.before === null ? t("{region} is back", { region: where }) : where;
}

function regionOf({ collection }: Change, value: unknown): Region | null {
  if (collection === "regions") return value as Region;
  return collection === "points" ? instantOf(value as Point) : null;
}

function other({ collection, before, after }: Change): string {
  if (collection === "decisions") return after === null ? t("a suggestion is open again") : t("a suggestion is rejected");
  if (collection === "points" && (((after ?? before) as Point | null)?.kind ?? "") === BEAT) return t("a beat");
  return { tags: t("a tag"), caption: t("the caption"), answers: t("an answer"), points: t("an instant"), regions: t("a region"), tiers: t("a tier") }[collection];
}
