"""What the simulated annotator of benchmarks/fine_tuning.py counts: nothing is free but what is not done."""

from __future__ import annotations

import sys

from labelbuddy_core.domain.training.examples import Mark
from labelbuddy_core.settings import ROOT

sys.path.insert(0, str(ROOT))

from benchmarks.simulated_annotator import Work, correcting, from_nothing

TRUE = [Mark(1.0, 2.0, "a"), Mark(3.0, 5.0, "b")]


def test_from_nothing_every_event_is_drawn_and_labeled() -> None:
    assert from_nothing(TRUE) == Work(drawn=2, labeled=2)


def test_what_is_right_is_accepted() -> None:
    assert correcting(TRUE, [Mark(1.1, 2.0, "a"), Mark(3.0, 4.9, "b")]) == Work(accepted=2)


def test_each_boundary_and_each_label_that_is_wrong_is_one_action() -> None:
    assert correcting(TRUE, [Mark(1.3, 2.3, "a"), Mark(3.0, 5.0, "a")]) == Work(moved=2, labeled=1)


def test_what_is_not_there_is_rejected_and_what_is_missing_is_drawn() -> None:
    assert correcting(TRUE, [Mark(1.0, 2.0, "a"), Mark(6.0, 7.0, "b")]) == Work(
        accepted=1, rejected=1, drawn=1, labeled=1
    )


def test_of_two_suggestions_for_an_event_one_is_rejected() -> None:
    assert correcting(TRUE[:1], [Mark(1.0, 2.0, "b"), Mark(1.0, 2.0, "a")]) == Work(accepted=1, rejected=1)
