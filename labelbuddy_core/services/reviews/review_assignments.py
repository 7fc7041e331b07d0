"""Naming the reviewers of tasks, one by one or many at once, and how much waits for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Annotation, Membership, Project, Review, ReviewAssignment, Task, User
from labelbuddy_core.domain.permissions import Permission, Role
from labelbuddy_core.domain.review_rules import Sampling
from labelbuddy_core.domain.states import AnnotationState
from labelbuddy_core.errors import Invalid, InvalidState, NotFound
from labelbuddy_core.services.access import parse_id, project_access, task_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.history import record
from labelbuddy_core.services.reviews import review_holds, review_places
from labelbuddy_core.services.transactions import reads, writes

MOST_AT_ONCE = 10_000


@reads
def reviewers_of(session: Session, actor: Actor, task_id: str | int) -> list[str]:
    """The usernames of those who are named for a task, for its managers; none where the pool reviews it."""
    access = task_access(session, actor, task_id)
    access.require(Permission.CHANGE_TASKS)
    return _names(session, access.task.id)


@writes
def name_reviewers(session: Session, actor: Actor, task_id: str | int, usernames: Sequence[str]) -> list[str]:
    """Name exactly these reviewers for a task. Raises `InvalidState` for somebody who annotates it."""
    access = task_access(session, actor, task_id)
    access.require(Permission.CHANGE_TASKS)
    people = _reviewers_called(session, access.project, usernames)
    working = review_places.who_works_on(session, [access.task.id])[access.task.id]
    if own := [name for name, person in people.items() if person in working]:
        raise InvalidState(f"{own[0]} annotates this task; nobody reviews their own work.")
    session.execute(delete(ReviewAssignment).where(ReviewAssignment.task_id == access.task.id))
    for person in people.values():
        session.add(ReviewAssignment(task_id=access.task.id, user_id=person, project_id=access.project.id))
    session.flush()
    review_holds.release_unnamed(session, [access.task.id])
    _note(session, actor, access.project, [access.task.id], sorted(people))
    return _names(session, access.task.id)


@writes
def share_out(
    session: Session,
    actor: Actor,
    project_id: str | int,
    *,
    tasks: Sequence[str] | None = None,
    reviewers: Sequence[str] | None = None,
    everybody: bool = False,
) -> dict[str, int]:
    """Name reviewers for many tasks: without `tasks` for all where something waits and nobody is named, without
    `reviewers` among all of the project.

    Each task goes to whoever has least waiting; `everybody` names all of them for each. Whoever annotates a task is
    passed over. Tasks that were given replace whom they had. Returns {named, without}: tasks that got a reviewer, and
    those for which nobody is left.
    """
    access = project_access(session, actor, project_id)
    access.require(Permission.CHANGE_TASKS)
    project = access.project
    if reviewers is None:
        people = review_places.reviewers_in(session, project.id)
    else:
        people = list(_reviewers_called(session, project, reviewers).values())
    if not people:
        raise Invalid("Name at least one reviewer of the project.", field="reviewers")
    ids = _unnamed(session, project.id) if tasks is None else _tasks_of(session, project.id, tasks)
    session.execute(delete(ReviewAssignment).where(ReviewAssignment.task_id.in_(ids)))
    named = 0
    if everybody:
        for task_id, working in review_places.who_works_on(session, ids).items():
            chosen = [person for person in people if person not in working]
            session.add_all(ReviewAssignment(task_id=task_id, user_id=who, project_id=project.id) for who in chosen)
            named += bool(chosen)
        session.flush()
    else:
        named = len(review_places.deal(session, project.id, ids, people))
    review_holds.release_unnamed(session, ids)
    _note(session, actor, project, ids, sorted(reviewers or ()))
    return {"named": named, "without": len(ids) - named}


@reads
def review_load(session: Session, actor: Actor, project_id: str | int) -> dict[str, Any]:
    """How the reviews of a project stand: {reviewers, waiting, unnamed, incomplete, left, by_sampling}; for managers.

    `reviewers` are {username, name, named, decided}: tasks with something waiting that they are named for, and
    annotations that they decided; `unnamed` are tasks with something waiting for which nobody is named.
    """
    access = project_access(session, actor, project_id)
    access.require(Permission.CHANGE_TASKS)
    number = access.project.id
    load = review_places.loads(session, number)
    decided = {
        row[0]: row[1]
        for row in session.execute(
            select(Review.reviewer_id, func.count())
            .join(Annotation, Annotation.id == Review.annotation_id)
            .where(Annotation.project_id == number)
            .group_by(Review.reviewer_id)
        )
    }
    people = session.execute(
        select(User.id, User.username, User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.project_id == number, Membership.role == Role.REVIEWER.value)
        .order_by(User.username)
    )
    of_state = {
        (row[0], row[1]): row[2]
        for row in session.execute(
            select(Annotation.state, Annotation.sampling, func.count())
            .where(
                Annotation.project_id == number,
                Annotation.state.in_([AnnotationState.SUBMITTED.value, AnnotationState.APPROVED.value]),
            )
            .group_by(Annotation.state, Annotation.sampling)
        )
    }
    apart = {Sampling.WAITING.value: "incomplete", Sampling.LEFT.value: "left"}
    counts = {"waiting": 0, "incomplete": 0, "left": 0}
    for (state, sampling), count in of_state.items():
        if state == AnnotationState.SUBMITTED:
            counts[apart.get(sampling or "", "waiting")] += count
    return {
        "reviewers": [
            {"username": username, "name": name, "named": load.get(who, 0), "decided": decided.get(who, 0)}
            for who, username, name in people
        ],
        **counts,
        "unnamed": session.scalar(select(func.count()).select_from(_waiting_unnamed(number).subquery())) or 0,
        "by_sampling": of_state.get((AnnotationState.APPROVED.value, Sampling.APPROVED.value), 0),
    }


def _reviewers_called(session: Session, project: Project, usernames: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for username in dict.fromkeys(name.strip().lower() for name in usernames):
        person = session.scalar(
            select(User.id)
            .join(Membership, Membership.user_id == User.id)
            .where(
                Membership.project_id == project.id,
                Membership.role == Role.REVIEWER.value,
                User.username == username,
            )
        )
        if person is None:
            raise NotFound(f"{username!r} is not a reviewer of this project.")
        found[username] = person
    return found


def _waiting_unnamed(project_id: int) -> Any:
    return (
        select(Annotation.task_id)
        .where(
            Annotation.project_id == project_id,
            review_places.is_queued(),
            ~exists().where(ReviewAssignment.task_id == Annotation.task_id),
        )
        .distinct()
    )


def _unnamed(session: Session, project_id: int) -> list[int]:
    return list(session.scalars(_waiting_unnamed(project_id).order_by(Annotation.task_id).limit(MOST_AT_ONCE)))


def _tasks_of(session: Session, project_id: int, tasks: Sequence[str]) -> list[int]:
    if len(tasks) > MOST_AT_ONCE:
        raise Invalid(f"At most {MOST_AT_ONCE} tasks at once.", field="tasks")
    ids = sorted({parse_id(one, "task") for one in tasks})
    known = set(session.scalars(select(Task.id).where(Task.id.in_(ids), Task.project_id == project_id)))
    if missing := [one for one in ids if one not in known]:
        raise NotFound(f"The project has no task {missing[0]}.")
    return ids


def _names(session: Session, task_id: int) -> list[str]:
    return list(
        session.scalars(
            select(User.username)
            .join(ReviewAssignment, ReviewAssignment.user_id == User.id)
            .where(ReviewAssignment.task_id == task_id)
            .order_by(User.username)
        )
    )


def _note(session: Session, actor: Actor, project: Project, tasks: Sequence[int], reviewers: Sequence[str]) -> None:
    told = {"tasks": len(tasks), "reviewers": list(reviewers)}
    subject = f"task:{tasks[0]}" if len(tasks) == 1 else f"project:{project.id}"
    record(session, actor, "review.reviewers", subject, project_id=project.id, **told)
