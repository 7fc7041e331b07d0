"""Stretches of sound that are like another: cosine similarity over feature vectors, a block at a time.

Conventions: vectors are rows of length 1 in half precision, one for each window of a sound, in the order of time. A
stretch of k windows is as like a direction as its windows are on average: the mean of k cosines. `rows` are numbered
through all sounds that are searched, one sound after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

BLOCK_NUMBERS = 1 << 22
"""Numbers of vectors that are looked at together: 16 MiB in single precision."""
LONGEST_QUERY = 4096
"""Windows of the longest stretch that is searched for; a longer one counts by its mean direction."""
_CANDIDATES = 4096
"""The likeliest stretches that are kept before those that overlap are parted: a search gives at most 200."""

Halves = npt.NDArray[np.float16]
Direction = npt.NDArray[np.float32]
Times = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Query:
    """What is looked for: a direction of length 1, and how many windows it spans."""

    direction: Direction
    windows: int


@dataclass(frozen=True)
class Found:
    """Rows `first` up to, not including, `stop` of the sound numbered `sound`, and how alike they are (-1 … 1)."""

    sound: int
    first: int
    stop: int
    similarity: float


def unit_rows(vectors: npt.ArrayLike) -> Halves:
    """Vectors scaled to length 1, in half precision; those of length 0 stay."""
    plain = np.asarray(vectors, dtype=np.float32)
    lengths = np.linalg.norm(plain, axis=1, keepdims=True)
    return (plain / np.where(lengths > 0.0, lengths, 1.0)).astype(np.float16)


def query_of(times: Times, vectors: npt.ArrayLike, start: float, stop: float) -> Query | None:
    """The query that the stretch from `start` to `stop` (s) of a sound makes; None when its vectors say nothing.

    `times` (n, 2) are begin and end of each vector in s. Each counts by how much of the stretch it stands for; where
    none does, the nearest.
    """
    rows = unit_rows(vectors).astype(np.float32)
    shared = np.minimum(times[:, 1], stop) - np.maximum(times[:, 0], start)
    weights = np.maximum(shared, 0.0)
    if not weights.any():
        weights[int(np.argmax(shared))] = 1.0
    mean = weights.astype(np.float32) @ rows
    length = float(np.linalg.norm(mean))
    if length <= 1e-6:
        return None
    window = max(float(np.median(times[:, 1] - times[:, 0])), 1e-6)
    return Query(mean / length, max(1, min(round((stop - start) / window), LONGEST_QUERY)))


def most_alike(counts: Sequence[int], read: Callable[[Rows], Halves], query: Query) -> list[Found]:
    """The stretches most like a query, the likeliest first; they may overlap.

    `counts` are the rows of each sound, `read` gives the vectors of rows in ascending order. A sound that has fewer
    windows than the query is compared as a whole. Memory does not grow with the number of rows.
    """
    bounds = np.concatenate([[0], np.cumsum(np.asarray(counts, dtype=np.int64))])
    total, windows = int(bounds[-1]), query.windows
    step = max(1, BLOCK_NUMBERS // len(query.direction))
    best = _Best(_CANDIDATES)
    waiting = np.empty(0, np.float32)
    done = 0
    for first in range(0, total, step):
        rows = np.arange(first, min(first + step, total), dtype=np.int64)
        waiting = np.concatenate([waiting, read(rows).astype(np.float32) @ query.direction])
        # a stretch is judged once all of its windows are known
        ready = len(waiting) if rows[-1] + 1 == total else len(waiting) - windows + 1
        if ready > 0:
            best.add(*_judged(waiting, done, ready, bounds, windows))
            waiting, done = waiting[ready:], done + ready
    return best.found(bounds)


def _judged(
    cosines: npt.NDArray[np.float32], done: int, ready: int, bounds: Rows, windows: int
) -> tuple[Rows, Rows, npt.NDArray[np.float32]]:
    """First rows, rows after the last and similarities of the stretches that begin in the first `ready` of `cosines`.

    Long stretches begin at every quarter of their windows, counted from the beginning of the sound.
    """
    starts = np.arange(done, done + ready, dtype=np.int64)
    sound = np.searchsorted(bounds, starts, side="right") - 1
    first, stop = bounds[sound], bounds[sound + 1]
    ends = np.minimum(starts + windows, stop)
    wanted = (((starts - first) % max(1, windows // 4)) == 0) & ((ends - starts == windows) | (starts == first))
    starts, ends = starts[wanted], ends[wanted]
    sums = np.concatenate([[0.0], np.cumsum(cosines, dtype=np.float64)])
    means = (sums[ends - done] - sums[starts - done]) / (ends - starts)
    return starts, ends, means.astype(np.float32)


class _Best:
    """The stretches of the highest similarity so far."""

    def __init__(self, keep: int) -> None:
        self._keep = keep
        self._starts, self._ends = np.empty(0, np.int64), np.empty(0, np.int64)
        self._similar = np.empty(0, np.float32)

    def add(self, starts: Rows, ends: Rows, similar: npt.NDArray[np.float32]) -> None:
        self._starts = np.concatenate([self._starts, starts])
        self._ends = np.concatenate([self._ends, ends])
        self._similar = np.concatenate([self._similar, similar])
        if len(self._similar) > self._keep:
            kept = np.argpartition(-self._similar, self._keep)[: self._keep]
            self._starts, self._ends, self._similar = self._starts[kept], self._ends[kept], self._similar[kept]

    def found(self, bounds: Rows) -> list[Found]:
        order = np.lexsort((self._starts, -self._similar))
        sounds = np.searchsorted(bounds, self._starts, side="right") - 1
        return [
            Found(int(sounds[one]), int(self._starts[one]), int(self._ends[one]), float(self._similar[one]))
            for one in order
        ]


@dataclass(frozen=True)
class Stretch:
    """A stretch of a sound in s, with its similarity."""

    sound: int
    start: float
    stop: float
    similarity: float


def apart(
    stretches: Iterable[Stretch], limit: int, taken: Mapping[int, Sequence[tuple[float, float]]]
) -> list[Stretch]:
    """The first `limit` stretches that overlap neither one before them nor what is `taken` (s, by sound)."""
    occupied = {sound: list(spans) for sound, spans in taken.items()}
    kept: list[Stretch] = []
    for one in stretches:
        spans = occupied.setdefault(one.sound, [])
        if any(one.start < stop and start < one.stop for start, stop in spans):
            continue
        spans.append((one.start, one.stop))
        kept.append(one)
        if len(kept) == limit:
            break
    return kept
