"""Sums over recordings with their bootstrap replicates, in memory that does not grow with the number of recordings.

Each recording enters each replicate as often as a Poisson number of mean 1 says, which stands for drawing as many
recordings as there are with replacement (J. A. Hanley, B. MacGibbon, "Creating non-parametric bootstrap samples using
Poisson frequencies", Computer Methods and Programs in Biomedicine 83 (2006)). Recordings are drawn, never frames:
what one recording says of itself hangs together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Key = tuple[Any, ...]
"""What a sum is of: the kind of figure first, then what tells sums of the kind apart."""
Vector = Sequence[float] | npt.NDArray[np.float64]
Array = npt.NDArray[np.float64]
Places = npt.NDArray[np.int_]

_OFTEN = 4
"""Keys of one in so many recordings, or more, are added together."""

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
        self._places: dict[Key, int] = {}
        self._widths: list[int] = []
        self._totals: list[Array] = []
        self._drawn: list[Array] = []
        self._seen: list[int] = []
        self._waiting = _Waiting()

    def add(self, recording: Mapping[Key, Vector]) -> None:
        """Add what one recording has to say. Recordings come in the same order if the result is to be the same."""
        places, values = self._waiting.places, self._waiting.values
        for key, vector in recording.items():
            place = self._places.get(key)
            places.append(self._new(key, len(vector)) if place is None else place)
            values += vector
        self._waiting.lengths.append(len(recording))
        self.recordings += 1
        if len(self._waiting.lengths) >= _AT_ONCE:
            self._flush()

    def names(self) -> list[Key]:
        """Every key that a recording had, in the order in which they came."""
        return list(self._places)

    @property
    def keys(self) -> int:
        """How many keys there are."""
        return len(self._places)

    def of(self, key: Key) -> Drawn | None:
        """The sum of a key with its replicates, None when no recording has the key."""
        self._flush()
        place = self._places.get(key)
        return None if place is None else Drawn(self._totals[place], self._drawn[place], self._seen[place])

    def forget_replicates(self) -> None:
        """Keep only the sums over all recordings from now on: the replicates take too much memory."""
        self._flush()
        self.replicates = 0
        self._drawn = [np.zeros((0, width)) for width in self._widths]

    def _new(self, key: Key, width: int) -> int:
        place = self._places[key] = len(self._widths)
        self._widths.append(width)
        self._totals.append(np.zeros(width))
        self._drawn.append(np.zeros((self.replicates, width)))
        self._seen.append(0)
        return place

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, _Waiting()
        number = len(waiting.lengths)
        if not number:
            return
        weights = self._random.poisson(1.0, size=(number, self.replicates)).astype(float)
        places = np.array(waiting.places, dtype=int)
        rows = np.repeat(np.arange(number), waiting.lengths)
        widths = np.array(self._widths, dtype=int)
        values = np.array(waiting.values, dtype=float)
        counts = np.bincount(places, minlength=len(widths))
        often = _OFTEN * counts >= number
        self._add_often(np.flatnonzero(often & (counts > 0)), counts, weights, (places, rows, widths, values))
        starts = np.cumsum(widths[places]) - widths[places]
        for place in np.flatnonzero(~often & (counts > 0)).tolist():
            entries = np.flatnonzero(places == place)
            vectors = values[starts[entries][:, None] + np.arange(widths[place])]
            self._take(int(place), len(entries), vectors.sum(axis=0), weights[rows[entries]].T @ vectors)

    def _add_often(
        self, chosen: Places, counts: Places, weights: Array, waiting: tuple[Places, Places, Places, Array]
    ) -> None:
        """Keys that many recordings have: one product of matrices for all of them."""
        places, rows, widths, values = waiting
        ends = np.cumsum(widths[chosen])
        columns = np.full(len(widths), -1)
        columns[chosen] = ends - widths[chosen]
        wanted = columns[places] >= 0
        each = widths[places[wanted]]
        within = np.arange(each.sum()) - np.repeat(np.cumsum(each) - each, each)
        matrix = np.zeros((len(weights), int(ends[-1]) if len(ends) else 0))
        matrix[np.repeat(rows[wanted], each), np.repeat(columns[places[wanted]], each) + within] = values[
            np.repeat(wanted, widths[places])
        ]
        drawn, totals = weights.T @ matrix, matrix.sum(axis=0)
        for place in chosen.tolist():
            at = slice(columns[place], columns[place] + widths[place])
            self._take(place, int(counts[place]), totals[at], drawn[:, at])

    def _take(self, place: int, recordings: int, total: Array, drawn: Array) -> None:
        self._totals[place] += total
        self._drawn[place] += drawn
        self._seen[place] += recordings


@dataclass
class _Waiting:
    """Sums of recordings that are added together: of each how many, which ones, and their numbers one after the other.

    Flat lists of numbers: nothing that Python's garbage collector would have to look into.
    """

    lengths: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)


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
