"""Sums over recordings with their bootstrap replicates, in memory that does not grow with the number of recordings.

Each recording enters each replicate as often as a Poisson number of mean 1 says, which stands for drawing as many
recordings as there are with replacement (J. A. Hanley, B. MacGibbon, "Creating non-parametric bootstrap samples using
Poisson frequencies", Computer Methods and Programs in Biomedicine 83 (2006)). Recordings are drawn, never frames:
what one recording says of itself hangs together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Key = tuple[Any, ...]
"""What a sum is of: the kind of figure first, then what tells sums of the kind apart."""
Vector = Sequence[float] | npt.NDArray[np.float64]
Array = npt.NDArray[np.float64]

_AT_ONCE = 256
"""Recordings whose sums are added to the replicates together."""


@dataclass(frozen=True)
class Drawn:
    """The sum of a key over all recordings, and (one a row) in each replicate."""

    total: Array
    replicates: Array
    recordings: int

    def __add__(self, other: Drawn) -> Drawn:
        return Drawn(self.total + other.total, self.replicates + other.replicates, self.recordings)

    def of(self, place: int) -> Array:
        """One place of the vector: its total first, then the replicates."""
        return np.concatenate([self.total[place : place + 1], self.replicates[:, place]])


@dataclass(frozen=True)
class Estimate:
    """A value with the bounds of its interval; None where it cannot be computed, or where there is no interval."""

    value: float | None = None
    low: float | None = None
    high: float | None = None


class ReplicatedSums:
    """For each key the sum of its vectors over recordings, and the same sum in each replicate."""

    def __init__(self, replicates: int, seed: int) -> None:
        self.recordings = 0
        self.replicates = replicates
        self._random = np.random.default_rng(seed)
        self._totals: dict[Key, Array] = {}
        self._drawn: dict[Key, Array] = {}
        self._seen: dict[Key, int] = {}
        self._waiting: list[Mapping[Key, Vector]] = []

    def add(self, recording: Mapping[Key, Vector]) -> None:
        """Add what one recording has to say. Recordings come in the same order if the result is to be the same."""
        self._waiting.append(recording)
        self.recordings += 1
        if len(self._waiting) >= _AT_ONCE:
            self._flush()

    def names(self) -> list[Key]:
        """Every key that a recording had, in the order in which they came."""
        self._flush()
        return list(self._totals)

    @property
    def keys(self) -> int:
        """How many keys there are, without those of the recordings that came last."""
        return len(self._totals)

    def of(self, key: Key) -> Drawn | None:
        """The sum of a key with its replicates, None when no recording has the key."""
        self._flush()
        if key not in self._totals:
            return None
        return Drawn(self._totals[key], self._drawn[key], self._seen[key])

    def forget_replicates(self) -> None:
        """Keep only the sums over all recordings from now on: the replicates take too much memory."""
        self._flush()
        self.replicates = 0
        self._drawn = {key: np.zeros((0, len(total))) for key, total in self._totals.items()}

    def _flush(self) -> None:
        if not self._waiting:
            return
        weights = self._random.poisson(1.0, size=(len(self._waiting), self.replicates)).astype(float)
        rows: dict[Key, list[int]] = {}
        for number, recording in enumerate(self._waiting):
            for key in recording:
                rows.setdefault(key, []).append(number)
        usual = [key for key, numbers in rows.items() if 4 * len(numbers) >= len(self._waiting)]
        self._add_usual(usual, weights)
        for key in rows.keys() - set(usual):
            vectors = np.array([self._waiting[number][key] for number in rows[key]], dtype=float)
            self._take(key, len(vectors), vectors.sum(axis=0), weights[rows[key]].T @ vectors)
        self._waiting.clear()

    def _add_usual(self, keys: list[Key], weights: Array) -> None:
        """Keys that many recordings have: one product of matrices for all of them."""
        widths = {key: len(next(one[key] for one in self._waiting if key in one)) for key in keys}
        matrix = np.zeros((len(self._waiting), sum(widths.values())))
        at, places = 0, {}
        for key in keys:
            places[key] = slice(at, at + widths[key])
            at += widths[key]
        counts = dict.fromkeys(keys, 0)
        for row, recording in zip(matrix, self._waiting, strict=True):
            for key in recording.keys() & places.keys():
                row[places[key]] = recording[key]
                counts[key] += 1
        drawn, totals = weights.T @ matrix, matrix.sum(axis=0)
        for key, place in places.items():
            self._take(key, counts[key], totals[place], drawn[:, place])

    def _take(self, key: Key, recordings: int, total: Array, drawn: Array) -> None:
        if key not in self._totals:
            self._totals[key], self._drawn[key], self._seen[key] = np.zeros_like(total), np.zeros_like(drawn), 0
        self._totals[key] += total
        self._drawn[key] += drawn
        self._seen[key] += recordings


def estimate(values: Array, level: float, recordings: int) -> Estimate:
    """The first value, with the interval of the others where there is more than one recording."""
    if not np.isfinite(values[0]):
        return Estimate()
    bounds = interval(values[1:], level) if recordings > 1 else None
    return Estimate(float(values[0]), *(bounds or (None, None)))


def interval(values: npt.ArrayLike, level: float) -> tuple[float, float] | None:
    """The percentile interval of replicates; None when fewer than half of them have a value."""
    found = np.asarray(values, dtype=float)
    known = found[np.isfinite(found)]
    if not len(known) or 2 * len(known) < len(found):
        return None
    low, high = np.quantile(known, [(1.0 - level) / 2.0, (1.0 + level) / 2.0])
    return float(low), float(high)
