/** Times that somebody types for a region: read, and checked against the task and the rules of the label. Seconds. */
import { clock, parseClock, rounded } from "../engine/time";
import { decimal, t } from "../i18n";
import type { Region } from "./document";
import { type Rules, shortestOf } from "./overlap";

export interface Read {
  value: number | null;
  /** Why it cannot be; empty when it can. */
  problem: string;
}

/** The stretch that regions must lie in. */
export interface Within {
  first: number;
  last: number;
}

/** A new start or end. */
export function readTime(region: Region, edge: "start" | "end", typed: string, { first, last }: Within, rules: Rules): Read {
  const value = parseClock(typed);
  if (value === null) return { value, problem: t("Type a time such as 12.5, 1:02.5 or 1:01:02.5.") };
  const least = region.instant ? 0 : shortestOf(rules);
  const lowest = edge === "start" || region.instant ? first : region.start;
  const highest = edge === "start" && !region.instant ? region.end : last;
  if (value < lowest || value > highest) return { value, problem: t("It must lie between {lowest} and {highest}.", { lowest: clock(lowest), highest: clock(highest) }) };
  const length = edge === "start" ? region.end - value : value - region.start;
  return { value, problem: region.instant || length >= least - 1e-9 ? "" : tooShort(rules) };
}

/** A new length, with the start where it is: the end that it leads to. */
export function readLength(region: Region, typed: string, { last }: Within, rules: Rules): Read {
  const length = parseClock(typed);
  if (length === null) return { value: null, problem: t("Type a length such as 0.5, 12.5 or 1:02.5.") };
  const value = rounded(region.start + length);
  if (length < shortestOf(rules) - 1e-9) return { value, problem: tooShort(rules) };
  return { value, problem: value > last ? t("It may last {longest} at most.", { longest: clock(last - region.start) }) : "" };
}

function tooShort(rules: Rules): string {
  return t("It must last at least {seconds} s.", { seconds: decimal(shortestOf(rules)) });
}
