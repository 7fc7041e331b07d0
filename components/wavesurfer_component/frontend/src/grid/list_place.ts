/** Where a list of choices lies beside the cell of the region grid that it belongs to. */

/** Below the field where there is room in the editor, else above it. */
export function placeList(list: HTMLElement, input: HTMLElement, over: HTMLElement): void {
  const [field, box] = [input.getBoundingClientRect(), over.getBoundingClientRect()];
  list.style.left = `${Math.max(0, Math.min(field.left - box.left, box.width - list.offsetWidth))}px`;
  const below = box.bottom - field.bottom;
  const height = list.offsetHeight;
  const under = below >= height + 4 || below >= field.top - box.top;
  list.style.top = under ? `${field.bottom - box.top + 2}px` : "";
  list.style.bottom = under ? "" : `${box.bottom - field.top + 2}px`;
}
