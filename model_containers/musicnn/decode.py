"""From probabilities of 3-s patches to tags of the clip and segments in time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from model_containers.musicnn.features import PATCH_SECONDS
from model_containers.serving.model import Segment, Tag

THRESHOLD = 0.2
"""Default. musicnn's probabilities are low (the tags are rare and overlap): on music the best tags score 0.2 … 0.6."""

HYSTERESIS = 0.7
"""A segment begins at the threshold and goes on while the probability stays above this share of it."""

SHORTEST = 0.1
"""Seconds; a last patch with less sound than this says nothing."""

Probabilities = npt.NDArray[np.float32]
"""Shape (patches, tags)."""


def clip_tags(
    probabilities: Probabilities, labels: Sequence[str], threshold: float, top_k: int | None, shares: Probabilities
) -> tuple[Tag, ...]:
    """Tags of the whole clip by mean probability, highest first; `shares` is how much of each patch is sound."""
    means = np.average(probabilities, axis=0, weights=shares)
    order = np.argsort(-means, kind="stable")
    tags = [Tag(labels[index], float(means[index])) for index in order if means[index] >= threshold]
    return tuple(tags if top_k is None else tags[:top_k])


def segments(
    probabilities: Probabilities, labels: Sequence[str], threshold: float, duration: float
) -> tuple[Segment, ...]:
    """Neighboring patches in which a tag holds, merged; sorted by onset. `duration` (seconds) clips the last."""
    found = []
    for index, label in enumerate(labels):
        track = probabilities[:, index]
        for first, last in _runs(track, threshold):
            start, end = first * PATCH_SECONDS, min((last + 1) * PATCH_SECONDS, duration)
            if end - start >= SHORTEST:
                found.append(Segment(start, end, label, float(track[first : last + 1].mean())))
    return tuple(sorted(found, key=lambda segment: (segment.start, segment.end, segment.label)))


def _runs(track: npt.NDArray[np.float32], threshold: float) -> list[tuple[int, int]]:
    """First and last patch of each run that stays above the lower bound and reaches the threshold."""
    runs = []
    first: int | None = None
    for position in range(len(track) + 1):
        above = position < len(track) and track[position] >= HYSTERESIS * threshold
        if above and first is None:
            first = position
        elif not above and first is not None:
            if track[first:position].max() >= threshold:
                runs.append((first, position - 1))
            first = None
    return runs
