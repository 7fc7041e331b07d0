"""From answers for windows to events: bins are joined in time, windows where they overlap, short gaps are closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from model_containers.serving.model import Segment
from model_containers.yoho.features import HOP_SECONDS, WINDOW_SECONDS, window_starts
from model_containers.yoho.network import BINS

BIN_SECONDS = WINDOW_SECONDS / BINS
MARGIN_SECONDS = (WINDOW_SECONDS - HOP_SECONDS) / 2
"""Seconds at the inner edge of a window that the neighbor speaks for: it knows what is around."""

_TOUCHING = 1e-3

Answers = npt.NDArray[np.float32]
"""Shape (windows, 26, 3 · labels)."""


@dataclass(frozen=True)
class Smoothing:
    """Gaps up to `gap` s are closed, then events shorter than `shortest` s dropped."""

    gap: float = 0.8
    shortest: float = 0.0


def events(
    answers: Answers, labels: Sequence[str], threshold: float, duration: float, smoothing: Sequence[Smoothing]
) -> tuple[Segment, ...]:
    """Events of all windows of a sound of `duration` s, sorted by onset; `smoothing` is by label.

    A bin's onset and offset count from the beginning of the bin. (The published decoder adds the offset to the onset,
    which is wrong by up to a bin where an event begins.) The score is the mean presence over the bins.
    """
    found: list[Segment] = []
    parts = answers.reshape(len(answers), BINS, len(labels), 3)
    for place, label in enumerate(labels):
        pieces = _pieces(parts[:, :, place], threshold, duration)
        for start, end, score in _joined(pieces, smoothing[place].gap):
            if end - start >= smoothing[place].shortest and end > start:
                found.append(Segment(start, end, label, score))
    return tuple(sorted(found, key=lambda event: (event.start, event.end, event.label)))


def _pieces(answers: Answers, threshold: float, duration: float) -> list[tuple[float, float, float]]:
    """(start, end, presence) of every bin in which one class is present."""
    pieces = []
    starts = window_starts(duration)
    for number, start in enumerate(starts[: len(answers)]):
        low = start if number == 0 else start + MARGIN_SECONDS
        high = duration if number == len(starts) - 1 else start + WINDOW_SECONDS - MARGIN_SECONDS
        for place in np.flatnonzero(answers[number, :, 0] >= threshold):
            presence, onset, offset = (float(value) for value in answers[number, place])
            begin = max(start + (place + onset) * BIN_SECONDS, low)
            end = min(start + (place + offset) * BIN_SECONDS, high, duration)
            if end > begin:
                pieces.append((begin, end, presence))
    return sorted(pieces)


def _joined(pieces: list[tuple[float, float, float]], gap: float) -> list[tuple[float, float, float]]:
    joined: list[tuple[float, float, list[float]]] = []
    for begin, end, presence in pieces:
        if joined and begin - joined[-1][1] <= gap + _TOUCHING:
            before = joined[-1]
            joined[-1] = (before[0], max(before[1], end), [*before[2], presence])
        else:
            joined.append((begin, end, [presence]))
    return [(begin, end, sum(scores) / len(scores)) for begin, end, scores in joined]
