/**
 * Where versions of an annotation differ. Regions of different versions that are about the same sound make a group, at
 * most one of each version; a group in which not all say the same is a disagreement.
 *
 * Two regions are about the same sound where they overlap by a quarter of what they cover together and their labels
 * count as the same, or by a half whatever their labels; instants where they are nearer than twice the collar. The most
 * similar find each other first. Nothing depends on the order of the versions. `tests/disagreements.json` holds cases.
 */

export interface Marked {
  id: string;
  start: number;
  end: number;
  label: string;
}

export interface Version {
  id: string;
  marks: readonly Marked[];
}

export interface Tolerances {
  /** Edges nearer than this (s) are the same. */
  collar: number;
  /** Labels nearer than this many steps in the label tree, or as near, are the same. */
  labelDistance: number;
  /** The parent of each label; null for one without. */
  parents: ReadonlyMap<string, string | null>;
}

export type Kind = "missing" | "label" | "boundary" | "tags" | "caption" | "beats";

/** What the versions have about one sound. */
export interface Group {
  /** The same for the same members. */
  key: string;
  start: number;
  end: number;
  /** By version; those that have nothing are not in it. */
  members: ReadonlyMap<string, Marked>;
  kinds: readonly Kind[];
  /** How many versions differ from what most have; 0 where all agree. */
  differing: number;
  /** Where they differ. */
  spans: readonly { start: number; end: number }[];
}

const SAME_LABEL = 0.25;
const ANY_LABEL = 0.5;
const LEAST_REACH = 0.05;
const DEPTH = 50;
/** Times are kept in microseconds; sums of them are not exact. */
const SLACK = 1e-9;

/** Steps from one label to another in the tree; infinite without a common ancestor. */
export function labelDistance(one: string, other: string, parents: ReadonlyMap<string, string | null>): number {
  const above = ancestors(one, parents);
  let best = Infinity;
  ancestors(other, parents).forEach((label, steps) => {
    const at = above.indexOf(label);
    if (at >= 0) best = Math.min(best, at + steps);
  });
  return best;
}

/** The groups of several versions in order of time. */
export function groupsOf(versions: readonly Version[], tolerances: Tolerances): Group[] {
  const all = versions.flatMap(({ id, marks }) => marks.map((mark) => ({ version: id, mark })));
  const groups = all.map((one) => new Map([[one.version, one.mark]]));
  const groupAt = all.map((_, number) => number);
  for (const { one, other } of pairs(all, tolerances)) {
    const [to, from] = [groupAt[one]!, groupAt[other]!];
    if (to === from || [...groups[from]!.keys()].some((version) => groups[to]!.has(version))) continue;
    for (const [version, mark] of groups[from]!) groups[to]!.set(version, mark);
    groups[from]!.clear();
    groupAt.forEach((group, number) => {
      if (group === from) groupAt[number] = to;
    });
  }
  return groups
    .filter((members) => members.size)
    .map((members) => described(members, versions.length, tolerances))
    .sort((a, b) => a.start - b.start || a.end - b.end || compared(a.key, b.key));
}

/** The group that a mark of another document is about: that of the most similar member; null when none is near. */
export function groupAbout(mark: Marked, groups: readonly Group[], tolerances: Tolerances): Group | null {
  let found: Group | null = null;
  let best = 0;
  for (const group of groups) {
    for (const member of group.members.values()) {
      const similar = similarity(mark, member, tolerances);
      if (similar > best) [found, best] = [group, similar];
    }
  }
  return found;
}

/** Median edges and the label that most have: one region out of those of a group; each version weighs as much as `weight` says. */
export function merged({ members }: Group, weight: (version: string) => number = () => 1): Pick<Marked, "start" | "end" | "label"> {
  const marks = [...members].map(([version, mark]) => ({ ...mark, weight: weight(version) }));
  const counts = new Map<string, number>();
  for (const { label, weight } of marks) counts.set(label, (counts.get(label) ?? 0) + weight);
  const most = Math.max(...counts.values());
  const label = marks.find((one) => counts.get(one.label) === most)!.label;
  const middle = (edge: "start" | "end"): number => weightedMedian(marks.map((one) => [one[edge], one.weight]));
  const start = middle("start");
  return { start, end: Math.max(start, middle("end")), label };
}

