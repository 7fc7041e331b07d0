"""A long task is asked about in pieces, and the answers are put together."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelbuddy_core.inference.answer import CheckedAnswer, PredictedPoint, PredictedRegion
from labelbuddy_core.inference.stretches import joined, pieces


def test_a_stretch_that_fits_is_one_piece() -> None:
    assert pieces(3.0, 13.0, None) == [(3.0, 13.0)]
    assert pieces(3.0, 13.0, 10.0) == [(3.0, 13.0)]


def test_a_longer_one_is_cut_evenly() -> None:
    assert pieces(0.0, 25.0, 10.0) == [pytest.approx(part) for part in [(0, 25 / 3), (25 / 3, 50 / 3), (50 / 3, 25)]]


@given(st.floats(0, 1e4), st.floats(0.1, 1e4), st.floats(0.1, 100))
def test_pieces_cover_the_stretch_and_none_is_too_long(start: float, length: float, longest: float) -> None:
    found = pieces(start, start + length, longest)
    assert (found[0][0], found[-1][1]) == (start, start + length)
    assert all(one[1] == other[0] for one, other in pairwise(found))
    assert all(0 < stop - begin <= longest + 1e-6 for begin, stop in found)


def answer(*regions: PredictedRegion, **more: object) -> CheckedAnswer:
    return CheckedAnswer(regions=list(regions), version="1", seconds=1.0, **more)  # type: ignore[arg-type]


def test_a_region_cut_by_a_border_is_made_whole() -> None:
    first = answer(PredictedRegion(8.0, 10.0, "a", 0.5), PredictedRegion(9.0, 9.5, "b", 0.5))
    second = answer(PredictedRegion(10.01, 12.0, "a", 0.7), PredictedRegion(10.0, 11.0, "b", 0.4))
    found = joined([first, second], [10.0])
    assert [(one.start, one.end, one.label, one.score) for one in found.regions] == [
        (8.0, 12.0, "a", 0.7),
        (9.0, 9.5, "b", 0.5),
        (10.0, 11.0, "b", 0.4),
    ]


def test_a_region_over_several_pieces_is_one() -> None:
    parts = [answer(PredictedRegion(10.0 * n, 10.0 * (n + 1), "a", 0.5)) for n in range(3)]
    assert [(one.start, one.end) for one in joined(parts, [10.0, 20.0]).regions] == [(0.0, 30.0)]


def test_tags_have_their_highest_score_and_texts_follow_each_other() -> None:
    found = joined(
        [answer(tags=[("a", 0.2), ("b", None)], text=["One."]), answer(tags=[("a", 0.6)], text=["Two."])], [1.0]
    )
    assert (found.tags, found.text, found.seconds) == ([("a", 0.6), ("b", None)], ["One.\nTwo."], 2.0)


def test_a_single_answer_stays_as_it_is() -> None:
    only = answer(PredictedRegion(0.0, 1.0, "a", None))
    assert joined([only], []) is only


def test_a_point_that_both_pieces_heard_at_their_border_is_one() -> None:
    first = CheckedAnswer(points=[PredictedPoint(2.0, "a", 0.5), PredictedPoint(9.995, "a", 0.5)])
    second = CheckedAnswer(points=[PredictedPoint(10.004, "a", 0.8), PredictedPoint(10.004, "b", 0.8)])
    found = joined([first, second], [10.0])
    assert [(one.time, one.label) for one in found.points] == [(2.0, "a"), (10.004, "a"), (10.004, "b")]


def test_points_close_together_inside_a_piece_stay_two() -> None:
    first = CheckedAnswer(points=[PredictedPoint(5.0, "a", 0.5), PredictedPoint(5.01, "a", 0.5)])
    assert len(joined([first, CheckedAnswer()], [10.0]).points) == 2
