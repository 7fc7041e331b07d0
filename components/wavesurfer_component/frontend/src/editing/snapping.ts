/** How dragged edges snap: to which kind of instants, how near, and where one has just snapped. */
import { type SnapKind, type SnapMode, SNAP_MODES, type SnapPoints } from "../engine/snap_points";
import { msg } from "../i18n";
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
  mode: SnapMode;
  /** Where an edge that is being dragged has snapped (s). */
  caught: number | null = null;

  constructor(
    readonly points: SnapPoints,
    private readonly kept: KeyValueStore,
  ) {
    const mode = kept.getItem(KEPT) as SnapMode | null;
    this.mode = mode && SNAP_MODES.includes(mode) ? mode : "off";
  }

  setMode(mode: SnapMode): void {
    this.mode = mode;
    this.kept.setItem(KEPT, mode);
  }

  next(): SnapMode {
    this.setMode(SNAP_MODES[(SNAP_MODES.indexOf(this.mode) + 1) % SNAP_MODES.length]!);
    return this.mode;
  }

  /** The time itself, or the point near it that it snaps to. */
  snapped(time: number, secondsPerPixel: number, suspended: boolean, but: ReadonlySet<string>): number {
    this.caught = null;
    if (this.mode === "off" || suspended) return time;
    this.caught = this.points.nearest(this.mode as SnapKind, time, REACH_PIXELS * secondsPerPixel, but);
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
