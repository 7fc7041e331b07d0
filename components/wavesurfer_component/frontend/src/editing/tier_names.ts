/** Tiers by their names: the lanes of them, and which an annotation has. */
import type { Tier } from "./document";

const LANE = "tier:";

/** The id of a tier's lane; that of what lies on no tier when there is none. */
export const laneOf = (tier: string | null | undefined): string => LANE + (tier ?? "");

/** The tier of a lane: "" for what lies on none, null when the lane is no tier's. */
export const tierOf = (lane: string): string | null => (lane.startsWith(LANE) ? lane.slice(LANE.length) : null);

/** The tiers of an annotation: its own, else the project's; then those that only regions name. */
export function tierNames(own: readonly Tier[], initial: readonly string[], used: Iterable<string>): string[] {
  const listed = own.length ? [...own].sort((one, other) => one.position - other.position || (one.name < other.name ? -1 : 1)).map((one) => one.name) : initial;
  return [...new Set([...listed, ...[...used].sort()])];
}
