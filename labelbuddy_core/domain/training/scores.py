"""How well a version hears held-out examples: F1 of events and of seconds, PSDS, average precision of tags.

Events are matched within a collar as in sed_eval (see `domain.agreement.event_matching`); segments of a second count
where a label is heard in any part of them, as there. Both F1 are micro-averaged over examples. PSDS is in `psds`.
Average precision is the mean of the precision at each true example in the order of scores (non-interpolated; tied
scores count together), its mean over labels the mAP. Intervals are of the bootstrap over examples (percentiles 2.5 and
97.5; B. Efron, R. Tibshirani, *An Introduction to the Bootstrap*, 1993); two versions are compared on the same
resamples.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from labelbuddy_core.domain.agreement.event_matching import Collar, match_to_reference
from labelbuddy_core.domain.training.examples import Mark
from labelbuddy_core.domain.training.psds import PSDS1, PSDS2, Scenario, count, score

COLLAR = Collar(0.2, 0.2)
SEGMENT_SECONDS = 1.0
OPERATING_POINTS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""Thresholds at which a version is asked for PSDS."""
REPLICATES = 1000
_INTERVAL = (2.5, 97.5)

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Heard:
    """What a version says about an example: events, the score of every label as a tag, and the events at each of the
    operating points."""

    events: tuple[Mark, ...]
    scores: Mapping[str, float]
    at_points: tuple[tuple[Mark, ...], ...] = ()


@dataclass(frozen=True)
class Asked:
    """What is true of an example of `seconds`; None where the training set has nothing of the kind."""

    events: tuple[Mark, ...] | None
    tags: frozenset[str] | None
    seconds: float = 0.0


def compared(
    asked: Sequence[Asked],
    versions: Mapping[str, Sequence[Heard]],
    labels: Sequence[str],
    seed: int,
    replicates: int = REPLICATES,
) -> list[dict[str, Any]]:
    """Figures of versions on the same examples, and of the differences of the second to the first.

    Each: {measure: event_f1 | segment_f1 | psds1 | psds2 | map, label (None: all), values: {version: {value, low,
    high}}, difference: {value, low, high} or None}. What is undefined, as of a label that no example has, is None.
    """
    draws = np.random.default_rng(seed).integers(0, max(1, len(asked)), (replicates, len(asked)))
    found = []
    if any(one.events is not None for one in asked):
        for measure, counts in (("event_f1", _matched_events), ("segment_f1", _shared_segments)):
            measured = {name: _f1(asked, heard, labels, counts) for name, heard in versions.items()}
            found += _figures(measure, measured, draws)
        if all(one.at_points for heard in versions.values() for one in heard):
            for measure, scenario in (("psds1", PSDS1), ("psds2", PSDS2)):
                measured = {name: _psds(asked, heard, labels, scenario) for name, heard in versions.items()}
                found += _figures(measure, measured, draws)
    if any(one.tags is not None for one in asked):
        found += _figures("map", {name: _tags(asked, heard, labels) for name, heard in versions.items()}, draws)
    return found


@dataclass(frozen=True)
class _Measured:
    """One version: `values(rows)` are the figures of labels on a choice of examples, and over all of them."""

    labels: Sequence[str]
    values: Any


def _figures(measure: str, versions: Mapping[str, _Measured], draws: npt.NDArray[np.int64]) -> list[dict[str, Any]]:
    everything = np.arange(draws.shape[1])
    points = {name: one.values(everything) for name, one in versions.items()}
    spread = {name: np.stack([one.values(rows) for rows in draws]) for name, one in versions.items()}
    names = list(versions)
    labels = versions[names[0]].labels
    found = []
    for place, label in enumerate([None, *labels]):
        values = {name: _with_interval(points[name][place], spread[name][:, place]) for name in names}
        difference = None
        if len(names) == 2:
            first, second = names
            difference = _with_interval(
                points[second][place] - points[first][place], spread[second][:, place] - spread[first][:, place]
            )
        found.append({"measure": measure, "label": label, "values": values, "difference": difference})
    return found


