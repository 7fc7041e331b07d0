/** How dragged edges snap: how near, and where one has just snapped. */
import type { SnapPoints } from "../engine/snap_points";
import type { KeyValueStore } from "./journals";
import { SnapChoice } from "./snap_choice";

const REACH_PIXELS = 10;

export class Snapping extends SnapChoice {
  /** Where an edge that is being dragged has snapped (s). */
  caught: number | null = null;

  constructor(
    readonly points: SnapPoints,
    kept: KeyValueStore,
  ) {
    super(kept);
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
