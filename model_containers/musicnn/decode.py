"""From probabilities of patches to tags of the clip and segments in time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from model_containers.musicnn.features import PATCH_SECONDS
from model_containers.serving.model import Segment, Tag

THRESHOLD = 0.2
"""Default. The tags are rare and overlap, so that the probabilities are low: on electronic music the best tag scores
0.3 … 0.5, and 50 tags share what 50 trained raters said. 0.2 keeps about three tags a patch (0.1: five, 0.3: one)."""

HYSTERESIS = 0.7
"""A segment begins at the threshold and goes on while the probability stays above this share of it."""

SHORTEST = 0.1
"""Seconds; a last patch that adds less than this makes no segment of its own."""

Probabilities = npt.NDArray[np.float32]
"""Shape (patches, tags)."""


def clip_tags(
    probabilities: Probabilities, labels: Sequence[str], threshold: float, top_k: int | None, duration: float
) -> tuple[Tag, ...]:
    """Tags of the whole clip of `duration` seconds by mean probability, highest first."""
    means = np.average(probabilities, axis=0, weights=_shares(len(probabilities), duration))
    ranked = sorted(zip(labels, means.tolist(), strict=True), key=lambda pair: -pair[1])
    tags = [Tag(label, mean) for label, mean in ranked if mean >= threshold]
    return tuple(tags if top_k is None else tags[:top_k])


def segments(
    probabilities: Probabilities, labels: Sequence[str], threshold: float, duration: float
) -> tuple[Segment, ...]:
    """Neighboring patches in which a tag holds, merged; sorted by onset. `duration` (seconds) clips the last.

    A segment's score is its mean probability over time.
    """
    shares = _shares(len(probabilities), duration)
    found = []
    for index, label in enumerate(labels):
        track = probabilities[:, index]
        for first, stop in _runs(track, threshold):
            start, end = first * PATCH_SECONDS, min(stop * PATCH_SECONDS, duration)
            if end - start >= min(SHORTEST, duration):
                score = np.average(track[first:stop], weights=shares[first:stop])
                found.append(Segment(start, end, label, float(score)))
    return tuple(sorted(found, key=lambda segment: (segment.start, segment.end, segment.label)))


def _shares(count: int, duration: float) -> npt.NDArray[np.floating]:
    """How much of each patch's time lies in the audio, 0 … 1."""
    return np.clip(duration / PATCH_SECONDS - np.arange(count), 0.0, 1.0)


def _runs(track: npt.NDArray[np.float32], threshold: float) -> list[tuple[int, int]]:
    """First patch and the one after the last of each run that stays above the lower bound and reaches the threshold."""
    above = np.concatenate([[False], track >= HYSTERESIS * threshold, [False]])
    edges = np.flatnonzero(above[1:] != above[:-1]).reshape(-1, 2)
    return [(int(first), int(stop)) for first, stop in edges if track[first:stop].max() >= threshold]
