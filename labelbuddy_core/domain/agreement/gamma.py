"""γ: agreement on where events are and what they are at once, without a collar that has to be chosen.

Source: Y. Mathet, A. Widlöcher, J.-P. Métivier, "The unified and holistic method gamma (γ) for inter-annotator
agreement measure and alignment", Computational Linguistics 41 (2015). Units of the annotators are aligned, at most one
of each, so that the disorder is smallest; γ = 1 − observed / expected disorder, where chance is what comes out when
the annotators' units are shifted around the task at random (section 5.2). Dissimilarity of two units: Δ∅ · (α · (|Δ
onset| + |Δ offset|)² / (sum of lengths)² + β · (0 for the same label, 1 for another)); of a unit and none: Δ∅.
The alignment is exact (`partitions`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from labelbuddy_core.domain.agreement.answers import Compared
from labelbuddy_core.domain.agreement.partitions import least_cost

ALPHA = 1.0
"""Weight of where a unit lies."""
BETA = 1.0
"""Weight of its label."""
EMPTY = 1.0
"""Δ∅: what a unit without a partner costs."""
DRAWN = 30
"""Times that chance is drawn for each task."""
MOST_ALIGNMENTS = 200_000
"""More ways in which units could be aligned take too long: γ of that task is not computed."""
_SHORTEST = 1e-6

Unit = tuple[float, float, str]
"""Onset, offset (seconds) and label."""
Array = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]


def units_of(task: Compared) -> list[list[Unit]]:
    """The regions of each annotator of a task, in order of time."""
    return [
        sorted((*region.span, label) for label, regions in answer.regions.items() for region in regions)
        for answer in task.answers
    ]


def gamma_sums(units: Sequence[Sequence[Unit]], start: float, stop: float, seed: int) -> list[float] | None:
    """[observed, expected, 1] of a task: disorders by its mean number of units, so that tasks can be added up.

    None where nobody or only one annotator is there, nobody marked anything, or there are too many units to align.
    """
    marked = sum(len(side) for side in units)
    if len(units) < 2 or not marked:
        return None
    random = np.random.default_rng(seed)
    observed = disorder(units)
    if observed is None:
        return None
    by_chance = []
    for _ in range(DRAWN):
        drawn = disorder(shuffled(units, start, stop, random))
        if drawn is None:
            return None
        by_chance.append(drawn)
    mean = marked / len(units)
    return [mean * observed, mean * float(np.mean(by_chance)), 1.0]


def gamma(units: Sequence[Sequence[Unit]], start: float, stop: float, seed: int = 1) -> float | None:
    """γ of one task from the units of each annotator; None as for `gamma_sums`."""
    sums = gamma_sums(units, start, stop, seed)
    return None if sums is None or sums[1] <= 0.0 else 1.0 - sums[0] / sums[1]


def disorder(units: Sequence[Sequence[Unit]]) -> float | None:
    """The disorder of the best alignment by the mean number of units of an annotator; None with too many to align."""
    found = _alignments(units)
    if found is None:
        return None
    marked = sum(len(side) for side in units)
    least = least_cost(*_sets(found, units), marked, EMPTY)
    return None if least is None else least * len(units) / marked


def shuffled(
    units: Sequence[Sequence[Unit]], start: float, stop: float, random: np.random.Generator
) -> list[list[Unit]]:
    """As many annotators by chance: each is one of the present, with all units shifted around the task."""
    length = max(stop - start, _SHORTEST)
    lengths = [unit[1] - unit[0] for side in units for unit in side]
    apart = min(float(np.mean(lengths)) / 2.0, length / (4.0 * len(units)))
    while True:
        shifts: list[float] = []
        while len(shifts) < len(units):
            shift = float(random.uniform(0.0, length))
            if all(abs(shift - other) >= apart for other in shifts):
                shifts.append(shift)
        drawn = [
            [_shifted(unit, shift, stop, length) for unit in units[int(random.integers(len(units)))]]
            for shift in shifts
        ]
        if any(drawn):
            return drawn


def _shifted(unit: Unit, shift: float, stop: float, length: float) -> Unit:
    away = shift - length if unit[0] + shift > stop else shift
    return unit[0] + away, unit[1] + away, unit[2]


def _sets(found: tuple[Places, Array], units: Sequence[Sequence[Unit]]) -> tuple[list[int], list[float]]:
    """Alignments of two units or more as sets of units (bits), and their costs."""
    offsets = np.cumsum([0, *(len(side) for side in units)])
    sets, costs = [], []
    for row, cost in zip(found[0].tolist(), found[1].tolist(), strict=True):
        chosen = [int(offsets[side]) + place for side, place in enumerate(row) if place < len(units[side])]
        if len(chosen) > 1:
            sets.append(sum(1 << unit for unit in chosen))
            costs.append(cost)
    return sets, costs


def _alignments(units: Sequence[Sequence[Unit]]) -> tuple[Places, Array] | None:
    """Ways to align at most one unit of each annotator (the number of units stands for none), and their disorder.

    Left out is what costs more than its units alone: it is in no best alignment.
    """
    many = len(units)
    pairs = many * (many - 1) / 2.0
    places: Places = np.zeros((1, 0), dtype=np.int64)
    costs, used = np.zeros(1), np.zeros(1)
    for annotator, side in enumerate(units):
        mine = np.arange(len(side) + 1)
        if len(places) * len(mine) > 10 * MOST_ALIGNMENTS:
            return None
        more = np.tile(costs[:, None], (1, len(mine)))
        for other in range(annotator):
            more += _dissimilarities(units[other], side)[places[:, other]]
        count = used[:, None] + (mine < len(side))
        kept_row, kept_column = np.nonzero(more <= pairs * EMPTY * (count + (many - annotator - 1)) + 1e-9)
        places = np.column_stack([places[kept_row], mine[kept_column]])
        costs, used = more[kept_row, kept_column], count[kept_row, kept_column]
        if len(places) > MOST_ALIGNMENTS:
            return None
    return places[used > 0], costs[used > 0] / pairs


def _dissimilarities(one: Sequence[Unit], other: Sequence[Unit]) -> Array:
    """Of each unit of the first with each of the second; the last row and column are of none."""
    found = np.full((len(one) + 1, len(other) + 1), EMPTY)
    if one and other:
        a, b = (np.array([unit[:2] for unit in side]) for side in (one, other))
        away = np.abs(a[:, None, :] - b[None, :, :]).sum(axis=2)
        lengths = (a[:, 1] - a[:, 0])[:, None] + (b[:, 1] - b[:, 0])[None, :]
        unlike = np.array([[x[2] != y[2] for y in other] for x in one])
        found[:-1, :-1] = EMPTY * (ALPHA * (away / np.maximum(lengths, _SHORTEST)) ** 2 + BETA * unlike)
    return found
