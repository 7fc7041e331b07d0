/** The rows of the stage above its lanes: what stands beside each, its canvas, and the edge that changes its height. */
import { el } from "../dom";
import { t } from "../i18n";
import { channelButtons } from "../panels/channels";
import { resizer } from "../panels/resizer";
import { type HasRuler, rulerChoice } from "../panels/ruler";
import { type Look, spectrogramChoices } from "../panels/spectrogram";
import type { Sound } from "../playback/sound";
import type { Scope } from "../scope";
import { USUAL_OVERVIEW } from "./stage_look";
import { HIGHEST_SPECTROGRAM, LOWEST_SPECTROGRAM, USUAL_LOOK } from "./spectrogram_look";

const LOWEST_CHOSEN_WAVE = 48;
const HIGHEST_CHOSEN_WAVE = 600;
const LOWEST_OVERVIEW = 24;
const HIGHEST_OVERVIEW = 160;
const LOWEST_LANES = 60;
const HIGHEST_LANES = 1200;

export interface RowPorts extends Look, HasRuler {
  /** Pixels of the waveform as it is drawn. */
  waveHeight: number;
  /** Pixels of the lanes that are seen. */
  readonly lanesHeight: number;
}

export class StageRows {
  readonly ruler = el("canvas", { class: "ruler-canvas", "aria-hidden": true });
  readonly beats = el("canvas", { class: "beats-canvas", role: "img", "aria-label": t("Beats") });
  readonly wave = el("canvas", { class: "wave-canvas", role: "img", "aria-label": t("Waveform") });
  readonly spectrogram = el("canvas", { class: "spectrogram-canvas", role: "img", "aria-label": t("Spectrogram") });
  readonly waveCell = el("div", { class: "cell" }, this.wave);
  readonly all: HTMLElement[];
  /** Below the lanes: changes how high they are. */
  readonly lanesEdge: HTMLElement;
  private readonly spectrogramCell = el("div", { class: "cell" }, this.spectrogram);
  /** Beside the waveform: what is heard of each channel. */
  private readonly waveHead = el("div", { class: "head" }, t("Waveform"));
  private readonly beatsRow = el("div", { class: "row", hidden: true }, el("div", { class: "head" }, t("Beats")), el("div", { class: "cell" }, this.beats));
  private readonly spectrogramRow: HTMLElement;

  constructor(ports: RowPorts, overview: HTMLElement, scope: Scope) {
    const resizeWave = (waveHeight: number | null): void => ports.setStageLook({ waveHeight });
    const resizeSpectrogram = (height: number | null): void => ports.setLook({ height: height ?? USUAL_LOOK.height });
    const ofWave = { name: t("Height of the waveform"), lowest: LOWEST_CHOSEN_WAVE, highest: HIGHEST_CHOSEN_WAVE, height: () => ports.waveHeight, resize: resizeWave };
    const ofSpectrogram = { name: t("Height of the spectrogram"), lowest: LOWEST_SPECTROGRAM, highest: HIGHEST_SPECTROGRAM, height: () => ports.look.height, resize: resizeSpectrogram };
    const ofOverview = { name: t("Height of the overview"), lowest: LOWEST_OVERVIEW, highest: HIGHEST_OVERVIEW, height: () => ports.stageLook.overviewHeight, resize: (height: number | null) => ports.setStageLook({ overviewHeight: height ?? USUAL_OVERVIEW }) };
    const ofLanes = { name: t("Height of the lanes"), lowest: LOWEST_LANES, highest: HIGHEST_LANES, height: () => ports.lanesHeight, resize: (lanesHeight: number | null) => ports.setStageLook({ lanesHeight }) };
    this.lanesEdge = el("div", { class: "lanes-edge" }, resizer(ofLanes, scope));
    const [display, ...choices] = spectrogramChoices(ports);
    const head = el("div", { class: "head" }, el("div", { class: "head-line" }, el("span", {}, t("Spectrogram")), display), ...choices);
    this.spectrogramRow = el("div", { class: "row resizable", hidden: !ports.look.shown }, head, this.spectrogramCell, resizer(ofSpectrogram, scope));
    this.all = [
      el("div", { class: "row resizable" }, el("div", { class: "head" }, t("Overview")), overview, resizer(ofOverview, scope)),
      el("div", { class: "row" }, el("div", { class: "head ruler-head" }, rulerChoice(ports)), el("div", { class: "cell" }, this.ruler)),
      this.beatsRow,
      el("div", { class: "row resizable" }, this.waveHead, this.waveCell, resizer(ofWave, scope)),
      this.spectrogramRow,
    ];
  }

  get showsBeats(): boolean {
    return !this.beatsRow.hidden;
  }

  set showsBeats(shown: boolean) {
    this.beatsRow.hidden = !shown;
  }

  showSpectrogram(shown: boolean): void {
    this.spectrogramRow.hidden = !shown;
  }

  /** Choose beside the waveform which channels are heard. */
  addChannels(channels: number, sound: Sound): void {
    this.waveHead.append(...channelButtons(channels, sound));
  }

  noWave(why: string): void {
    this.waveCell.append(problem(t("The waveform cannot be shown: {why} Reload the page to try again.", { why })));
  }

  noSpectrogram(why: string): void {
    this.spectrogramCell.append(problem(t("The spectrogram cannot be shown: {why}", { why })));
  }
}

const problem = (text: string): HTMLElement => el("div", { class: "wave-problem" }, text);
