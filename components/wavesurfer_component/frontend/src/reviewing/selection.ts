/** What is selected in a review: a region of any version, or a disagreement by one of its versions. */
import type { Region } from "../editing/document";
import { showTime } from "../editing/place_actions";
import { spokenBeat } from "../editing/spoken_beat";
import type { Stage } from "../engine/stage";
import type { SelectedSpan } from "../engine/stage_ports";
import type { Drawn } from "../layers/regions";
import type { Comparison } from "./comparison";
import { groupCalled, type ReviewLanes } from "./lanes";

export interface ReviewSelectionPorts {
  comparison: Comparison;
  lanes: ReviewLanes;
  stage(): Stage;
  /** The regions of the annotation that are shown now. */
  shown(): readonly Region[];
  changed(): void;
}

export class ReviewSelection {
  id: string | null = null;

  constructor(private readonly ports: ReviewSelectionPorts) {}

  /** Whether it is selected, or has what is selected among its versions. */
  has(id: string): boolean {
    if (id === this.id) return true;
    const group = groupCalled(id);
    return group !== null && group === this.ports.comparison.groupOf(this.id)?.key;
  }

  /** Select one alone, or none; `show` brings it into view and the playhead to its start. */
  select(id: string | null, show = false): void {
    this.id = id;
    this.ports.stage().selectedBeat = null;
    const span = this.span;
    if (span && show) {
      this.ports.stage().view.reveal(span.start);
      this.ports.stage().playback.seek(span.start);
    }
    this.ports.changed();
  }

  /** Select a beat to look at, and no region; where it lies, in words. */
  selectBeat(id: string): string {
    const stage = this.ports.stage();
    const index = stage.grid.index(id);
    this.id = null;
    stage.selectedBeat = id;
    showTime(stage, stage.clamp(stage.grid.beats[index]!.time));
    this.ports.changed();
    return spokenBeat(stage.grid, index);
  }

  /** Select what was clicked: of a disagreement the first version that has something. */
  choose(id: string): void {
    const group = this.ports.comparison.groups.find((one) => one.key === groupCalled(id));
    const version = group && this.ports.comparison.compared.find((one) => group.members.has(one.id));
    if (group && version) this.select(this.ports.comparison.idOf(version, group.members.get(version.id)!));
    else if (this.ports.comparison.called(id)) this.select(id);
  }

  /** What is selected, of whatever version, as the layers draw it. */
  get span(): SelectedSpan | null {
    const found = this.ports.comparison.called(this.id);
    if (!found) return null;
    const { start, end, low, high, label } = found.mark;
    return { start, end, low: low ?? null, high: high ?? null, color: this.ports.lanes.label(label).color, handles: false };
  }

  /** The same as it lies in its lane. */
  get drawn(): Drawn[] {
    const at = this.span?.start;
    return at === undefined ? [] : this.ports.stage().lanes.flatMap((lane) => [...lane.index.between(at, at)]).filter((one) => one.id === this.id);
  }

  /** Select the region before or after the selected one, around the ends. */
  step(by: 1 | -1): void {
    const order = this.ports.shown();
    if (!order.length) return;
    const at = order.findIndex((one) => one.id === this.id);
    const next = at < 0 ? (by > 0 ? 0 : order.length - 1) : (at + by + order.length) % order.length;
    this.select(order[next]!.id, true);
  }
}
