/** Moving regions and their edges: by keys, by some seconds, and to another tier. */
import { clock, rounded } from "../engine/time";
import { plural, t } from "../i18n";
import type { Change, Region } from "./document";
import type { EditPorts, Edits } from "./edits";
import { shortestOf } from "./overlap";
import type { Placing } from "./placing";
import type { Store } from "./store";

export type Edge = "start" | "end";

export class Moves {
  /** The edge that was moved last: what the snapping keys move. */
  lastEdge: Edge = "start";

  constructor(
    private readonly store: Store,
    private readonly edits: Pick<Edits, "selected" | "chosen" | "change" | "changeAll" | "changed" | "clamp">,
    private readonly placing: Placing,
    private readonly ports: Pick<EditPorts, "first" | "last" | "say">,
  ) {}

  /** Move an edge of the selected region by some seconds, never past the other one. */
  nudgeEdge(edge: Edge, by: number): void {
    const { selected: region, chosen } = this.edits;
    if (chosen.length > 1) return this.nudgeEdges(chosen, edge, by);
    if (region) this.setEdge(region, edge, region[edge] + by, `nudge-${edge}:${region.id}`);
  }

  /** Put an edge of the selected region somewhere. */
  edgeTo(edge: Edge, seconds: number): void {
    const region = this.edits.selected;
    if (region) this.setEdge(region, edge, seconds, null);
  }

  /** Whether an edge can be put there and leaves the region as long as its label wants it. */
  reaches(region: Region, edge: Edge, seconds: number): boolean {
    if (region.instant) return true;
    const length = edge === "start" ? region.end - seconds : seconds - region.start;
    return length >= shortestOf(this.store.label(region.label));
  }

  /** Move everything selected by some seconds, keeping lengths and distances. */
  nudgeChosen(by: number): void {
    const regions = this.edits.chosen;
    if (!regions.length) return;
    if (!this.moveTogether(regions, by, `move:${regions.map((one) => one.id).join()}`)) return;
    const { start, end } = this.edits.chosen[0]!;
    this.ports.say(t("Moved to {start}, until {end}", { start: clock(start), end: clock(end) }));
  }

  /** Move regions by the same seconds, as far as all of them stay inside; `tierOf` says on which tiers they lie then. How many were moved. */
  moveTogether(regions: readonly Region[], by: number, key: string | null = null, tierOf: (region: Region) => string | null | undefined = ({ tier }) => tier): number {
    const shift = this.sharedShift(regions, by);
    const moving = new Set(regions.map((region) => region.id));
    const changes: Change[] = [];
    for (const region of regions) {
      const tier = tierOf(region) ?? null;
      const wanted = { ...region, tier, start: rounded(region.start + shift), end: rounded(region.end + shift) };
      const span = this.placing.one(wanted, region.id, moving);
      if (!span) return 0;
      const moved = span.start !== region.start || span.end !== region.end ? span : {};
      changes.push(this.edits.changed(region, tier === (region.tier ?? null) ? moved : { ...moved, tier }));
    }
    return this.store.edit(changes, key);
  }

  /** `by`, cut so that none of the regions leaves the task. */
  sharedShift(regions: readonly Region[], by: number): number {
    const least = this.ports.first - Math.min(...regions.map((region) => region.start));
    const most = this.ports.last - Math.max(...regions.map((region) => region.end));
    return Math.min(Math.max(by, least), most);
  }

  /** Move the same edge of several regions by some seconds, each no further than it can. */
  private nudgeEdges(regions: readonly Region[], edge: Edge, by: number): void {
    this.lastEdge = edge;
    const moved = (region: Region): Partial<Region> => {
      const at = this.edits.clamp(region[edge] + by);
      const least = shortestOf(this.store.label(region.label));
      return { [edge]: rounded(edge === "start" ? Math.min(at, region.end - least) : Math.max(at, region.start + least)) };
    };
    const made = this.edits.changeAll(regions.filter((region) => !region.instant), moved, `nudge-${edge}:${regions.map((one) => one.id).join()}`);
    if (made) this.ports.say(edge === "start" ? plural(made, "Start of {count} region moved", "Starts of {count} regions moved") : plural(made, "End of {count} region moved", "Ends of {count} regions moved"));
  }

  private setEdge(region: Region, edge: Edge, to: number, key: string | null): void {
    this.lastEdge = edge;
    const at = this.edits.clamp(to);
    if (region.instant) {
      if (this.store.edit([this.edits.changed(region, { start: rounded(at), end: rounded(at) })], key)) this.ports.say(t("At {time}", { time: clock(at) }));
      return;
    }
    const least = shortestOf(this.store.label(region.label));
    const seconds = rounded(edge === "start" ? Math.min(at, region.end - least) : Math.max(at, region.start + least));
    if (!this.edits.change(region, { [edge]: seconds }, key)) return;
    this.ports.say(edge === "start" ? t("Start {time}", { time: clock(seconds) }) : t("End {time}", { time: clock(seconds) }));
  }
}
