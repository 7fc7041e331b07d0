"""Times on the decoded time line of a recording: seconds as float64, kept to one microsecond."""

from __future__ import annotations

import math

RESOLUTION = 1e-6
"""Seconds; the server rounds every stored time to this."""

TOLERANCE = 0.005
"""Seconds; a time up to this much outside its span is clipped, one beyond it is refused."""


def rounded(seconds: float) -> float:
    """The time in seconds, rounded to a microsecond."""
    return round(seconds, 6)


def clipped(seconds: float, start: float, stop: float) -> float | None:
    """The time in seconds moved into [start, stop] when at most `TOLERANCE` outside, else None.

    NaN and infinities give None.
    """
    if not math.isfinite(seconds) or seconds < start - TOLERANCE or seconds > stop + TOLERANCE:
        return None
    return rounded(min(max(seconds, start), stop))
