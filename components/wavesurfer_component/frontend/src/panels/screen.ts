/** The editor on the screen: banner, notice, bar and stage, and beside it the panels and the table of regions. */
import type { Api } from "../api";
import { el } from "../dom";
import type { Merging } from "../editing/merging";
import type { Saving } from "../editing/saving";
import type { Snapping } from "../editing/snapping";
import type { Stage } from "../engine/stage";
import type { HandingIn } from "../handing_in";
import { t } from "../i18n";
import { transport, type Transport } from "../playback/transport";
import type { Panel } from "./capture";
import { editorPanel, type EditorParts } from "./editor_panel";
import type { Notice } from "./notice";
import { soundPanel, type SoundPanel } from "./sound";
import { snapChoice } from "./snapping";
import { RegionTable } from "./table";
import { type Toolbar, toolbar } from "./toolbar";

export interface ScreenParts extends EditorParts {
  api: Api;
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
  private readonly table: RegionTable;
  private readonly tools: Toolbar;
  private readonly snapSelect: { root: HTMLElement; refresh(): void };
  private readonly live = el("div", { class: "screen-reader", "aria-live": "polite" });

  constructor(private readonly parts: ScreenParts) {
    const { store, choosing, stage, task } = parts;
    this.panel = editorPanel(parts);
    this.table = new RegionTable(
      (id) => store.label(id).name,
      (id) => store.label(id).color,
      (id, more) => (more ? choosing.toggle(id) : choosing.select(id, true)),
    );
    this.sound = soundPanel(stage.playback.sound, () => choosing.band);
    this.snapSelect = snapChoice(parts.snapping, parts.refresh);
    this.tools = toolbar(parts.act, this.snapSelect.root, parts.saving.status, parts.api.served);
    this.bar = transport(stage, parts.act, this.tools.parts);
    const list = el("section", { class: "panel grow" }, el("h3", {}, t("Regions")), this.table.root);
    this.root = el(
      "div",
      { class: "lb-editor", role: "application", "aria-label": t("Annotate {recording}", { recording: task.recording.name }), tabindex: 0 },
      parts.handing.banner,
      parts.saving.offline.line.root,
      parts.merging.line.root,
      parts.notice.root,
      this.bar.root,
      el("div", { class: "columns" }, stage.root, el("div", { class: "side" }, ...this.panel.sections, this.sound.root, list)),
      this.live,
    );
  }

  /** Say something to screen readers. */
  say(text: string): void {
    this.live.textContent = text;
  }

  /** Bring everything around the stage in line with the state. */
  refresh(boxMode: boolean): void {
    const { store, handing } = this.parts;
    const { editable, busy } = handing;
    const { canUndo, canRedo } = store.history;
    this.table.set(store.drawn(), store.selected, (id) => store.selection.has(id));
    this.panel.refresh();
    handing.drawBanner();
    this.tools.refresh({ editable, canUndo, canRedo, canSubmit: editable && !busy, boxMode });
    this.snapSelect.refresh();
    this.sound.refresh();
  }
}
