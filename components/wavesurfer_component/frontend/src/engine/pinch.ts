/** Two fingers on the stage: spread them to zoom, move them to scroll in time. */
import type { Scope } from "../scope";
import type { Viewport } from "./viewport";

export interface PinchPorts {
  /** The second finger is down: whatever the first one began is no drag. */
  began(): void;
  moved(): void;
}

export function pinching(canvases: readonly HTMLElement[], view: Viewport, ports: PinchPorts, scope: Scope): void {
  const fingers = new Map<number, number>();
  let before: { middle: number; apart: number } | null = null;
  const measure = (): { middle: number; apart: number } => {
    const [one, other] = [...fingers.values()] as [number, number];
    return { middle: (one + other) / 2, apart: Math.max(20, Math.abs(one - other)) };
  };
  for (const canvas of canvases) {
    scope.on(canvas, "pointerdown", (event) => {
      if (event.pointerType !== "touch") return;
      fingers.set(event.pointerId, event.clientX);
      if (fingers.size !== 2) return;
      before = measure();
      ports.began();
    });
    scope.on(canvas, "pointermove", (event) => {
      if (!fingers.has(event.pointerId)) return;
      fingers.set(event.pointerId, event.clientX);
      if (fingers.size !== 2 || !before) return;
      const now = measure();
      view.scrollBy((before.middle - now.middle) * view.secondsPerPixel);
      view.zoom(now.apart / before.apart, now.middle - canvas.getBoundingClientRect().left);
      before = now;
      ports.moved();
    });
    for (const name of ["pointerup", "pointercancel", "lostpointercapture"] as const) {
      scope.on(canvas, name, (event) => {
        fingers.delete(event.pointerId);
        before = null;
      });
    }
  }
}
