/** Whether fingers point here, who need more room than a mouse. */

/** Pixels: what a finger can hit. */
export const FINGER = 44;

let pointing: MediaQueryList | null = null;

export function isTouched(): boolean {
  pointing ??= window.matchMedia("(pointer: coarse)");
  return pointing.matches;
}
