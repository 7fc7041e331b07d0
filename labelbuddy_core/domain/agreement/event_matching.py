"""Which regions of two annotators are the same event: by onset and offset within a collar, or by overlap.

The matching has as many pairs as possible, and among those the smallest sum of deviations. By collar as in sed_eval
(A. Mesaros, T. Heittola, T. Virtanen, "Metrics for polyphonic sound event detection", Applied Sciences 6 (2016)):
onsets differ by at most the collar, offsets by at most the collar or a share of the length, whichever is more.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labelbuddy_core.domain.agreement.time_grid import Span

Pair = tuple[int, int]
"""A region of the first and one of the second annotator, by their places in the lists."""
Edge = tuple[int, int, float]
"""A pair that could be matched, and what it costs."""

_CLOSE = 1e-9


@dataclass(frozen=True)
class Collar:
    """How far boundaries may differ: `seconds`, and for offsets at least `share` of the region's length."""

    seconds: float = 0.2
    share: float = 0.5


def match_to_reference(reference: Sequence[Span], estimated: Sequence[Span], collar: Collar) -> list[Pair]:
    """Pairs within the collar; lengths are those of the reference, as in sed_eval."""
    return _matching(
        [
            (i, j, cost)
            for i, (on, off) in enumerate(reference)
            for j, (onset, offset) in enumerate(estimated)
            if (cost := _within(on, off, onset, offset, collar, off - on)) is not None
        ]
    )


def match_within_collar(one: Sequence[Span], other: Sequence[Span], collar: Collar) -> list[Pair]:
    """Pairs within the collar where neither is the reference: the length is the mean of both.

    The spans of `other` are in ascending order.
    """
    if len(one) == 1 == len(other):  # most often so
        (on, off), (onset, offset) = one[0], other[0]
        near = _within(on, off, onset, offset, collar, (off - on + offset - onset) / 2.0) is not None
        return [(0, 0)] if near else []
    onsets = [span[0] for span in other]
    edges: list[Edge] = []
    for i, (on, off) in enumerate(one):
        j = bisect_left(onsets, on - collar.seconds - _CLOSE)
        while j < len(other) and onsets[j] <= on + collar.seconds + _CLOSE:
            onset, offset = other[j]
            cost = _within(on, off, onset, offset, collar, (off - on + offset - onset) / 2.0)
            if cost is not None:
                edges.append((i, j, cost))
            j += 1
    return _matching(edges)


def match_by_overlap(one: Sequence[Span], other: Sequence[Span], least: float) -> list[Pair]:
    """Pairs whose intersection is at least `least` of their union (in time); both lists are in ascending order."""
    if len(one) == 1 == len(other):  # most often so
        return [(0, 0)] if intersection_over_union(one[0], other[0]) >= least - _CLOSE else []
    longest = max((off - on for on, off in other), default=0.0)
    onsets = [span[0] for span in other]
    edges: list[Edge] = []
    for i, (on, off) in enumerate(one):
        j = bisect_left(onsets, on - longest - _CLOSE)
        while j < len(other) and onsets[j] <= off:
            shared = intersection_over_union((on, off), other[j])
            if shared >= least - _CLOSE:
                edges.append((i, j, 1.0 - shared))
            j += 1
    return _matching(edges)


def intersection_over_union(one: Span, other: Span) -> float:
    """Shared over united time; two instants at the same time share all of it."""
    (on, off), (onset, offset) = one, other
    united = (off if off > offset else offset) - (on if on < onset else onset)
    shared = (off if off < offset else offset) - (on if on > onset else onset)
    if united <= 0.0:
        return 1.0
    return shared / united if shared > 0.0 else 0.0


def _within(
    on: float, off: float, onset: float, offset: float, collar: Collar, length: float
) -> float | None:  # fmt: skip
    first, last = abs(on - onset), abs(off - offset)
    if first > collar.seconds + _CLOSE or last > max(collar.seconds, collar.share * length) + _CLOSE:
        return None
    return first + last


def _matching(edges: list[Edge]) -> list[Pair]:
    """As many pairs as possible and the cheapest of those; groups of regions that cannot interfere are apart."""
    if len(edges) < 2 or len({i for i, _, _ in edges}) == len({j for _, j, _ in edges}) == len(edges):
        return [(i, j) for i, j, _ in edges]
    from scipy.optimize import linear_sum_assignment  # 40 MB that few processes ever need

    pairs: list[Pair] = []
    for group in _groups(edges):
        rows = sorted({i for i, _, _ in group})
        columns = sorted({j for _, j, _ in group})
        row, column = {i: n for n, i in enumerate(rows)}, {j: n for n, j in enumerate(columns)}
        apart = 1.0 + sum(cost for _, _, cost in group)
        costs = np.full((len(rows), len(columns)), apart * (len(group) + 1))
        for i, j, cost in group:
            costs[row[i], column[j]] = cost
        for r, c in zip(*linear_sum_assignment(costs), strict=True):
            if costs[r, c] < apart:
                pairs.append((rows[r], columns[c]))
    return sorted(pairs)


def _groups(edges: list[Edge]) -> list[list[Edge]]:
    parent: dict[tuple[int, int], tuple[int, int]] = {}

    def root(node: tuple[int, int]) -> tuple[int, int]:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for i, j, _ in edges:
        parent[root((0, i))] = root((1, j))
    found: defaultdict[tuple[int, int], list[Edge]] = defaultdict(list)
    for edge in edges:
        found[root((0, edge[0]))].append(edge)
    return list(found.values())


def f_measure(matched: float, said: float) -> float:
    """2 · matched / regions of both, which is the harmonic mean of precision and recall; NaN where there are none."""
    return 2.0 * matched / said if said else math.nan
