"""How boundaries usually lie beside those of others, told in words and milliseconds."""

from __future__ import annotations

import numpy as np
import pytest

from labelbuddy_core.domain.agreement.deviations import FARTHEST, Deviations, Habit, bin_centers, in_words


def habit(values: list[float], edge: str = "onset") -> Habit:
    found = Deviations()
    found.add(3, edge, values)
    (one,) = found.habits()
    return one


def test_quartiles_are_those_of_the_values_to_half_a_bin() -> None:
    values = np.random.default_rng(1).normal(0.12, 0.05, 9001).tolist()
    found = habit(values)
    low, median, high = np.quantile(values, [0.25, 0.5, 0.75])
    assert (found.low, found.median, found.high) == pytest.approx((low, median, high), abs=0.005)
    assert found.late == pytest.approx(np.mean(np.array(values) > 0), abs=0.01)
    assert (found.rater, found.edge, found.events) == (3, "onset", 9001)


def test_who_is_usually_late_is_told_so() -> None:
    text = in_words(habit([0.06, 0.12, 0.12, 0.18] * 5))
    assert text == (
        "Onsets are usually 120 ms late beside those of others; half of them lie between 60 ms late and 120 ms late, "
        "100 % are late."
    )
    assert "usually 200 ms early" in in_words(habit([-0.2] * 12, "offset"))


def test_boundaries_at_the_same_time_are_neither_late_nor_early() -> None:
    found = habit([0.0] * 30)
    assert found.late == 0.0
    assert "usually lie where those of ground truth do" in in_words(found, "those of ground truth")


def test_a_few_events_are_no_habit() -> None:
    assert "only 3 events in common, too few" in in_words(habit([0.1, 0.1, 0.1]))


def test_the_histogram_holds_everything_and_what_is_far_away_at_its_ends() -> None:
    found = habit([0.0, 0.05, 0.05, 7.0, -7.0])
    centers = bin_centers()
    assert len(found.histogram) == len(centers)
    by_center = dict(zip(centers, found.histogram, strict=True))
    assert (by_center[0.0], by_center[0.05], by_center[FARTHEST], by_center[-FARTHEST]) == (1, 2, 1, 1)
    assert sum(found.histogram) == 5