/** The value with half of the weight on either side; between two such values their mean. Without any weight all weigh alike. */
export function weightedMedian(values: readonly (readonly [value: number, weight: number])[]): number {
  const total = values.reduce((sum, [, weight]) => sum + weight, 0);
  if (total <= 0) return median(values.map(([value]) => value));
  const sorted = values.filter(([, weight]) => weight > 0).sort(([a], [b]) => a - b);
  let below = 0;
  for (const [index, [value, weight]] of sorted.entries()) {
    below += weight;
    const left = below - total / 2;
    if (Math.abs(left) < 1e-9 * total && sorted[index + 1]) return (value + sorted[index + 1]![0]) / 2;
    if (left > 0) return value;
  }
  return sorted.at(-1)![0];
}

/** The middle value; of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

interface Placed {
  version: string;
  mark: Marked;
}

/** What could be about the same sound, the most similar first. */
function pairs(all: readonly Placed[], tolerances: Tolerances): { one: number; other: number }[] {
  const reach = reachOf(tolerances);
  const order = all.map((_, number) => number).sort((a, b) => all[a]!.mark.start - all[b]!.mark.start);
  const found: { one: number; other: number; similar: number; key: string }[] = [];
  let open: number[] = [];
  for (const number of order) {
    const { version, mark } = all[number]!;
    open = open.filter((before) => all[before]!.mark.end + reach >= mark.start);
    for (const before of open) {
      if (all[before]!.version === version) continue;
      const similar = similarity(all[before]!.mark, mark, tolerances);
      if (similar > 0) found.push({ one: before, other: number, similar, key: keyOf([all[before]!.mark, mark]) });
    }
    open.push(number);
  }
  return found.sort((a, b) => b.similar - a.similar || compared(a.key, b.key));
}

/** 0 where two marks are not about the same sound; above 1 where their labels count as the same. */
function similarity(one: Marked, other: Marked, tolerances: Tolerances): number {
  const same = labelDistance(one.label, other.label, tolerances.parents) <= tolerances.labelDistance;
  const instants = [one, other].filter(({ start, end }) => start === end).length;
  if (instants === 1) return 0;
  const near = instants ? 1 - Math.abs(one.start - other.start) / reachOf(tolerances) : overlap(one, other);
  const enough = instants ? near > 0 : near >= (same ? SAME_LABEL : ANY_LABEL);
  return enough ? round(near) + (same ? 1 : 0) : 0;
}

/** How much of what two regions cover together both cover. */
function overlap(one: Marked, other: Marked): number {
  const both = Math.min(one.end, other.end) - Math.max(one.start, other.start);
  return both <= 0 ? 0 : both / (Math.max(one.end, other.end) - Math.min(one.start, other.start));
}

function described(members: ReadonlyMap<string, Marked>, versions: number, tolerances: Tolerances): Group {
  const marks = [...members.values()];
  const missing = versions - marks.length;
  const near = (a: number, b: number): boolean => Math.abs(a - b) <= tolerances.collar + SLACK;
  const named = (a: Marked, b: Marked): boolean => labelDistance(a.label, b.label, tolerances.parents) <= tolerances.labelDistance;
  const agree = (a: Marked, b: Marked): boolean => named(a, b) && near(a.start, b.start) && near(a.end, b.end);
  const most = Math.max(missing, ...marks.map((one) => marks.filter((other) => agree(one, other)).length));
  const [starts, ends] = [marks.map((one) => one.start), marks.map((one) => one.end)];
  const [start, end] = [Math.min(...starts), Math.max(...ends)];
  const kinds: Kind[] = [];
  if (missing) kinds.push("missing");
  if (marks.some((one) => marks.some((other) => !named(one, other)))) kinds.push("label");
  const edges = [starts, ends].map((times) => ({ start: Math.min(...times), end: Math.max(...times) })).filter((edge) => !near(edge.start, edge.end));
  if (edges.length) kinds.push("boundary");
  const differing = versions - most;
  const spans = !differing ? [] : missing || kinds.includes("label") ? [{ start, end }] : edges;
  return { key: keyOf(marks), start, end, members, kinds: differing ? kinds : [], differing, spans };
}

const reachOf = ({ collar }: Tolerances): number => Math.max(2 * collar, LEAST_REACH);

/** Similarities that differ by less than this come from how sums are rounded. */
const round = (value: number): number => Math.round(value * 1e9) / 1e9;

const keyOf = (marks: readonly Marked[]): string => marks.map(({ start, end, label, id }) => `${start.toFixed(6)} ${end.toFixed(6)} ${label} ${id}`).sort(compared).join("|");

const compared = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function ancestors(label: string, parents: ReadonlyMap<string, string | null>): string[] {
  const found = [label];
  for (let at = parents.get(label); at != null && found.length < DEPTH && !found.includes(at); at = parents.get(at)) found.push(at);
  return found;
}
