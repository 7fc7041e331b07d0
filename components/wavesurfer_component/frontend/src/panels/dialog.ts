/** What dialogs over the editor share. */

/** Tab goes around inside a dialog. */
export function keepInside(panel: HTMLElement, event: KeyboardEvent): void {
  const stops = [...panel.querySelectorAll<HTMLElement>('button:not(:disabled), input, [tabindex="0"]')];
  const active = (panel.getRootNode() as Document | ShadowRoot).activeElement;
  const at = stops.indexOf(active as HTMLElement);
  const next = event.shiftKey ? at - 1 : at + 1;
  if (next >= 0 && next < stops.length && at >= 0) return;
  stops[event.shiftKey ? stops.length - 1 : 0]?.focus();
  event.preventDefault();
}
