/** Pointing at boxes on the spectrogram: a click selects the smallest one there, further clicks those below it. */
import type { Stage } from "../engine/stage";
import type { Drawn } from "../layers/regions";

const SLACK = 3;
const TOUCH_SLACK = 10;

/** What follows the selected one among those under a pointer, around the end; the first when none of them is selected. */
export function nextUnder<T extends { id: string }>(under: readonly T[], selected: string | null): T | null {
  const at = under.findIndex((one) => one.id === selected);
  return under[(at + 1) % under.length] ?? null;
}

/** The boxes under a pointer on the spectrogram, the smallest first. */
export function boxesUnder(stage: Stage, event: PointerEvent): Drawn[] {
  if (event.currentTarget !== stage.spectrogramCanvas) return [];
  return stage.boxesAt(event.offsetX, event.offsetY, event.pointerType === "touch" ? TOUCH_SLACK : SLACK);
}

/** Show the name of the box that a click would select; null for none. */
export function point(stage: Stage, id: string | null): void {
  if (stage.pointed === id) return;
  stage.pointed = id;
  stage.mark();
}
