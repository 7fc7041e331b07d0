/**
 * Where versions differ in what is no region: the tags and the caption of the clip, and stretches of beats. Each is a group
 * like those of regions, so that it is gone through, taken from a version and left out by the same keys.
 *
 * Beats of different versions are the same within 70 ms (Dixon 2007); beats that not all have and that follow each other
 * without one that all have are one stretch.
 */
import { type AnnotationDocument, BEAT, type Point } from "../editing/document";
import type { Group, Marked } from "./disagreements";

export type Part = "tags" | "caption" | "beats";

export interface PartVersion {
  id: string;
  /** Null of a model, which is compared by its regions alone. */
  document: AnnotationDocument | null;
}

/** What the versions have of one part, in a stretch of the recording. */
export interface PartGroup extends Group {
  part: Part;
}

export const BEATS_ALIKE = 0.07;
/** A stretch reaches so far beyond its first and last beat (s). */
const EDGE = BEATS_ALIKE / 2;

export const isPart = (group: Group): group is PartGroup => "part" in group;

/** The parts in which people differ; none with fewer than two. */
export function partGroups(versions: readonly PartVersion[], bounds: { start: number; stop: number }): PartGroup[] {
  const people = versions.filter((one): one is PartVersion & { document: AnnotationDocument } => one.document !== null);
  if (people.length < 2) return [];
  const whole = (part: Part, saying: (document: AnnotationDocument) => string): PartGroup | null => group(part, bounds.start, bounds.stop, people.map(({ id, document }) => [id, saying(document)]));
  return [whole("tags", tagsOf), whole("caption", captionOf), ...beatGroups(people)].filter((one) => one !== null);
}

/** A document with a part as another one has it; with nothing of it, where there is no other. */
export function withPart(document: AnnotationDocument, group: PartGroup, from: { id: string; document: AnnotationDocument } | null): AnnotationDocument {
  const origin = from ? { kind: "consensus" as const, annotation: from.id } : { kind: "consensus" as const };
  if (group.part === "tags") return { ...document, tags: from?.document.tags.map((one) => ({ ...one, origin })) ?? [] };
  if (group.part === "caption") return { ...document, caption: from?.document.caption ? { ...from.document.caption, origin } : null };
  const within = (point: Point): boolean => point.kind === BEAT && point.time >= group.start && point.time <= group.end;
  const taken = (from?.document.points ?? []).filter(within).map((one) => ({ ...one, origin }));
  const ids = new Set(taken.map((one) => one.id));
  const kept = document.points.filter((one) => !within(one)).map((one) => (ids.has(one.id) ? { ...one, id: `${one.id}-2` } : one));
  return { ...document, points: [...kept, ...taken].sort((a, b) => a.time - b.time) };
}

const tagsOf = ({ tags }: AnnotationDocument): string => tags.map((one) => one.label).sort().join(" ");
const captionOf = ({ caption }: AnnotationDocument): string => (caption?.text ?? "").trim().split(/\s+/).join(" ").toLowerCase();
export const beatsIn = ({ points }: AnnotationDocument, { start, end }: { start: number; end: number }): Point[] => points.filter((one) => one.kind === BEAT && one.time >= start && one.time <= end);

/** Null where all say the same. */
function group(part: Part, start: number, end: number, said: readonly (readonly [string, string])[]): PartGroup | null {
  const counts = new Map<string, number>();
  for (const [, what] of said) counts.set(what, (counts.get(what) ?? 0) + 1);
  if (counts.size < 2) return null;
  const key = `${part} ${start.toFixed(6)} ${end.toFixed(6)}`;
  const members = new Map<string, Marked>(said.map(([version]) => [version, { id: `part:${key}`, start, end, label: "" }]));
  return { part, key, start, end, members, kinds: [part], differing: said.length - Math.max(...counts.values()), spans: [{ start, end }] };
}

function beatGroups(people: readonly (PartVersion & { document: AnnotationDocument })[]): (PartGroup | null)[] {
  const all = people.flatMap(({ id, document }) => document.points.filter((one) => one.kind === BEAT).map(({ time }) => ({ id, time }))).sort((a, b) => a.time - b.time);
  const clusters: { first: number; last: number; who: Set<string> }[] = [];
  for (const { id, time } of all) {
    const open = clusters.at(-1);
    if (open && time - open.first <= BEATS_ALIKE && !open.who.has(id)) {
      open.who.add(id);
      open.last = time;
    } else clusters.push({ first: time, last: time, who: new Set([id]) });
  }
  const runs: (typeof clusters)[] = [];
  let before = true; // whether the cluster before is one that all have
  for (const cluster of clusters) {
    const agreed = cluster.who.size === people.length;
    if (!agreed && before) runs.push([]);
    if (!agreed) runs.at(-1)!.push(cluster);
    before = agreed;
  }
  return runs.map((run) => {
    const said = people.map(({ id }) => [id, run.map((one) => (one.who.has(id) ? "1" : "0")).join("")] as const);
    return group("beats", run[0]!.first - EDGE, run.at(-1)!.last + EDGE, said);
  });
}
