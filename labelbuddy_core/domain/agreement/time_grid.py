"""Regions on a grid of frames, and who marked how many frames together.

A frame is marked when its middle lies in a region. Frames are never made one by one: runs of frames with the same
marks are counted, so that the cost depends on the number of regions, not on the duration.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

Span = tuple[float, float]
"""Onset and offset in seconds."""
Run = tuple[int, int]
"""First frame, and the frame after the last."""
Patterns = dict[int, float]
"""How many units each set of raters said yes to; a set is a number with bit r for rater r."""

_CLOSE = 1e-9


def frame_count(start: float, stop: float, step: float) -> int:
    """How many frames of `step` seconds a task from `start` to `stop` has; at least one."""
    return max(1, round((stop - start) / step))


def frame_runs(spans: Iterable[Span], start: float, frames: int, step: float) -> list[Run]:
    """The frames that the spans mark, as ascending runs that do not touch."""
    runs: list[Run] = []
    ceil, middle = math.ceil, 0.5 + _CLOSE
    for onset, offset in sorted(spans):
        first = max(0, ceil((onset - start) / step - middle))
        after = min(frames, ceil((offset - start) / step - middle))
        if first >= after:
            continue
        if runs and first <= runs[-1][1]:
            runs[-1] = (runs[-1][0], max(runs[-1][1], after))
        else:
            runs.append((first, after))
    return runs


def marked_together(runs_of_raters: Sequence[Sequence[Run]], frames: int) -> Patterns:
    """How many of the frames each set of raters marked; the empty set (0) has those that nobody marked."""
    patterns: Patterns = {}
    for first, after, marking in marked_runs(runs_of_raters):
        patterns[marking] = patterns.get(marking, 0) + after - first
    patterns[0] = frames - sum(patterns.values())
    return patterns


def marked_runs(runs_of_raters: Sequence[Sequence[Run]]) -> list[tuple[int, int, int]]:
    """Stretches (first frame, frame after, set of raters) in which the same raters marked every frame, somebody did."""
    changes = sorted(
        (frame, 1 << rater)
        for rater, runs in enumerate(runs_of_raters)
        for run in runs
        for frame in run
    )  # fmt: skip
    found: list[tuple[int, int, int]] = []
    marking, since = 0, 0
    for frame, bit in changes:
        if marking and frame > since:
            found.append((since, frame, marking))
        marking ^= bit
        since = frame
    return found
