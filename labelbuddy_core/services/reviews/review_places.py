"""Whose review queue a task is in: everybody's of the pool, or that of the reviewers who were named or dealt it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Annotation, Assignment, Membership, Project, ReviewAssignment
from labelbuddy_core.domain.permissions import Role
from labelbuddy_core.domain.review_rules import NOT_QUEUED, Reviewers, parse_review_rules
from labelbuddy_core.domain.states import AnnotationState
from labelbuddy_core.services.actors import Actor


def reaches(actor: Actor, project: Project, task_id: Any) -> ColumnElement[bool]:
    """Whether the task of a query (`task_id` is its column) is in the person's review queue, as far as names decide."""
    named = exists().where(ReviewAssignment.task_id == task_id)
    mine = named.where(ReviewAssignment.user_id == actor.id)
    if parse_review_rules(project.review_rules).reviewers is Reviewers.POOL:
        return or_(mine, ~named)
    return mine


def is_queued() -> ColumnElement[bool]:
    """Whether an `Annotation` of a query is submitted and not left out by sampling."""
    return (Annotation.state == AnnotationState.SUBMITTED.value) & or_(
        Annotation.sampling.is_(None), Annotation.sampling.not_in(NOT_QUEUED)
    )


def reviewers_in(session: Session, project_id: int) -> list[int]:
    """The reviewers of a project."""
    return list(
        session.scalars(
            select(Membership.user_id)
            .where(Membership.project_id == project_id, Membership.role == Role.REVIEWER.value)
            .order_by(Membership.user_id)
        )
    )


def who_works_on(session: Session, task_ids: Collection[int]) -> dict[int, set[int]]:
    """By task the people who have it in their own queue or have annotated it: they do not review it."""
    found: dict[int, set[int]] = {task_id: set() for task_id in task_ids}
    for table in (Assignment, Annotation):
        for task_id, user_id in session.execute(
            select(table.task_id, table.user_id).where(table.task_id.in_(list(task_ids)))
        ):
            found[task_id].add(user_id)
    return found


def loads(session: Session, project_id: int) -> dict[int, int]:
    """By reviewer how many tasks with something that waits they were given."""
    rows = session.execute(
        select(ReviewAssignment.user_id, func.count())
        .where(
            ReviewAssignment.project_id == project_id,
            exists().where(Annotation.task_id == ReviewAssignment.task_id, is_queued()),
        )
        .group_by(ReviewAssignment.user_id)
    )
    return {row[0]: row[1] for row in rows}


def deal(session: Session, project_id: int, task_ids: Collection[int], among: Collection[int]) -> dict[int, int]:
    """Give each of the tasks that has no reviewer to whoever of `among` has least waiting; returns reviewers by task.

    Nobody is given a task that they annotate; one for which nobody is left stays without.
    """
    ids = list(task_ids)
    taken = set(session.scalars(select(ReviewAssignment.task_id).where(ReviewAssignment.task_id.in_(ids))))
    free = [task_id for task_id in ids if task_id not in taken]
    working, load = who_works_on(session, free), loads(session, project_id)
    dealt: dict[int, int] = {}
    for task_id in free:
        candidates = [person for person in among if person not in working[task_id]]
        if not candidates:
            continue
        person = min(candidates, key=lambda who: (load.get(who, 0), who))
        session.add(ReviewAssignment(task_id=task_id, user_id=person, project_id=project_id))
        load[person] = load.get(person, 0) + 1
        dealt[task_id] = person
    session.flush()
    return dealt


def release(session: Session, project_id: int, user_id: int) -> None:
    """The person reviews nothing in this project any more."""
    session.execute(
        delete(ReviewAssignment).where(ReviewAssignment.project_id == project_id, ReviewAssignment.user_id == user_id)
    )
