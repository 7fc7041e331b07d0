/** What wheel and ruler do on the stage: zoom, scroll, and sound what is under the pointer. */
import type { Scope } from "../scope";
import type { Playback } from "../playback/playback";
import type { StageData } from "./stage_data";
import type { Viewport } from "./viewport";

/** With Ctrl the wheel zooms at the pointer; sideways or with Shift it scrolls. */
export function wheelOn(root: HTMLElement, wave: HTMLElement, view: Viewport, changed: () => void, scope: Scope): void {
  const wheel = (event: WheelEvent): void => {
    const x = event.clientX - wave.getBoundingClientRect().left;
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
    if (event.ctrlKey || event.metaKey) view.zoom(Math.exp(-event.deltaY / 300), x);
    else if (sideways) view.scrollBy((event.deltaX || event.deltaY) * view.secondsPerPixel);
    else return;
    event.preventDefault();
    changed();
  };
  scope.on(root, "wheel", wheel, { passive: false });
}

/** Dragging on the ruler sounds what is under the pointer; `timeAt` is within the task (s). */
export function scrubOn(ruler: HTMLElement, playback: Playback, data: StageData, timeAt: (x: number) => number, scope: Scope): void {
  let scrubbing = false;
  const to = (event: PointerEvent): void => {
    const time = timeAt(event.offsetX);
    playback.seek(time);
    if (data.samples && data.peaks) playback.grain(time, data.samples, data.peaks.header.sample_rate, data.peaks.header.channels);
  };
  scope.on(ruler, "pointerdown", (event) => {
    scrubbing = true;
    ruler.setPointerCapture(event.pointerId);
    if (playback.playing) playback.pause();
    to(event);
  });
  scope.on(ruler, "pointermove", (event) => {
    if (scrubbing) to(event);
  });
  for (const name of ["pointerup", "pointercancel"] as const) scope.on(ruler, name, () => (scrubbing = false));
}
