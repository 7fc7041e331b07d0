"""How long recordings are cut into stretches to be labeled: by length, at silences, around spans, around regions.

All times are seconds of recording time. A stretch is (start, stop), rounded to a microsecond.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from labelbuddy_core.domain.times import TOLERANCE, rounded
from labelbuddy_core.errors import Invalid

Stretch = tuple[float, float]
MAX_PIECES: Final = 100_000
"""Of one recording."""
SHORTEST: Final = 0.01
"""Shortest stretch (s): rounding must not leave a rest that nobody can hear."""
LEAST_LENGTH: Final = 0.1
MAX_MARGIN: Final = 3600.0


@dataclass(frozen=True)
class AtSilences:
    """Cut in the middle of pauses: pieces last at most `longest` and, where pauses allow it, at least `shortest`.

    A pause is `pause` seconds or more in which no sample goes above `threshold` dBFS.
    """

    longest: float
    shortest: float = 0.0
    pause: float = 0.3
    threshold: float = -36.0

    def check(self) -> None:
        """Raises `Invalid` naming the member that is wrong."""
        if not LEAST_LENGTH <= self.longest < math.inf:
            raise Invalid(f"longest must be at least {LEAST_LENGTH:g} s.", field="silence.longest")
        if not 0 <= self.shortest < self.longest:
            raise Invalid("shortest must be from 0 s to less than longest.", field="silence.shortest")
        if not 0.02 <= self.pause <= 60:
            raise Invalid("pause must be from 0.02 to 60 s.", field="silence.pause")
        if not -42 <= self.threshold <= -6:
            raise Invalid("threshold must be from -42 to -6 dBFS.", field="silence.threshold")


@dataclass(frozen=True)
class Pieces:
    """Stretches of a recording; `hard` counts cuts for which there was no pause."""

    stretches: list[Stretch]
    hard: int = 0


def by_length(duration: float, length: float, overlap: float = 0.0) -> list[Stretch]:
    """Stretches of `length`, each beginning `overlap` before the end of the one before; the last may be shorter.

    Raises `Invalid` for a length below 0.1 s, an overlap that is not shorter, and for more than 100,000 pieces.
    """
    if not LEAST_LENGTH <= length < math.inf:
        raise Invalid("Give spans, or a length of at least 0.1 s.", field="length")
    if not 0 <= overlap < length:
        raise Invalid("The overlap must be shorter than the length.", field="overlap")
    step = length - overlap
    count = max(1, -int(-max(duration - overlap, 0.0) // step))
    if count > MAX_PIECES:
        raise Invalid(
            f"That would make {count} tasks of one recording; at most {MAX_PIECES} are possible.", field="length"
        )
    stretches = [(rounded(k * step), rounded(min(k * step + length, duration))) for k in range(count)]
    return [(start, stop) for start, stop in stretches if stop - start >= SHORTEST] or stretches[:1]


def at_silences(duration: float, quiet: Sequence[Stretch], wanted: AtSilences) -> Pieces:
    """Pieces as long as `longest` allows that end in the middle of a pause; where there is none, they end all the same.

    `quiet` are the pauses in order. The last cut comes earlier than it could where that leaves `shortest` for the last
    piece. It is shorter than that only where there is no such pause, but a later one, or where the recording is.
    """
    middles = [(start + stop) / 2 for start, stop in quiet]
    stretches: list[Stretch] = []
    at, place, hard = 0.0, 0, 0
    while duration - at > wanted.longest + SHORTEST:
        earliest, latest = at + max(wanted.shortest, SHORTEST), at + wanted.longest
        wished = min(latest, duration - wanted.shortest)
        place = bisect_left(middles, earliest, place)
        near = middles[place : bisect_right(middles, latest, place)]
        fitting = [one for one in near if one <= wished] or near
        if fitting:
            cut = fitting[-1]
        else:
            cut, hard = wished if wished >= earliest else latest, hard + 1
        stretches.append((rounded(at), rounded(cut)))
        at = cut
        if len(stretches) > MAX_PIECES:
            raise Invalid(f"That would make more than {MAX_PIECES} tasks of one recording.", field="silence.longest")
    stretches.append((rounded(at), rounded(duration)))
    return Pieces(stretches, hard)


def given_spans(duration: float, spans: Iterable[Stretch], field: str = "spans") -> list[Stretch]:
    """Spans as they were given, once each. Raises `Invalid` for one that does not lie in the recording."""
    found: list[Stretch] = []
    for start, stop in spans:
        if not (math.isfinite(start) and math.isfinite(stop) and 0 <= start < stop <= duration + TOLERANCE):
            raise Invalid(f"The span {start:g} … {stop:g} s does not lie in {duration:g} s.", field=field)
        found.append((rounded(start), rounded(min(stop, duration))))
    return list(dict.fromkeys(found))


def around_regions(
    duration: float, regions: Iterable[Stretch], *, margin: float = 0.0, join: float = 0.0
) -> list[Stretch]:
    """A stretch for each region with `margin` before and after it; those less than `join` apart become one."""
    if not 0 <= margin <= MAX_MARGIN:
        raise Invalid(f"margin must be from 0 to {MAX_MARGIN:g} s.", field="regions.margin")
    if not 0 <= join <= MAX_MARGIN:
        raise Invalid(f"join must be from 0 to {MAX_MARGIN:g} s.", field="regions.join")
    found: list[Stretch] = []
    for start, stop in sorted(regions):
        first, last = max(0.0, start - margin), min(duration, stop + margin)
        if found and first - found[-1][1] <= join:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return [(rounded(start), rounded(stop)) for start, stop in found if stop - start >= SHORTEST]
