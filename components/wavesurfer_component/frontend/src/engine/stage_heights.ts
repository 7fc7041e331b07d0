/** How high the rows of the stage are: what somebody chose, and else what there is room for. */
import type { StageLook } from "./stage_look";

const LOWEST_WAVE = 112;
const HIGHEST_WAVE = 240;
const LOWEST_CHANNEL = 40;
/** The ruler, and the lines between it and the overview. */
const RULER = 28;
/** As the style sheet has it, and the lines between the rows. */
const LOWEST_LANES = 222;

/** Pixels that the stage has at least; without a gap below lanes whose height was chosen. */
export function leastHeight(root: HTMLElement, { lanesHeight }: StageLook): number {
  root.style.minHeight = "";
  const least = parseFloat(getComputedStyle(root).minHeight); // not its height, which grows with what is in it
  if (lanesHeight !== null) root.style.minHeight = "0";
  return least;
}

/** Pixels of the waveform; `beside` are those of beats and spectrogram, `wanted` those that the lanes would like to have. */
export function heightOfWave(least: number, look: StageLook, beside: number, wanted: number, channels: number): number {
  const spare = least - RULER - look.overviewHeight - beside - (look.lanesHeight ?? Math.max(LOWEST_LANES, wanted));
  const lowest = Math.max(LOWEST_WAVE, LOWEST_CHANNEL * channels);
  return look.waveHeight ?? Math.min(Math.max(spare, lowest), Math.max(lowest, HIGHEST_WAVE));
}
