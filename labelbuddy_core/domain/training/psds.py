"""The polyphonic sound detection score: how well events are found at all operating points of a model at once.

Ç. Bilen, G. Ferroni, F. Tuveri, J. Azcarreta, S. Krstulović, "A framework for the robust evaluation of sound event
detection", ICASSP 2020. A detection counts when enough of it lies in events of its label (`detection`); an event is
found when enough of it is covered by such detections (`truth`). Any other detection is a false alarm, and a
cross-trigger where enough of it lies in events of another label (`cross`). The score is the area under the curve of
effective true positive rate over effective false alarms per hour, up to `most`; 1 is perfect. Between operating points
the curve is a staircase, so that few points make the score lower, never higher.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from labelbuddy_core.domain.training.examples import Mark

Floats = npt.NDArray[np.float64]
_HOUR = 3600.0
_CLOSE = 1e-9


@dataclass(frozen=True)
class Scenario:
    """What counts (see the module); `cross_weight` adds cross-triggers to false alarms, `spread_weight` takes the
    spread between labels away from the mean."""

    detection: float
    truth: float
    cross: float = 0.3
    cross_weight: float = 0.0
    spread_weight: float = 0.0
    most: float = 100.0


PSDS1 = Scenario(detection=0.7, truth=0.7, spread_weight=1.0)
"""As in DCASE task 4: events must be found at the right time."""
PSDS2 = Scenario(detection=0.1, truth=0.1, cross_weight=0.5, spread_weight=1.0)
"""As in DCASE task 4: labels must not be confused."""


@dataclass(frozen=True)
class Counts:
    """What was found in examples (e) at operating points (t) for labels (c): `hits` and `false` (e, t, c), `events` and
    their `present` seconds (e, c), and `crossed`, a row (e, t, c, k) a cross-trigger of c by events of k."""

    hits: Floats
    false: Floats
    events: Floats
    present: Floats
    seconds: Floats
    crossed: npt.NDArray[np.int64]


def count(
    truths: Sequence[Sequence[Mark]],
    seconds: Sequence[float],
    said: Sequence[Sequence[Sequence[Mark]]],
    labels: Sequence[str],
    scenario: Scenario,
) -> Counts:
    """Count once; `score` then serves any choice of the examples. `said` has each example's events at each point."""
    points = max((len(one) for one in said), default=0)
    hits = np.zeros((len(truths), points, len(labels)))
    false = np.zeros_like(hits)
    events, present = np.zeros((len(truths), len(labels))), np.zeros((len(truths), len(labels)))
    crossed: list[tuple[int, int, int, int]] = []
    for example, truth in enumerate(truths):
        true = [_spans(truth, label) for label in labels]
        united = [_united(spans) for spans in true]
        for c, spans in enumerate(true):
            events[example, c], present[example, c] = len(spans), sum(stop - start for start, stop in spans)
        for t, marks in enumerate(said[example]):
            for c, label in enumerate(labels):
                passing = []
                for span in _spans(marks, label):
                    length = max(span[1] - span[0], _CLOSE)
                    if _shared(span, united[c]) / length >= scenario.detection - _CLOSE:
                        passing.append(span)
                        continue
                    false[example, t, c] += 1
                    crossed += [
                        (example, t, c, k)
                        for k in range(len(labels))
                        if k != c and true[k] and _shared(span, united[k]) / length >= scenario.cross - _CLOSE
                    ]
                covered = _united(passing)
                hits[example, t, c] = sum(
                    _shared(span, covered) / max(span[1] - span[0], _CLOSE) >= scenario.truth - _CLOSE
                    for span in true[c]
                )
    rows = np.array(crossed, np.int64).reshape(-1, 4)
    return Counts(hits, false, events, present, np.asarray(seconds, np.float64), rows)


def score(counts: Counts, weights: Floats, scenario: Scenario) -> float:
    """The score where example e counts `weights[e]` times; NaN where no label has an event."""
    events = weights @ counts.events
    known = np.flatnonzero(events > 0)
    if not len(known):
        return math.nan
    hits, false = (np.tensordot(weights, one, 1) for one in (counts.hits, counts.false))
    rates = hits[:, known] / events[known]
    alarms = _HOUR * false / max(float(weights @ counts.seconds), _CLOSE)
    if scenario.cross_weight and len(events) > 1:
        alarms = alarms + scenario.cross_weight * _cross_triggers(counts, weights, false.shape)
    return _area(rates, alarms[:, known], scenario)


def _cross_triggers(counts: Counts, weights: Floats, shape: tuple[int, ...]) -> Floats:
    """Cross-triggers per hour of the events that they come from, mean over the other labels: (t, c)."""
    example, t, c, k = counts.crossed.T
    present = weights @ counts.present
    rates = _HOUR * weights[example] / np.maximum(present[k], _CLOSE)
    rates[present[k] <= 0.0] = 0.0
    summed = np.bincount(t * shape[1] + c, rates, minlength=shape[0] * shape[1]).reshape(shape)
    return summed / (shape[1] - 1)


def _area(rates: Floats, alarms: Floats, scenario: Scenario) -> float:
    """Under the mean of the labels' staircases, from 0 to `most` false alarms an hour."""
    edges = np.unique(np.concatenate([[0.0], alarms[alarms <= scenario.most]]))
    heights = np.zeros((rates.shape[1], len(edges)))
    for place in range(rates.shape[1]):
        order = np.argsort(alarms[:, place], kind="stable")
        best = np.concatenate([[0.0], np.maximum.accumulate(rates[order, place])])
        heights[place] = best[np.searchsorted(alarms[order, place], edges, side="right")]
    effective = heights.mean(axis=0) - scenario.spread_weight * heights.std(axis=0)
    widths = np.diff(np.append(edges, scenario.most))
    return float(np.sum(np.maximum(effective, 0.0) * widths) / scenario.most)


def _spans(marks: Sequence[Mark], label: str) -> list[tuple[float, float]]:
    return sorted((one.start, one.end) for one in marks if one.label == label)


def _united(spans: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Spans without overlap; the given ones are in ascending order."""
    found: list[tuple[float, float]] = []
    for start, stop in spans:
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], stop))
        else:
            found.append((start, stop))
    return found


def _shared(span: tuple[float, float], others: Sequence[tuple[float, float]]) -> float:
    """Seconds of a span that lie in others, which do not overlap."""
    return sum(max(0.0, min(span[1], stop) - max(span[0], start)) for start, stop in others)
