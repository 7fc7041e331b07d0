"""Beat grids: beats on anchors that people set, re-spaced evenly between them.

A grid is its beats: ascending times in seconds, each with its place in the bar (1 is the downbeat) and whether it is an
anchor. Anchors stay exactly where they were put; the tempo is even from one to the next, and goes on beyond the first
and the last as it was there. Nothing here knows of sound: beats come from a tracker, from taps, or from a person.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from labelbuddy_core.domain import meters
from labelbuddy_core.domain.times import rounded
from labelbuddy_core.errors import Invalid

SLOWEST, FASTEST = 10.0, 1000.0
"""Beats a minute."""
MAX_METER = 32
MAX_BEATS = 100_000
_MIN_GAP = 0.001
"""Seconds between two beats."""
_TEMPO_GAPS = 8
"""Gaps before a beat that say which tempo is there."""


@dataclass(frozen=True)
class Beat:
    """A beat at `time` (seconds), the `position`-th of its bar."""

    time: float
    position: int
    anchor: bool = False


Grid = list[Beat]


def checked(beats: Sequence[Beat], meter: int) -> Grid:
    """The beats, if they are a grid. Raises `Invalid` naming what is wrong."""
    _check_meter(meter)
    if len(beats) > MAX_BEATS:
        raise Invalid(f"A grid has at most {MAX_BEATS:,} beats.", field="beats")
    if not all(math.isfinite(beat.time) and beat.time >= 0 for beat in beats):
        raise Invalid("The time of a beat is a number of seconds from 0 on.", field="beats")
    if any(after.time - before.time < _MIN_GAP for before, after in pairwise(beats)):
        raise Invalid("Beats must follow each other in time, a millisecond apart or more.", field="beats")
    if not all(1 <= beat.position <= meter for beat in beats):
        raise Invalid(f"The position of a beat lies between 1 and the {meter} beats of a bar.", field="beats")
    return list(beats)


def tempo(beats: Sequence[Beat]) -> float | None:
    """Beats a minute: 60 by the median gap; None for fewer than two beats."""
    gaps = [after.time - before.time for before, after in pairwise(beats)]
    return 60.0 / median(gaps) if gaps else None


def re_anchored(beats: Sequence[Beat], number: int, time: float) -> Grid:
    """The grid with beat `number` (from 0) moved to `time` and made an anchor.

    Beats up to the anchor before and after are spread evenly; where there is none, they move along. Beats that would
    come to lie before 0 s go. Raises `Invalid` when `time` does not lie between the neighboring anchors with room for
    the beats between.
    """
    _check_number(beats, number)
    left = next((index for index in range(number - 1, -1, -1) if beats[index].anchor), None)
    right = next((index for index in range(number + 1, len(beats)) if beats[index].anchor), None)
    earliest = -math.inf if left is None else beats[left].time + _MIN_GAP * (number - left)
    latest = math.inf if right is None else beats[right].time - _MIN_GAP * (right - number)
    if not max(0.0, earliest) <= time <= latest:
        raise Invalid("A beat can only be moved between the anchors before and after it.", field="time")
    shift = time - beats[number].time
    moved = []
    for index, beat in enumerate(beats):
        if index == number:
            moved.append(replace(beat, time=rounded(time), anchor=True))
        elif index < number:
            moved.append(_spread(beats, beat, index, left, number, time, shift))
        else:
            moved.append(_spread(beats, beat, index, right, number, time, shift))
    return [beat for beat in moved if beat.time >= 0]


def _spread(
    beats: Sequence[Beat], beat: Beat, index: int, fixed: int | None, number: int, time: float, shift: float
) -> Beat:
    """A beat on one side of the moved one, whose next anchor on that side is `fixed`."""
    if fixed is None:
        return replace(beat, time=rounded(beat.time + shift))
    if (index - fixed) * (number - fixed) <= 0:  # at the anchor or beyond it
        return beat
    share = (index - fixed) / (number - fixed)
    return replace(beat, time=rounded(beats[fixed].time + share * (time - beats[fixed].time)))


def onward(beats: Sequence[Beat], number: int, meter: int, stop: float) -> Grid:
    """The tempo that ends at beat `number` (from 0) goes on, evenly into the next anchor, or to `stop` (seconds).

    The tempo is the median of up to eight gaps since the anchor before. Beats that were there stay the same beats at
    other times. Raises `Invalid` when there is no such beat, or it is the only one.
    """
    _check_number(beats, number)
    anchors = [index for index, beat in enumerate(beats) if beat.anchor]
    left = max((index for index in anchors if index < number), default=0)
    right = next((index for index in anchors if index > number), None)
    around = beats[max(left, number - _TEMPO_GAPS) : number + 1] if number > 0 else beats[:2]
    gaps = [after.time - before.time for before, after in pairwise(around)]
    if not gaps:
        raise Invalid("One beat alone has no tempo.", field="number")
    start, gap = beats[number].time, median(gaps)
    if right is None:
        step, many = gap, math.floor((stop - start) / gap + 1e-9) + 1
    else:
        many = max(1, math.floor((beats[right].time - start) / gap + 0.5))
        step = (beats[right].time - start) / many
    if many > MAX_BEATS:
        raise Invalid(f"A grid has at most {MAX_BEATS:,} beats.", field="beats")
    there = beats[number + 1 : right]
    own = meters.stretches(_positions(beats), meter)
    length = own[meters.place_of(own, number)].meter
    grid = [*beats[:number], replace(beats[number], anchor=True)]
    for count in range(1, many):
        time = rounded(start + count * step)
        old = there[count - 1] if count <= len(there) else Beat(time, grid[-1].position % length + 1)
        grid.append(replace(old, time=time))
    grid += [] if right is None else beats[right:]
    return checked(grid, longest(grid, meter))


def with_downbeat(beats: Sequence[Beat], number: int, meter: int) -> Grid:
    """The grid in bars of `meter` beats throughout, counted so that beat `number` (from 0) is a downbeat."""
    _check_number(beats, number)
    return checked([replace(beat, position=(index - number) % meter + 1) for index, beat in enumerate(beats)], meter)


def joined(beats: Sequence[Beat], number: int, meter: int) -> Grid:
    """The grid in which the bar that begins at beat `number` (from 0) and the one before it are one bar.

    Raises `Invalid` where there is no bar before, or the bar would be longer than a bar may be.
    """
    _check_number(beats, number)
    if number == 0:
        raise Invalid("No bar lies before the first beat.", field="number")
    grid = _placed(beats, meters.with_bar_joined(_positions(beats), number))
    return checked(grid, longest(grid, meter))


def with_bar_at(beats: Sequence[Beat], number: int, meter: int) -> Grid:
    """The grid with bars counted from beat `number` (from 0) through the stretch of equal bars that it lies in."""
    _check_number(beats, number)
    return _placed(beats, meters.with_bar_at(_positions(beats), number, meter))


def with_meter(beats: Sequence[Beat], wanted: int) -> Grid:
    """The grid in bars of `wanted` beats throughout, counted from the first downbeat. Raises `Invalid`."""
    _check_meter(wanted)
    return with_downbeat(beats, _first_downbeat(beats), wanted) if beats else []


def with_meter_from(beats: Sequence[Beat], number: int, wanted: int, meter: int) -> Grid:
    """The grid with bars of `wanted` beats from beat `number` (from 0) on, up to the next change of meter.

    Raises `Invalid` when there is no such beat, or a bar cannot have so many.
    """
    _check_number(beats, number)
    _check_meter(wanted)
    return _placed(beats, meters.with_meter_from(_positions(beats), number, wanted, meter))


def doubled(beats: Sequence[Beat], meter: int) -> Grid:
    """Twice the tempo: a beat in the middle between any two; each stretch keeps its meter and its first downbeat."""
    positions = _positions(beats)
    fine: Grid = []
    for one in meters.stretches(positions, meter):
        downbeat = meters.downbeat_of(positions, one)
        for at in range(one.first, one.stop):
            place = 2 * (at - downbeat) % one.meter + 1
            fine.append(replace(beats[at], position=place))
            if at + 1 < len(beats):
                middle = rounded((beats[at].time + beats[at + 1].time) / 2)
                fine.append(Beat(middle, place % one.meter + 1))
    return checked(fine, longest(fine, meter))


def halved(beats: Sequence[Beat], meter: int) -> Grid:
    """Half the tempo: every other beat; each stretch keeps its meter and its first downbeat.

    A beat right before the first of the next stretch goes: it would lie half a beat from it.
    """
    positions = _positions(beats)
    kept: list[tuple[int, int]] = []
    for one in meters.stretches(positions, meter):
        downbeat = meters.downbeat_of(positions, one)
        own = [
            (at, (at - downbeat) // 2 % one.meter + 1) for at in range(one.first, one.stop) if (at - downbeat) % 2 == 0
        ]
        if kept and own and own[0][0] == kept[-1][0] + 1:
            kept.pop()
        kept += own
    return [replace(beats[at], position=place) for at, place in kept]


def longest(beats: Sequence[Beat], meter: int) -> int:
    """The beats of the longest bar; `meter` counts where no bar is complete."""
    return max((one.meter for one in meters.stretches(_positions(beats), meter)), default=meter)


def _positions(beats: Sequence[Beat]) -> list[int]:
    return [beat.position for beat in beats]


def _placed(beats: Sequence[Beat], positions: Sequence[int]) -> Grid:
    return [replace(beat, position=place) for beat, place in zip(beats, positions, strict=True)]


def _check_number(beats: Sequence[Beat], number: int) -> None:
    if not 0 <= number < len(beats):
        raise Invalid(f"There is no beat {number}; the grid has {len(beats)}.", field="number")


def _check_meter(meter: int) -> None:
    if not 1 <= meter <= MAX_METER:
        raise Invalid(f"A bar has 1 to {MAX_METER} beats.", field="meter")


def _first_downbeat(beats: Sequence[Beat]) -> int:
    return next((index for index, beat in enumerate(beats) if beat.position == 1), 0)