def _with_interval(value: float, replicates: Floats) -> dict[str, float | None]:
    known = replicates[np.isfinite(replicates)]
    low, high = np.percentile(known, _INTERVAL) if len(known) else (math.nan, math.nan)
    return {name: _rounded(one) for name, one in (("value", value), ("low", low), ("high", high))}


def _rounded(value: float) -> float | None:
    return round(float(value), 6) if math.isfinite(value) else None


_Spans = list[tuple[float, float]]


def _matched_events(true: _Spans, found: _Spans) -> tuple[int, int]:
    """How many events match, and how many there are on both sides."""
    return len(match_to_reference(true, found, COLLAR)), len(true) + len(found)


def _shared_segments(true: _Spans, found: _Spans) -> tuple[int, int]:
    """The same of the seconds in which something is heard."""
    one, other = _segments(true), _segments(found)
    return len(one & other), len(one) + len(other)


def _segments(spans: _Spans) -> set[int]:
    return {
        number
        for start, stop in spans
        for number in range(math.floor(start / SEGMENT_SECONDS), math.ceil(stop / SEGMENT_SECONDS))
    }


def _f1(
    asked: Sequence[Asked],
    heard: Sequence[Heard],
    labels: Sequence[str],
    counts: Callable[[_Spans, _Spans], tuple[int, int]],
) -> _Measured:
    """F1 from what is matched and what is named, of every example and label."""
    matched = np.zeros((len(asked), len(labels)))
    named = np.zeros_like(matched)
    for row, (truth, said) in enumerate(zip(asked, heard, strict=True)):
        for column, label in enumerate(labels):
            true = sorted((one.start, one.end) for one in truth.events or () if one.label == label)
            found = sorted((one.start, one.end) for one in said.events if one.label == label)
            matched[row, column], named[row, column] = counts(true, found)

    def values(rows: npt.NDArray[np.int64]) -> Floats:
        hits, all_named = matched[rows].sum(axis=0), named[rows].sum(axis=0)
        both = np.concatenate([[hits.sum()], hits]), np.concatenate([[all_named.sum()], all_named])
        return np.where(both[1] > 0, 2.0 * both[0] / np.maximum(both[1], 1.0), np.nan)

    return _Measured(labels, values)


def _psds(
    asked: Sequence[Asked], heard: Sequence[Heard], labels: Sequence[str], scenario: Scenario
) -> _Measured:  # fmt: skip
    """One figure for all labels."""
    truths, seconds = [one.events or () for one in asked], [one.seconds for one in asked]
    counted = count(truths, seconds, [one.at_points for one in heard], labels, scenario)

    def values(rows: npt.NDArray[np.int64]) -> Floats:
        weights = np.bincount(rows, minlength=len(asked)).astype(np.float64)
        return np.array([score(counted, weights, scenario)])

    return _Measured((), values)


def _tags(asked: Sequence[Asked], heard: Sequence[Heard], labels: Sequence[str]) -> _Measured:
    """Average precision of each label, and their mean."""
    true = np.array([[label in (one.tags or ()) for label in labels] for one in asked])
    scores = np.array([[said.scores.get(label, 0.0) for label in labels] for said in heard])

    def values(rows: npt.NDArray[np.int64]) -> Floats:
        found = np.array([average_precision(true[rows, place], scores[rows, place]) for place in range(len(labels))])
        known = found[np.isfinite(found)]
        return np.concatenate([[known.mean() if len(known) else np.nan], found])

    return _Measured(labels, values)


def average_precision(true: npt.NDArray[np.bool_], scores: Floats) -> float:
    """Of one label; NaN where it is true of no example."""
    positives = int(true.sum())
    if not positives:
        return math.nan
    order = np.argsort(-scores, kind="stable")
    ordered, hits = scores[order], np.cumsum(true[order])
    ends = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True))  # the last of each group of ties
    precision, recall = hits[ends] / (ends + 1.0), hits[ends] / positives
    return float(np.sum(precision * np.diff(recall, prepend=0.0)))
