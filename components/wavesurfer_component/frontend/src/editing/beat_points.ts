/** Beats as points of the document: which points make a grid, and what must change so that another grid stands there. */
import type { FoundBeat } from "../api/answers";
import { alike } from "./alike";
import type { GridBeat } from "../engine/beat_grid";
import { BEAT, newRegionId, type Origin, type Point } from "./document";

/** A beat of a grid to be; one with an id is that beat of the document. */
export interface WantedBeat extends FoundBeat {
  id?: string;
}

/** What becomes of a point; null: it goes. */
export interface PointChange {
  id: string;
  after: Point | null;
}

/** The beats among the points of a document, ascending. */
export function beatPoints(points: readonly Point[]): Point[] {
  return points.filter((point) => point.kind === BEAT).sort((one, other) => one.time - other.time);
}

/** The same as a grid has them. */
export function beatsOf(points: readonly Point[]): GridBeat[] {
  return beatPoints(points).map(({ id, time, position, anchor }) => ({ id, time, position: position ?? 1, anchor: anchor ?? false }));
}

/** What must be put and deleted so that `wanted` are the beats. What is known to be a beat of before, or lies where one lies, keeps its origin. */
export function replacing(present: readonly Point[], wanted: readonly WantedBeat[]): PointChange[] {
  const byId = new Map(present.map((point) => [point.id, point]));
  const at = new Map(present.map((point) => [point.time, point]));
  const known = wanted.map((beat) => (beat.id === undefined ? at.get(beat.time) : byId.get(beat.id)));
  const kept = new Set(known);
  const others = present.filter((point) => !kept.has(point));
  const free = others.filter((point) => !isOfModel(point)); // an id that a model gave means what the model said
  const changes: PointChange[] = [];
  wanted.forEach((beat, index) => {
    const before = known[index];
    if (before && isAt(before, beat)) return;
    const after = before ? corrected(before, beat) : made(free.shift()?.id ?? newRegionId(), beat);
    changes.push({ id: after.id, after });
  });
  const used = new Set(changes.map(({ id }) => id));
  return [...changes, ...others.filter((point) => !used.has(point.id)).map(({ id }) => ({ id, after: null }))];
}

/** What must be put and deleted so that the beats are those of a prediction, as they came from it. */
export function accepting(present: readonly Point[], predicted: readonly Point[]): PointChange[] {
  return exchanging(present, predicted.filter((point) => point.kind === BEAT));
}

/** What must be put and deleted so that the beats are those that the analysis found, as it found them. One that lies and counts so already stays whose it is. */
export function taking(present: readonly Point[], found: readonly FoundBeat[], origin: Origin): PointChange[] {
  const at = new Map(present.map((point) => [point.time, point]));
  const there = new Set(found.map(({ time }) => at.get(time)));
  const free = present.filter((point) => !there.has(point) && !isOfModel(point));
  const beats = found.map((beat) => {
    const before = at.get(beat.time);
    if (before && isAt(before, beat) && before.origin?.kind !== origin.kind) return before;
    const id = (before && !isOfModel(before) ? before : free.shift())?.id ?? newRegionId();
    return { ...made(id, beat), origin };
  });
  return exchanging(present, beats);
}

/** What must be put and deleted so that the beats are exactly these. */
function exchanging(present: readonly Point[], beats: readonly Point[]): PointChange[] {
  const before = new Map(present.map((point) => [point.id, point]));
  const ids = new Set(beats.map(({ id }) => id));
  const put = beats.filter((point) => !alike(before.get(point.id) ?? null, point)).map((after) => ({ id: after.id, after }));
  return [...put, ...present.filter(({ id }) => !ids.has(id)).map(({ id }) => ({ id, after: null }))];
}

/** A beat that a person put there. */
export function made(id: string, { time, position, anchor }: FoundBeat): Point {
  return { id, time, kind: BEAT, position, anchor, origin: { kind: "human" } };
}

/** A beat elsewhere or counted otherwise; one that a model or the analysis found says so, as regions do. */
function corrected(before: Point, { time, position, anchor }: FoundBeat): Point {
  const same = before.time === time && before.position === position;
  const origin = before.origin ?? { kind: "human" as const };
  return { ...before, time, position, anchor, origin: (origin.kind === "model" || origin.kind === "analysis") && !same ? { ...origin, edited: true } : origin };
}

const isOfModel = ({ origin }: Point): boolean => origin?.kind === "model";
const isAt = (point: Point, { time, position, anchor }: FoundBeat): boolean => point.time === time && point.position === position && (point.anchor ?? false) === anchor;
