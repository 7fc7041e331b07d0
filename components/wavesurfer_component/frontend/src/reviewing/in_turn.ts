/** Several stretches heard one after the other, with a breath between them. */
import type { Playback } from "../playback/playback";

export interface Stretch {
  start: number;
  end: number;
}

const BREATH_MS = 250;
const LOOK_MS = 40;
/** How often it is looked whether a stretch has begun: its samples may have to be fetched first. */
const MOST_LOOKS = 200;

let waiting: ReturnType<typeof setTimeout> | undefined;

/** Play stretches in turn; pausing, or playing something else, ends it. */
export function playInTurn(playback: Playback, stretches: readonly Stretch[]): void {
  clearTimeout(waiting);
  const [first, ...rest] = stretches;
  if (!first) return;
  playback.playExactly(first.start, () => first.end);
  if (rest.length) lookFor(playback, first, rest);
}

function lookFor(playback: Playback, { end }: Stretch, rest: readonly Stretch[]): void {
  let began = false;
  let looks = 0;
  const look = (): void => {
    if (playback.playing) began = true;
    else if (began) {
      const reached = Math.abs(playback.time - end) < 0.1;
      if (reached) waiting = setTimeout(() => !playback.playing && playInTurn(playback, rest), BREATH_MS);
      return;
    }
    if (began || looks++ < MOST_LOOKS) waiting = setTimeout(look, LOOK_MS);
  };
  waiting = setTimeout(look, LOOK_MS);
}
