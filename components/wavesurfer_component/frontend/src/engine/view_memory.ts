/** Where somebody was in a task, for this tab: a reload shows the same stretch with the playhead where it stood. */
import { keepInTab, keptInTab } from "../editing/storage";
import type { Stage } from "./stage";

interface Kept {
  start: number;
  /** Null when everything was shown, which depends on the width of the window. */
  secondsPerPixel: number | null;
  time: number;
}

/** What is seen before an instant that a task opens at (s), and how close it is looked at. */
const BEFORE = 1;
const CLOSE_UP = 0.01;

export function keepView(stage: Stage, task: string): void {
  const { start, secondsPerPixel, showsEverything } = stage.view;
  const kept: Kept = { start, secondsPerPixel: showsEverything ? null : secondsPerPixel, time: stage.playback.time };
  keepInTab(`labelbuddy:view:${task}`, kept);
}

/** Have a task open at an instant (s), with some seconds around it. */
export function keepPlace(task: string, time: number): void {
  keepInTab(`labelbuddy:view:${task}`, { start: Math.max(0, time - BEFORE), secondsPerPixel: CLOSE_UP, time } satisfies Kept);
}

export function restoreView(stage: Stage, task: string): void {
  const kept = keptInTab<Kept>(`labelbuddy:view:${task}`);
  if (kept?.secondsPerPixel) stage.view.restore(kept.start, kept.secondsPerPixel);
  stage.playback.seek(stage.clamp(kept?.time ?? stage.view.first));
}
