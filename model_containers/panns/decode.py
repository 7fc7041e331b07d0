"""From probabilities of segments to events: windows are joined, a median filter, then hysteresis."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from model_containers.panns.features import HOP_SEGMENTS, MARGIN_SEGMENTS, SEGMENT_SECONDS
from model_containers.serving.model import Segment, Tag

THRESHOLD = 0.2
"""Default. The classes are many and probabilities low: many sounds that are clearly heard have 0.2 to 0.5."""
HYSTERESIS = 0.5
"""An event begins at the threshold and goes on while the probability stays above this share of it."""
MEDIAN = 3
"""Segments: what is there for one of them alone (0.32 s) is taken for chance, unless it is very sure."""
SURE = 0.7
"""From here on a single segment is an event, such as a bark."""

Probabilities = npt.NDArray[np.float32]
"""Shape (segments, classes)."""


def joined(windows: Sequence[Probabilities]) -> Probabilities:
    """The segments of overlapping windows in one row; at inner edges the margin is left to the neighbor."""
    parts = []
    for number, window in enumerate(windows):
        first = 0 if number == 0 else MARGIN_SEGMENTS
        last = len(window) if number == len(windows) - 1 else HOP_SEGMENTS + MARGIN_SEGMENTS
        parts.append(window[first:last])
    return np.concatenate(parts)


def clip_tags(
    probabilities: Probabilities, labels: Sequence[str], threshold: float, top_k: int | None
) -> tuple[Tag, ...]:
    """Tags by the mean over windows, shape (windows, classes), highest first."""
    means = probabilities.mean(axis=0)
    ranked: list[int] = np.argsort(-means).tolist()
    tags = [Tag(labels[place], float(means[place])) for place in ranked if means[place] >= threshold]
    return tuple(tags if top_k is None else tags[:top_k])


def events(
    probabilities: Probabilities, labels: Sequence[str], threshold: float, duration: float
) -> tuple[Segment, ...]:
    """Events sorted by onset; the score is the highest probability."""
    filtered = median(probabilities, MEDIAN)
    found = []
    # of 527 classes most are nowhere near
    heard: list[int] = np.flatnonzero(probabilities.max(axis=0) >= threshold).tolist()
    for place in heard:
        smooth, raw = filtered[:, place], probabilities[:, place]
        track = np.where(raw >= max(SURE, threshold), raw, smooth)
        for first, stop in _runs(track, threshold):
            start = first * SEGMENT_SECONDS
            end = duration if stop == len(track) else min(stop * SEGMENT_SECONDS, duration)
            if end > start:
                found.append(Segment(start, end, labels[place], float(track[first:stop].max())))
    return tuple(sorted(found, key=lambda event: (event.start, event.end, event.label)))


def median(probabilities: Probabilities, size: int) -> Probabilities:
    """Median over time with an odd number of segments; the ends are repeated."""
    padded = np.pad(probabilities, ((size // 2, size // 2), (0, 0)), mode="edge")
    return np.median(np.lib.stride_tricks.sliding_window_view(padded, size, axis=0), axis=-1)


def _runs(track: npt.NDArray[np.floating], threshold: float) -> list[tuple[int, int]]:
    above = np.concatenate([[False], track >= HYSTERESIS * threshold, [False]])
    edges = np.flatnonzero(above[1:] != above[:-1]).reshape(-1, 2)
    return [(int(first), int(stop)) for first, stop in edges if track[first:stop].max() >= threshold]
