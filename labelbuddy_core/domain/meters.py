"""Meters of a beat grid: stretches of equal bars, read from the places of beats in their bars.

A bar ends where the count does not go on. The last bar of a grid may be cut off, and so may what lies before the first
downbeat; any other bar that is shorter or longer than its neighbors is a change of meter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Stretch:
    """Beats `first` to `stop` (exclusive) of a grid, in bars of `meter` beats."""

    first: int
    stop: int
    meter: int


def stretches(positions: Sequence[int], meter: int) -> list[Stretch]:
    """The stretches of a grid whose beats have these places in their bars; `meter` counts where no bar is complete."""
    starts = [at for at, place in enumerate(positions) if at == 0 or place != positions[at - 1] + 1]
    found: list[Stretch] = []
    for first, stop in pairwise([*starts, len(positions)]):
        last, final = positions[stop - 1], stop == len(positions)
        before = found[-1] if found else None
        if before and positions[first] == 1 and (last == before.meter or (final and last < before.meter)):
            found[-1] = Stretch(before.first, stop, before.meter)
        else:
            usual = before.meter if before else meter
            found.append(Stretch(first, stop, max(1, last, usual if final else 1)))
    return found


def place_of(found: Sequence[Stretch], number: int) -> int:
    """Which of the stretches beat `number` lies in."""
    return next(place for place, one in enumerate(found) if number < one.stop)


def downbeat_of(positions: Sequence[int], one: Stretch) -> int:
    """The first downbeat of a stretch; its first beat where it has none."""
    return next((at for at in range(one.first, one.stop) if positions[at] == 1), one.first)


def with_bar_at(positions: Sequence[int], number: int, meter: int) -> list[int]:
    """The places when a bar begins at beat `number`: counted anew through its stretch, in the meter it has.

    What is left over at the beginning of the stretch is counted on from the stretch before. In a single short bar
    before a longer meter the bars of that meter begin at the beat.
    """
    found = stretches(positions, meter)
    place = place_of(found, number)
    own = found[place]
    longer = place + 1 < len(found) and own.stop - own.first <= own.meter < found[place + 1].meter
    if longer:
        return with_meter_from(positions, number, found[place + 1].meter, meter)
    made = list(positions)
    for at in range(own.first, own.stop):
        made[at] = (at - number) % own.meter + 1
    for at in range(own.first, own.first + (number - own.first) % own.meter if place else own.first):
        made[at] = made[at - 1] % found[place - 1].meter + 1
    return made


def with_bar_joined(positions: Sequence[int], number: int) -> list[int]:
    """The places when the bar that begins at beat `number` goes on from the bar before: they are one bar."""
    made = list(positions)
    for at in range(number, len(made)):
        if at > number and positions[at] != positions[at - 1] + 1:
            break
        made[at] = made[at - 1] + 1
    return made


def with_meter_from(positions: Sequence[int], number: int, wanted: int, meter: int) -> list[int]:
    """The places with bars of `wanted` beats from beat `number` up to the next change to yet another meter."""
    found = stretches(positions, meter)
    place = place_of(found, number)
    while place + 1 < len(found) and found[place + 1].meter == wanted:
        place += 1
    counted = [(at - number) % wanted + 1 for at in range(number, found[place].stop)]
    return [*positions[:number], *counted, *positions[found[place].stop :]]
