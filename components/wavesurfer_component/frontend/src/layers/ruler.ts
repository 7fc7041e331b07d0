/** The ruler of times. */
import type { Theme } from "../engine/theme";
import { clock, rulerStep } from "../engine/time";
import type { Viewport } from "../engine/viewport";
import { prepare } from "./canvas";

export function drawRuler(canvas: HTMLCanvasElement, view: Viewport, theme: Theme): void {
  const height = 24;
  const context = prepare(canvas, view.width, height);
  const step = rulerStep(view.secondsPerPixel);
  const decimals = step >= 1 ? 0 : Math.min(6, Math.ceil(-Math.log10(step)));
  context.font = "11px ui-monospace, SFMono-Regular, Menlo, monospace";
  context.textBaseline = "top";
  context.fillStyle = theme.muted;
  for (let number = Math.ceil(view.start / step); number * step <= view.stop; number++) {
    const x = Math.round(view.x(number * step));
    context.fillRect(x, 0, 1, height);
    context.fillText(clock(number * step, decimals), x + 4, 5);
  }
  context.globalAlpha = 0.45;
  const minor = step / 5;
  for (let number = Math.ceil(view.start / minor); number * minor <= view.stop; number++) {
    context.fillRect(Math.round(view.x(number * minor)), height - 5, 1, 5);
  }
  context.globalAlpha = 1;
}
