"""Sound and silence by level alone.

The level is the mean power of 20 ms in dBFS (a full-scale sine has −3). The background is its 10th percentile over what
was received. *Sound* begins 12 dB above the background and ends 6 dB above it; where the level hardly changes
(under 12 dB between the 10th and the 95th percentile) everything is sound that is above −55 dBFS. *Silence* is what
stays below −55 dBFS, or 45 dB below the 95th percentile where that is louder.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from model_containers.baseline.runs import runs
from model_containers.serving.model import Samples, Segment

FRAME_SECONDS = 0.02
ABOVE_DB = 12.0
STAYS_DB = 6.0
QUIET_DBFS = -55.0
QUIET_BELOW_DB = 45.0
_GAP_SECONDS = 0.2
_SHORTEST_SOUND = 0.06
_SHORTEST_SILENCE = 0.3
_LEAST_POWER = 1e-12

Levels = npt.NDArray[np.float64]


def levels(samples: Samples, sample_rate: int) -> Levels:
    """Level of every 20 ms in dBFS; what does not fill the last frame is left out, unless nothing else is there."""
    size = round(FRAME_SECONDS * sample_rate)
    if len(samples) < size:
        power = np.array([np.mean(np.square(samples, dtype=np.float64))])
    else:
        frames = samples[: len(samples) // size * size].reshape(-1, size)
        power = np.einsum("ij,ij->i", frames, frames, dtype=np.float64) / size
    return 10.0 * np.log10(np.maximum(power, _LEAST_POWER))


def sound(level: Levels, duration: float) -> list[Segment]:
    """Stretches that stand out from the background; the score grows by how far they do, from 0.5 on."""
    background, loud = np.percentile(level, (10, 95))
    steady = loud - background < ABOVE_DB
    start = QUIET_DBFS if steady else max(background + ABOVE_DB, QUIET_DBFS)
    stay = QUIET_DBFS if steady else max(background + STAYS_DB, QUIET_DBFS - (ABOVE_DB - STAYS_DB))
    found = runs(level, start, stay, round(_GAP_SECONDS / FRAME_SECONDS), round(_SHORTEST_SOUND / FRAME_SECONDS))
    return [_segment("sound", run, duration, len(level), float(level[slice(*run)].max()) - start) for run in found]


def silence(level: Levels, duration: float) -> list[Segment]:
    """Stretches of 0.3 s and more in which next to nothing is heard."""
    bound = max(QUIET_DBFS, float(np.percentile(level, 95)) - QUIET_BELOW_DB)
    found = runs(-level, -bound, -bound, 0, round(_SHORTEST_SILENCE / FRAME_SECONDS))
    return [_segment("silence", run, duration, len(level), bound - float(level[slice(*run)].mean())) for run in found]


def _segment(label: str, run: tuple[int, int], duration: float, count: int, distance: float) -> Segment:
    """`distance` is how far beyond its bound the level is, in dB: 20 dB make a score of 0.99."""
    first, stop = run
    end = duration if stop == count else min(stop * FRAME_SECONDS, duration)
    return Segment(first * FRAME_SECONDS, end, label, round(float(np.clip(0.5 + distance / 40.0, 0.5, 0.99)), 3))
