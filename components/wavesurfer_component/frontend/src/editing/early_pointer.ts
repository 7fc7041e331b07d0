/** Clicks and drags on the stage that begin before there is anything that understands them: kept, and made again then. */
import type { Scope } from "../scope";

const NAMES = ["pointerdown", "pointermove", "pointerup", "pointercancel", "dblclick"] as const;

/** `again` takes what makes an event again, and does it in its turn; until `here`, when others listen. */
export function earlyPointer(canvases: readonly HTMLElement[], here: () => boolean, again: (make: () => void) => void, scope: Scope): void {
  for (const canvas of canvases) {
    let down = false;
    const keep = (event: PointerEvent | MouseEvent): void => {
      if (here()) return;
      if (event.type === "pointerdown") {
        down = true;
        hold(canvas, (event as PointerEvent).pointerId);
      }
      if (!down && event.type !== "dblclick") return; // the pointer only passes
      if (event.type === "pointerup" || event.type === "pointercancel") down = false;
      const made = event instanceof PointerEvent ? new PointerEvent(event.type, event) : new MouseEvent(event.type, event);
      again(() => canvas.dispatchEvent(made));
    };
    for (const name of NAMES) scope.on(canvas, name, keep);
  }
}

/** Have all events of a pointer until it goes up; one that is up already has no more of them. */
export function hold(canvas: HTMLElement, pointer: number): void {
  try {
    canvas.setPointerCapture(pointer);
  } catch {
    // made again from an earlier moment
  }
}
