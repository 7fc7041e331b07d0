/** Regions on the spectrogram: where they lie on it, and which of them are under a point. */
import type { FrequencyAxis } from "./frequency_axis";
import type { Viewport } from "./viewport";

/** Pixels from the left and the top of the spectrogram. */
export interface Rectangle {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

interface Bounded {
  start: number;
  end: number;
  /** Frequencies in Hz, null where it is not bounded. */
  low: number | null;
  high: number | null;
}

export function rectangleOf({ start, end, low, high }: Bounded, view: Viewport, axis: FrequencyAxis): Rectangle {
  const top = high === null ? 0 : axis.y(high);
  const bottom = low === null ? axis.height : axis.y(low);
  return { left: view.x(start), right: view.x(end), top, bottom };
}

/** Those that lie at a point or within `slack` pixels of it, those that look smallest first. */
export function under<T extends Bounded>(boxes: Iterable<T>, view: Viewport, axis: FrequencyAxis, x: number, y: number, slack: number): T[] {
  const found: { box: T; area: number }[] = [];
  for (const box of boxes) {
    const { left, right, top, bottom } = rectangleOf(box, view, axis);
    if (x < left - slack || x > right + slack || y < top - slack || y > bottom + slack) continue;
    found.push({ box, area: (right - left) * (bottom - top) });
  }
  return found.sort((one, other) => one.area - other.area).map(({ box }) => box);
}
