/** What the pointer does on the row of beats: select one, move it, add one, seek. */
import type { Stage } from "../engine/stage";
import type { Scope } from "../scope";
import type { Beats } from "./beats";
import type { Choosing } from "./choosing";
import { hold } from "./early_pointer";
import type { Snapping } from "./snapping";

export interface BeatGesturePorts {
  choosing: Choosing;
  editable(): boolean;
  pressed(): void;
  changed(): void;
}

const REACH_PIXELS = 7;
const TOUCH_PIXELS = 16;
const DRAG_PIXELS = 3;

export function beatGestures(stage: Stage, beats: Beats, snapping: Snapping, ports: BeatGesturePorts, scope: Scope): void {
  const canvas = stage.beatsCanvas;
  let drag: { id: string; x: number; moved: boolean } | null = null;
  const at = (event: MouseEvent, reach: number): number => {
    const time = stage.view.time(event.offsetX);
    const index = beats.grid.nearest(time);
    return index >= 0 && Math.abs(beats.grid.beats[index]!.time - time) <= reach * stage.view.secondsPerPixel ? index : -1;
  };
  const reachOf = (event: PointerEvent): number => (event.pointerType === "touch" ? TOUCH_PIXELS : REACH_PIXELS);
  const target = (event: PointerEvent): number => {
    const time = stage.clamp(stage.view.time(event.offsetX));
    return snapping.kinds.includes("beat") || snapping.kinds.includes("bar") ? time : snapping.snapped(time, stage.view.secondsPerPixel, event.ctrlKey || event.metaKey, new Set());
  };
  const end = (): void => {
    drag = null;
    stage.beatDrag = null;
    snapping.release();
    stage.mark();
  };
  scope.on(canvas, "pointerdown", (event) => {
    if (event.button !== 0) return;
    ports.pressed();
    hold(canvas, event.pointerId);
    const index = at(event, reachOf(event));
    if (index < 0) {
      beats.selected = null;
      stage.playback.seek(stage.clamp(stage.view.time(event.offsetX)));
      return ports.changed();
    }
    const { id } = beats.grid.beats[index]!;
    if (ports.editable()) drag = { id, x: event.offsetX, moved: false };
    ports.choosing.selectBeat(id);
  });
  scope.on(canvas, "pointermove", (event) => {
    canvas.style.cursor = at(event, reachOf(event)) >= 0 ? "ew-resize" : "crosshair";
    if (!drag) return;
    if (!drag.moved && Math.abs(event.offsetX - drag.x) < DRAG_PIXELS) return;
    drag.moved = true;
    stage.beatDrag = { index: beats.grid.beats.findIndex((beat) => beat.id === drag!.id), time: target(event) };
    stage.mark();
  });
  scope.on(canvas, "pointerup", (event) => {
    const ended = drag;
    const time = ended?.moved ? target(event) : 0;
    end();
    if (ended?.moved) beats.move(ended.id, time);
  });
  scope.on(canvas, "pointercancel", end);
  scope.on(canvas, "dblclick", (event) => {
    if (at(event, REACH_PIXELS) < 0) beats.insert(stage.clamp(stage.view.time(event.offsetX)));
  });
}
