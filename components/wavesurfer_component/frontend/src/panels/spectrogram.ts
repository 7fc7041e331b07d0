/** What the spectrogram shows, and in which colors. */
import { el, icon } from "../dom";
import { type Palette, PALETTES } from "../engine/palette";
import { type Scale, SCALES } from "../engine/spectrogram";
import type { SpectrogramLook } from "../engine/spectrogram_look";
import { msg, t } from "../i18n";
import { displayControls } from "./display";
import { popover } from "./popover";

const SCALE_NAMES: Record<Scale, string> = { mel: msg("Mel"), log: msg("Log (notes)"), linear: msg("Linear") };
const PALETTE_NAMES: Record<Palette, string> = { magma: msg("Magma"), inferno: msg("Inferno"), plasma: msg("Plasma"), viridis: msg("Viridis"), cividis: msg("Cividis"), gray: msg("Gray") };

export interface Look {
  /** Half the sample rate (Hz). */
  readonly highestFrequency: number;
  look: SpectrogramLook;
  setLook(look: Partial<SpectrogramLook>): void;
}

export function spectrogramChoices(stage: Look): HTMLElement[] {
  const scale = el("select", { "aria-label": t("Frequency scale"), title: t("Frequency scale of the spectrogram") });
  for (const one of SCALES) scale.append(el("option", { value: one }, t(SCALE_NAMES[one])));
  scale.value = stage.look.scale;
  scale.addEventListener("change", () => stage.setLook({ scale: scale.value as Scale }));
  const palette = el("select", { "aria-label": t("Colors of the spectrogram"), title: t("Colors of the spectrogram; Shift + C changes the contrast") });
  for (const one of PALETTES) palette.append(el("option", { value: one }, t(PALETTE_NAMES[one])));
  palette.value = stage.look.palette;
  palette.addEventListener("change", () => stage.setLook({ palette: palette.value as Palette }));
  const display = popover(t("Frequencies and levels of the spectrogram"), [icon("sliders")], ...displayControls(stage));
  return [display, scale, palette];
}
