/** What is beside and below the stage: the task, instructions, panels and sound, and the list of regions. */
import type { Annotation } from "../api/answers";
import type { Api } from "../api/api";
import { el } from "../dom";
import { browserStore } from "../editing/storage";
import type { Stage } from "../engine/stage";
import { editorGrid } from "../grid/editor_grid";
import { RegionGrid } from "../grid/region_grid";
import { type RegionList, regionList } from "../grid/region_list";
import type { Scope } from "../scope";
import type { Standing } from "../standing";
import type { Panel } from "./capture";
import { editorPanel, type EditorParts } from "./editor_panel";
import { type InstructionsPanel, instructionsPanel } from "./instructions";
import { soundPanel, type SoundPanel } from "./sound";
import { type LevelingButton, levelingOnStage, whereItFits } from "./leveling";
import { taskPanel } from "./task";

export interface DeskParts extends EditorParts {
  api: Api;
  annotation: Annotation;
  stage: Stage;
  standing: Standing;
  /** Above the stage. */
  bar: HTMLElement;
  say(text: string): void;
}

export class Desk {
  readonly panel: Panel;
  readonly sound: SoundPanel;
  readonly leveling: LevelingButton;
  /** The same beside the stage, where the bar has no room. */
  private readonly levelingBeside: LevelingButton;
  readonly list: RegionList;
  readonly instructions: InstructionsPanel;
  /** In the order in which they are beside the stage. */
  readonly beside: readonly HTMLElement[];
  private readonly task: { root: HTMLElement; refresh(): void };

  constructor(parts: DeskParts, scope: Scope) {
    const { choosing, stage, keys, standing, say } = parts;
    this.panel = editorPanel(parts);
    const grid = editorGrid({
      ...parts,
      keys: () => keys.map,
      leave: () => parts.focus(),
    });
    this.list = regionList(new RegionGrid(grid), say, scope, parts.api.readonly ? null : () => parts.act("add-region"), (on) => void (choosing.several = on));
    this.sound = soundPanel(stage.playback.sound, () => choosing.band);
    this.leveling = levelingOnStage(parts);
    this.levelingBeside = levelingOnStage(parts);
    const levelingPanel = el("section", { class: "panel leveling-panel", hidden: true }, this.levelingBeside.root);
    whereItFits(parts.bar, this.leveling.root, levelingPanel, scope);
    for (const one of [this.leveling, this.levelingBeside]) one.follows(this.sound.root);
    this.instructions = instructionsPanel(parts.project.instructions, {
      memory: browserStore(),
      key: `labelbuddy:instructions:${parts.annotation.user}:${parts.api.served ? parts.project.id : "alone"}`,
      leave: () => parts.focus(),
      changed: () => this.task.refresh(),
    });
    this.task = taskPanel({ act: parts.act, editable: parts.editable, flagged: () => standing.flagged, instructions: this.instructions });
    this.task.root.hidden = !parts.api.served;
    this.beside = [this.task.root, this.instructions.root, ...this.panel.sections, levelingPanel, this.sound.root];
  }

  /** Take what is being typed anywhere. */
  commit(): void {
    this.panel.commit();
    this.list.commit();
  }

  refresh(): void {
    this.list.refresh();
    this.panel.refresh();
    this.task.refresh();
    this.sound.refresh();
    this.leveling.refresh();
    this.levelingBeside.refresh();
  }
}
