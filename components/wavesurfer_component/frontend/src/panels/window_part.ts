/** What the window shows of an element that may be higher than it. */

/** As much is taken to be seen at least (px), where little of the element is. */
const LEAST = 260;

/** How much of an element lies above the window and below it (px). */
export function outOfWindow(element: HTMLElement): { above: number; below: number } {
  const { top, bottom, height } = element.getBoundingClientRect();
  const above = Math.max(0, Math.min(-top, height - LEAST));
  return { above, below: Math.max(0, Math.min(bottom - window.innerHeight, height - LEAST - above)) };
}
