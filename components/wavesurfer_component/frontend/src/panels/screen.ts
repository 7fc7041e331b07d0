/** The editor on the screen: banner, notice, bar and stage, and beside it the panels; below the stage, the list of regions. */
import type { Annotation, Api } from "../api";
import { el } from "../dom";
import type { Merging } from "../editing/merging";
import type { Saving } from "../editing/saving";
import type { Snapping } from "../editing/snapping";
import { browserStore } from "../editing/storage";
import type { Stage } from "../engine/stage";
import { editorGrid } from "../grid/editor_grid";
import { RegionGrid } from "../grid/region_grid";
import { type RegionList, regionList } from "../grid/region_list";
import type { HandingIn } from "../handing_in";
import { t } from "../i18n";
import { transport, type Transport } from "../playback/transport";
import type { Scope } from "../scope";
import type { Panel } from "./capture";
import { editorPanel, type EditorParts } from "./editor_panel";
import { type InstructionsPanel, instructionsPanel } from "./instructions";
import type { Notice } from "./notice";
import { soundPanel, type SoundPanel } from "./sound";
import { snapChoice } from "./snapping";
import { taskPanel } from "./task";
import { type Toolbar, toolbar } from "./toolbar";

export interface ScreenParts extends EditorParts {
  api: Api;
  annotation: Annotation;
  stage: Stage;
  snapping: Snapping;
  saving: Saving;
  handing: HandingIn;
  merging: Merging;
  notice: Notice;
}

export class Screen {
  readonly root: HTMLElement;
  readonly panel: Panel;
  readonly sound: SoundPanel;
  readonly bar: Transport;
  readonly list: RegionList;
  readonly instructions: InstructionsPanel;
  private readonly task: { root: HTMLElement; refresh(): void };
  private readonly tools: Toolbar;
  private readonly snapSelect: { root: HTMLElement; refresh(): void };
  private readonly live = el("div", { class: "screen-reader", "aria-live": "polite" });

  constructor(
    private readonly parts: ScreenParts,
    scope: Scope,
  ) {
    const { choosing, stage, task, keys } = parts;
    const say = (text: string): void => this.say(text);
    this.panel = editorPanel(parts);
    const grid = editorGrid({
      ...parts,
      keys: () => keys.map,
      leave: () => parts.focus(),
      say,
    });
    this.list = regionList(new RegionGrid(grid), say, scope, () => parts.act("add-region"), (on) => void (choosing.several = on));
    this.sound = soundPanel(stage.playback.sound, () => choosing.band);
    this.snapSelect = snapChoice(parts.snapping, parts.refresh);
    this.tools = toolbar(parts.act, this.snapSelect.root, parts.saving.status, parts.api.served);
    this.bar = transport(stage, parts.act, this.tools.parts);
    this.instructions = instructionsPanel(parts.project.instructions, {
      memory: browserStore(),
      key: `labelbuddy:instructions:${parts.annotation.user}:${parts.api.served ? parts.project.id : "alone"}`,
      leave: () => parts.focus(),
      changed: () => this.task.refresh(),
    });
    this.task = taskPanel({ act: parts.act, editable: parts.editable, flagged: () => parts.handing.flagged, instructions: this.instructions });
    this.task.root.hidden = !parts.api.served;
    this.root = el(
      "div",
      { class: "lb-editor", role: "application", "aria-label": t("Annotate {recording}", { recording: task.recording.name }), tabindex: 0 },
      parts.handing.banner,
      parts.saving.offline.line.root,
      parts.merging.line.root,
      parts.notice.root,
      this.bar.root,
      el("div", { class: "columns" }, el("div", { class: "main" }, stage.root, this.list.root), el("div", { class: "side" }, this.task.root, this.instructions.root, ...this.panel.sections, this.sound.root)),
      this.live,
    );
  }

  /** Say something to screen readers. */
  say(text: string): void {
    this.live.replaceChildren(el("span", {}, text)); // a new element is read out, also when it says the same again
  }

  /** Take what is being typed anywhere. */
  commit(): void {
    this.panel.commit();
    this.list.commit();
  }

  /** Bring everything around the stage in line with the state. */
  refresh(boxMode: boolean): void {
    const { store, handing } = this.parts;
    const { editable, busy } = handing;
    const { canUndo, canRedo } = store.history;
    this.list.refresh();
    this.panel.refresh();
    this.task.refresh();
    handing.drawBanner();
    this.tools.refresh({ editable, canUndo, canRedo, canSubmit: editable && !busy, boxMode });
    this.snapSelect.refresh();
    this.sound.refresh();
  }
}
