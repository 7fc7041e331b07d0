"""Fleiss' and Cohen's kappa against published values, and what must hold of any kappa."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelbuddy_core.domain.agreement.kappa import cohen_kappa, fleiss_kappa

FLEISS_1971 = [
    "00060", "03003", "01401", "00006", "03030", "20400", "00402", "20310", "20040", "00006", "10050", "11040", "03300",
    "10050", "02031", "00501", "30012", "51000", "02040", "10203", "00006", "01050", "02013", "20040", "10041", "05010",
    "40002", "02040", "10500", "00006",
]  # fmt: skip
"""Table 1 of Fleiss (1971): 30 patients, each put into one of five diagnoses by six psychiatrists; kappa 0.430."""
WORKED_EXAMPLE = [
    [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
]  # fmt: skip
"""The worked example by which Fleiss' kappa is usually explained (10 units, 14 raters, 5 categories); kappa 0.210."""


def test_fleiss_kappa_of_the_published_tables() -> None:
    assert round(fleiss_kappa([[int(digit) for digit in row] for row in FLEISS_1971]) or 0, 3) == 0.43
    assert fleiss_kappa(WORKED_EXAMPLE) == pytest.approx(0.20993070442195522, abs=1e-12)


def test_cohen_kappa_of_a_table_by_hand() -> None:
    # 70 % observed; expected 0.5 · 0.6 + 0.5 · 0.4 = 0.5
    assert cohen_kappa([[20, 5], [10, 15]]) == pytest.approx(0.4)


def test_units_with_one_rating_say_nothing() -> None:
    assert fleiss_kappa([*WORKED_EXAMPLE, [1, 0, 0, 0, 0]]) == fleiss_kappa(WORKED_EXAMPLE)


@pytest.mark.parametrize("table", [[[3, 0], [3, 0]], [[1, 0], [0, 1]], np.zeros((0, 2))])
def test_there_is_no_kappa_where_chance_always_agrees_or_nothing_is_rated(table: object) -> None:
    assert fleiss_kappa(table) is None  # type: ignore[arg-type]


def test_full_agreement_is_one_and_independent_raters_are_near_zero() -> None:
    assert fleiss_kappa([[3, 0], [0, 3], [3, 0]]) == pytest.approx(1.0)
    assert cohen_kappa([[4, 0], [0, 9]]) == pytest.approx(1.0)
    said = np.random.default_rng(7).random((20_000, 4)) < 0.3
    yes = said.sum(axis=1)
    assert abs(fleiss_kappa(np.column_stack([yes, 4 - yes])) or 1) < 0.02
    pair = np.histogram2d(said[:, 0], said[:, 1], bins=2)[0]
    assert abs(cohen_kappa(pair) or 1) < 0.02


@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), min_size=2, max_size=12), st.randoms())
def test_the_order_of_units_raters_and_categories_changes_nothing(ratings: list[list[int]], random: object) -> None:
    def table(units: list[list[int]]) -> list[list[int]]:
        return [[unit.count(category) for category in range(4)] for unit in units]

    before = fleiss_kappa(table(ratings))
    names = [0, 1, 2, 3]
    random.shuffle(names)  # type: ignore[attr-defined]
    shuffled = [[names[one] for one in unit] for unit in ratings]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    after = fleiss_kappa(table(shuffled))
    assert (before is None) == (after is None)
    if before is not None:
        assert after == pytest.approx(before)
        assert before <= 1.0 + 1e-12
