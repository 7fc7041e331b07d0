/** How dragged edges snap: to which kind of instants, how near, and where one has just snapped. */
import { SNAP_KINDS, type SnapKind, type SnapMode, SNAP_MODES, type SnapPoints } from "../engine/snap_points";
import { msg, t } from "../i18n";
import type { KeyValueStore } from "./journals";

const KEPT = "labelbuddy:snap";
const REACH_PIXELS = 10;

export const SNAP_NAMES: Record<SnapMode, string> = {
  off: msg("Off"),
  onset: msg("Onsets"),
  beat: msg("Beats"),
  bar: msg("Bars"),
  zero: msg("Zero crossings"),
  edge: msg("Other regions"),
};

export class Snapping {
  /** All that edges snap to; the nearest point of any of them. */
  kinds: readonly SnapKind[];
  /** Where an edge that is being dragged has snapped (s). */
  caught: number | null = null;

  constructor(
    readonly points: SnapPoints,
    private readonly kept: KeyValueStore,
  ) {
    const before = (kept.getItem(KEPT) ?? "").split(",");
    this.kinds = SNAP_KINDS.filter((kind) => before.includes(kind));
  }

  setMode(mode: SnapMode): void {
    this.setKinds(mode === "off" ? [] : [mode]);
  }

  setKinds(kinds: readonly SnapKind[]): void {
    this.kinds = SNAP_KINDS.filter((kind) => kinds.includes(kind));
    this.kept.setItem(KEPT, this.kinds.join() || "off");
  }

  /** The one kind, none, or several. */
  get mode(): SnapMode | "several" {
    return this.kinds.length > 1 ? "several" : (this.kinds[0] ?? "off");
  }

  /** In words. */
  get says(): string {
    return this.kinds.map((kind) => t(SNAP_NAMES[kind])).join(" + ") || t(SNAP_NAMES.off);
  }

  next(): void {
    const { mode } = this;
    this.setMode(mode === "several" ? "off" : SNAP_MODES[(SNAP_MODES.indexOf(mode) + 1) % SNAP_MODES.length]!);
  }

  /** The time itself, or the point near it that it snaps to. */
  snapped(time: number, secondsPerPixel: number, suspended: boolean, but: ReadonlySet<string>): number {
    this.caught = null;
    if (!this.kinds.length || suspended) return time;
    for (const kind of this.kinds) {
      const found = this.points.nearest(kind, time, REACH_PIXELS * secondsPerPixel, but);
      if (found !== null && (this.caught === null || Math.abs(found - time) < Math.abs(this.caught - time))) this.caught = found;
    }
    return this.caught ?? time;
  }

  /** Snap whichever of the edges of a moved stretch is nearer to a point; returns how far to move besides. */
  shift(start: number, end: number, secondsPerPixel: number, suspended: boolean, but: ReadonlySet<string>): number {
    const atStart = this.snapped(start, secondsPerPixel, suspended, but) - start;
    const startCaught = this.caught;
    const atEnd = this.snapped(end, secondsPerPixel, suspended, but) - end;
    if (startCaught !== null && (this.caught === null || Math.abs(atStart) <= Math.abs(atEnd))) {
      this.caught = startCaught;
      return atStart;
    }
    return this.caught === null ? 0 : atEnd;
  }

  release(): void {
    this.caught = null;
  }
}
