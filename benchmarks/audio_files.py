"""The recordings that the audio benchmarks use: music in stereo at 44.1 kHz, the same for everybody who runs them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from labelbuddy_core.audio import synthesis
from labelbuddy_core.audio.decoding import Block
from labelbuddy_core.audio.encoding import encode

LENGTHS = {"30 s": 30, "5 min": 300, "1 h": 3600, "6 h": 21_600}

LABEL_STUDIO = {
    "30 s wav": {"open_s": 5.4, "browser_mb": 619, "transferred_mb": 16.7},
    "30 s mp3": {"open_s": 5.0, "browser_mb": 587, "transferred_mb": 9.1},
    "5 min wav": {"open_s": 7.4, "browser_mb": 792, "transferred_mb": 64.9},
    "5 min mp3": {"open_s": 7.1, "browser_mb": 745, "transferred_mb": 15.9},
    "1 h wav": {"open_s": 69.2, "browser_mb": 3588, "transferred_mb": 648.0},
    "1 h mp3": {"open_s": 24.0, "browser_mb": 3089, "transferred_mb": 66.8},
}
"""Label Studio 1.x on files of these lengths and kinds, from navigation to drawn and playable; measured in November
2026 with the same browser on a machine of two cores. It ingests nothing: each opening decodes the file."""


def write(path: Path, seconds: int, *, variable: bool = False) -> Path:
    """A recording of so many seconds, encoded by the suffix of `path`; 30 s of music again and again."""
    part = np.stack([synthesis.music(np.random.default_rng(seed), 30.0) for seed in (1, 2)])

    def blocks() -> Iterator[Block]:
        for _ in range(seconds // 30):
            yield part

    encode(blocks(), synthesis.RATE, path, variable=variable)
    return path
