/** Groups of radio buttons by keys: Tab leads to one of them, arrow keys to the others, Space and Enter choose. Choosing is an edit here, so moving does not choose. */

const STEPS: Record<string, number> = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

export function roving(group: HTMLElement): HTMLElement {
  const radios = (): HTMLElement[] => [...group.querySelectorAll<HTMLElement>('[role="radio"]:not(:disabled)')];
  /** Tab leads to this one, else to the chosen or the first one. */
  const point = (to?: HTMLElement): void => {
    const all = radios();
    const stop = to ?? all.find((one) => one.getAttribute("aria-checked") === "true") ?? all[0];
    for (const one of all) one.tabIndex = one === stop ? 0 : -1;
  };
  const choose = (radio: HTMLElement): void => {
    const place = radios().indexOf(radio);
    const page = group.getRootNode() as Document | ShadowRoot;
    const name = group.getAttribute("aria-label") ?? "";
    radio.click();
    // The group, or what is in it, may have been made anew.
    const now = group.isConnected ? group : [...page.querySelectorAll<HTMLElement>('[role="radiogroup"]')].find((one) => one.getAttribute("aria-label") === name);
    const again = now?.querySelectorAll<HTMLElement>('[role="radio"]:not(:disabled)');
    (again?.[place] ?? again?.[0])?.focus();
  };
  group.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const all = radios();
    const at = all.indexOf(event.target as HTMLElement);
    if (at < 0) return;
    const step = STEPS[event.key];
    const to = step ? all[(at + step + all.length) % all.length] : event.key === "Home" ? all[0] : event.key === "End" ? all[all.length - 1] : null;
    if (to) to.focus();
    else if (event.key === " " || event.key === "Enter") choose(all[at]!);
    else return;
    event.preventDefault(); // so that the editor does not take it for one of its own keys
  });
  group.addEventListener("focusin", (event) => {
    const target = event.target as HTMLElement;
    if (target.getAttribute("role") === "radio") point(target);
  });
  new MutationObserver(() => point()).observe(group, { childList: true, subtree: true });
  point();
  return group;
}
