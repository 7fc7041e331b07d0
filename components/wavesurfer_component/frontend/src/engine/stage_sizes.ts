/** Follows how wide and high the parts of the stage are. */
import type { Scope } from "../scope";

/** `changed` gets the width of an element whenever its size is another one. */
export function watchSizes(element: HTMLElement, changed: (width: number) => void, scope: Scope): void {
  const observer = new ResizeObserver(() => changed(element.clientWidth));
  observer.observe(element);
  scope.add(() => observer.disconnect());
}
