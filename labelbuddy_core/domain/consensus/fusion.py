"""One set of regions and tags from those of several annotators, with how sure each is and how far boundaries spread.

A stretch of time belongs to a label when its share (`trust`) is more than a half. Stretches that nearly touch are
joined, crumbs dropped. The boundaries are then estimated anew: the onset is the weighted median of the onsets of the
annotators' regions that lie mostly in the stretch, their spread is the weighted mean distance from it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from labelbuddy_core.domain.agreement.answers import Answer, Compared, Marked, Value
from labelbuddy_core.domain.agreement.time_grid import Span
from labelbuddy_core.domain.consensus.trust import Asked, Trust

HALF = 0.5
JOINED = 0.05
"""Seconds between two stretches that are joined."""
SHORTEST = 0.02
"""Seconds; a shorter stretch is a crumb."""
_MOSTLY = 0.5
"""A region lies mostly in a stretch when they share this much of the shorter of them."""
_CLOSE = 1e-9

Stretch = tuple[float, float, int]
"""Onset, offset, and which of the raters mark it."""


@dataclass(frozen=True)
class FusedRegion:
    """A region of the consensus: `support` is its mean share (0 to 1), the spreads are seconds."""

    label: str
    start: float
    end: float
    support: float
    onset_spread: float
    offset_spread: float
    raters: tuple[int, ...]
    low: float | None = None
    high: float | None = None
    text: str | None = None
    attributes: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Fused:
    """The consensus of a task. `tags` has the share of every tag that somebody gave, also of those that lost."""

    regions: tuple[FusedRegion, ...]
    tags: dict[str, float]


def fuse(task: Compared, tags: Trust, time: Trust) -> Fused:
    """The consensus of the answers to a task, by what was learned of tags and of time."""
    answers = sorted(task.answers, key=lambda one: one.rater)
    asked = asked_of(answers)
    regions: list[FusedRegion] = []
    for label in sorted({label for answer in answers for label in answer.regions}):
        regions += _regions_of(label, answers, asked, time)
    said = tags_of(answers)
    shares = {label: tags.share(asked, yes) for label, yes in sorted(said.items())}
    return Fused(tuple(sorted(regions, key=lambda one: (one.start, one.end, one.label))), shares)


def asked_of(answers: Sequence[Answer]) -> Asked:
    """Who was asked."""
    return tuple(answer.rater for answer in answers)


def tags_of(answers: Sequence[Answer]) -> dict[str, int]:
    """For each tag who gave it, as bits in the order of the answers."""
    said: dict[str, int] = defaultdict(int)
    for bit, answer in enumerate(answers):
        for label in answer.tags:
            said[label] |= 1 << bit
    return dict(said)


def stretches_of(label: str, answers: Sequence[Answer]) -> list[Stretch]:
    """The time that somebody marked with the label, in stretches which the same annotators marked."""
    edges = sorted(
        (edge, 1 << bit)
        for bit, answer in enumerate(answers)
        for span in _joined([one.span for one in answer.regions.get(label, ())], 0.0)
        for edge in span
    )
    found: list[Stretch] = []
    marking, since = 0, 0.0
    for edge, bit in edges:
        if marking and edge > since:
            found.append((since, edge, marking))
        marking ^= bit
        since = edge
    return found


def _regions_of(label: str, answers: Sequence[Answer], asked: Asked, time: Trust) -> list[FusedRegion]:
    stretches = [(start, end, time.share(asked, yes)) for start, end, yes in stretches_of(label, answers)]
    kept = _joined([(start, end) for start, end, share in stretches if share > HALF + _CLOSE], JOINED)
    found: list[FusedRegion] = []
    for place, span in enumerate(kept):
        if span[1] - span[0] < SHORTEST - _CLOSE:
            continue
        # A long region of one annotator lies in several stretches: no estimate reaches into the next one.
        room = kept[place - 1][1] if place else -math.inf, kept[place + 1][0] if place + 1 < len(kept) else math.inf
        region = _estimated(label, span, room, answers, stretches, time)
        if found and region.start < found[-1].end:  # both reach into what lies between
            region = _estimated(label, span, room, [], stretches, time)
        found.append(region)
    return found


def _estimated(
    label: str,
    span: Span,
    room: Span,
    answers: Sequence[Answer],
    stretches: list[tuple[float, float, float]],
    time: Trust,
) -> FusedRegion:
    inside = [
        (answer.rater, regions)
        for answer in answers
        if (regions := [one for one in answer.regions.get(label, ()) if _mostly_in(one.span, span)])
    ]
    weights = [max(time.weights.get(rater, 1.0), 1e-6) for rater, _ in inside]
    onsets = [min(one.span[0] for one in regions) for _, regions in inside] or [span[0]]
    offsets = [max(one.span[1] for one in regions) for _, regions in inside] or [span[1]]
    weights = weights or [1.0]
    start = max(weighted_median(onsets, weights), room[0])
    end = min(weighted_median(offsets, weights), room[1])
    if end - start < SHORTEST:
        start, end = span
    marked = [(one, weight) for (_, regions), weight in zip(inside, weights, strict=False) for one in regions]
    return FusedRegion(
        label, start, end, _mean_share(start, end, stretches), _spread(onsets, weights, start),
        _spread(offsets, weights, end), tuple(rater for rater, _ in inside), **_said(marked),
    )  # fmt: skip


def weighted_median(values: Sequence[float], weights: Sequence[float]) -> float:
    """The value at which half of the weight is reached; the mean of two when it is reached exactly between them."""
    ordered = sorted(zip(values, weights, strict=True))
    half, reached = sum(weights) / 2.0, 0.0
    for place, (value, weight) in enumerate(ordered):
        reached += weight
        if abs(reached - half) < _CLOSE * half and place + 1 < len(ordered):
            return (value + ordered[place + 1][0]) / 2.0
        if reached > half:
            return value
    return ordered[-1][0]


def _spread(values: Sequence[float], weights: Sequence[float], middle: float) -> float:
    away = sum(weight * abs(value - middle) for value, weight in zip(values, weights, strict=True))
    return away / sum(weights)


def _mean_share(start: float, end: float, stretches: list[tuple[float, float, float]]) -> float:
    covered = sum(max(0.0, min(end, off) - max(start, on)) * share for on, off, share in stretches)
    return min(1.0, covered / (end - start))


def _said(marked: list[tuple[Marked, float]]) -> dict[str, Any]:
    """What the regions of the annotators say beside their time, where more than half of the weight says the same."""
    total = sum(weight for _, weight in marked)
    said: dict[str, Any] = {"low": _median_of(marked, "low", total), "high": _median_of(marked, "high", total)}
    said["text"] = _most([(one.text, weight) for one, weight in marked if one.text], total)
    names = sorted({name for one, _ in marked for name in one.attributes})
    attributes: dict[str, Value] = {}
    for name in names:
        given = [(one.attributes[name], weight) for one, weight in marked if name in one.attributes]
        if any(isinstance(value, bool | str) for value, _ in given):
            chosen = _most(given, total)
        else:
            chosen = weighted_median([float(value) for value, _ in given], [weight for _, weight in given])
        if chosen is not None:
            attributes[name] = chosen
    return {**said, "attributes": attributes}


def _most(given: list[tuple[Any, float]], total: float) -> Any:
    weights: dict[Any, float] = defaultdict(float)
    for value, weight in given:
        weights[value] += weight
    best = max(weights, key=lambda value: weights[value], default=None)
    return best if best is not None and weights[best] > total / 2.0 else None


def _median_of(marked: list[tuple[Marked, float]], name: str, total: float) -> float | None:
    given = [(getattr(one, name), weight) for one, weight in marked if getattr(one, name) is not None]
    if sum(weight for _, weight in given) <= total / 2.0:
        return None
    return weighted_median([value for value, _ in given], [weight for _, weight in given])


def _mostly_in(region: Span, span: Span) -> bool:
    shared = min(region[1], span[1]) - max(region[0], span[0])
    shorter = min(region[1] - region[0], span[1] - span[0])
    return shared > 0.0 and shared >= _MOSTLY * shorter


def _joined(spans: list[Span], gap: float) -> list[Span]:
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1] + gap + _CLOSE:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        elif end > start:
            found.append((start, end))
    return found
