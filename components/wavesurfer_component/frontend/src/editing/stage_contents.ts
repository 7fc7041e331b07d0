/** What the editor puts on the stage: lanes, hint, beats, snapping ticks, and what a held key would mark. */
import type { Project } from "../api";
import { laneRows } from "../engine/lane_rows";
import type { Stage } from "../engine/stage";
import { t } from "../i18n";
import type { Beats } from "./beats";
import type { LabelKeys } from "./label_keys";
import type { Snapping } from "./snapping";
import type { Store } from "./store";

export class StageContents {
  /** Whether each model's suggestions have a lane of their own. */
  modelsApart = false;
  private shown: unknown[] = [];

  constructor(
    private readonly stage: Stage,
    private readonly store: Store,
    private readonly beats: Beats,
    private readonly labels: LabelKeys,
    private readonly project: Project,
  ) {}

  /** Show what is there now: single regions are changed in their lanes, where that is enough. */
  refresh(editable: boolean): void {
    const { stage, store, beats, modelsApart } = this;
    const changes = store.takeChanges();
    const drawn = store.drawn();
    const state = [drawn, this.labels.active, editable, modelsApart];
    const same = state.every((one, index) => one === this.shown[index]);
    const inPlace = same && changes !== null && !modelsApart && stage.changeLanes(changes);
    if (!inPlace && (!same || changes === null || changes.length)) {
      this.shown = state;
      const models = modelsApart && !store.hidesSuggestions ? store.predictions : [];
      stage.setLanes(laneRows(drawn, { labels: this.project.labels, active: this.labels.active, models }));
    }
    stage.stack.setHint(drawn.length || !editable ? "" : this.hint());
    const { grid } = beats;
    stage.selectedBeat = beats.selected;
    const none = t("No beats yet: T taps along, Shift+T takes those that were found");
    stage.setBeats(grid, this.project.controls.points || grid.beats.length > 0, none);
    stage.mark();
  }

  /** Draw what would be marked if the held label key went up now. */
  drawHeld(): void {
    const { ghost } = this.labels;
    if (!ghost) return;
    const lane = this.stage.lanes.findIndex((one) => one.label.id === ghost.label);
    this.stage.ghost = { lane, start: ghost.start, end: ghost.end, low: null, high: null };
    this.stage.mark();
  }

  private hint(): string {
    const { active } = this.labels;
    return active ? t("Drag here to mark {label}, or press I and O", { label: this.store.label(active).name }) : "";
  }
}

/** Where edges may snap to in a stretch, and where one has just snapped. */
export function snapTicks(snapping: Snapping, start: number, stop: number): { ticks: readonly number[]; caught: number | null } {
  const { mode, caught } = snapping;
  return { ticks: mode === "off" || mode === "edge" ? [] : snapping.points.between(mode, start, stop), caught };
}
