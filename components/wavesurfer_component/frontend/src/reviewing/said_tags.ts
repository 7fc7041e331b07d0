/** The tags of a clip beside each other: who says which, and whether the ground truth has it. */
import type { Tag } from "../editing/document";
import type { ReviewVersion } from "./versions";

export interface SaidTag {
  label: string;
  /** Names of those who say it. */
  who: readonly string[];
  /** How many could. */
  of: number;
  /** Whether it is in the ground truth. */
  chosen: boolean;
}

/** Every tag that somebody says or that is in the ground truth; those on which people differ first. */
export function saidTags(versions: readonly Pick<ReviewVersion, "name" | "document">[], truth: readonly Tag[]): SaidTag[] {
  const people = versions.filter((one) => one.document);
  const labels = new Set([...people.flatMap((one) => one.document!.tags.map((tag) => tag.label)), ...truth.map((tag) => tag.label)]);
  return [...labels]
    .map((label) => ({
      label,
      who: people.filter((one) => one.document!.tags.some((tag) => tag.label === label)).map((one) => one.name),
      of: people.length,
      chosen: truth.some((tag) => tag.label === label),
    }))
    .sort((a, b) => Number(a.who.length === a.of) - Number(b.who.length === b.of) || a.label.localeCompare(b.label));
}
