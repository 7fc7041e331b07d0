/**
 * Meters of a beat grid: stretches of equal bars, read from the places of beats in their bars. A bar ends where the count does
 * not go on. The last bar of a grid may be cut off, and so may what lies before the first downbeat; any other bar that is
 * shorter or longer than its neighbors is a change of meter. `labelbuddy_core/domain/meters.py` says the same.
 */

/** Beats `first` to `stop` (exclusive) of a grid, in bars of `meter` beats. */
export interface Stretch {
  first: number;
  stop: number;
  meter: number;
}

/** The stretches of a grid whose beats have these places in their bars; `meter` counts where no bar is complete. */
export function stretchesOf(positions: readonly number[], meter: number): Stretch[] {
  const starts = positions.flatMap((place, at) => (at === 0 || place !== positions[at - 1]! + 1 ? [at] : []));
  const found: Stretch[] = [];
  starts.forEach((first, run) => {
    const stop = starts[run + 1] ?? positions.length;
    const last = positions[stop - 1]!;
    const final = stop === positions.length;
    const before = found[found.length - 1];
    if (before && positions[first] === 1 && (last === before.meter || (final && last < before.meter))) before.stop = stop;
    else found.push({ first, stop, meter: Math.max(1, last, final ? (before?.meter ?? meter) : 1) });
  });
  return found;
}

/** Which of the stretches beat `number` lies in. */
const placeOf = (found: readonly Stretch[], number: number): number => found.findIndex((one) => number < one.stop);

/** The first downbeat of a stretch; its first beat where it has none. */
export function downbeatOf(positions: readonly number[], { first, stop }: Stretch): number {
  for (let at = first; at < stop; at++) if (positions[at] === 1) return at;
  return first;
}

/**
 * The places when a bar begins at beat `number`: counted anew through its stretch, in the meter it has. What is left over at the
 * beginning of the stretch is counted on from the stretch before. In a single short bar before a longer meter the bars of that
 * meter begin at the beat.
 */
export function withBarAt(positions: readonly number[], number: number, meter: number): number[] {
  const found = stretchesOf(positions, meter);
  const place = placeOf(found, number);
  const own = found[place]!;
  const next = found[place + 1];
  if (next && own.stop - own.first <= own.meter && own.meter < next.meter) return withMeterFrom(positions, number, next.meter, meter);
  const made = [...positions];
  for (let at = own.first; at < own.stop; at++) made[at] = modulo(at - number, own.meter) + 1;
  const left = place > 0 ? (number - own.first) % own.meter : 0;
  for (let at = own.first; at < own.first + left; at++) made[at] = (made[at - 1]! % found[place - 1]!.meter) + 1;
  return made;
}

/** The places when the bar that begins at beat `number` goes on from the bar before: they are one bar. */
export function withBarJoined(positions: readonly number[], number: number): number[] {
  const made = [...positions];
  for (let at = number; at < made.length && (at === number || positions[at] === positions[at - 1]! + 1); at++) made[at] = made[at - 1]! + 1;
  return made;
}

/** The places with bars of `wanted` beats from beat `number` up to the next change to yet another meter. */
export function withMeterFrom(positions: readonly number[], number: number, wanted: number, meter: number): number[] {
  const found = stretchesOf(positions, meter);
  let place = placeOf(found, number);
  while (found[place + 1]?.meter === wanted) place++;
  return positions.map((position, at) => (at < number || at >= found[place]!.stop ? position : ((at - number) % wanted) + 1));
}

/** The remainder that is never negative. */
export function modulo(number: number, by: number): number {
  return ((number % by) + by) % by;
}
