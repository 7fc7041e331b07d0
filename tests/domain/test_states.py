"""The state of a task follows from its annotations; the first rule that matches wins (DESIGN, States)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelbuddy_core.domain.states import AnnotationState, TaskState, task_state

D, S, A, R = AnnotationState.DRAFT, AnnotationState.SUBMITTED, AnnotationState.APPROVED, AnnotationState.REJECTED


@pytest.mark.parametrize(
    ("states", "wanted", "adjudicated", "expected"),
    [
        ([], 1, False, TaskState.NEW),
        ([D], 1, False, TaskState.IN_PROGRESS),
        ([S], 1, False, TaskState.SUBMITTED),
        ([S], 2, False, TaskState.IN_PROGRESS),
        ([S, D], 1, False, TaskState.SUBMITTED),
        ([A], 1, False, TaskState.APPROVED),
        ([A, D], 1, False, TaskState.APPROVED),
        ([A, D], 2, False, TaskState.IN_PROGRESS),
        ([A], 2, False, TaskState.IN_PROGRESS),
        ([A, S], 2, False, TaskState.SUBMITTED),
        ([A, A], 2, False, TaskState.APPROVED),
        ([R], 1, False, TaskState.REJECTED),
        ([A, R], 2, False, TaskState.REJECTED),
        ([R, D], 2, True, TaskState.APPROVED),
    ],
)
def test_a_task_state_is_derived(
    states: list[AnnotationState], wanted: int, adjudicated: bool, expected: TaskState
) -> None:
    assert task_state(states, wanted=wanted, adjudicated=adjudicated) is expected


@given(st.lists(st.sampled_from(AnnotationState), max_size=6), st.integers(1, 4), st.booleans())
def test_the_order_of_annotations_does_not_matter(
    states: list[AnnotationState], wanted: int, adjudicated: bool
) -> None:
    forward = task_state(states, wanted=wanted, adjudicated=adjudicated)
    assert forward is task_state(list(reversed(states)), wanted=wanted, adjudicated=adjudicated)
