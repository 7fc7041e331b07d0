/** Answers to what labels ask about their regions, as columns of the region grid: shown, typed and chosen. */
import type { Attribute, Label } from "../api/answers";
import type { Region } from "../editing/document";
import { decimal, t, typedNumber } from "../i18n";

/** A question by its name, so that labels which ask the same share a column. */
export type AnswerColumn = `answer:${string}`;

export type Answer = string | number | boolean | null;

const STARS = 5;

/** Every question that some label asks, in the order of the labels. */
export function questions(labels: readonly Label[]): string[] {
  return [...new Set(labels.flatMap((label) => label.attributes.map((one) => one.name)))];
}

export const answerColumn = (question: string): AnswerColumn => `answer:${question}`;

export function isAnswer(column: string): column is AnswerColumn {
  return column.startsWith("answer:");
}

/** What a label asks in this column; null when it does not ask that. */
export function askedIn(column: AnswerColumn, label: Label): Attribute | null {
  return label.attributes.find((one) => answerColumn(one.name) === column) ?? null;
}

/** The answer of a region, as it is shown and typed. */
export function answerText(attribute: Attribute | null, region: Region | null): string {
  const value = (attribute && region?.attributes?.[attribute.id]) ?? null;
  if (value === null) return "";
  if (typeof value === "boolean") return value ? t("yes") : t("no");
  return typeof value === "number" ? decimal(value) : String(value);
}

/** What was typed, as an answer; null for none. */
export function readAnswer(attribute: Attribute, typed: string): { value: Answer; problem: string } {
  const text = typed.trim();
  if (!text) return { value: null, problem: "" };
  const number = typedNumber(text);
  switch (attribute.kind) {
    case "number":
      return { value: number, problem: number === null ? t("Type a number.") : "" };
    case "rating": {
      const fits = number !== null && Number.isInteger(number) && number >= 1 && number <= STARS;
      return { value: number, problem: fits ? "" : t("Type a number from 1 to {most}.", { most: STARS }) };
    }
    case "text":
      return { value: text, problem: "" };
    default: {
      const choices = choicesOf(attribute);
      const found = choices.find((one) => same(one, text)) ?? onlyOne(choices.filter((one) => begins(one, text)));
      const value = attribute.kind === "yes-no" ? found === choices[0] : (found ?? null);
      return { value, problem: found === undefined ? t("Type one of these: {choices}.", { choices: choices.join(", ") }) : "" };
    }
  }
}

/** What may be chosen, that which begins as typed first; null where anything may be typed. */
export function answerOffers(attribute: Attribute): ((typed: string) => readonly string[]) | null {
  const choices = choicesOf(attribute);
  if (!choices.length) return null;
  return (typed) => choicesLike(choices, typed);
}

/** Those that begin as typed, then those that hold it; all while a whole one is there, for it is about to be exchanged. */
export function choicesLike(choices: readonly string[], typed: string): readonly string[] {
  const text = typed.trim();
  if (!text || choices.some((one) => same(one, text))) return choices;
  const first = choices.filter((one) => begins(one, text));
  return [...first, ...choices.filter((one) => !first.includes(one) && one.toLowerCase().includes(text.toLowerCase()))];
}

function choicesOf({ kind, choices }: Attribute): readonly string[] {
  if (kind === "yes-no") return [t("yes"), t("no")];
  if (kind === "rating") return Array.from({ length: STARS }, (_, at) => String(at + 1));
  return kind === "choice" ? choices : [];
}

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
const begins = (one: string, with_: string): boolean => one.toLowerCase().startsWith(with_.toLowerCase());

function onlyOne<T>(list: readonly T[]): T | undefined {
  return list.length === 1 ? list[0] : undefined;
}
