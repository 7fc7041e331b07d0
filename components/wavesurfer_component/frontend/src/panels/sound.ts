/** The panel of the sound: loudness, balance, and, where bands are selected, whether only that of the selection is heard. */
import { el } from "../dom";
import { t } from "../i18n";
import type { Sound } from "../playback/sound";

export interface SoundPanel {
  root: HTMLElement;
  /** The selection or what is heard is another. */
  refresh(): void;
  toggleBand(): boolean;
}

/** Decibels. */
const LEAST_GAIN = -24;
const MOST_GAIN = 24;

const says = (gain: number): string => `${gain > 0 ? "+" : ""}${gain} dB`;

export function soundPanel(sound: Sound, selectedBand: (() => { low: number; high: number } | null) | null): SoundPanel {
  let only = false;
  const heardBand = (): { low: number; high: number } | null => (only && selectedBand ? selectedBand() : null);
  const gain = el("input", { type: "range", min: LEAST_GAIN, max: MOST_GAIN, step: 1, value: 0, "aria-label": t("Loudness in decibels") });
  const gainSays = el("span", { class: "number" }, "0 dB");
  const balance = el("input", { type: "range", min: -1, max: 1, step: 0.05, value: 0, "aria-label": t("Balance") });
  const band = el("input", { type: "checkbox" });
  const usual = el("button", { type: "button" }, t("Usual sound"));
  const apply = (): void => {
    sound.set({ ...sound.present, gain: Number(gain.value), balance: Number(balance.value), band: heardBand() });
    gainSays.textContent = says(Number(gain.value));
  };
  gain.addEventListener("input", apply);
  balance.addEventListener("input", apply);
  band.addEventListener("change", () => {
    only = band.checked;
    apply();
  });
  usual.addEventListener("click", () => {
    gain.value = balance.value = "0";
    only = band.checked = false;
    apply();
  });
  const root = el(
    "details",
    { class: "panel sound" },
    el("summary", {}, t("Sound")),
    el("label", {}, t("Loudness"), gain, gainSays),
    el("label", {}, t("Balance"), balance),
    selectedBand && el("label", { class: "check" }, band, t("Only the frequencies of the selected box")),
    el("div", { class: "buttons" }, usual),
  );
  let heard = "";
  return {
    root,
    refresh: () => {
      const { present } = sound;
      gain.value = String(present.gain);
      gainSays.textContent = says(present.gain);
      balance.value = String(present.balance);
      const now = JSON.stringify(heardBand());
      if (now === heard) return;
      heard = now;
      apply();
    },
    toggleBand: () => {
      only = band.checked = !only;
      apply();
      return only;
    },
  };
}
