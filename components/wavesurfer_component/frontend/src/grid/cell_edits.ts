/** What is typed into cells of the region grid, made into edits: by the rules that the panel beside the stage keeps. */
import type { Attribute, Label } from "../api/answers";
import type { Region } from "../editing/document";
import { readLength, readTime, type Within } from "../editing/typed_times";
import { clock } from "../engine/time";
import { problemOfText } from "../engine/vocabularies";
import { decimal, t, typedNumber } from "../i18n";
import type { Drawn } from "../layers/regions";
import { answerText, askedIn, isAnswer, readAnswer } from "./answers";
import { type ColumnId, hertzText, lengthText } from "./columns";

export interface GridEditing {
  labels: readonly Label[];
  within: Within;
  editable(): boolean;
  /** Why a region cannot be changed, for its lane is locked; null when it can. */
  locked(drawn: Drawn): string | null;
  /** Change a region, by the rules of its label; false when they forbid it, which was told. */
  change(id: string, changes: Partial<Region>): boolean;
  complain(text: string): void;
  /** The tiers that there are; none where lanes are labels. */
  tiers?(): readonly string[];
  /** Half the sample rate (Hz). */
  highest?: number;
  /** Make a beat begin a bar, or not any more. */
  toggleDownbeat?(beat: string): void;
}

export type EditedColumn = Exclude<ColumnId, "score" | "state" | "place" | "downbeat">;

/** What a field for a cell begins with. */
export function typedValue(column: EditedColumn, region: Region, label: Label): string {
  if (isAnswer(column)) return answerText(askedIn(column, label), region);
  if (column === "text") return region.text ?? "";
  if (column === "tier") return region.tier ?? "";
  if (column === "low" || column === "high") return hertzText(region[column]);
  if (column === "duration") return lengthText(region.end - region.start);
  return column === "label" ? region.label : clock(region[column]);
}

/** Make an edit of what was typed: why it cannot be, or null; "" when that was told already. */
export function takeTyped(column: EditedColumn, region: Region, label: Label, typed: string, editing: GridEditing): string | null {
  const { changes, problem } = changesOf(column, region, label, typed, editing);
  if (problem) return problem;
  return !changes || editing.change(region.id, changes) ? null : "";
}

/** What was changed, in words. */
export function spokenEdit(column: EditedColumn, region: Region, label: Label): string {
  if (isAnswer(column)) return spokenAnswer(askedIn(column, label), region);
  switch (column) {
    case "label":
      return t("Now {label}", { label: label.name });
    case "start":
      return t("Start {time}", { time: clock(region.start) });
    case "end":
      return t("End {time}", { time: clock(region.end) });
    case "duration":
      return t("Duration {length}, end {time}", { length: lengthText(region.end - region.start), time: clock(region.end) });
    case "tier":
      return t("Now on {tier}", { tier: region.tier ?? "" });
    case "low":
    case "high":
      return t("From {low} to {high} Hz", { low: hertzText(region.low) || "0", high: hertzText(region.high) || "–" });
    case "text":
      return region.text ? t("Text {text}", { text: region.text }) : t("No text");
  }
}

interface Wanted {
  /** Null when nothing is to be changed. */
  changes: Partial<Region> | null;
  problem: string;
}

function changesOf(column: EditedColumn, region: Region, label: Label, typed: string, editing: GridEditing): Wanted {
  const { within } = editing;
  if (isAnswer(column)) return answerOf(askedIn(column, label), region, typed);
  if (column === "low" || column === "high") return bandOf(column, region, typed, editing.highest ?? Infinity);
  if (column === "tier") return tierOf(region, typed, editing.tiers?.() ?? []);
  if (column === "label") return { changes: typed === region.label ? null : { label: typed }, problem: "" };
  if (column === "text") {
    const problem = problemOfText(label, typed) ?? "";
    return { changes: (region.text ?? "") === typed ? null : { text: typed || null }, problem };
  }
  if (column === "duration") {
    const { value, problem } = readLength(region, typed, within, label);
    return { changes: value === region.end ? null : { end: value! }, problem };
  }
  const { value, problem } = readTime(region, column, typed, within, label);
  if (value === region[column]) return { changes: null, problem };
  return { changes: region.instant ? { start: value!, end: value! } : { [column]: value! }, problem };
}

/** Only the answer in question is another one. */
function answerOf(attribute: Attribute | null, region: Region, typed: string): Wanted {
  if (!attribute) return { changes: null, problem: "" }; // its label was changed meanwhile
  const { value, problem } = readAnswer(attribute, typed);
  const attributes = { ...region.attributes, [attribute.id]: value };
  if (value === null) delete attributes[attribute.id];
  return { changes: value === (region.attributes?.[attribute.id] ?? null) ? null : { attributes }, problem };
}

function spokenAnswer(attribute: Attribute | null, region: Region): string {
  const answer = answerText(attribute, region);
  return answer ? `${attribute!.name} ${answer}` : t("{question}: no answer", { question: attribute?.name ?? "" });
}

/** A bound of the band: a number of Hz, or nothing for none. */
function bandOf(edge: "low" | "high", region: Region, typed: string, highest: number): Wanted {
  const value = typed.trim() ? typedNumber(typed) : null;
  if (value === (region[edge] ?? null) || typed === hertzText(region[edge])) return { changes: null, problem: value === null && typed.trim() ? t("Type a number.") : "" };
  const least = edge === "low" ? 0 : (region.low ?? 0);
  const most = edge === "low" ? (region.high ?? highest) : highest;
  const fits = !typed.trim() || (value !== null && value >= least && value <= most);
  return { changes: { [edge]: value }, problem: fits ? "" : t("Type a number of Hz between {lowest} and {highest}, or nothing.", { lowest: decimal(least), highest: decimal(most) }) };
}

/** A tier by its name, whatever its case. */
function tierOf(region: Region, typed: string, tiers: readonly string[]): Wanted {
  const wanted = typed.trim().toLowerCase();
  const found = tiers.find((one) => one.toLowerCase() === wanted);
  if (found === undefined) return { changes: null, problem: t("Type one of the tiers: {tiers}.", { tiers: tiers.join(", ") }) };
  return { changes: found === region.tier ? null : { tier: found }, problem: "" };
}
