"""Pauses of a recording, read from its peaks: no decoding, a few milliseconds for an hour."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from labelbuddy_core.audio.peaks import read_header, read_level


def quiet_spans(path: Path, *, threshold: float, least: float) -> list[tuple[float, float]]:
    """Where no sample of any channel goes above `threshold` (dBFS) for at least `least` seconds, in order.

    Peaks are kept in steps of 1/128 of full scale, rounded away from zero: thresholds below -42 dBFS find only digital
    silence. Times are exact to 256 samples.
    """
    header: Any = read_header(path)
    per_bucket = header["levels"][0]["samples_per_bucket"] / header["sample_rate"]
    loudest = np.abs(read_level(path, 0).astype(np.int16)).max(axis=(1, 2), initial=0)
    quiet = loudest <= max(0, int(128 * 10 ** (threshold / 20)))
    edges = np.flatnonzero(np.diff(np.concatenate([[False], quiet, [False]]).astype(np.int8)))
    starts, stops = edges[::2], edges[1::2]
    long_enough = (stops - starts) * per_bucket >= least
    end = header["frames"] / header["sample_rate"]
    return [
        (float(start * per_bucket), min(float(stop * per_bucket), end))
        for start, stop in zip(starts[long_enough], stops[long_enough], strict=True)
    ]
