/** What the editor puts on the stage: lanes, hint, beats, and what a held key would mark. */
import type { Project } from "../api/answers";
import { BeatGrid } from "../engine/beat_grid";
import { laneRows } from "../engine/lane_rows";
import type { Stage } from "../engine/stage";
import { t } from "../i18n";
import { beatsOf } from "./beat_points";
import type { Beats } from "./beats";
import type { LabelKeys } from "./label_keys";
import type { LaneMarking } from "./lane_marking";
import type { LaneStates } from "./lane_states";
import type { PersonalKeys } from "./personal_keys";
import type { Store } from "./store";
import { keysTo } from "../panels/key_hints";
import type { TierList } from "./tier_list";

export interface StageContentParts {
  stage: Stage;
  store: Store;
  /** The beats as they are counted, and the selected one. */
  beats(): Pick<Beats, "grid" | "selected">;
  labels: LabelKeys;
  lanes: LaneStates;
  tiers(): TierList;
  /** Null while nothing can be marked yet. */
  marking(): LaneMarking | null;
  /** Mark the head of the active tier. */
  markTier(): void;
  keys: PersonalKeys;
  project: Project;
  /** Whether everything is only looked at. */
  readonly: boolean;
}

export class StageContents {
  /** Whether each model's suggestions have a lane of their own. */
  modelsApart = false;
  private shown: unknown[] = [];

  constructor(private readonly parts: StageContentParts) {}

  /** Show what is there now: single regions are changed in their lanes, where that is enough. */
  refresh(editable: boolean): void {
    const { modelsApart } = this;
    const { stage, store, beats, labels, lanes, keys, project } = this.parts;
    const tiers = this.parts.tiers();
    const changes = store.takeChanges();
    const drawn = store.drawn();
    const state = [drawn, labels.active, editable, modelsApart, lanes.version, keys.map, tiers.names.join("\n")];
    const same = state.every((one, index) => one === this.shown[index]);
    const inPlace = same && changes !== null && !modelsApart && stage.changeLanes(changes);
    if (!inPlace && (!same || changes === null || changes.length)) {
      this.shown = state;
      const models = modelsApart && !store.hidesSuggestions ? store.predictions : [];
      stage.setLanes(laneRows(drawn, { labels: project.labels, active: labels.active, models, is: (state, lane) => lanes.is(state, lane), onlyUsed: this.parts.readonly, tiers: tiers.on ? tiers.names : null }));
    }
    this.parts.markTier();
    stage.stack.setHint(drawn.length || !editable ? "" : this.hint());
    const { grid, selected } = beats();
    stage.selectedBeat = selected;
    stage.rejectedBeats = store.suggestedGrids().flatMap((one) => (one.standing === "rejected" ? [new BeatGrid(beatsOf(one.beats))] : []));
    const none = t("No beats yet: T taps along, Shift+T takes those that were found");
    stage.setBeats(grid, project.controls.points || grid.beats.length > 0, none);
    stage.mark();
  }

  /** Draw what would be marked if the held label key went up now. */
  drawHeld(): void {
    const { stage, labels } = this.parts;
    const marking = this.parts.marking();
    const { ghost } = labels;
    if (!ghost || !marking) return;
    const lane = stage.lanes.findIndex((one) => one.label.id === marking.laneOf(ghost.label));
    const color = marking.colorOf(null, ghost.label);
    stage.ghost = { lane, start: ghost.start, end: ghost.end, low: null, high: null, ...(color ? { color } : {}) };
    stage.mark();
  }

  private hint(): string {
    const { store, labels } = this.parts;
    return labels.active ? t("Drag here to mark {label}, or press {in} and {out}", { label: store.label(labels.active).name, in: keysTo("in-point"), out: keysTo("out-point") }) : "";
  }
}
