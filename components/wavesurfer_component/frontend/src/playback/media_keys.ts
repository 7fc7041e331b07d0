/** The media keys of keyboards, headsets and pedals: play and pause, and from region to region. */
import type { Scope } from "../scope";

const ACTIONS: Partial<Record<MediaSessionAction, string>> = {
  play: "play",
  pause: "play",
  previoustrack: "previous-region",
  nexttrack: "next-region",
  seekbackward: "back-second",
  seekforward: "forward-second",
};

export function mediaKeys(act: (action: string) => void, scope: Scope): void {
  const session = navigator.mediaSession as MediaSession | undefined;
  if (!session) return;
  for (const [key, action] of Object.entries(ACTIONS) as [MediaSessionAction, string][]) {
    session.setActionHandler(key, () => act(action));
    scope.add(() => session.setActionHandler(key, null));
  }
}
