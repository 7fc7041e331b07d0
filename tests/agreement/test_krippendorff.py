"""Krippendorff's alpha against his published example, the package `krippendorff`, and what must hold of any alpha."""

from __future__ import annotations

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelbuddy_core.domain.agreement.alpha import (
    LEVELS,
    Level,
    binary_alpha_parts,
    coincidences,
    interval_alpha,
    krippendorff_alpha,
)

Table = list[list[float | None]]
_ = None
PUBLISHED: Table = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
    [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
]
"""Krippendorff, "Computing Krippendorff's alpha-reliability" (2011), section C: four observers, missing data."""
tables = st.integers(2, 4).flatmap(
    lambda raters: st.lists(
        st.lists(st.one_of(st.none(), st.integers(1, 5)), min_size=raters, max_size=raters), min_size=2, max_size=10
    )
).map(lambda units: [list(row) for row in zip(*units, strict=True)])  # fmt: skip


@pytest.mark.parametrize(
    ("level", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_alpha_of_the_published_example(level: Level, published: float) -> None:
    assert round(krippendorff_alpha(PUBLISHED, level) or 0, 3) == published


@settings(deadline=None, max_examples=60)
@given(tables, st.sampled_from(LEVELS))
def test_alpha_is_that_of_the_package(table: Table, level: Level) -> None:
    ours = krippendorff_alpha(table, level)
    paired = [
        [value for value in unit if value is not None]
        for unit in zip(*table, strict=True)
        if sum(value is not None for value in unit) > 1
    ]
    if len({value for unit in paired for value in unit}) < 2:
        assert ours is None
        return
    data = np.array([[np.nan if value is None else value for value in row] for row in table])
    assert ours == pytest.approx(krippendorff.alpha(data, level_of_measurement=level))


@settings(deadline=None, max_examples=60)
@given(tables, st.sampled_from(LEVELS), st.randoms())
def test_the_order_of_raters_and_units_changes_nothing(table: Table, level: Level, random: object) -> None:
    before = krippendorff_alpha(table, level)
    units = [list(unit) for unit in zip(*table, strict=True)]
    random.shuffle(units)  # type: ignore[attr-defined]
    rows = [list(row) for row in zip(*units, strict=True)]
    random.shuffle(rows)  # type: ignore[attr-defined]
    after = krippendorff_alpha(rows, level)
    assert (before is None and after is None) or after == pytest.approx(before)


@pytest.mark.parametrize("level", LEVELS)
def test_full_agreement_is_one_and_independent_raters_are_near_zero(level: Level) -> None:
    assert krippendorff_alpha([[1, 2, 3, 4], [1, 2, 3, 4], [1, None, 3, 4]], level) == pytest.approx(1.0)
    random = np.random.default_rng(3).integers(1, 6, size=(3, 4000)).astype(float).tolist()
    assert abs(krippendorff_alpha(random, level) or 1) < 0.03


def test_yes_or_no_and_numbers_have_shorter_formulas_with_the_same_result() -> None:
    random = np.random.default_rng(5)
    said = random.integers(0, 2, size=(3, 50))
    total = sum((coincidences(unit, 2) for unit in said.T.tolist()), np.zeros((2, 2)))
    apart, by_chance = binary_alpha_parts(total[1, 1], total[1, 0], total[0, 0])
    assert 1 - apart / by_chance == pytest.approx(krippendorff_alpha(said.tolist(), "nominal"))
    numbers = random.normal(size=(2, 50))
    sums = 100, numbers.sum(), (numbers**2).sum(), ((numbers[0] - numbers[1]) ** 2).sum()
    assert interval_alpha(*sums) == pytest.approx(krippendorff_alpha(numbers.tolist(), "interval"))
