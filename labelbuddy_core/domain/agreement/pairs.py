"""Who agrees with whom: each pair of annotators, and how late each one's boundaries are beside the others'."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labelbuddy_core.domain.agreement import tallies
from labelbuddy_core.domain.agreement.event_matching import f_measure
from labelbuddy_core.domain.agreement.measurement import Measurement
from labelbuddy_core.domain.agreement.tallies import EVERY_LABEL, Kind, Sums

Pair = tuple[int, int]


@dataclass(frozen=True)
class PairFigures:
    """How two annotators agree, over all labels; None where they have nothing in common to measure."""

    pair: Pair
    tasks: int
    kappa_tags: float | None
    kappa_time: float | None
    event_f1: float | None


@dataclass(frozen=True)
class Lateness:
    """By how many seconds an annotator's onsets and offsets lie after those of others, on average of matched events."""

    rater: int
    events: int
    onset: float
    offset: float


def pairs_of(measured: Measurement) -> list[PairFigures]:
    """Every pair that has a task in common."""
    found = []
    for key in sorted((key for key in measured.plain if key[0] == Kind.PAIR_TASKS), key=lambda one: one[1]):
        pair: Pair = key[1]
        events = measured.plain.get((Kind.PAIR_EVENTS, pair))
        f1 = None if events is None else f_measure(events[tallies.MATCHED], events[tallies.SAID])
        tags, time = (
            _pair_kappa(measured, kind, pair, labels_of_pairs(measured, kind))
            for kind in (Kind.PAIR_TAGS, Kind.PAIR_TIME)
        )
        found.append(PairFigures(pair, int(measured.plain[key][0]), tags, time, f1))
    return found


def lateness_of(measured: Measurement) -> list[Lateness]:
    """Every annotator who has an event in common with somebody."""
    found = []
    for key, total in measured.plain.items():
        if key[0] == Kind.LATENESS:
            count, onset, offset = (float(one) for one in total)
            found.append(Lateness(key[1], int(count), onset / count, offset / count))
    return sorted(found, key=lambda one: one.rater)


def disagreement(task: Sums) -> float | None:
    """How far the answers to one task differ, from 0 (the same) to 1; None where nobody marked anything.

    1 − shared / united: of the marked frames and of the tags, over pairs and labels; the mean of both where there are
    both (as `domain.prediction_measures.disagreement` has it for models).
    """
    distances = []
    for kind in (Kind.PAIR_TAGS, Kind.PAIR_TIME):
        shared = united = 0.0
        for key, (both, first, second, _) in ((key, vector) for key, vector in task.items() if key[0] == kind):
            if key[1] != EVERY_LABEL:
                shared += both
                united += both + first + second
        if united > 0.0:
            distances.append(1.0 - shared / united)
    return sum(distances) / len(distances) if distances else None


def labels_of_pairs(measured: Measurement, kind: Kind) -> list[str]:
    """The labels that somebody used where two worked on the same task."""
    return sorted({key[1] for key in measured.plain if key[0] == kind and key[1] != EVERY_LABEL})


def mean_cohen(measured: Measurement, kind: Kind, labels: Sequence[str]) -> float | None:
    """The mean of Cohen's kappa over the pairs for which there is one; over several labels as in `figures`."""
    pairs = [key[2] for key in measured.plain if key[0] == kind and key[1] == EVERY_LABEL]
    kappas = [kappa for pair in pairs if (kappa := _pair_kappa(measured, kind, pair, labels)) is not None]
    return float(np.mean(kappas)) if kappas else None


def _pair_kappa(measured: Measurement, kind: Kind, pair: Pair, labels: Sequence[str]) -> float | None:
    nobody = measured.plain.get((kind, EVERY_LABEL, pair))
    if nobody is None:
        return None
    beyond = possible = 0.0
    for label in labels:
        said = measured.plain.get((kind, label, pair))
        if said is not None:
            both, first, second, none = (nobody + said) / nobody.sum()
            expected = (both + first) * (both + second) + (none + first) * (none + second)
            beyond += both + none - expected
            possible += 1.0 - expected
    return float(beyond / possible) if possible > 1e-9 else None
