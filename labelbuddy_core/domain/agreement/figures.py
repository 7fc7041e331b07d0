"""From sums to figures with intervals: of each label, and over all labels.

Over labels, observed and expected values are added up before their ratio is taken, so that labels which everybody
leaves out neither help nor hurt: κ = Σ (observed − expected) / Σ (1 − expected), α = 1 − Σ observed / Σ expected.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from labelbuddy_core.domain.agreement import sums as places
from labelbuddy_core.domain.agreement.alpha import (
    Level,
    alpha_of_coincidences,
    binary_alpha_parts,
    interval_alpha,
)
from labelbuddy_core.domain.agreement.answers import LabelAsked, Question
from labelbuddy_core.domain.agreement.event_tallies import values_of
from labelbuddy_core.domain.agreement.kappa import binary_observed_and_expected
from labelbuddy_core.domain.agreement.measurement import Measurement
from labelbuddy_core.domain.agreement.pairs import mean_cohen
from labelbuddy_core.domain.agreement.replicates import Array, Drawn, estimate
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
    found += [replace(one, kind=Kind.CAPTIONS) for one in _means(measured, Kind.MEANINGS, (_MEANING,))]
    found += _gamma(measured)
    return found


_MEANS = {
    Kind.BEATS: ("beat_f_measure", "beat_amlt"),
    Kind.CHORDS: ("chord_root", "chord_majmin"),
    Kind.SECTIONS: ("boundary_hit_rate_0.5s", "boundary_hit_rate_3s"),
    Kind.CAPTIONS: ("chrf", "rouge_l"),
}
_MEANING = "caption_meaning"


def _figure(measured: Measurement, figure: Figure, values: Array) -> Figure:
    """The figure with the first value, and the interval of the others where there is more than one recording."""
    found = estimate(values, measured.level, figure.recordings)
    return replace(figure, value=found.value, low=found.low, high=found.high)


def _labels_of(measured: Measurement, kind: Kind) -> list[str]:
    return sorted({key[1] for key in measured.sums.names() if key[0] == kind and key[1] != EVERY_LABEL})


def _yes_no(measured: Measurement, kind: Kind, pairs: Kind) -> list[Figure]:
    nobody = measured.sums.of((kind, EVERY_LABEL))
    names = _labels_of(measured, kind)
    if nobody is None or not names:
        return []
    parts, shares, found = np.zeros((4, 1)), [], []
    for label in names:
        said = measured.sums.of((kind, label))
        assert said is not None
        sums = nobody + said
        observed, expected = binary_observed_and_expected(
            sums.of(places.UNITS), sums.of(places.AGREEMENT), sums.of(places.SHARE)
        )
        apart, by_chance = binary_alpha_parts(sums.of(places.BOTH_YES), sums.of(places.MIXED), sums.of(places.BOTH_NO))
        these = np.array([observed - expected, 1.0 - expected, apart, by_chance])
        shares.append(float(sums.total[places.SHARE] / sums.total[places.UNITS]))
        found += _kappas(measured, kind, label, these, observed, shares[-1])
        found.append(_cohen(measured, kind, label, mean_cohen(measured, pairs, [label]), shares[-1]))
        parts = parts + np.nan_to_num(these)
    mean_share = float(np.mean(shares))
    overall = _kappas(measured, kind, None, parts, None, mean_share)
    overall.append(_cohen(measured, kind, None, mean_cohen(measured, pairs, names), mean_share))
    return overall + found


def _cohen(measured: Measurement, kind: Kind, label: str | None, kappas: Array, prevalence: float) -> Figure:
    blank = Figure(kind, "cohen_kappa", label, None, recordings=measured.recordings, prevalence=prevalence)
    return _figure(measured, blank, kappas)


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


_EVENT_MEASURES: dict[str, Callable[[Drawn], tuple[Array, Array]]] = {
    "event_f1": lambda sums: (2.0 * sums.of(places.MATCHED), sums.of(places.SAID)),
    "overlap_f1": lambda sums: (2.0 * sums.of(places.OVERLAPPING), sums.of(places.SAID)),
    "onset_deviation": lambda sums: (sums.of(places.ONSET), sums.of(places.OVERLAPPING)),
    "offset_deviation": lambda sums: (sums.of(places.OFFSET), sums.of(places.OVERLAPPING)),
    "onset_hit_rate": lambda sums: (sums.of(places.ONSET_HITS), sums.of(places.OVERLAPPING)),
    "offset_hit_rate": lambda sums: (sums.of(places.OFFSET_HITS), sums.of(places.OVERLAPPING)),
}


def _events(measured: Measurement) -> list[Figure]:
    names = _labels_of(measured, Kind.EVENTS)
    by_label = {label: sums for label in names if (sums := measured.sums.of((Kind.EVENTS, label))) is not None}
    if not by_label:
        return []
    first, *others = by_label.values()
    overall = Drawn(first.total, first.replicates, measured.recordings)
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
            sums = measured.sums.of((Kind.ATTRIBUTE, label, question.id))
            if sums is not None:
                figure = Figure(
                    Kind.ATTRIBUTE, f"krippendorff_alpha_{LEVEL_OF[question.kind]}", label, None,
                    recordings=sums.recordings, question=question.id,
                )  # fmt: skip
                found.append(_figure(measured, figure, _alphas(sums, question)))
    return found


def _alphas(sums: Drawn, question: Question) -> Array:
    if question.kind == "number":
        return np.asarray(interval_alpha(*(sums.of(place) for place in range(4))))
    count = values_of(question)
    values = [float(number) for number in range(count)]
    rows = [sums.total, *sums.replicates]
    level = LEVEL_OF[question.kind]
    alphas = [alpha_of_coincidences(row.reshape(count, count), values, level) for row in rows]
    return np.array([np.nan if alpha is None else alpha for alpha in alphas])


def _means(measured: Measurement, kind: Kind, measures: tuple[str, ...]) -> list[Figure]:
    found = []
    for key in sorted((key for key in measured.sums.names() if key[0] == kind), key=str):
        sums = measured.sums.of(key)
        assert sums is not None
        label = key[1] if len(key) > 1 else None
        for place, measure in enumerate(measures, start=1):
            figure = Figure(kind, measure, label, None, recordings=sums.recordings)
            found.append(_figure(measured, figure, _ratio(sums.of(place), sums.of(0))))
    return found


def _gamma(measured: Measurement) -> list[Figure]:
    sums = measured.sums.of((Kind.GAMMA,))
    if sums is None:
        return []
    observed, expected = sums.of(0), sums.of(1)
    figure = Figure(Kind.GAMMA, "gamma", None, None, recordings=sums.recordings)
    return [_figure(measured, figure, 1.0 - _ratio(observed, expected))]


def _ratio(above: Array, below: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(below > 0.0, above / below, np.nan)
