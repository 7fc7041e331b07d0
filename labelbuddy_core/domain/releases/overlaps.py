"""Tasks of one recording that overlap: what is marked in both is in a release twice, or joined."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import accumulate

from labelbuddy_core.domain.counted import counted

_TOLERANCE = 1e-6
"""Seconds; for what is rounded."""


def overlapping(tasks: Iterable[tuple[str, float, float]]) -> int:
    """How many of these tasks (recording, start and stop in seconds) share a stretch with another one of them."""
    by_recording: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for recording, start, stop in tasks:
        by_recording[recording].append((start, stop))
    found = 0
    for spans in by_recording.values():
        spans.sort()
        reached = [float("-inf"), *accumulate((stop for _, stop in spans), max)]
        nexts = [*(start for start, _ in spans[1:]), float("inf")]
        found += sum(
            before > start + _TOLERANCE or after < stop - _TOLERANCE
            for (start, stop), before, after in zip(spans, reached, nexts, strict=False)
        )
    return found


def told_overlaps(tasks: int) -> str:
    """What overlapping tasks mean, in a sentence; "" where there are none."""
    if not tasks:
        return ""
    verb = "overlaps" if tasks == 1 else "overlap"
    return f"{counted(tasks, 'task')} {verb} others of the same recording: what is marked in both is counted twice."


def joined_in_words(changed: Mapping[str, int]) -> str:
    """What putting tasks together changed, in a sentence; "" where it changed nothing."""
    if not changed:
        return ""
    return "Putting tasks together: " + "; ".join(f"{count:,} {what}" for what, count in changed.items()) + "."
