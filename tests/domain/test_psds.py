"""PSDS against the values that the tests of psds_eval assert (MIT, © 2020 Audio Analytic), and by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from labelbuddy_core.domain.training.examples import Mark
from labelbuddy_core.domain.training.psds import PSDS1, PSDS2, Scenario, count, score

Rows = Sequence[tuple[float, float, str]]
REFERENCE = Scenario(detection=0.5, truth=0.5)
"""What the reference values were computed with."""
REST = 280.0
"""Seconds of all five files of the reference set together."""

TRUTH: dict[str, Rows] = {
    "test_1": [(2, 20, "c1"), (12, 35, "c2"), (42, 47, "c3")],
    "test_2": [(5, 20, "c1"), (5, 30, "c2"), (42, 47, "c3")],
    "test_3": [(5, 18, "c1"), (10, 30, "c2"), (42, 48, "c3")],
    "test_4": [
        *((2, 22, "c1"), (43, 64, "c1"), (18, 20, "c2"), (21, 23, "c2"), (25, 27, "c2"), (29, 32, "c2")),
        *((85, 88, "c2"), (35, 58, "c3"), (47, 66, "z4"), (97, 100, "z4")),
    ],
}
SAID: dict[str, Rows] = {
    "test_1": [(0, 19, "c1"), (40, 45, "c1"), (11, 25, "c2"), (27, 30, "c2"), (32, 41.5, "c2"), (38, 48, "c3")],
    "test_2": [(2, 43, "c1"), (15, 20, "c2"), (10, 30, "c3"), (40, 49, "c3")],
    "test_3": [(2, 18.5, "c1"), (29, 48, "c1"), (10, 30, "c2"), (32, 38, "c3")],
    "test_4": [
        *((9, 25, "c1"), (41, 66, "c1"), (25, 49, "c2"), (74, 82, "c2"), (86, 105, "c2"), (33, 45, "c3")),
        *((46.5, 59, "c3"), (4, 11, "z4"), (30, 36, "z4"), (62, 67, "z4")),
    ],
}


def marks(rows: Rows) -> list[Mark]:
    return [Mark(float(start), float(stop), label) for start, stop, label in rows]


def psds(truth: Rows, *points: Rows, seconds: float = REST, scenario: Scenario = REFERENCE) -> float:
    labels = sorted({label for _, _, label in truth})
    counted = count([marks(truth)], [seconds], [[marks(rows) for rows in points]], labels, scenario)
    return score(counted, np.ones(1), scenario)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("test_1", 0.9142857142857143),
        ("test_2", 0.29047619047619044),
        ("test_3", 0.6238095238095237),
        ("test_4", 0.5),
    ],
)
def test_the_score_is_that_of_psds_eval(name: str, expected: float) -> None:
    assert psds(TRUTH[name], SAID[name]) == pytest.approx(expected, abs=1e-12)


def test_what_is_found_without_false_alarms_scores_one_in_both_scenarios() -> None:
    truth = TRUTH["test_1"]
    assert psds(truth, truth, scenario=PSDS1) == psds(truth, truth, scenario=PSDS2) == pytest.approx(1.0)


def test_each_point_adds_the_events_that_it_alone_finds_from_its_false_alarms_on() -> None:
    truth: Rows = [(0, 10, "a"), (20, 30, "a")]
    careful, bold = [(0.0, 10.0, "a")], [(0.0, 10.0, "a"), (20.0, 30.0, "a"), (40.0, 45.0, "a")]
    # an hour in all: one false alarm an hour from the second point on, so half up to 1 and all from there to 100
    assert psds(truth, careful, bold, seconds=3600.0) == pytest.approx((0.5 * 1 + 1.0 * 99) / 100)


def test_events_of_other_labels_make_false_alarms_dearer_where_they_count() -> None:
    truth: Rows = [(0, 10, "a"), (20, 30, "b")]
    said: Rows = [(0, 10, "a"), (20, 30, "a"), (20, 30, "b")]
    plain = Scenario(detection=0.5, truth=0.5)
    dear = Scenario(detection=0.5, truth=0.5, cross_weight=0.5)
    # b is found for nothing; a from one false alarm an hour on, and 0.5 · one in 10 s of b are 180 an hour more
    assert psds(truth, said, seconds=3600.0, scenario=plain) == pytest.approx((1.0 + 0.99) / 2)
    assert psds(truth, said, seconds=3600.0, scenario=dear) == pytest.approx(0.5)


def test_labels_that_are_found_unevenly_score_less_where_their_spread_counts() -> None:
    truth: Rows = [(0, 10, "a"), (20, 30, "b")]
    spread = Scenario(detection=0.5, truth=0.5, spread_weight=1.0)
    assert psds(truth, [(0, 10, "a")], scenario=REFERENCE) == pytest.approx(0.5)
    assert psds(truth, [(0, 10, "a")], scenario=spread) == pytest.approx(0.0)


def test_without_events_there_is_no_score() -> None:
    counted = count([[]], [10.0], [[marks([(0, 1, "a")])]], ["a"], REFERENCE)
    assert math.isnan(score(counted, np.ones(1), REFERENCE))


def test_an_example_that_counts_twice_is_as_two_of_them() -> None:
    examples = [TRUTH["test_1"], TRUTH["test_2"]]
    said = [[marks(SAID["test_1"])], [marks(SAID["test_2"])]]
    once = count([marks(one) for one in examples], [50.0, 50.0], said, ["c1", "c2", "c3"], PSDS2)
    twice = count(
        [marks(one) for one in (*examples, examples[0])], [50.0] * 3, [*said, said[0]], ["c1", "c2", "c3"], PSDS2
    )
    assert score(once, np.array([2.0, 1.0]), PSDS2) == pytest.approx(score(twice, np.ones(3), PSDS2))
