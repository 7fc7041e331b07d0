/** What the keys of a review do with disagreements and the ground truth: go through them, hear them, take, join, move and delete. */
import { type AnnotationDocument, keptForm, newRegionId, type Point, type Region } from "../editing/document";
import { nudgeSeconds, type KeyPress } from "../editing/key_press";
import type { Actions } from "../editing/region_actions";
import { t } from "../i18n";
import type { Playback } from "../playback/playback";
import type { Comparison } from "./comparison";
import { type Group, merged } from "./disagreements";
import { playInTurn } from "./in_turn";
import { isPart, type PartGroup, withPart } from "./parts";
import type { ReviewVersion } from "./versions";

export interface TruthPorts {
  comparison: Comparison;
  playback(): Playback;
  /** The bounds of the task (s). */
  bounds: { start: number; stop: number };
  selected(): string | null;
  select(id: string | null, show: boolean): void;
  /** By username what an annotator's answers weigh; empty while nobody knows. */
  weights(): Promise<ReadonlyMap<string, number>>;
  say(text: string): void;
  complain(text: string): void;
  changed(): void;
}

/** Shortest region that nudging leaves (s). */
const SHORTEST = 0.01;

export function truthActions(ports: TruthPorts): Actions {
  const nudge = (edge: "start" | "end", way: 1 | -1) => (press: KeyPress) => nudged(ports, edge, way * nudgeSeconds(press));
  return {
    "next-disagreement": () => step(ports, 1),
    "previous-disagreement": () => step(ports, -1),
    "hear-versions": () => hear(ports),
    "take-version": (press) => takeFrom(ports, digit(press)),
    "take-all": (press) => takeAll(ports, digit(press)),
    "merge-versions": () => merge(ports),
    "merge-weighted": () => void mergeWeighted(ports),
    "start-earlier": nudge("start", -1),
    "start-later": nudge("start", 1),
    "end-earlier": nudge("end", -1),
    "end-later": nudge("end", 1),
    delete: () => remove(ports),
    undo: () => turn(ports, (ports.comparison.truth?.undo() ?? false) ? t("Undone") : t("Nothing to undo")),
    redo: () => turn(ports, (ports.comparison.truth?.redo() ?? false) ? t("Done again") : t("Nothing to do again")),
  };
}

/** Take the region of a version into the ground truth; nothing, where it has none. */
export function take(ports: TruthPorts, group: Group, version: ReviewVersion): void {
  const { truth } = ports.comparison;
  if (!truth) return ports.complain(noTruth());
  if (isPart(group)) return takePart(ports, group, version);
  const mark = group.members.get(version.id) as Region | undefined;
  const present = ports.comparison.truthOf(group);
  const put = mark ? [{ ...mark, id: present[0]?.id ?? newRegionId(), origin: version.originOf(mark) }] : [];
  truth.replace(present.map((one) => one.id), put, group.key);
  ports.changed();
  ports.say(mark ? t("Taken from {version}", { version: version.name }) : t("{version} has nothing there: deleted", { version: version.name }));
}

/** Take tags, a caption or a stretch of beats from a version. */
function takePart(ports: TruthPorts, group: PartGroup, version: ReviewVersion): void {
  const { truth } = ports.comparison;
  if (!truth) return;
  if (!version.document) return ports.say(t("Of {version} only regions are compared", { version: version.name }));
  truth.become(withPart(truth.document, group, { id: version.id, document: version.document }), [group.key]);
  ports.changed();
  ports.say(t("Taken from {version}", { version: version.name }));
}

/** Join the versions of a group into one region. */
export function merge(ports: TruthPorts): void {
  const group = toJoin(ports);
  if (!group) return;
  join(ports, group, () => 1);
  ports.say(t("Joined: the middle of all edges"));
}

/** Join them by what each annotator's answers weigh; a model weighs as much as annotators do on average. */
async function mergeWeighted(ports: TruthPorts): Promise<void> {
  const group = toJoin(ports);
  if (!group) return;
  const weights = await ports.weights().catch((error: Error) => ports.complain(error.message));
  if (!weights) return;
  if (!weights.size) return ports.complain(t("Nobody knows yet how reliable the annotators are: that is learned when a manager merges on the Insight page."));
  const usual = [...weights.values()].reduce((sum, one) => sum + one, 0) / weights.size;
  const userOf = new Map(ports.comparison.versions.map((one) => [one.id, one.user]));
  join(ports, group, (version) => weights.get(userOf.get(version) ?? "") ?? usual);
  ports.say(t("Joined by how reliable each annotator is"));
}

/** The group of regions that is chosen, where there is a ground truth to write. */
function toJoin(ports: TruthPorts): Group | null {
  const group = chosen(ports);
  if (!group || !ports.comparison.truth) return null;
  if (!isPart(group)) return group;
  ports.say(t("Only regions are joined: take a version"));
  return null;
}

function join(ports: TruthPorts, group: Group, weight: (version: string) => number): void {
  const truth = ports.comparison.truth!;
  const present = ports.comparison.truthOf(group);
  const { start, end, label } = merged(group, weight);
  const model = [...group.members.values()].find((one) => one.label === label) as Region;
  const put = { ...model, id: present[0]?.id ?? newRegionId(), start, end, origin: { kind: "consensus" as const } };
  truth.replace(present.map((one) => one.id), [put], group.key);
  ports.changed();
}

