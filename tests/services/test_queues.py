"""Who gets which task: claims, dealing out, expiry, and that two people never get the same last place."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from postgresql_server import on_both_databases
from sqlalchemy import select, update

from labelbuddy_core.database import get_database
from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import Assignment, Project
from labelbuddy_core.domain.operations import Replacement
from labelbuddy_core.services.accounts import memberships
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations import annotations, handing_in
from labelbuddy_core.services.projects import projects
from labelbuddy_core.services.tasks import cutting, queues, tasks

MakeUser = Callable[..., Actor]
Make = Callable[..., str]


def test_the_pool_gives_each_task_to_as_many_people_as_it_needs(
    make_user: MakeUser, make_project: Make, add_task: Make
) -> None:
    people = [make_user() for _ in range(3)]
    project = make_project(annotators=tuple(people), annotators_per_task=2)
    only = add_task(project)
    assert [queues.next_task(person, project) for person in people] == [only, only, None]


@on_both_databases
def test_the_queue_counts_tasks_by_how_they_stand(
    make_user: MakeUser, make_project: Make, add_task: Make, add_annotation: Make
) -> None:
    person = make_user()
    project = make_project(annotators=(person,))
    for state in (None, None, "draft", "rejected"):
        task = add_task(project, annotators=(person,))
        if state is not None:
            add_annotation(task, person, state=state)
    add_task(project)
    assert queues.my_queue(person, project) == {
        "rejected": 1, "draft": 1, "new": 2, "submitted": 0, "approved": 0, "pool": 1,
    }  # fmt: skip


def test_an_unfinished_task_comes_again_before_another_is_claimed(
    make_user: MakeUser, make_project: Make, add_task: Make
) -> None:
    person = make_user()
    project = make_project(annotators=(person,))
    first, second = add_task(project), add_task(project)
    assert queues.next_task(person, project) == first
    assert queues.next_task(person, project) == first
    assert queues.next_task(person, project, after=int(first)) == second


def test_what_was_sent_back_comes_first(
    make_user: MakeUser, make_project: Make, add_task: Make, add_annotation: Make
) -> None:
    person = make_user()
    project = make_project(annotators=(person,))
    drafted, sent_back = (add_task(project, annotators=(person,)) for _ in range(2))
    add_annotation(drafted, person, state="draft")
    add_annotation(sent_back, person, state="rejected")
    assert queues.next_task(person, project) == sent_back


def test_higher_priority_comes_first(make_user: MakeUser, make_project: Make, add_task: Make) -> None:
    manager, person = make_user(), make_user()
    project = make_project(managers=(manager,), annotators=(person,))
    add_task(project)
    urgent = add_task(project)
    tasks.change_task(manager, urgent, {"priority": 5})
    assert queues.next_task(person, project) == urgent


def test_dealt_out_tasks_are_shared_evenly_and_nobody_gets_anothers(
    make_user: MakeUser, make_project: Make, add_task: Make
) -> None:
    people = [make_user() for _ in range(3)]
    project = make_project(annotators=tuple(people), strategy="disjoint")
    for _ in range(10):
        add_task(project)
    with get_database().write() as session:
        queues.assign_missing(session, session.get_one(Project, int(project)))
    shares = [tasks.list_tasks(person, project)["total"] for person in people]
    assert sorted(shares) == [3, 3, 4]


def test_everybody_gets_every_task_when_the_project_says_so(
    make_user: MakeUser, make_project: Make, add_task: Make
) -> None:
    people = [make_user() for _ in range(3)]
    project = make_project(annotators=tuple(people), strategy="all")
    only = add_task(project)
    assert {queues.next_task(person, project) for person in people} == {only}


def test_a_claim_without_a_save_expires_and_another_may_take_the_task(
    make_user: MakeUser, make_project: Make, add_task: Make
) -> None:
    idle, other = make_user(), make_user()
    project = make_project(annotators=(idle, other))
    only = add_task(project)
    queues.next_task(idle, project)
    assert queues.next_task(other, project) is None
    with get_database().write() as session:
        session.execute(update(Assignment).values(last_saved_at=now() - timedelta(hours=25)))
    assert queues.next_task(other, project) == only
    assert tasks.list_tasks(idle, project)["total"] == 0


def test_ten_people_claiming_at_once_get_ten_different_tasks(
    make_user: MakeUser, make_project: Make, add_task: Make
) -> None:
    people = [make_user() for _ in range(10)]
    project = make_project(annotators=tuple(people))
    expected = {add_task(project) for _ in range(10)}
    claimed: list[str | None] = []
    threads = [
        threading.Thread(target=lambda who=person: claimed.append(queues.next_task(who, project))) for person in people
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(claimed) == expected


def test_an_annotator_who_leaves_gives_back_what_was_not_begun(
    make_user: MakeUser, make_project: Make, add_task: Make, add_annotation: Make
) -> None:
    manager, person = make_user(), make_user()
    project = make_project(managers=(manager,), annotators=(person,))
    begun = add_task(project, annotators=(person,))
    add_task(project, annotators=(person,))
    add_annotation(begun, person)
    memberships.set_member(manager, project, person.username, [])
    with get_database().read() as session:
        kept = list(session.scalars(select(Assignment.task_id).where(Assignment.user_id == person.id)))
    assert kept == [int(begun)]


def test_recordings_are_cut_into_tasks_by_length_with_overlap(
    make_user: MakeUser, make_project: Make, add_task: Make
) -> None:
    manager = make_user()
    project = make_project(managers=(manager,))
    add_task(project, duration=25.0)
    assert cutting.cut_recordings(manager, project, cutting.Cut(length=10.0, overlap=2.0)) == {"made": 3}
    spans = [(task["start"], task["stop"]) for task in tasks.list_tasks(manager, project)["items"]]
    assert sorted(spans) == [(0.0, 10.0), (8.0, 18.0), (16.0, 25.0)]


@pytest.mark.parametrize("count", [5, 40])
def test_lists_take_the_same_number_of_queries_however_many_tasks_there_are(
    count: int, make_user: MakeUser, make_project: Make, add_task: Make, count_queries: Callable[..., int]
) -> None:
    manager, person = make_user(), make_user()
    project = make_project(managers=(manager,), annotators=(person,))
    for _ in range(count):
        add_task(project, annotators=(person,))
    assert count_queries(lambda: tasks.list_tasks(manager, project, limit=100)) == 6
    assert count_queries(lambda: projects.list_projects(manager)) == 5


def test_an_annotator_learns_nothing_from_a_tasks_state_about_how_others_did(
    make_user: MakeUser, make_project: Make, add_task: Make
) -> None:
    one, other = make_user(), make_user()
    project = make_project(annotators=(one, other), annotators_per_task=2, strategy="disjoint")
    task = add_task(project, annotators=(one, other))
    request = Replacement(client=uuid4(), sequence=1, base_revision=0, document={"schema": "labelbuddy/annotation@1"})
    handing_in.submit(other, task, annotations.replace(other, task, request)["revision"])
    assert tasks.get_task(one, task)["state"] == "new"
    assert tasks.get_task(other, task)["state"] == "submitted"
    assert [found["id"] for found in tasks.list_tasks(one, project, state="new")["items"]] == [task]
    assert tasks.list_tasks(one, project, state="in_progress")["items"] == []
    assert [found["id"] for found in tasks.list_tasks(other, project, state="submitted")["items"]] == [task]


def test_a_draft_that_nobody_saved_for_a_day_lets_somebody_else_take_the_task(
    make_user: MakeUser, make_project: Make, add_task: Make
) -> None:
    one, other = make_user(), make_user()
    project = make_project(annotators=(one, other))
    task = add_task(project)
    assert queues.next_task(one, project) == task
    request = Replacement(client=uuid4(), sequence=1, base_revision=0, document={"schema": "labelbuddy/annotation@1"})
    annotations.replace(one, task, request)
    assert queues.next_task(other, project) is None
    with get_database().write() as session:
        session.execute(update(Assignment).values(last_saved_at=now() - timedelta(hours=25)))
    assert queues.next_task(other, project) == task
    assert queues.next_task(one, project) == task
