/**
 * The editor on the screen: banner, notice, bar and stage from the first moment; places beside and below the stage for what
 * comes after the waveform, as wide and as high as that will be.
 */
import type { Task } from "../api/answers";
import type { Api } from "../api/api";
import { el } from "../dom";
import type { Saving } from "../editing/saving";
import type { SnapChoice } from "../editing/snap_choice";
import type { Store } from "../editing/store";
import type { Stage } from "../engine/stage";
import { keptListLook } from "../grid/list_look";
import { t } from "../i18n";
import { transport, type Transport } from "../playback/transport";
import type { Standing } from "../standing";
import type { Notice } from "./notice";
import { snapChoice } from "./snapping";
import type { StandingLine } from "./standing_line";
import { type Toolbar, toolbar } from "./toolbar";

export interface ScreenParts {
  api: Api;
  task: Task;
  store: Store;
  stage: Stage;
  snapping(): SnapChoice;
  saving: Saving;
  standing: Standing;
  /** What others changed is told there. */
  line: StandingLine;
  notice: Notice;
  act(action: string): void;
  refresh(): void;
}

export class Screen {
  readonly root: HTMLElement;
  readonly bar: Transport;
  private readonly tools: Toolbar;
  private readonly snapSelect: { root: HTMLElement; refresh(): void };
  private readonly side = el("div", { class: "side" });
  private readonly list = listPlace();
  private readonly live = el("div", { class: "screen-reader", "aria-live": "polite" });

  constructor(private readonly parts: ScreenParts) {
    const { stage, task, saving, standing, line, notice } = parts;
    this.snapSelect = snapChoice(parts.snapping, parts.refresh);
    this.tools = toolbar(parts.act, this.snapSelect.root, saving.status, parts.api);
    this.bar = transport(stage, parts.act, this.tools.parts);
    this.root = el(
      "div",
      { class: "lb-editor", role: "application", "aria-label": t("Annotate {recording}", { recording: task.recording.name }), "aria-busy": true, tabindex: 0 },
      standing.banner,
      saving.offline.line.root,
      line.root,
      notice.root,
      this.bar.root,
      el("div", { class: "columns" }, el("div", { class: "main" }, stage.root, this.list), this.side),
      this.live,
    );
  }

  /** Put in what belongs beside the stage, and the list below it. */
  fill(beside: readonly HTMLElement[], list: HTMLElement): void {
    this.side.append(...beside);
    this.list.replaceWith(list);
    this.root.removeAttribute("aria-busy");
  }

  /** Say something to screen readers. */
  say(text: string): void {
    this.live.replaceChildren(el("span", {}, text)); // a new element is read out, also when it says the same again
  }

  /** Bring everything around the stage in line with the state. */
  refresh(boxMode: boolean): void {
    const { store, standing } = this.parts;
    const { editable } = standing;
    const { canUndo, canRedo } = store.history;
    standing.drawBanner();
    this.tools.refresh({ editable, canUndo, canRedo, boxMode });
    this.parts.saving.status.hidden = this.parts.api.readonly;
    this.snapSelect.refresh();
  }
}

/** As high as the list of regions will be: a button and a field in its head, and the grid unless it is folded. */
function listPlace(): HTMLElement {
  const { open, height } = keptListLook();
  const head = el("div", { class: "list-head" }, el("button", { type: "button" }, t("Add…")), open ? el("input") : null);
  const grid = el("div", { hidden: !open });
  head.style.visibility = "hidden";
  grid.style.height = `${height}px`;
  return el("section", { class: "region-list", "aria-hidden": true }, head, grid);
}
