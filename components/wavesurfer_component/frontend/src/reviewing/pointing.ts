/** What the pointer does on the stage of a review: select and seek. */
import { boxesUnder, nextUnder, point } from "../editing/box_pointing";
import type { Stage } from "../engine/stage";
import type { Scope } from "../scope";
import type { ReviewSelection } from "./selection";

export interface ReviewPointingPorts {
  focus(): void;
  /** Play what is selected. */
  play(): void;
}

export function reviewPointing(stage: Stage, selection: ReviewSelection, ports: ReviewPointingPorts, scope: Scope): void {
  scope.on(stage.lanesCanvas, "pointerdown", (event) => {
    const hit = stage.stack.hit(event);
    if (hit.drawn) selection.choose(hit.drawn.id);
    else {
      selection.select(null);
      stage.playback.seek(stage.clamp(hit.time));
    }
    ports.focus();
  });
  scope.on(stage.lanesCanvas, "dblclick", () => ports.play());
  for (const canvas of [stage.waveCanvas, stage.spectrogramCanvas]) {
    scope.on(canvas, "pointerdown", (event) => {
      const boxes = boxesUnder(stage, event);
      const box = nextUnder(boxes, selection.id);
      if (box && box.id !== selection.id) selection.select(box.id);
      else stage.playback.seek(stage.clamp(stage.view.time(event.offsetX)));
      ports.focus();
    });
  }
  scope.on(stage.spectrogramCanvas, "pointermove", (event) => point(stage, nextUnder(boxesUnder(stage, event), selection.id)?.id ?? null));
  scope.on(stage.spectrogramCanvas, "pointerleave", () => point(stage, null));
}
