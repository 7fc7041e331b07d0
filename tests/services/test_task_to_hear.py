"""By which of its tasks a stretch of a recording is heard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Assignment, Recording, Task
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.recordings.sound_pictures import task_to_hear

Make = Callable[..., Any]


@pytest.fixture
def people(make_user: Make) -> dict[str, Actor]:
    return {name: make_user(name) for name in ("manager", "ada", "stranger")}


@pytest.fixture
def tasks(people: dict[str, Actor], make_project: Make, add_task: Make) -> list[str]:
    """A recording of 60 s in three tasks of 20 s; Ada has the last."""
    project = make_project(managers=(people["manager"],), annotators=(people["ada"],))
    whole = int(add_task(project, duration=60.0))
    with get_database().write() as session:
        first = session.get_one(Task, whole)
        first.stop = 20.0
        others = [
            Task(project_id=int(project), recording_id=first.recording_id, start=start, stop=start + 20)
            for start in (20.0, 40.0)
        ]
        session.add_all(others)
        session.flush()
        ada = people["ada"].id
        session.add(Assignment(task_id=others[1].id, user_id=ada, project_id=int(project), kind="assigned"))
        return [str(one.id) for one in (first, *others)]


def heard(person: Actor, start: float, stop: float) -> str | None:
    with get_database().read() as session:
        recording = session.query(Recording.id).scalar()
    return task_to_hear(person, recording, start=start, stop=stop)


def test_a_stretch_is_heard_by_the_task_that_contains_it(people: dict[str, Actor], tasks: list[str]) -> None:
    assert heard(people["manager"], 2.0, 20.0) == tasks[0]
    assert heard(people["manager"], 25.0, 30.0) == tasks[1]
    assert heard(people["manager"], 45.0, 60.0) == tasks[2]


def test_a_stretch_that_no_task_contains_is_heard_by_any_of_the_recording(
    people: dict[str, Actor], tasks: list[str]
) -> None:
    assert heard(people["manager"], 10.0, 50.0) == tasks[0]


def test_a_task_that_somebody_does_not_see_is_passed_over(people: dict[str, Actor], tasks: list[str]) -> None:
    assert heard(people["ada"], 2.0, 10.0) == tasks[2]
    assert heard(people["stranger"], 2.0, 10.0) is None
