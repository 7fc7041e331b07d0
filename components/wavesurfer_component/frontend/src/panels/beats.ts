/** The panel of beats: tempo, meter, and what can be done to the grid. */
import { el, icon } from "../dom";
import type { Beats } from "../editing/beats";
import type { Store } from "../editing/store";
import type { SuggestedGrid } from "../editing/suggested_grids";
import { decimal, plural, t } from "../i18n";
import { beatLine, type BeatLinePorts } from "./beat_line";
import { hinted } from "./key_hints";
import { section } from "./ports";

const METERS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12];

export interface BeatPanelPorts extends BeatLinePorts {
  playhead(): number;
}

export function beatPanel(beats: Beats, store: Store, ports: BeatPanelPorts) {
  const says = el("p", { class: "beat-figures" });
  const meter = el("select", { "aria-label": t("Beats in a bar"), title: t("Beats in a bar") });
  for (const one of METERS) meter.append(el("option", { value: one }, String(one)));
  meter.addEventListener("change", () => beats.setMeter(Number(meter.value)));
  const make = (text: string, title: string, click: () => void, action?: string): HTMLButtonElement => {
    const made = el("button", { type: "button", title, onclick: click }, text);
    return action ? hinted(made, title, action) : made;
  };
  const tap = make(t("Tap"), t("Tap along while it plays"), () => beats.tap(), "tap");
  const found = make(t("Use found beats"), t("Take the beats that the analysis found"), () => void beats.useFound(), "use-beats");
  const double = make("×2", t("Twice as many beats"), () => beats.double(), "double-beats");
  const half = make("÷2", t("Half as many beats"), () => beats.halve(), "halve-beats");
  const downbeat = make(t("Bar begins here"), t("The selected beat begins a bar"), () => beats.downbeat(), "downbeat");
  const onward = make(t("Tempo goes on"), t("The tempo at the selected beat goes on, up to the next anchor"), () => beats.onward(), "tempo-onward");
  const from = make(t("From here on…"), t("Another number of beats in a bar from the selected beat on"), () => ports.act("meter-from"), "meter-from");
  const clear = make(t("Clear"), t("Delete all beats"), () => beats.clear());
  const line = beatLine(beats, ports);
  const predicted = el("div", { class: "buttons" });
  const root = section(t("Beats"), says, line.root, el("div", { class: "buttons" }, tap, found), el("div", { class: "buttons" }, el("label", { class: "inline-label" }, t("Beats in a bar"), meter), from, downbeat, onward, double, half, clear), predicted);
  const refresh = (): void => {
    const { grid, taps, selected } = beats;
    const editable = ports.editable();
    const tempo = grid.tempo(ports.playhead());
    const count = grid.beats.length;
    says.textContent = taps.length
      ? plural(taps.length, "{count} tap; the grid is made when you stop tapping", "{count} taps; the grid is made when you stop tapping")
      : count
        ? tempo === null
          ? plural(count, "{count} beat", "{count} beats")
          : plural(count, "{tempo} beats a minute here, {count} beat", "{tempo} beats a minute here, {count} beats", { tempo: decimal(tempo, 1) })
        : t("No beats yet: take those that were found, or tap along while it plays.");
    line.refresh();
    meter.value = String(beats.meter);
    for (const one of [tap, found, meter]) one.disabled = !editable;
    for (const one of [double, half, clear]) one.disabled = !editable || !count;
    for (const one of [downbeat, from, onward]) one.disabled = !editable || !selected;
    const offers = store.suggestedGrids();
    predicted.hidden = !offers.length;
    predicted.replaceChildren(...offers.map((one) => offer(one, !editable)));
  };
  /** What can be done with the grid of a prediction. */
  const offer = ({ prediction, standing }: SuggestedGrid, disabled: boolean): HTMLElement => {
    const model = prediction.model_name;
    const by = `${model} ${prediction.version}`;
    const rejected = standing === "rejected";
    const use = make(t("Use beats of {model}", { model }), rejected ? t("{model}, rejected", { model: by }) : by, () => beats.usePredicted(prediction));
    if (rejected) use.classList.add("struck");
    use.disabled = disabled;
    if (standing === "taken") return use;
    const says = rejected ? t("Take the rejection of the beats of {model} back", { model }) : t("Reject the beats of {model}", { model });
    const other = rejected ? (): void => beats.takeBackPredicted(prediction) : (): void => beats.rejectPredicted(prediction);
    return el("span", { class: "joined" }, use, el("button", { type: "button", disabled, title: says, "aria-label": says, onclick: other }, icon(rejected ? "undo" : "cross")));
  };
  return { root, refresh };
}
