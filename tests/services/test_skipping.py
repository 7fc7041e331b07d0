"""Skipping a task with a reason: who gets it then, when it comes back, and what managers see of it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from sqlalchemy import select

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import HistoryEvent, Project
from labelbuddy_core.domain.operations import Operation, Save
from labelbuddy_core.errors import Forbidden, Invalid, InvalidState, NotFound
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations import annotations, handing_in
from labelbuddy_core.services.tasks import queues, skipping, tasks

MakeUser = Callable[..., Actor]
Make = Callable[..., str]


def save(person: Actor, task: str, base: int = 0) -> int:
    """Save one tag in a task."""
    value = {"label": "speech", "origin": {"kind": "human"}}
    operation = Operation(op="put", collection="tags", id="speech", value=value)  # pyright: ignore[reportArgumentType]
    request = Save(client=uuid4(), sequence=1, base_revision=base, operations=[operation])
    return annotations.save(person, task, request)["revision"]


def test_a_skipped_task_comes_back_after_all_others(make_user: MakeUser, make_project: Make, add_task: Make) -> None:
    person = make_user()
    project = make_project(annotators=(person,))
    first, second, third = (add_task(project) for _ in range(3))
    assert queues.next_task(person, project) == first
    skipping.skip_task(person, first, "too noisy")
    assert queues.next_task(person, project, after=int(first)) == second
    skipping.skip_task(person, second, "not my language")
    assert queues.next_task(person, project, after=int(second)) == third
    assert queues.next_task(person, project, after=int(third)) == first
    assert queues.next_task(person, project) == first


def test_there_is_nothing_else_when_only_the_skipped_task_is_left(
    make_user: MakeUser, make_project: Make, add_task: Make
) -> None:
    person = make_user()
    project = make_project(annotators=(person,))
    only = add_task(project)
    queues.next_task(person, project)
    skipping.skip_task(person, only, "too noisy")
    assert queues.next_task(person, project, after=int(only)) is None
    assert queues.next_task(person, project) == only


def test_somebody_else_may_take_what_was_skipped_and_then_it_does_not_come_back(
    make_user: MakeUser, make_project: Make, add_task: Make
) -> None:
    person, other = make_user(), make_user()
    project = make_project(annotators=(person, other))
    only = add_task(project)
    queues.next_task(person, project)
    assert queues.next_task(other, project) is None
    skipping.skip_task(person, only, "too noisy")
    assert queues.next_task(other, project) == only
    assert queues.next_task(person, project) is None
    assert tasks.list_tasks(person, project)["total"] == 0


def test_a_task_that_came_back_is_held_again(make_user: MakeUser, make_project: Make, add_task: Make) -> None:
    person, other = make_user(), make_user()
    project = make_project(annotators=(person, other))
    only = add_task(project)
    queues.next_task(person, project)
    skipping.skip_task(person, only, "too noisy")
    assert queues.next_task(person, project) == only
    assert queues.next_task(other, project) is None


def test_a_draft_stays_when_its_task_is_skipped_and_saving_takes_the_task_up_again(
    make_user: MakeUser, make_project: Make, add_task: Make
) -> None:
    person = make_user()
    project = make_project(annotators=(person,))
    task = add_task(project)
    queues.next_task(person, project)
    revision = save(person, task)
    skipping.skip_task(person, task, "too noisy")
    assert annotations.get_mine(person, task)["revision"] == revision
    assert tasks.get_task(person, task)["my_skip"] == "too noisy"
    save(person, task, base=revision)
    assert tasks.get_task(person, task)["my_skip"] is None
    assert queues.next_task(person, project) == task


def test_a_dealt_out_task_stays_with_the_person_but_comes_last(
    make_user: MakeUser, make_project: Make, add_task: Make
) -> None:
    person, other = make_user(), make_user()
    project = make_project(annotators=(person, other), strategy="disjoint")
    mine = [add_task(project) for _ in range(4)]
    with get_database().write() as session:
        queues.assign_missing(session, session.get_one(Project, int(project)))
    mine = [task["id"] for task in tasks.list_tasks(person, project)["items"]]
    assert len(mine) == 2
    skipping.skip_task(person, mine[0], "too noisy")
    assert queues.next_task(person, project) == mine[1]
    assert queues.next_task(person, project, after=int(mine[1])) == mine[0]
    assert tasks.list_tasks(other, project)["total"] == 2


def test_managers_see_who_skipped_what_and_why(make_user: MakeUser, make_project: Make, add_task: Make) -> None:
    manager, person = make_user(), make_user("ada")
    project = make_project(managers=(manager,), annotators=(person,))
    task, _other = add_task(project), add_task(project)
    queues.next_task(person, project)
    skipping.skip_task(person, task, " too noisy ")
    found = tasks.list_tasks(manager, project, skipped=True)
    assert [one["id"] for one in found["items"]] == [task]
    assert found["items"][0]["work"] == [{"username": "ada", "state": "new", "skipped": "too noisy"}]
    with get_database().read() as session:
        (event,) = session.scalars(select(HistoryEvent).where(HistoryEvent.action == "task.skipped"))
        assert (event.user_id, event.subject, event.data["reason"]) == (person.id, f"task:{task}", "too noisy")


def test_nobody_else_sees_a_skip(make_user: MakeUser, make_project: Make, add_task: Make) -> None:
    manager, person, other = make_user(), make_user(), make_user()
    project = make_project(managers=(manager,), annotators=(person, other), annotators_per_task=2)
    task = add_task(project)
    for one in (person, other):
        queues.next_task(one, project)
    skipping.skip_task(person, task, "too noisy")
    assert tasks.get_task(other, task)["my_skip"] is None
    assert tasks.get_task(other, task)["work"] == []
    assert tasks.list_tasks(other, project, skipped=True)["items"] == []
    assert [one["id"] for one in tasks.list_tasks(person, project, skipped=True)["items"]] == [task]


def test_a_task_that_is_handed_in_is_no_longer_among_the_skipped(
    make_user: MakeUser, make_project: Make, add_task: Make
) -> None:
    manager, person = make_user(), make_user()
    project = make_project(managers=(manager,), annotators=(person,))
    task = add_task(project)
    queues.next_task(person, project)
    revision = save(person, task)
    skipping.skip_task(person, task, "too noisy")
    handing_in.submit(person, task, revision)
    assert tasks.list_tasks(manager, project, skipped=True)["items"] == []
    with pytest.raises(InvalidState):
        skipping.skip_task(person, task, "too late")


@pytest.mark.parametrize("reason", ["", "  ", "x" * 1001])
def test_a_skip_needs_a_reason_of_some_length(
    make_user: MakeUser, make_project: Make, add_task: Make, reason: str
) -> None:
    person = make_user()
    task = add_task(make_project(annotators=(person,)), annotators=(person,))
    with pytest.raises(Invalid) as refused:
        skipping.skip_task(person, task, reason)
    assert refused.value.field == "reason"


def test_only_a_task_of_the_own_queue_can_be_skipped(make_user: MakeUser, make_project: Make, add_task: Make) -> None:
    manager, person, other = make_user(), make_user(), make_user()
    project = make_project(managers=(manager,), annotators=(person, other))
    task = add_task(project, annotators=(person,))
    with pytest.raises(NotFound):
        skipping.skip_task(other, task, "too noisy")
    with pytest.raises(Forbidden):
        skipping.skip_task(manager, task, "too noisy")
