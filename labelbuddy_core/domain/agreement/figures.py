"""From sums to figures with intervals: of each label, and over all labels.

Over labels, observed and expected values are added up before their ratio is taken, so that labels which everybody
leaves out neither help nor hurt: κ = Σ (observed − expected) / Σ (1 − expected), α = 1 − Σ observed / Σ expected.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from labelbuddy_core.domain.agreement import tallies
from labelbuddy_core.domain.agreement.alpha import (
    Level,
    alpha_of_coincidences,
    binary_alpha_parts,
    interval_alpha,
)
from labelbuddy_core.domain.agreement.answers import LabelAsked, Question
from labelbuddy_core.domain.agreement.kappa import binary_observed_and_expected
from labelbuddy_core.domain.agreement.measurement import Measurement
from labelbuddy_core.domain.agreement.pairs import mean_cohen
from labelbuddy_core.domain.agreement.replicates import Array, interval
from labelbuddy_core.domain.agreement.tallies import EVERY_LABEL, Kind

_LEAST = 1e-9
LEVEL_OF: dict[str, Level] = {"choice": "nominal", "yes-no": "nominal", "rating": "ordinal", "number": "interval"}


@dataclass(frozen=True)
class Figure:
    """A figure of agreement; `label` None is over all labels, `value` None cannot be computed.

    `low` and `high` bound the bootstrap interval over recordings. `prevalence` is the share of units with the label.
    """

    kind: Kind
    measure: str
    label: str | None
    value: float | None
    low: float | None = None
    high: float | None = None
    recordings: int = 0
    prevalence: float | None = None
    question: str | None = None


def all_figures(measured: Measurement, labels: Mapping[str, LabelAsked]) -> list[Figure]:
    """Every figure for which there is something to measure, over all labels first."""
    found: list[Figure] = []
    for kind, pairs in ((Kind.TAGS, Kind.PAIR_TAGS), (Kind.TIME, Kind.PAIR_TIME)):
        found += _yes_no(measured, kind, pairs)
    found += _events(measured)
    found += _attributes(measured, labels)
    for kind, measures in _MEANS.items():
        found += _means(measured, kind, measures)
    return found


_MEANS = {
    Kind.BEATS: ("beat_f_measure", "beat_amlt"),
    Kind.CHORDS: ("chord_root", "chord_majmin"),
    Kind.SECTIONS: ("boundary_hit_rate_0.5s", "boundary_hit_rate_3s"),
}


@dataclass(frozen=True)
class _Sums:
    """The sums of a key with the replicates of them."""

    total: Array
    drawn: Array
    recordings: int

    def __add__(self, other: _Sums) -> _Sums:
        return _Sums(self.total + other.total, self.drawn + other.drawn, self.recordings)

    def of(self, place: int) -> Array:
        """One place: its total first, then the replicates."""
        return np.concatenate([self.total[place : place + 1], self.drawn[:, place]])


def _sums(measured: Measurement, key: Any) -> _Sums | None:
    total, drawn = measured.sums.total(key), measured.sums.drawn(key)
    if total is None or drawn is None:
        return None
    return _Sums(total, drawn, measured.sums.recordings_of(key))


def _figure(measured: Measurement, figure: Figure, values: Array) -> Figure:
    """The figure with the first value, and the interval of the others where there is more than one recording."""
    value = float(values[0]) if np.isfinite(values[0]) else None
    bounds = interval(values[1:], measured.level) if value is not None and figure.recordings > 1 else None
    return replace(figure, value=value, low=bounds[0] if bounds else None, high=bounds[1] if bounds else None)


def _labels_of(measured: Measurement, kind: Kind) -> list[str]:
    return sorted({key[1] for key in measured.sums.names() if key[0] == kind and key[1] != EVERY_LABEL})


def _yes_no(measured: Measurement, kind: Kind, pairs: Kind) -> list[Figure]:
    nobody = _sums(measured, (kind, EVERY_LABEL))
    names = _labels_of(measured, kind)
    if nobody is None or not names:
        return []
    parts, shares, found = np.zeros((4, 1)), [], []
    for label in names:
        said = _sums(measured, (kind, label))
        assert said is not None
        sums = nobody + said
        observed, expected = binary_observed_and_expected(
            sums.of(tallies.UNITS), sums.of(tallies.AGREEMENT), sums.of(tallies.SHARE)
        )
        apart, by_chance = binary_alpha_parts(
            sums.of(tallies.BOTH_YES), sums.of(tallies.MIXED), sums.of(tallies.BOTH_NO)
        )
        these = np.array([observed - expected, 1.0 - expected, apart, by_chance])
        shares.append(float(sums.total[tallies.SHARE] / sums.total[tallies.UNITS]))
        found += _kappas(measured, kind, label, these, observed, shares[-1])
        found.append(Figure(kind, "cohen_kappa", label, mean_cohen(measured, pairs, [label]), None, None,
                            measured.recordings, shares[-1]))  # fmt: skip
        parts = parts + np.nan_to_num(these)
    mean_share = float(np.mean(shares))
    overall = _kappas(measured, kind, None, parts, None, mean_share)
    cohen = mean_cohen(measured, pairs, names)
    overall.append(Figure(kind, "cohen_kappa", None, cohen, None, None, measured.recordings, mean_share))
    return overall + found


def _kappas(
    measured: Measurement, kind: Kind, label: str | None, parts: Array, observed: Array | None, prevalence: float
) -> list[Figure]:
    beyond, possible, apart, by_chance = parts
    blank = Figure(kind, "fleiss_kappa", label, None, recordings=measured.recordings, prevalence=prevalence)
    with np.errstate(divide="ignore", invalid="ignore"):
        kappa = np.where(possible > _LEAST, beyond / possible, np.nan)
        alpha = np.where(by_chance > _LEAST, 1.0 - apart / by_chance, np.nan)
    found = [
        _figure(measured, blank, kappa),
        _figure(measured, replace(blank, measure="krippendorff_alpha"), alpha),
    ]
    if observed is not None:
        found.append(_figure(measured, replace(blank, measure="observed_agreement"), observed))
    return found


_EVENT_MEASURES: dict[str, Callable[[_Sums], tuple[Array, Array]]] = {
    "event_f1": lambda sums: (2.0 * sums.of(tallies.MATCHED), sums.of(tallies.SAID)),
    "overlap_f1": lambda sums: (2.0 * sums.of(tallies.OVERLAPPING), sums.of(tallies.SAID)),
    "onset_deviation": lambda sums: (sums.of(tallies.ONSET), sums.of(tallies.OVERLAPPING)),
    "offset_deviation": lambda sums: (sums.of(tallies.OFFSET), sums.of(tallies.OVERLAPPING)),
    "onset_hit_rate": lambda sums: (sums.of(tallies.ONSET_HITS), sums.of(tallies.OVERLAPPING)),
    "offset_hit_rate": lambda sums: (sums.of(tallies.OFFSET_HITS), sums.of(tallies.OVERLAPPING)),
}


def _events(measured: Measurement) -> list[Figure]:
    names = _labels_of(measured, Kind.EVENTS)
    by_label = {label: sums for label in names if (sums := _sums(measured, (Kind.EVENTS, label))) is not None}
    if not by_label:
        return []
    first, *others = by_label.values()
    overall = _Sums(first.total, first.drawn, measured.recordings)
    for sums in others:
        overall = overall + sums
    found = []
    for label, sums in ((None, overall), *by_label.items()):
        for measure, parts in _EVENT_MEASURES.items():
            above, below = parts(sums)
            figure = Figure(Kind.EVENTS, measure, label, None, recordings=sums.recordings)
            found.append(_figure(measured, figure, _ratio(above, below)))
    return found


def _attributes(measured: Measurement, labels: Mapping[str, LabelAsked]) -> list[Figure]:
    found = []
    for label, asked in labels.items():
        for question in asked.questions:
            sums = _sums(measured, (Kind.ATTRIBUTE, label, question.id))
            if sums is not None:
                figure = Figure(
                    Kind.ATTRIBUTE, f"krippendorff_alpha_{LEVEL_OF[question.kind]}", label, None,
                    recordings=sums.recordings, question=question.id,
                )  # fmt: skip
                found.append(_figure(measured, figure, _alphas(sums, question)))
    return found


def _alphas(sums: _Sums, question: Question) -> Array:
    if question.kind == "number":
        return np.asarray(interval_alpha(*(sums.of(place) for place in range(4))))
    count = tallies.values_of(question)
    values = [float(number) for number in range(count)]
    rows = [sums.total, *sums.drawn]
    level = LEVEL_OF[question.kind]
    alphas = [alpha_of_coincidences(row.reshape(count, count), values, level) for row in rows]
    return np.array([np.nan if alpha is None else alpha for alpha in alphas])


def _means(measured: Measurement, kind: Kind, measures: tuple[str, ...]) -> list[Figure]:
    found = []
    for key in sorted((key for key in measured.sums.names() if key[0] == kind), key=str):
        sums = _sums(measured, key)
        assert sums is not None
        label = key[1] if len(key) > 1 else None
        for place, measure in enumerate(measures, start=1):
            figure = Figure(kind, measure, label, None, recordings=sums.recordings)
            found.append(_figure(measured, figure, _ratio(sums.of(place), sums.of(0))))
    return found


def _ratio(above: Array, below: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below > 0.0, above / below, np.nan)
