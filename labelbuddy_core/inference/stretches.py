"""A model that takes only so many seconds is asked piece by piece, and the pieces of its answer are put together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from labelbuddy_core.inference.answer import CheckedAnswer, PredictedPoint, PredictedRegion

TOUCHING = 0.02
"""Seconds; regions and points of one label this near each other at the border of two pieces are one."""


def pieces(start: float, stop: float, longest: float | None) -> list[tuple[float, float]]:
    """The stretch from `start` to `stop` (s) in pieces of equal length, none above `longest` seconds."""
    length = stop - start
    if longest is None or length <= longest + 1e-6:
        return [(start, stop)]
    count = math.ceil(length / longest - 1e-9)
    edges = [start + length * place / count for place in range(count)] + [stop]
    return list(pairwise(edges))


def joined(answers: Sequence[CheckedAnswer], borders: Sequence[float]) -> CheckedAnswer:
    """One answer from those about neighboring pieces that meet at `borders` (s).

    A region cut by a border is made whole, with the higher score; a point at a border that both pieces heard is kept
    once, with the higher score; a tag has its highest score; texts follow each other.
    """
    if len(answers) == 1:
        return answers[0]
    whole = CheckedAnswer(version=answers[-1].version, seconds=sum(one.seconds for one in answers))
    whole.regions = _mended([region for one in answers for region in one.regions], borders)
    whole.points = _once([point for one in answers for point in one.points], borders)
    scores: dict[str, float | None] = {}
    for one in answers:
        for label, score in one.tags:
            known = scores.get(label)
            scores[label] = score if known is None else max(known, score or 0.0)
    whole.tags = list(scores.items())
    texts = [one.text[0] for one in answers if one.text]
    whole.text = ["\n".join(texts)] if texts else []
    whole.notes = list(dict.fromkeys(note for one in answers for note in one.notes))
    whole.notes.append(f"Asked in {len(answers)} pieces: the model takes no longer stretch.")
    return whole


def _mended(regions: list[PredictedRegion], borders: Sequence[float]) -> list[PredictedRegion]:
    kept: list[PredictedRegion] = []
    open_ends: dict[str, int] = {}
    for region in sorted(regions, key=lambda one: (one.start, one.end, one.label)):
        before = open_ends.get(region.label)
        if before is not None and _meet(kept[before], region, borders):
            kept[before] = _united(kept[before], region)
            continue
        open_ends[region.label] = len(kept)
        kept.append(region)
    return kept


def _once(points: list[PredictedPoint], borders: Sequence[float]) -> list[PredictedPoint]:
    kept: list[PredictedPoint] = []
    latest: dict[str, int] = {}
    for point in sorted(points, key=lambda one: (one.time, one.label)):
        before = latest.get(point.label)
        if before is not None and _heard_twice(kept[before].time, point.time, borders):
            kept[before] = max(kept[before], point, key=lambda one: one.score or 0.0)
            continue
        latest[point.label] = len(kept)
        kept.append(point)
    return kept


def _heard_twice(earlier: float, later: float, borders: Sequence[float]) -> bool:
    """Whether two instants are one, heard at the end of a piece and at the beginning of the next."""
    return later - earlier <= TOUCHING and any(earlier <= border <= later for border in borders)


def _meet(one: PredictedRegion, other: PredictedRegion, borders: Sequence[float]) -> bool:
    near = [border for border in borders if abs(one.end - border) <= TOUCHING and abs(other.start - border) <= TOUCHING]
    return bool(near) and (one.low, one.high, one.text) == (other.low, other.high, other.text)


def _united(one: PredictedRegion, other: PredictedRegion) -> PredictedRegion:
    scores = [score for score in (one.score, other.score) if score is not None]
    return PredictedRegion(
        one.start, other.end, one.label, max(scores) if scores else None, one.low, one.high, one.text
    )
