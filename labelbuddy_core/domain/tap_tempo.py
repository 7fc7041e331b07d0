"""The tempo of taps: even where somebody taps evenly, changing where the tempo changes.

People scatter by 10 to 30 ms around a steady beat, and tap with the beat that they expect, not after the one that they
heard (Repp, Psychonomic Bulletin & Review 12, 2005). So taps are smoothed by a line of least squares, which is broken
in two as long as that halves the squared error and the error is more than scatter; and nothing is taken off for a
reaction.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from labelbuddy_core.domain.beat_grid import FASTEST, MAX_BEATS, SLOWEST
from labelbuddy_core.errors import Invalid

_SCATTER = 0.025
"""Root mean square error (seconds) of taps on an even beat that is no change of tempo."""
_LEAST_PIECE = 3
"""Beats from one change of tempo to the next, at least."""
_AROUND = 4
"""Gaps on either side that say how long a beat is there."""


@dataclass(frozen=True)
class Knot:
    """The beat `count` (the first tap is 0) lies at `time` (seconds); the tempo is even from one knot to the next."""

    count: int
    time: float


def knots_of(taps: Sequence[float]) -> list[Knot]:
    """Where the tempo of taps changes, with the first and the last of them. Raises `Invalid` as `from_taps` does."""
    ordered = sorted(taps)
    if not all(map(math.isfinite, ordered)) or len(set(ordered)) < 2:
        raise Invalid("Tap at least twice.", field="taps")
    counts = _counts(ordered)
    pieces = _pieces(counts, ordered)
    lines = [_line(counts[low : high + 1], ordered[low : high + 1]) for low, high in pieces]
    ends = [(lines[0], lines[0], pieces[0][0])]
    ends += [(one, other, high) for one, other, (_, high) in zip(lines, lines[1:], pieces, strict=False)]
    ends.append((lines[-1], lines[-1], pieces[-1][1]))
    knots = [
        Knot(counts[at], (one[0] + one[1] * counts[at] + other[0] + other[1] * counts[at]) / 2)
        for one, other, at in ends
    ]
    for before, after in pairwise(knots):
        if not SLOWEST <= 60.0 / max(period(before, after), 1e-9) <= FASTEST:
            text = f"The tempo of the taps must lie between {SLOWEST:g} and {FASTEST:g} beats a minute."
            raise Invalid(text, field="taps")
    return knots


def period(one: Knot, other: Knot) -> float:
    """Seconds a beat from one knot to the next."""
    return (other.time - one.time) / (other.count - one.count)


def times(knots: Sequence[Knot], first: int, last: int) -> Iterator[tuple[int, float]]:
    """When beats are (s): even between knots, and beyond them at the tempo that holds there. Raises `Invalid`."""
    if last - first >= MAX_BEATS:
        raise Invalid(f"A grid has at most {MAX_BEATS:,} beats.", field="beats")
    at = 1
    for count in range(first, last + 1):
        while at < len(knots) - 1 and count >= knots[at].count:
            at += 1
        yield count, knots[at - 1].time + (count - knots[at - 1].count) * period(knots[at - 1], knots[at])


def _counts(ordered: Sequence[float]) -> list[int]:
    """Which beat each tap is, by how long beats are around it."""
    gaps = [after - before for before, after in pairwise(ordered)]
    counts = [0]
    for at, gap in enumerate(gaps):
        around = [one for one in gaps[max(0, at - _AROUND) : at + _AROUND + 1] if one > 0]
        counts.append(counts[-1] + (max(1, math.floor(gap / median(around) + 0.5)) if gap > 0 else 0))
    return counts


def _pieces(counts: Sequence[int], ordered: Sequence[float]) -> list[tuple[int, int]]:
    """First and last tap of each stretch of even tempo; the last of one is the first of the next."""
    middle_count, middle_time = counts[len(counts) // 2], ordered[len(ordered) // 2]
    xs, ys = [count - middle_count for count in counts], [time - middle_time for time in ordered]
    sums = [(0.0, 0.0, 0.0, 0.0, 0.0)]
    for x, y in zip(xs, ys, strict=True):
        before = sums[-1]
        sums.append((before[0] + x, before[1] + y, before[2] + x * x, before[3] + x * y, before[4] + y * y))

    def error(low: int, high: int) -> float:
        many = high - low + 1
        x, y, xx, xy, yy = (after - before for before, after in zip(sums[low], sums[high + 1], strict=True))
        spread = xx - x * x / many
        return max(0.0, yy - y * y / many - (xy - x * y / many) ** 2 / spread)

    done: list[tuple[int, int]] = []
    open_ones = [(0, len(counts) - 1)]
    while open_ones:
        low, high = open_ones.pop()
        whole = error(low, high)
        turns = [
            at
            for at in range(low + 1, high)
            if counts[at] - counts[low] >= _LEAST_PIECE and counts[high] - counts[at] >= _LEAST_PIECE
        ]
        best = min(turns, key=lambda at: error(low, at) + error(at, high), default=None)
        scatter = whole <= (high - low + 1) * _SCATTER**2
        if best is None or scatter or error(low, best) + error(best, high) > whole / 2:
            done.append((low, high))
        else:
            open_ones += [(best, high), (low, best)]
    return done


def _line(counts: Sequence[int], times: Sequence[float]) -> tuple[float, float]:
    """Time of beat 0 and seconds a beat, by least squares."""
    middle_count, middle_time = sum(counts) / len(counts), sum(times) / len(times)
    spread = sum((count - middle_count) ** 2 for count in counts)
    period = (
        sum((count - middle_count) * (time - middle_time) for count, time in zip(counts, times, strict=True)) / spread
    )
    return middle_time - middle_count * period, period
