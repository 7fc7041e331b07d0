"""γ of Mathet, Widlöcher and Métivier: the alignment that pygamma-agreement finds, and what must hold of any γ."""

from __future__ import annotations

import random
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelbuddy_core.domain.agreement import gamma as module
from labelbuddy_core.domain.agreement import partitions
from labelbuddy_core.domain.agreement.gamma import Unit, disorder, gamma, gamma_sums, shuffled

Units = list[list[Unit]]


def units(*annotators: str) -> Units:
    return [
        [(float(onset), float(offset), label) for onset, offset, label in (one.split() for one in side.split(","))]
        for side in annotators
    ]


TWO = units("4.24 6.28 b, 9.25 11.13 c", "4.29 6.34 b")
THREE = units(
    "0.27 2.05 a, 4.61 6.33 a, 8.92 10.01 c, 12.12 12.69 b", "0.05 1.82 a, 4.27 5.55 b, 8.54 9.71 a",
    "4.27 5.79 b, 12.4 13.2 b",
)  # fmt: skip
LONGER = units(
    "2.11 4.41 a, 4.51 5.64 a, 10.07 11.76 b, 17.26 18.13 b",
    "1.63 3.56 a, 4.51 5.56 a, 9.71 11.32 b, 12.71 13.7 b, 16.8 17.6 b",
    "4.32 5.52 b, 9.41 11.17 b, 13.02 13.97 c, 17.38 18.21 c",
)
FOUR = units(
    "0.57 2.54 b, 5.41 6.66 c, 8.38 9.08 b", "0.94 2.39 b, 6.42 7.71 c, 8.47 9.21 b",
    "-0.21 1.35 b, 6.17 7.43 c, 8.24 9.15 b", "0.14 1.57 b, 5.49 7.08 c, 7.77 8.48 b",
)  # fmt: skip


@pytest.mark.parametrize(
    ("annotators", "expected"),
    [(TWO, 0.6671488881111145), (THREE, 1.0732899904251099), (LONGER, 0.7941441535949707), (FOUR, 0.2882913649082184)],
)
def test_the_disorder_of_the_best_alignment_is_that_of_pygamma_agreement(annotators: Units, expected: float) -> None:
    # pygamma-agreement 0.5.9, CombinedCategoricalDissimilarity(1, 1, 1), in single precision
    assert disorder(annotators) == pytest.approx(expected, abs=2e-6)


@pytest.mark.parametrize("annotators", [TWO, THREE, LONGER, FOUR])
def test_searching_and_the_integer_program_find_the_same(annotators: Units, monkeypatch: pytest.MonkeyPatch) -> None:
    searched = disorder(annotators)
    monkeypatch.setattr(partitions, "SEARCHED", 0)
    assert disorder(annotators) == pytest.approx(searched)


@pytest.mark.parametrize(("annotators", "expected"), [(LONGER, 0.499), (FOUR, 0.805)])
def test_gamma_is_that_of_pygamma_agreement_but_for_chance(annotators: Units, expected: float) -> None:
    # with its ShuffleContinuumSampler (the paper's) and 200 samples
    start, stop = (edge(unit[place] for side in annotators for unit in side) for edge, place in ((min, 0), (max, 1)))
    found = [gamma(annotators, start, stop, seed) or 0.0 for seed in range(4)]
    assert np.mean(found) == pytest.approx(expected, abs=0.05)


def some(seed: int, people: int = 3) -> Units:
    draw = random.Random(seed)
    return [
        sorted(
            (start, start + draw.randrange(1, 6) / 4, draw.choice("abc"))
            for start in (draw.randrange(0, 40) / 4 for _ in range(draw.randrange(0, 4)))
        )
        for _ in range(people)
    ]


def by_hand(one: list[Unit], other: list[Unit]) -> float:
    """The least disorder of two annotators, by trying every alignment."""
    shorter, longer = sorted((one, other), key=len)
    padded: list[Unit | None] = [*longer, *[None] * len(shorter)]

    def costs(a: Unit | None, b: Unit | None) -> float:
        if a is None or b is None:
            return 1.0
        away = abs(a[0] - b[0]) + abs(a[1] - b[1])
        return (away / (a[1] - a[0] + b[1] - b[0])) ** 2 + (a[2] != b[2])

    least = min(
        sum(costs(a, b) for a, b in zip(shorter, chosen, strict=True)) + sum(unit not in chosen for unit in longer)
        for chosen in permutations(padded, len(shorter))
    )
    return least * 2 / (len(one) + len(other))


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**6))
def test_the_alignment_of_two_annotators_is_the_best_there_is(seed: int) -> None:
    one, other = some(seed, 2)
    one, other = list(dict.fromkeys(one)), list(dict.fromkeys(other))
    if one or other:
        assert disorder([one, other]) == pytest.approx(by_hand(one, other))


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10**6), st.permutations(range(3)))
def test_the_order_and_the_names_of_annotators_and_labels_change_nothing(seed: int, order: list[int]) -> None:
    annotators = some(seed)
    if any(annotators):
        renamed = [[(on, off, {"a": "z", "b": "y", "c": "x"}[label]) for on, off, label in side] for side in annotators]
        assert disorder([renamed[place] for place in order]) == pytest.approx(disorder(annotators))


def test_full_agreement_is_one_and_shuffled_annotators_are_near_zero() -> None:
    same = units("0 1 a, 3 4 b, 6 8 a")
    assert gamma(same * 3, 0.0, 10.0) == pytest.approx(1.0)
    draw = np.random.default_rng(3)
    found = []
    for seed in range(12):
        by_chance = shuffled(THREE, 0.0, 14.0, draw)
        sums = gamma_sums(by_chance, 0.0, 14.0, seed)
        assert sums is not None
        found.append(sums)
    observed, expected, _ = np.sum(found, axis=0)
    assert abs(1.0 - observed / expected) < 0.15


def test_there_is_no_gamma_without_regions_or_with_too_many_alignments(monkeypatch: pytest.MonkeyPatch) -> None:
    assert gamma([[], []], 0.0, 10.0) is None
    assert gamma(TWO[:1], 0.0, 10.0) is None
    monkeypatch.setattr(module, "MOST_ALIGNMENTS", 3)
    assert gamma(FOUR, 0.0, 10.0) is None
