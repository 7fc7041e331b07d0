/** What one side did to an item, in words: for people who choose between two versions. */
import type { Label } from "../api/answers";
import { clock } from "../engine/time";
import { decimal, t } from "../i18n";
import { alike } from "./alike";
import type { Conflict, Side, Tally } from "./conflicts";
import type { Caption, Collection, Point, Region, Tag, Tier, Value } from "./document";
import { tallied } from "./tallies";

type LabelOf = (id: string) => Label;
/** Fields that hold how sure a model is, 0 … 1. */
const SCORES = ["score", "confidence"];

/** The name of what a conflict is about, as it was before both changed it. */
export function titleOf({ key, items }: Conflict, label: LabelOf): string {
  const { collection, id, ours, theirs, base } = items[0]!;
  if (key === "beats") return t("Beats");
  if (collection === "caption") return t("Caption of the clip");
  if (collection === "answers") return t("Answer to {question}", { question: id });
  if (collection === "tiers") return t("Tier {tier}", { tier: id });
  if (collection === "tags") return t("Tag {label}", { label: label(id).name });
  const value = (base ?? ours ?? theirs) as Region | Point;
  return label(value.label ?? "").name;
}

/** What a side did, a part each: “deleted”, “0:01.000 – 0:02.000”, “label Music”. Scores are told only where people see them. */
export function differences(conflict: Conflict, side: Side, label: LabelOf, hidesScores: boolean): string[] {
  if (conflict.key === "beats") return beatDifferences(conflict, side);
  const { collection, base, [side]: value } = conflict.items[0]!;
  if (value === null) return [t("deleted")];
  const parts = base === null ? [t("added")] : [];
  const scored = (score: number | null | undefined, message: (score: string) => string): string => (hidesScores ? t("another score") : message(score == null ? "–" : decimal(score, 2)));
  const told = (name: string): boolean => (hidesScores && base === null && SCORES.includes(name)) || alike((base as Record<string, unknown> | null)?.[name], (value as Record<string, unknown>)[name]);
  return [...parts, ...said(collection, value, told, label, scored)];
}

/** A score in words, unless scores are hidden. */
type Scored = (score: number | null | undefined, message: (score: string) => string) => string;

/** `told`: whether a field is as it was. */
function said(collection: Collection, value: Value, told: (field: string) => boolean, label: LabelOf, scored: Scored): string[] {
  switch (collection) {
    case "regions":
      return ofRegion(value as Region, told, label, scored);
    case "points":
      return ofPoint(value as Point, told, label);
    case "tags":
      return told("score") ? [t("present")] : [scored((value as Tag).score, (score) => t("score {score}", { score }))];
    case "caption":
      return [quoted((value as Caption).text)];
    case "tiers":
      return [t("place {number}", { number: (value as Tier).position + 1 })];
    case "answers":
      return [JSON.stringify(value)];
  }
}

function ofRegion(region: Region, told: (field: string) => boolean, label: LabelOf, scored: Scored): string[] {
  const { start, end, low, high, text, confidence, channel, attributes } = region;
  const parts: string[] = [];
  if (!told("label")) parts.push(t("label {label}", { label: label(region.label).name }));
  if (!told("tier")) parts.push(tierText(region.tier));
  if (!told("start") || !told("end")) parts.push(`${clock(start)} – ${clock(end)}`);
  if (!told("low") || !told("high")) parts.push(low == null && high == null ? t("all frequencies") : t("{low} to {high} Hz", { low: Math.round(low ?? 0), high: high == null ? "…" : Math.round(high) }));
  if (!told("text")) parts.push(text ? quoted(text) : t("no text"));
  if (!told("attributes")) parts.push(attributesOf(label(region.label), attributes ?? {}));
  if (!told("confidence")) parts.push(scored(confidence, (score) => t("confidence {score}", { score })));
  if (!told("channel")) parts.push(channel == null ? t("all channels") : t("channel {channel}", { channel: channel + 1 }));
  return parts.length ? parts : [t("another origin")];
}

function ofPoint(point: Point, told: (field: string) => boolean, label: LabelOf): string[] {
  const parts: string[] = [];
  if (!told("label")) parts.push(t("label {label}", { label: label(point.label ?? "").name }));
  if (!told("tier")) parts.push(tierText(point.tier));
  if (!told("time")) parts.push(clock(point.time));
  if (!told("attributes") && Object.keys(point.attributes ?? {}).length) parts.push(attributesOf(label(point.label ?? ""), point.attributes!));
  return parts.length ? parts : [t("another origin")];
}

const tierText = (tier: string | null | undefined): string => (tier ? t("tier {tier}", { tier }) : t("no tier"));

function attributesOf(label: Label, values: Record<string, unknown>): string {
  const name = (id: string): string => label.attributes.find((one) => one.id === id)?.name ?? id;
  const parts = Object.entries(values).filter(([, value]) => value !== null && value !== undefined);
  return parts.length ? parts.map(([id, value]) => `${name(id)}: ${String(value)}`).join("; ") : t("no answers");
}

function beatDifferences({ items }: Conflict, side: Side): string[] {
  const tally: Tally = { added: 0, changed: 0, deleted: 0 };
  for (const { base, [side]: value } of items) {
    if (base === null && value !== null) tally.added++;
    else if (base !== null && value === null) tally.deleted++;
    else if (!alike(base, value)) tally.changed++;
  }
  return tallied("beats", tally);
}

const quoted = (text: string): string => `“${text}”`;
