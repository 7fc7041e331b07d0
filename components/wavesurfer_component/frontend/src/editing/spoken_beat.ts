/** Beats in words. */
import type { BeatGrid } from "../engine/beat_grid";
import { clock } from "../engine/time";
import { plural, t } from "../i18n";

/** Where a beat of a grid lies: its place, its bar, its time. */
export function spokenBeat({ beats, bars, changes, meters }: BeatGrid, index: number): string {
  const { time, position, anchor } = beats[index]!;
  const where = { position, bar: bars[index]!, time: clock(time) };
  const text = anchor ? t("Beat {position} of bar {bar}, {time}, anchored", where) : t("Beat {position} of bar {bar}, {time}", where);
  return changes.has(index) ? `${text}; ${inBar(meters[index]!)}` : text;
}

export const inBar = (meter: number): string => plural(meter, "{count} beat in a bar", "{count} beats in a bar");
