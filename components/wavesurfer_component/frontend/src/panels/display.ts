/** Which frequencies the spectrogram shows, and which levels are its darkest and brightest color: sliders, and fields to type in. */
import { el } from "../dom";
import { type SpectrogramLook, USUAL_LOOK } from "../engine/spectrogram_look";
import { decimal, t, typedNumber } from "../i18n";
import type { Look } from "./spectrogram";

/** Hz at the left end of the sliders of frequencies, whose steps are equal intervals. */
const LEAST_HERTZ = 20;
const STEPS = 200;
/** Decibels: the scale of the pictures, and the least range shown. */
const FLOOR = -120;
const LEAST_RANGE = 5;
/** The highest frequency shown is so many times the lowest one at least: a third. */
const LEAST_INTERVAL = 2 ** (4 / 12);

type Name = "lowest" | "highest" | "low" | "high";

interface Control {
  name: Name;
  text: string;
  slider: HTMLInputElement;
  field: HTMLInputElement;
}

export function displayControls(stage: Look): HTMLElement[] {
  const top = stage.highestFrequency;
  const shownAt = (name: Name, look: SpectrogramLook = stage.look): number => look[name] ?? (name === "lowest" ? 0 : top);
  const hertzAt = (step: number): number => Math.round(LEAST_HERTZ * (top / LEAST_HERTZ) ** (step / STEPS));
  const stepOf = (hertz: number): number => Math.round((STEPS * Math.log(Math.max(LEAST_HERTZ, hertz) / LEAST_HERTZ)) / Math.log(top / LEAST_HERTZ));
  const isLevel = (name: Name): name is "low" | "high" => name === "low" || name === "high";
  /** Show from or up to a value; what is at the other end gives way. */
  const set = (name: Name, value: number): void => {
    if (isLevel(name)) {
      const at = clamp(Math.round(value), name === "low" ? FLOOR : FLOOR + LEAST_RANGE, name === "low" ? -LEAST_RANGE : 0);
      const { low, high } = stage.look;
      stage.setLook(name === "low" ? { low: at, high: Math.max(high, at + LEAST_RANGE) } : { high: at, low: Math.min(low, at - LEAST_RANGE) });
    } else {
      const at = clamp(value, 0, top);
      const other = shownAt(name === "lowest" ? "highest" : "lowest");
      const range = name === "lowest" ? [Math.min(at, top / LEAST_INTERVAL), Math.max(other, at * LEAST_INTERVAL)] : [Math.min(other, Math.max(at, LEAST_HERTZ * LEAST_INTERVAL) / LEAST_INTERVAL), Math.max(at, LEAST_HERTZ * LEAST_INTERVAL)];
      stage.setLook({ lowest: range[0]! <= LEAST_HERTZ ? null : range[0]!, highest: range[1]! >= top ? null : range[1]! });
    }
    refresh();
  };
  const control = (name: Name, text: string, unit: string): Control => {
    const limits = isLevel(name) ? { min: FLOOR, max: 0 } : { min: 0, max: STEPS };
    const slider = el("input", { type: "range", ...limits, step: 1, "aria-label": text });
    const field = el("input", { inputmode: "decimal", "aria-label": `${text} (${unit})` });
    slider.addEventListener("input", () => set(name, isLevel(name) ? Number(slider.value) : Number(slider.value) === 0 ? 0 : Number(slider.value) === STEPS ? top : hertzAt(Number(slider.value))));
    field.addEventListener("change", () => {
      const typed = typedNumber(field.value);
      if (typed !== null) set(name, typed);
      else refresh(); // no number: it stays as it was
    });
    return { name, text, slider, field };
  };
  const controls = [
    control("lowest", t("From Hz"), "Hz"),
    control("highest", t("To Hz"), "Hz"),
    control("low", t("Darkest at dB"), "dB"),
    control("high", t("Brightest at dB"), "dB"),
  ];
  const refresh = (): void => {
    for (const { name, slider, field } of controls) {
      const value = shownAt(name);
      slider.value = String(isLevel(name) ? value : stepOf(value));
      slider.setAttribute("aria-valuetext", `${decimal(Math.round(value))} ${isLevel(name) ? "dB" : "Hz"}`);
      field.value = String(Math.round(value)); // without marks of thousands: it can be typed again
    }
  };
  const reset = el("button", { type: "button", onclick: () => (stage.setLook({ lowest: null, highest: null, low: USUAL_LOOK.low, high: USUAL_LOOK.high }), refresh()) }, t("Usual display"));
  refresh();
  const rows = controls.map(({ text, slider, field }) => el("label", {}, text, slider, field));
  rows[0]!.addEventListener("focusin", refresh); // the key for the contrast changes them too
  return [...rows, el("div", { class: "buttons" }, reset)];
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
