"""Events of two annotators: F1 as sed_eval computes it, the best matching, and what must hold of any."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelbuddy_core.domain.agreement.event_matching import (
    Collar,
    f_measure,
    intersection_over_union,
    match_by_overlap,
    match_to_reference,
    match_within_collar,
)

OFFICE = orjson.loads((Path(__file__).parent / "reference" / "sed_eval_office.json").read_bytes())
"""Event lists of sed_eval's own tests (`office_snr0_high_v2`, MIT); it takes 13 packages to run, so that its answers
were written down: version 0.2.1, `EventBasedMetrics`, optimal matching, overall."""
spans = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 10)).map(lambda one: (one[0] / 4, (one[0] + one[1]) / 4)), max_size=5
).map(sorted)


@pytest.mark.parametrize(
    ("collar", "share", "expected"),
    [(0.2, 0.5, 0.1095890410958904), (0.25, 0.5, 0.12328767123287672), (0.2, 0.2, 0.0547945205479452),
     (1.0, 0.5, 0.28767123287671237)],
)  # fmt: skip
def test_event_f1_is_that_of_sed_eval(collar: float, share: float, expected: float) -> None:
    matched = said = 0
    for label in {event[2] for side in OFFICE.values() for event in side}:
        reference, estimated = (
            sorted((on, off) for on, off, name in OFFICE[side] if name == label) for side in ("reference", "estimated")
        )
        matched += len(match_to_reference(reference, estimated, Collar(collar, share)))
        said += len(reference) + len(estimated)
    assert f_measure(matched, said) == pytest.approx(expected, abs=1e-12)


def test_two_events_with_two_candidates_each_are_both_matched() -> None:
    # sed_eval's `mini_reference.txt` and `mini_detected_a.txt`: taking the nearest first would leave one over
    reference, estimated = [(1.0, 3.0), (1.5, 3.0)], [(1.25, 3.0), (1.75, 3.0)]
    assert match_to_reference(reference, estimated, Collar(0.25)) == [(0, 0), (1, 1)]
    assert match_to_reference(reference, estimated, Collar(0.2)) == []


def test_of_two_matchings_with_as_many_pairs_the_one_with_smaller_deviations_is_taken() -> None:
    assert match_within_collar([(0.0, 1.0), (0.1, 1.1)], [(0.0, 1.0), (0.1, 1.1)], Collar(0.2)) == [(0, 0), (1, 1)]


def test_offsets_of_long_events_may_differ_by_a_share_of_their_length() -> None:
    assert match_within_collar([(0.0, 10.0)], [(0.0, 13.0)], Collar(0.2, 0.5)) == [(0, 0)]
    assert match_within_collar([(0.0, 10.0)], [(0.0, 13.0)], Collar(0.2, 0.0)) == []


@settings(deadline=None, max_examples=60)
@given(spans, spans)
def test_as_many_events_are_matched_as_possible(one: list, other: list) -> None:
    def most(fits: object) -> int:
        shorter, longer = sorted((one, other), key=len)
        return max(
            (sum(fits(a, b) for a, b in zip(shorter, chosen, strict=True))  # type: ignore[operator]
             for chosen in permutations(longer, len(shorter))), default=0
        )  # fmt: skip

    collar = Collar(0.5, 0.5)
    assert len(match_within_collar(one, other, collar)) == most(
        lambda a, b: abs(a[0] - b[0]) <= 0.5
        and abs(a[1] - b[1]) <= max(0.5, 0.25 * (a[1] - a[0] + b[1] - b[0]))
    )  # fmt: skip
    assert len(match_by_overlap(one, other, 0.4)) == most(lambda a, b: intersection_over_union(a, b) >= 0.4 - 1e-9)


@settings(deadline=None, max_examples=60)
@given(spans, spans)
def test_it_does_not_matter_who_comes_first(one: list, other: list) -> None:
    assert len(match_within_collar(one, other, Collar())) == len(match_within_collar(other, one, Collar()))
    assert len(match_by_overlap(one, other, 0.5)) == len(match_by_overlap(other, one, 0.5))
    assert len(match_by_overlap(one, one, 0.5)) == len(one)
