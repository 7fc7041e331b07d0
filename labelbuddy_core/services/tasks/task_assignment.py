"""Who has which task, as managers decide it: one task or many at once; taken back, what was begun is never lost."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.orm import Session

from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import Annotation, Assignment, Membership, ReviewAssignment, Task, User
from labelbuddy_core.domain.permissions import Permission, Role
from labelbuddy_core.domain.states import AnnotationState
from labelbuddy_core.errors import Invalid, InvalidState, NotFound
from labelbuddy_core.services.access import parse_id, project_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.history import record
from labelbuddy_core.services.tasks.places import ASSIGNED, CLAIM, RELEASED
from labelbuddy_core.services.transactions import writes

MAX_TASKS: Final = 1000
"""Tasks that are changed at once."""


@writes
def assign_many(
    session: Session, actor: Actor, project_id: str | int, tasks: Sequence[str], annotators: Sequence[str], *, add: bool
) -> dict[str, int]:
    """Give tasks to annotators (usernames): besides those who have them (`add`), or instead of them.

    Whoever has begun a task keeps it. Answers {assigned, released, kept}; who had skipped a task, or only claimed it,
    counts as assigned. Raises `NotFound` for tasks of other projects
    and for people who are no annotators.
    """
    access = project_access(session, actor, project_id)
    access.require(Permission.CHANGE_TASKS)
    wanted = {annotator_called(session, access.project.id, username) for username in annotators}
    if add and not wanted:
        raise Invalid("Choose who gets the tasks.", field="annotators")
    done = {"assigned": 0, "released": 0, "kept": 0}
    for task_id in tasks_of(session, access.project.id, tasks):
        present, begun = _holders(session, task_id)
        gone = set() if add else present - wanted
        done["kept"] += len(gone & begun)
        done["released"] += len(gone - begun)
        if gone - begun:
            session.execute(
                delete(Assignment).where(Assignment.task_id == task_id, Assignment.user_id.in_(gone - begun))
            )
        given = session.execute(
            update(Assignment)
            .where(
                Assignment.task_id == task_id,
                Assignment.user_id.in_(present & wanted),
                or_(Assignment.kind != ASSIGNED, Assignment.skipped_at.is_not(None)),
            )
            .values(kind=ASSIGNED, skipped_at=None, skip_reason=None)
            .returning(Assignment.user_id)
        )
        done["assigned"] += len(wanted - present) + len(given.all())
        _add(session, access.project.id, task_id, wanted - present)
    record(
        session, actor, "tasks.assigned", f"project:{access.project.id}", project_id=access.project.id,
        tasks=list(tasks), annotators=list(annotators), add=add,
    )  # fmt: skip
    return done


@writes
def release_many(
    session: Session, actor: Actor, project_id: str | int, tasks: Sequence[str], *, annotator: str | None = None
) -> dict[str, int]:
    """Take tasks back from those who hold them (or from one of them), so that others can take them.

    Who has begun one keeps the draft, but not the place: it is as if they had skipped it. What was handed in or sent
    back stays. Answers {released, drafts, kept}.
    """
    access = project_access(session, actor, project_id)
    access.require(Permission.CHANGE_TASKS)
    person = None if annotator is None else _user_called(session, annotator)
    done = {"released": 0, "drafts": 0, "kept": 0}
    for task_id in tasks_of(session, access.project.id, tasks):
        rows = session.execute(
            select(Assignment, Annotation.state)
            .outerjoin(
                Annotation, (Annotation.task_id == Assignment.task_id) & (Annotation.user_id == Assignment.user_id)
            )
            .where(Assignment.task_id == task_id)
        ).all()
        for assignment, state in rows:
            if person is not None and assignment.user_id != person:
                continue
            if state is None:
                session.delete(assignment)
                done["released"] += 1
            elif state == AnnotationState.DRAFT:
                assignment.kind, assignment.skipped_at = CLAIM, now()
                assignment.skip_reason = RELEASED.format(manager=actor.username)
                done["drafts"] += 1
            else:
                done["kept"] += 1
    record(
        session, actor, "tasks.released", f"project:{access.project.id}", project_id=access.project.id,
        tasks=list(tasks), annotator=annotator, **done,
    )  # fmt: skip
    return done


def assign(session: Session, task: Task, usernames: Sequence[str]) -> None:
    """Make these the annotators of one task. Raises `InvalidState` when somebody who would lose it has begun it."""
    wanted = {annotator_called(session, task.project_id, username) for username in usernames}
    present, begun = _holders(session, task.id)
    if (present - wanted) & begun:
        raise InvalidState("Somebody has begun this task already and keeps it; withdraw or review that work first.")
    session.execute(delete(Assignment).where(Assignment.task_id == task.id, Assignment.user_id.in_(present - wanted)))
    _add(session, task.project_id, task.id, wanted - present)


def annotator_called(session: Session, project_id: int, username: str) -> int:
    """The id of the annotator of a project with this username; raises `NotFound`."""
    person = session.scalar(
        select(User.id)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.project_id == project_id,
            Membership.role == Role.ANNOTATOR.value,
            User.username == username.strip().lower(),
        )
    )
    if person is None:
        raise NotFound(f"{username!r} is not an annotator of this project.")
    return person


def refuse_reviewers(session: Session, task_id: int, people: Collection[int]) -> None:
    """Raises `InvalidState` when one of these people is named to review the task."""
    username = session.scalar(
        select(User.username)
        .join(ReviewAssignment, ReviewAssignment.user_id == User.id)
        .where(ReviewAssignment.task_id == task_id, User.id.in_(people))
        .limit(1)
    )
    if username is not None:
        raise InvalidState(f"{username!r} reviews this task; nobody reviews their own work.")


def tasks_of(session: Session, project_id: int, tasks: Sequence[str]) -> list[int]:
    """The ids of tasks of a project, once each; raises `NotFound` when one is not of it, `Invalid` for too many."""
    if not tasks or len(tasks) > MAX_TASKS:
        raise Invalid(f"Choose from 1 to {MAX_TASKS:,} tasks.", field="tasks")
    wanted = list(dict.fromkeys(parse_id(one, "task") for one in tasks))
    found = set(session.scalars(select(Task.id).where(Task.project_id == project_id, Task.id.in_(wanted))))
    missing = [one for one in wanted if one not in found]
    if missing:
        raise NotFound(f"There is no task '{missing[0]}'.")
    return wanted


def _user_called(session: Session, username: str) -> int:
    person = session.scalar(select(User.id).where(User.username == username.strip().lower()))
    if person is None:
        raise NotFound(f"Nobody is called {username!r}.")
    return person


def _holders(session: Session, task_id: int) -> tuple[set[int], set[int]]:
    """Who has a task, and which of them have begun it."""
    begun = exists().where(Annotation.task_id == Assignment.task_id, Annotation.user_id == Assignment.user_id)
    rows: list[Any] = list(
        session.execute(select(Assignment.user_id, begun).where(Assignment.task_id == task_id)).all()
    )
    return {row[0] for row in rows}, {row[0] for row in rows if row[1]}


def _add(session: Session, project_id: int, task_id: int, people: Collection[int]) -> None:
    refuse_reviewers(session, task_id, people)
    for user_id in sorted(people):
        session.add(Assignment(task_id=task_id, user_id=user_id, project_id=project_id, kind=ASSIGNED))
    session.flush()
