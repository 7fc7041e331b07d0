/** Run something in a moment when nothing else is to be done, and soon in any case. */
export function afterwards(run: () => void): void {
  if ("requestIdleCallback" in window) requestIdleCallback(run, { timeout: 200 });
  else setTimeout(run, 0);
}
