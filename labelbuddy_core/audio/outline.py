"""The shape of a sound in a few hundred numbers, for small drawings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile

_BLOCK = 1 << 16


def outline(files: Sequence[Path], points: int) -> list[float]:
    """The highest amplitude (0 … 1, all channels) in each of `points` equal parts of files that follow each other.

    For files that we wrote ourselves; shorter ones than `points` frames give as many parts as they have frames.
    """
    total = sum(soundfile.info(file).frames for file in files)
    highest = np.zeros(max(1, min(points, total)), np.float32)
    at = 0
    for file in files:
        for block in soundfile.blocks(file, _BLOCK, dtype="float32", always_2d=True):
            parts = (at + np.arange(len(block))) * len(highest) // total
            np.maximum.at(highest, parts, np.abs(block).max(axis=1))
            at += len(block)
    return [round(float(one), 3) for one in highest]
