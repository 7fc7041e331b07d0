"""Stretches of frames in which something holds: begun at a higher bound than they go on with, smoothed in time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Track = npt.NDArray[np.floating]


def runs(track: Track, high: float, low: float, gap: int, shortest: int) -> list[tuple[int, int]]:
    """First frame and the one after the last of each run that stays at `low` and reaches `high` (hysteresis).

    Gaps up to `gap` frames are closed, then runs shorter than `shortest` frames dropped.
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], track >= low, [False]]))).reshape(-1, 2)
    found: list[tuple[int, int]] = []
    for first, stop in edges.tolist():
        if track[first:stop].max() < high:
            continue
        if found and first - found[-1][1] <= gap:
            found[-1] = (found[-1][0], stop)
        else:
            found.append((first, stop))
    return [(first, stop) for first, stop in found if stop - first >= shortest]