/** Hear what each version has, those that say the same once. */
export function hear(ports: TruthPorts): void {
  const group = chosen(ports);
  if (!group) return;
  const spans = new Map<string, { start: number; end: number }>();
  for (const { id } of ports.comparison.compared) {
    const mark = group.members.get(id);
    if (mark && mark.end > mark.start) spans.set(`${mark.start} ${mark.end}`, mark);
  }
  playInTurn(ports.playback(), [...spans.values()]);
}

function step({ comparison, selected, select, say }: TruthPorts, way: 1 | -1): void {
  const all = comparison.disagreements;
  if (!all.length) return say(t("The versions agree everywhere"));
  const { truth } = comparison;
  const open = all.filter((group) => !truth?.isResolved(group.key));
  const among = open.length ? open : all;
  const present = comparison.groupOf(selected());
  const place = (group: Group): number => comparison.groups.indexOf(group);
  const at = present ? place(present) : way > 0 ? -1 : Infinity;
  const after = way > 0 ? among.find((group) => place(group) > at) : among.filter((group) => place(group) < at).at(-1);
  const group = after ?? (way > 0 ? among[0]! : among.at(-1)!);
  const version = comparison.compared.find((one) => group.members.has(one.id))!;
  select(comparison.idOf(version, group.members.get(version.id)!), true);
  say(open.length ? t("Disagreement {number} of {count}", { number: all.indexOf(group) + 1, count: all.length }) : t("All disagreements are decided"));
}

function takeFrom(ports: TruthPorts, number: number): void {
  const version = ports.comparison.versions[number - 1];
  if (!version) return ports.complain(t("There is no version {number}.", { number }));
  const group = chosen(ports);
  if (group) take(ports, group, version);
}

function takeAll(ports: TruthPorts, number: number): void {
  const { comparison } = ports;
  const version = comparison.versions[number - 1];
  if (!version) return ports.complain(t("There is no version {number}.", { number }));
  if (!comparison.truth) return ports.complain(noTruth());
  const document: AnnotationDocument = version.document ?? { ...comparison.truth.document, points: comparison.truth.document.points.filter((one) => !one.label) };
  const forms = version.marks.map((mark) => keptForm({ ...mark, origin: version.originOf(mark) }));
  const regions = forms.filter((one) => one.collection === "regions").map((one) => one.value as Region);
  const points = forms.filter((one) => one.collection === "points").map((one) => one.value as Point);
  const beats = document.points.filter((point) => !points.some((one) => one.id === point.id));
  comparison.truth.become({ ...document, regions, points: [...beats, ...points].sort((a, b) => a.time - b.time) }, comparison.disagreements.map((one) => one.key));
  ports.changed();
  ports.say(t("All taken from {version}", { version: version.name }));
}

function remove(ports: TruthPorts): void {
  const { comparison } = ports;
  const group = comparison.groupOf(ports.selected());
  const own = chosenTruth(ports);
  if (!comparison.truth || (!own && !group)) return ports.say(t("Select a region or a disagreement first"));
  if (!own && group && isPart(group)) {
    comparison.truth.become(withPart(comparison.truth.document, group, null), [group.key]);
    ports.changed();
    return ports.say(t("Not in the ground truth any more"));
  }
  const gone = own ? [own] : group ? comparison.truthOf(group) : [];
  comparison.truth.replace(gone.map((one) => one.id), [], group?.key ?? null);
  ports.changed();
  ports.say(t("Not in the ground truth any more"));
}

function nudged(ports: TruthPorts, edge: "start" | "end", seconds: number): void {
  const { comparison, bounds } = ports;
  const group = comparison.groupOf(ports.selected());
  const mark = chosenTruth(ports) ?? (group && comparison.truthOf(group)[0]);
  if (!comparison.truth || !mark) return ports.say(t("There is nothing in the ground truth to move: take a version first"));
  const clamp = (time: number, from: number, to: number): number => Math.round(Math.min(Math.max(time, from), to) * 1e6) / 1e6;
  let { start, end } = mark;
  if (mark.instant) start = end = clamp(start + seconds, bounds.start, bounds.stop);
  else if (edge === "start") start = clamp(start + seconds, bounds.start, end - SHORTEST);
  else end = clamp(end + seconds, start + SHORTEST, bounds.stop);
  comparison.truth.replace([], [{ ...mark, start, end, origin: { ...mark.origin, edited: true } }], group?.key ?? null);
  ports.changed();
}

/** The selected region of the ground truth itself. */
function chosenTruth({ comparison, selected }: TruthPorts): Region | null {
  const found = comparison.called(selected());
  return found && found.version === null ? found.mark : null;
}

function chosen(ports: TruthPorts): Group | null {
  const group = ports.comparison.groupOf(ports.selected());
  if (!group) ports.say(t("Select a region or a disagreement first"));
  return group;
}

function turn(ports: TruthPorts, text: string): void {
  ports.changed();
  ports.say(text);
}

const noTruth = (): string => t("You cannot write the ground truth of this task.");

const digit = ({ key, code }: KeyPress): number => Number(/^Digit([1-9])$/.exec(code)?.[1] ?? key);
