"""What annotators confuse: regions matched whatever their label, tags that only one side gave."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelbuddy_core.domain.agreement.answers import Answer
from labelbuddy_core.domain.agreement.confusion import (
    NOTHING,
    Confusions,
    most_confused,
    of_all_pairs,
    of_rater,
)
from labelbuddy_core.domain.agreement.meetings import meet, meetings

Regions = list[tuple[float, float, str]]


def answer(rater: int, regions: Regions, tags: str = "") -> Answer:
    made = Answer(rater, tags=set(tags.split()))
    for start, end, label in regions:
        made.add("regions", {"start": start, "end": end, "label": label})
    return made.in_order()


def confused(*answers: Answer) -> Confusions:
    found = Confusions()
    for meeting in meetings(answers, 0.5):
        found.add(7, 0.0, meeting, 0.5)
    return found


def counts(found: Confusions, what: str = "regions") -> dict[tuple[str, str], float]:
    return {labels: cell.count for labels, cell in found.cells[what, 1, 2].items()}


def test_regions_left_over_by_both_are_confused_where_they_overlap() -> None:
    first = answer(1, [(0.0, 1.0, "dog"), (2.0, 3.0, "dog"), (5.0, 6.0, "cat")])
    second = answer(2, [(0.0, 1.1, "dog"), (2.1, 3.0, "wolf"), (8.0, 9.0, "cow")])
    found = confused(first, second)
    assert counts(found) == {("dog", "dog"): 1, ("dog", "wolf"): 1, ("cat", NOTHING): 1, (NOTHING, "cow"): 1}
    assert found.cells["regions", 1, 2]["dog", "wolf"].places == [(7, 2.0)]
    assert found.cells["regions", 1, 2]["dog", "dog"].places == []


def test_the_same_label_is_matched_before_another_one_that_overlaps_more() -> None:
    first = answer(1, [(0.0, 1.0, "dog")])
    second = answer(2, [(0.0, 1.4, "dog"), (0.0, 1.0, "wolf")])
    assert counts(confused(first, second)) == {("dog", "dog"): 1, (NOTHING, "wolf"): 1}


def test_tags_left_over_on_both_sides_count_in_part() -> None:
    found = confused(answer(1, [], "rock live sad"), answer(2, [], "rock pop"))
    assert counts(found, "tags") == {
        ("rock", "rock"): 1, ("live", "pop"): 0.5, ("sad", "pop"): 0.5, ("live", NOTHING): 0.5, ("sad", NOTHING): 0.5,
    }  # fmt: skip


def test_all_pairs_together_do_not_ask_who_said_which_and_one_rater_stands_in_the_columns() -> None:
    dog, wolf = [(0.0, 1.0, "dog")], [(0.0, 1.0, "wolf")]
    found = confused(answer(1, dog), answer(2, wolf), answer(3, dog))
    assert {labels: cell.count for labels, cell in of_all_pairs(found, "regions").items()} == {
        ("dog", "wolf"): 2, ("dog", "dog"): 1,
    }  # fmt: skip
    assert {labels: cell.count for labels, cell in of_rater(found, "regions", 2).items()} == {("dog", "wolf"): 2}
    worst = most_confused(of_rater(found, "regions", 2))
    assert worst is not None
    assert worst[0] == ("dog", "wolf")
    assert most_confused(of_rater(confused(answer(1, dog), answer(2, [])), "regions", 2)) is None


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6))
def test_rows_and_columns_add_up_to_what_each_side_said(seed: int) -> None:
    draw = random.Random(seed)

    def some(rater: int) -> Answer:
        starts = [draw.randrange(0, 20) / 4 for _ in range(draw.randrange(0, 6))]
        regions = [(start, start + draw.randrange(1, 6) / 4, draw.choice("abc")) for start in starts]
        return answer(rater, regions, " ".join(draw.sample("xyz", draw.randrange(0, 4))))

    one, other = some(1), some(2)
    found = Confusions()
    found.add(1, 0.0, meet(other, one, 0.5), 0.5)
    for what, said in (
        ("regions", [{label: len(regions) for label, regions in side.regions.items()} for side in (one, other)]),
        ("tags", [dict.fromkeys(side.tags, 1) for side in (one, other)]),
    ):
        cells = found.cells.get((what, 1, 2), {})
        for side in (0, 1):
            sums: dict[str, float] = {}
            for labels, cell in cells.items():
                sums[labels[side]] = sums.get(labels[side], 0.0) + cell.count
            sums.pop(NOTHING, None)
            assert sums == pytest.approx(said[side])
