"""Beats through taps: a whole grid, or in a grid that is there already only the stretch that was tapped."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from labelbuddy_core.domain import meters
from labelbuddy_core.domain.beat_grid import Beat, Grid, checked, longest
from labelbuddy_core.domain.tap_tempo import Knot, knots_of, period, times
from labelbuddy_core.domain.times import rounded


def tapped(beats: Sequence[Beat], taps: Sequence[float], meter: int, start: float, stop: float) -> Grid:
    """A grid after taps: beats before and behind the taps stay. Without a grid it goes from `start` to `stop`.

    Raises `Invalid` for fewer than two taps, or a tempo that no music has.
    """
    if len(beats) < 2:
        return from_taps(taps, meter, start, stop)
    return _spliced(beats, knots_of(taps), meter, start, stop)


def from_taps(taps: Sequence[float], meter: int, start: float, stop: float) -> Grid:
    """A grid through taps from `start` to `stop` (seconds); the first tap begins a bar.

    Missed taps are counted: a gap of about two beats is two beats. Changes of tempo become anchors. Raises `Invalid`
    for fewer than two taps, or a tempo that no music has.
    """
    knots = knots_of(taps)
    first = math.ceil((start - knots[0].time) / period(knots[0], knots[1]) - 1e-9)
    last = math.floor((stop - knots[-1].time) / period(knots[-2], knots[-1]) + 1e-9) + knots[-1].count
    turns = {knot.count for knot in knots[1:-1]}
    grid = [
        Beat(rounded(min(max(time, start), stop)), count % meter + 1, count in turns)
        for count, time in times(knots, min(first, 0), max(last, knots[-1].count))
        if start - 1e-9 <= time <= stop + 1e-9
    ]
    return checked(grid, meter)


def _spliced(beats: Sequence[Beat], knots: Sequence[Knot], meter: int, start: float, stop: float) -> Grid:
    """The grid with the beats from the first to the last knot for those that were there; anchored at the knots."""
    turns = {knot.count for knot in knots}
    made = [Beat(rounded(time), 1, count in turns) for count, time in times(knots, 0, knots[-1].count)]
    from_time = rounded(knots[0].time - period(knots[0], knots[1]) / 2)
    to_time = rounded(knots[-1].time + period(knots[-2], knots[-1]) / 2)
    first = sum(beat.time < from_time for beat in beats)
    behind = [beat for beat in beats if beat.time > to_time]
    places = _places(beats, first, len(beats) - len(behind), made, meter)
    grid = [*beats[:first], *(replace(beat, position=place) for beat, place in zip(made, places, strict=True)), *behind]
    inside = [beat for beat in grid if start <= beat.time <= stop]
    return checked(inside, longest(inside, meter))


def _places(beats: Sequence[Beat], first: int, stop: int, made: Sequence[Beat], meter: int) -> list[int]:
    """Places in the bar for the beats that are made for those from `first` to `stop`: the same ones, or counted on."""
    positions, many = [beat.position for beat in beats], len(made)
    if stop - first == many:
        return positions[first:stop]
    same = min(range(first, stop), key=lambda at: abs(beats[at].time - made[0].time), default=None)
    found = meters.stretches(positions, meter)
    own = found[meters.place_of(found, max(first - 1, 0) if same is None else same)].meter
    if same is not None:
        begins = positions[same]
    elif first > 0:
        begins = positions[first - 1] % own + 1
    else:
        begins = (positions[stop] - 1 - many) % own + 1
    return [(begins - 1 + count) % own + 1 for count in range(many)]
