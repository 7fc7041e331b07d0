/** Numbers of items that came, changed and went, in words. */
import { plural } from "../i18n";
import type { Comparison, Kind, Tally } from "./conflicts";

type Says = (count: number) => string;

const SAYS: Record<Kind, Record<keyof Tally, Says>> = {
  regions: {
    added: (n) => plural(n, "{count} region added", "{count} regions added"),
    changed: (n) => plural(n, "{count} region changed", "{count} regions changed"),
    deleted: (n) => plural(n, "{count} region deleted", "{count} regions deleted"),
  },
  points: {
    added: (n) => plural(n, "{count} instant added", "{count} instants added"),
    changed: (n) => plural(n, "{count} instant changed", "{count} instants changed"),
    deleted: (n) => plural(n, "{count} instant deleted", "{count} instants deleted"),
  },
  beats: {
    added: (n) => plural(n, "{count} beat added", "{count} beats added"),
    changed: (n) => plural(n, "{count} beat changed", "{count} beats changed"),
    deleted: (n) => plural(n, "{count} beat deleted", "{count} beats deleted"),
  },
  tags: {
    added: (n) => plural(n, "{count} tag added", "{count} tags added"),
    changed: (n) => plural(n, "{count} tag changed", "{count} tags changed"),
    deleted: (n) => plural(n, "{count} tag deleted", "{count} tags deleted"),
  },
  caption: {
    added: (n) => plural(n, "{count} caption added", "{count} captions added"),
    changed: (n) => plural(n, "{count} caption changed", "{count} captions changed"),
    deleted: (n) => plural(n, "{count} caption deleted", "{count} captions deleted"),
  },
  tiers: {
    added: (n) => plural(n, "{count} tier added", "{count} tiers added"),
    changed: (n) => plural(n, "{count} tier changed", "{count} tiers changed"),
    deleted: (n) => plural(n, "{count} tier deleted", "{count} tiers deleted"),
  },
  answers: {
    added: (n) => plural(n, "{count} answer added", "{count} answers added"),
    changed: (n) => plural(n, "{count} answer changed", "{count} answers changed"),
    deleted: (n) => plural(n, "{count} answer deleted", "{count} answers deleted"),
  },
};

/** “2 regions added”, “1 region deleted”. */
export function tallied(kind: Kind, tally: Tally): string[] {
  return (["added", "changed", "deleted"] as const).filter((what) => tally[what] > 0).map((what) => SAYS[kind][what](tally[what]));
}

/** What came from elsewhere: “2 regions added, 1 tag deleted”. */
export function inNumbers(elsewhere: Comparison["elsewhere"]): string {
  return (Object.entries(elsewhere) as [Kind, Tally][]).flatMap(([kind, tally]) => tallied(kind, tally)).join(", ");
}
