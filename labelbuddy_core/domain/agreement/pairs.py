"""Who agrees with whom: each pair of annotators, and how late each one's boundaries are beside the others'."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labelbuddy_core.domain.agreement import sums as places
from labelbuddy_core.domain.agreement.measurement import Measurement
from labelbuddy_core.domain.agreement.replicates import Array, Drawn, Estimate, Key, estimate
from labelbuddy_core.domain.agreement.sums import EVERY_LABEL, Kind, Sums

Pair = tuple[int, int]
_PAIR_KINDS = (Kind.PAIR_TAGS, Kind.PAIR_TIME)


@dataclass(frozen=True)
class PairFigures:
    """How two annotators agree, over all labels; without values where they have nothing in common to measure."""

    pair: Pair
    tasks: int
    kappa_tags: Estimate
    kappa_time: Estimate
    event_f1: Estimate
    chrf: Estimate
    rouge_l: Estimate


@dataclass(frozen=True)
class Lateness:
    """By how many seconds an annotator's onsets and offsets lie after those of others, on average of matched events."""

    rater: int
    events: int
    onset: Estimate
    offset: Estimate


def pairs_of(measured: Measurement) -> list[PairFigures]:
    """Every pair that has a task in common."""
    found = []
    for pair in sorted(key[1] for key in measured.people.names() if key[0] == Kind.PAIR_TASKS):
        tasks = measured.people.of((Kind.PAIR_TASKS, pair))
        assert tasks is not None
        tags, time = (
            estimate(
                _pair_kappa(measured, kind, pair, labels_of_pairs(measured, kind)), measured.level, tasks.recordings
            )
            for kind in (Kind.PAIR_TAGS, Kind.PAIR_TIME)
        )
        f1 = _ratio_of(measured, (Kind.PAIR_EVENTS, pair), places.MATCHED, places.SAID, times=2.0)
        alike = [_ratio_of(measured, (Kind.PAIR_CAPTIONS, pair), place, 0) for place in (1, 2)]
        found.append(PairFigures(pair, int(tasks.total[0]), tags, time, f1, *alike))
    return found


def lateness_of(measured: Measurement) -> list[Lateness]:
    """Every annotator who has an event in common with somebody."""
    found = []
    for key in sorted(key for key in measured.people.names() if key[0] == Kind.LATENESS):
        sums = measured.people.of(key)
        assert sums is not None
        onset, offset = (_ratio_of(measured, key, place, 0) for place in (1, 2))
        found.append(Lateness(key[1], int(sums.total[0]), onset, offset))
    return found


def disagreement(task: Sums) -> float | None:
    """How far the answers to one task differ, from 0 (the same) to 1; None where nobody marked anything.

    1 − shared / united: of the marked frames and of the tags, over pairs and labels; the mean of both where there are
    both (as `domain.prediction_measures.disagreement` has it for models).
    """
    shared, united = dict.fromkeys(_PAIR_KINDS, 0.0), dict.fromkeys(_PAIR_KINDS, 0.0)
    for key, vector in task.items():
        if key[0] in _PAIR_KINDS and key[1] != EVERY_LABEL:
            both, first, second, _ = vector
            shared[key[0]] += both
            united[key[0]] += both + first + second
    distances = [1.0 - shared[kind] / united[kind] for kind in _PAIR_KINDS if united[kind] > 0.0]
    return sum(distances) / len(distances) if distances else None


def labels_of_pairs(measured: Measurement, kind: Kind) -> list[str]:
    """The labels that somebody used where two worked on the same task."""
    return sorted({key[1] for key in measured.people.names() if key[0] == kind and key[1] != EVERY_LABEL})


def mean_cohen(measured: Measurement, kind: Kind, labels: Sequence[str]) -> Array:
    """The mean of Cohen's kappa over the pairs for which there is one, then in each replicate; over several labels as
    in `figures`."""
    pairs = [key[2] for key in measured.people.names() if key[0] == kind and key[1] == EVERY_LABEL]
    kappas = np.array([_pair_kappa(measured, kind, pair, labels) for pair in pairs] or [[np.nan]])
    known = np.isfinite(kappas)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(known, kappas, 0.0).sum(axis=0) / known.sum(axis=0)


def _pair_kappa(measured: Measurement, kind: Kind, pair: Pair, labels: Sequence[str]) -> Array:
    """Cohen's kappa of two annotators, then in each replicate; NaN where there is none."""
    nobody = measured.people.of((kind, EVERY_LABEL, pair))
    if nobody is None:
        return np.full(1 + measured.people.replicates, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        beyond = possible = np.zeros(1 + measured.people.replicates)
        for label in labels:
            said = measured.people.of((kind, label, pair))
            if said is not None:
                both, first, second, none = _shares(nobody + said)
                expected = (both + first) * (both + second) + (none + first) * (none + second)
                beyond = beyond + np.nan_to_num(both + none - expected)
                possible = possible + np.nan_to_num(1.0 - expected)
        return np.where(possible > 1e-9, beyond / possible, np.nan)


def _shares(sums: Drawn) -> Array:
    vectors = np.vstack([sums.total[None, :], sums.replicates])
    return (vectors / vectors.sum(axis=1, keepdims=True)).T


def _ratio_of(measured: Measurement, key: Key, above: int, below: int, *, times: float = 1.0) -> Estimate:
    sums = measured.people.of(key)
    if sums is None:
        return Estimate()
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.where(sums.of(below) > 0.0, times * sums.of(above) / sums.of(below), np.nan)
    return estimate(values, measured.level, sums.recordings)
