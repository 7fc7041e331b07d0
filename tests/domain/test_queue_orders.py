"""The order of a queue for diversity: every next task is farthest from those before it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from labelbuddy_core.domain.queue_orders import spread


def order(profiles: list[dict[str, float]], begin: int | None = None) -> list[int]:
    ranks = spread(profiles, begin)
    return sorted(range(len(profiles)), key=lambda place: -ranks[place])


def test_nothing_is_in_order() -> None:
    assert spread([]) == []


def test_the_next_is_always_the_farthest_from_all_before_it() -> None:
    line = [{"x": 0.0}, {"x": 0.1}, {"x": 0.6}, {"x": 1.0}]
    assert order(line, begin=0) == [0, 3, 2, 1]


def test_it_begins_with_what_is_farthest_from_the_mean() -> None:
    assert order([{"x": 0.4}, {"x": 0.5}, {"y": 1.0}])[0] == 2


def test_what_is_the_same_comes_last_in_the_order_it_had() -> None:
    assert order([{"x": 1.0}, {"x": 1.0}, {"y": 1.0}, {"x": 1.0}], begin=0) == [0, 2, 1, 3]


@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.floats(0, 1), max_size=3), max_size=30))
def test_every_task_has_a_rank_of_its_own_up_to_1(profiles: list[dict[str, float]]) -> None:
    ranks = spread(profiles)
    assert len(set(ranks)) == len(profiles)
    assert all(0.0 < rank <= 1.0 for rank in ranks)
