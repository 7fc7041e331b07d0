/** Where somebody was in a task, for this tab: a reload shows the same stretch with the playhead where it stood. */
import { keepInTab, keptInTab } from "../editing/storage";
import type { Stage } from "./stage";

interface Kept {
  start: number;
  /** Null when everything was shown, which depends on the width of the window. */
  secondsPerPixel: number | null;
  time: number;
}

export function keepView(stage: Stage, task: string): void {
  const { start, secondsPerPixel, showsEverything } = stage.view;
  const kept: Kept = { start, secondsPerPixel: showsEverything ? null : secondsPerPixel, time: stage.playback.time };
  keepInTab(`labelbuddy:view:${task}`, kept);
}

/** How a place that somebody came for is shown: about 10 s around it, in tasks that are longer than twice that. */
const CLOSE = { secondsPerPixel: 0.01, before: 3, longer: 20 };

/** Show what was shown, or what lies around a time that somebody came for. */
export function restoreView(stage: Stage, task: string, at?: number): void {
  if (at !== undefined) {
    const { view } = stage;
    const time = stage.clamp(at);
    if (view.last - view.first > CLOSE.longer) view.restore(time - CLOSE.before, CLOSE.secondsPerPixel);
    return stage.playback.seek(time);
  }
  const kept = keptInTab<Kept>(`labelbuddy:view:${task}`);
  if (kept?.secondsPerPixel) stage.view.restore(kept.start, kept.secondsPerPixel);
  stage.playback.seek(stage.clamp(kept?.time ?? stage.view.first));
}
