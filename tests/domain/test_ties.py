"""What is tied directly or by a chain is one group, whatever the order in which the ties are told."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from labelbuddy_core.domain.ties import Ties

PAIRS = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh")), max_size=12)


def groups(pairs: list[tuple[str, str]]) -> dict[str, str]:
    ties = Ties()
    for one, other in pairs:
        ties.tie(one, other)
    return {key: ties.group_of(key) for key in "abcdefgh"}


def test_a_chain_of_ties_is_one_group_named_by_its_first_key() -> None:
    assert groups([("d", "c"), ("b", "e"), ("c", "b")]) == {
        "a": "a", "b": "b", "c": "b", "d": "b", "e": "b", "f": "f", "g": "g", "h": "h"
    }  # fmt: skip


@given(PAIRS, st.randoms(use_true_random=False))
def test_the_order_of_the_ties_changes_nothing(pairs: list[tuple[str, str]], dice: Random) -> None:
    shuffled = list(pairs)
    dice.shuffle(shuffled)
    assert groups(pairs) == groups(shuffled) == groups([(other, one) for one, other in pairs])


@given(PAIRS)
def test_a_group_is_what_can_be_reached_by_ties(pairs: list[tuple[str, str]]) -> None:
    found = groups(pairs)
    for key in "abcdefgh":
        reached = {key}
        while more := {b for a, b in [*pairs, *((y, x) for x, y in pairs)] if a in reached} - reached:
            reached |= more
        assert {other for other in found if found[other] == found[key]} == reached
        assert found[key] == min(reached)
