/** What keys and buttons do to the regions of the document. */
import type { SnapKind } from "../engine/snap_kinds";
import { clock, parseClock } from "../engine/time";
import { msg, t } from "../i18n";
import type { Edits } from "./edits";
import { type KeyPress, nudgeSeconds } from "./key_press";
import { withKeys } from "../panels/key_hints";
import type { Edge } from "./moves";

/** Actions by their name in the key map. */
export type Actions = Record<string, (press: KeyPress) => void>;

/** Nine actions, one for each digit from 1 on. */
export function forDigits(action: string, run: (digit: string, press: KeyPress) => void): Actions {
  return Object.fromEntries([..."123456789"].map((digit) => [`${action}-${digit}`, (press: KeyPress) => run(digit, press)]));
}

export interface RegionActionPorts {
  activeLabel(): string;
  /** The label that a digit key means, or "". */
  labelOfDigit(digit: string): string;
  playhead(): number;
  /** Move what is selected to the tier above or below. */
  toTier(down: 1 | -1): void;
  /** Whether the project has instants. */
  instants: boolean;
  say(text: string): void;
  refresh(): void;
  /** Tell why something was not done. */
  complain(text: string): void;
  /** Ask for a line of text; null when nothing was answered. */
  ask(text: string, value: string): Promise<string | null>;
  activeLabelName(): string;
  /** The nearest point of a kind that `fits`, asked of the server; null when there is none near. Edges are those of regions besides `but`. */
  nearest(kind: SnapKind, time: number, but: ReadonlySet<string>, fits: (point: number) => boolean): Promise<number | null>;
}

/** How far keys move a whole region, or a beat (s). */
export const REGION_MOVE = { fine: 0.001, usual: 0.01, far: 0.1 };
const NEW_REGION = 1.0;
/** A step of a frequency edge: a semitone. */
const BAND_STEP = 2 ** (1 / 12);
const LOWEST_BAND = 20;
const NONE_NEAR: Record<SnapKind, Record<Edge, string>> = {
  onset: { start: msg("There is no onset near the start"), end: msg("There is no onset near the end") },
  beat: { start: msg("There is no beat near the start"), end: msg("There is no beat near the end") },
  bar: { start: msg("There is no bar near the start"), end: msg("There is no bar near the end") },
  edge: { start: msg("There is no other region near the start"), end: msg("There is no other region near the end") },
  zero: { start: msg("There is no zero crossing near the start"), end: msg("There is no zero crossing near the end") },
};

export function regionActions(edits: Edits, ports: RegionActionPorts): Actions {
  const nudge = (edge: Edge, way: 1 | -1) => (press: KeyPress): void => {
    edits.moves.lastEdge = edge;
    edits.moves.nudgeEdge(edge, way * nudgeSeconds(press));
  };
  const add = async (): Promise<void> => {
    const from = ports.playhead();
    const typed = await ports.ask(t("Mark {label} from one time to another, for example 12.5 - 1:02.5", { label: ports.activeLabelName() }), `${clock(from)} - ${clock(from + NEW_REGION)}`);
    if (typed === null) return;
    const [start, end, ...more] = typed.split(/\s*[-\u2013]\s*/).map((one) => parseClock(one));
    if (start == null || end == null || more.length || end <= start) return ports.complain(t("{typed} is no stretch of time. Type two such as 12.5 - 1:02.5, the earlier one first.", { typed }));
    edits.create(ports.activeLabel(), start, end);
  };
  const snap = (kind: SnapKind) => async (): Promise<void> => {
    const region = edits.selected;
    if (!region) return ports.say(t("Select a region first"));
    const edge = edits.moves.lastEdge;
    const fits = (point: number): boolean => edits.moves.reaches(region, edge, point);
    const found = await ports.nearest(kind, region[edge], new Set([region.id]), fits).catch(() => null);
    if (found === null) return ports.say(t(NONE_NEAR[kind][edge]));
    if (edits.selected?.id === region.id) edits.moves.edgeTo(edge, found);
  };
  const band = (edge: "low" | "high", factor: number) => (): void => {
    const region = edits.selected;
    if (!region || region.instant) return;
    const present = region[edge] ?? (edge === "low" ? LOWEST_BAND : 8000);
    edits.changeBand(region, { [edge]: Math.max(1, Math.round(present * factor)) }, `${edge}:${region.id}`);
  };
  return {
    "in-point": () => {
      edits.inPoint = ports.playhead();
      ports.say(t("Region starts at {time}; press O where it ends", { time: clock(edits.inPoint) }));
      ports.refresh();
    },
    "out-point": () => {
      const from = edits.inPoint;
      if (from === null) return ports.say(withKeys(t("Mark where the region starts first"), "in-point"));
      edits.inPoint = null;
      edits.create(ports.activeLabel(), from, ports.playhead());
      ports.refresh(); // also when it was not made
    },
    instant: () => {
      if (ports.instants) edits.createInstant(ports.activeLabel(), ports.playhead());
      else ports.say(t("This project has no instants"));
    },
    ...forDigits("label-here", (digit) => edits.create(ports.labelOfDigit(digit), ports.playhead(), ports.playhead() + NEW_REGION)),
    "start-earlier": nudge("start", -1),
    "start-later": nudge("start", 1),
    "end-earlier": nudge("end", -1),
    "end-later": nudge("end", 1),
    "start-to-playhead": () => edits.moves.edgeTo("start", ports.playhead()),
    "end-to-playhead": () => edits.moves.edgeTo("end", ports.playhead()),
    "tier-up": () => ports.toTier(-1),
    "tier-down": () => ports.toTier(1),
    "region-earlier": () => edits.moves.nudgeChosen(-REGION_MOVE.usual),
    "region-later": () => edits.moves.nudgeChosen(REGION_MOVE.usual),
    "region-earlier-far": () => edits.moves.nudgeChosen(-REGION_MOVE.far),
    "region-later-far": () => edits.moves.nudgeChosen(REGION_MOVE.far),
    "region-earlier-fine": () => edits.moves.nudgeChosen(-REGION_MOVE.fine),
    "region-later-fine": () => edits.moves.nudgeChosen(REGION_MOVE.fine),
    "add-region": () => void add(),
    "snap-zero": () => void snap("zero")(),
    "snap-onset": () => void snap("onset")(),
    "snap-beat": () => void snap("beat")(),
    "snap-bar": () => void snap("bar")(),
    "snap-edge": () => void snap("edge")(),
    "high-up": band("high", BAND_STEP),
    "high-down": band("high", 1 / BAND_STEP),
    "low-up": band("low", BAND_STEP),
    "low-down": band("low", 1 / BAND_STEP),
    split: () => {
      if (edits.selected) edits.split(edits.selected);
    },
    merge: () => edits.merge(edits.chosen),
    duplicate: () => edits.duplicate(edits.chosen),
    delete: () => edits.remove(edits.chosen),
    copy: () => void edits.copies.copy(edits.chosen),
    cut: () => edits.copies.cut(edits.chosen),
    paste: () => edits.copies.paste(),
    "paste-in-place": () => edits.copies.pasteInPlace(),
  };
}
