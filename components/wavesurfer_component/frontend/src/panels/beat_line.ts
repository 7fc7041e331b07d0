/** The selected beat in words and numbers: its place, its time to type, and the ones beside it. */
import { el, icon } from "../dom";
import type { Beats } from "../editing/beats";
import { clock, parseClock } from "../engine/time";
import { t } from "../i18n";
import { actionButton } from "../playback/transport";
import { isFocused } from "./ports";

export interface BeatLinePorts {
  editable(): boolean;
  act(action: string): void;
  complain(text: string): void;
}

export function beatLine(beats: Beats, ports: BeatLinePorts) {
  const go = (action: string, name: string, drawing: "left" | "right"): HTMLButtonElement => actionButton(name, action, ports.act, icon(drawing));
  const before = go("previous-beat", t("The beat before"), "left");
  const after = go("next-beat", t("The next beat"), "right");
  const time = el("input", { class: "beat-time", "aria-label": t("Time of the selected beat"), inputmode: "decimal", size: 11 });
  const what = el("p", { class: "beat-figures" });
  const root = el("div", {}, what, el("div", { class: "buttons" }, before, time, after));
  const shown = (): string => {
    const beat = beats.grid.beats[beats.grid.index(beats.selected)];
    return beat ? clock(beat.time) : "";
  };
  time.addEventListener("change", () => {
    const seconds = parseClock(time.value);
    if (beats.selected === null || time.value === shown()) return;
    if (seconds === null) ports.complain(t("{typed} is no time. Type one such as 12.5, 1:02.5 or 1:01:02.5.", { typed: time.value }));
    else beats.move(beats.selected, seconds);
    time.value = shown();
  });
  const refresh = (): void => {
    const index = beats.grid.index(beats.selected);
    root.hidden = !beats.grid.beats.length;
    what.textContent = index < 0 ? t("No beat is selected.") : beats.spoken(index);
    time.disabled = index < 0 || !ports.editable();
    if (!isFocused(time)) time.value = shown();
  };
  return { root, refresh };
}
