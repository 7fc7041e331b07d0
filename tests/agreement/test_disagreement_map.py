"""Where in a task annotators differ."""

from __future__ import annotations

from labelbuddy_core.domain.agreement.answers import Answer, Compared
from labelbuddy_core.domain.agreement.disagreement_map import disputed, worst_place


def task(*answers: list[tuple[float, float, str]], tags: tuple[str, ...] = ()) -> Compared:
    made = []
    for rater, regions in enumerate(answers, start=1):
        one = Answer(rater, tags=set(tags[rater - 1].split()) if tags else set())
        for start, end, label in regions:
            one.add("regions", {"start": start, "end": end, "label": label})
        made.append(one.in_order())
    return Compared(5, 5, 0.0, 20.0, made)


def test_stretches_that_some_marked_and_others_did_not_are_in_dispute() -> None:
    found = disputed(task([(1.0, 3.0, "dog")], [(1.0, 2.5, "dog")], [(0.5, 3.0, "dog")]))
    assert [(one.start, one.stop, one.marked, one.unmarked) for one in found] == [
        (0.5, 1.0, (3,), (1, 2)), (2.5, 3.0, (1, 3), (2,)),
    ]  # fmt: skip


def test_a_tag_in_dispute_is_so_over_the_whole_task() -> None:
    (one,) = disputed(task([], [], tags=("rock live", "rock")))
    assert (one.label, one.tag, one.start, one.stop, one.marked, one.unmarked) == ("live", True, 0.0, 20.0, (1,), (2,))


def test_looking_begins_at_the_longest_stretch_in_dispute() -> None:
    assert worst_place(task([(1.0, 2.0, "dog"), (5.0, 9.0, "cow")], [(1.0, 2.2, "dog")])) == 5.0
    assert worst_place(task([(1.0, 2.0, "dog")], [(1.0, 2.0, "dog")])) == 0.0
