"""Who holds which annotation for a review, as the database says it: for queues, and for what decides."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.orm import Session, aliased

from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import Annotation, ReviewAssignment, ReviewClaim, User
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.settings import get_settings


def expired() -> datetime:
    """A claim on whose annotation nobody has worked since then reserves nothing any more."""
    return now() - timedelta(minutes=get_settings().review_claim_minutes)


def held_by_another(actor: Actor) -> ColumnElement[bool]:
    """Whether an `Annotation` of a query is reserved for another reviewer."""
    return exists().where(
        ReviewClaim.annotation_id == Annotation.id,
        ReviewClaim.reviewer_id != actor.id,
        ReviewClaim.last_seen_at >= expired(),
    )


def task_held_by_another(actor: Actor) -> ColumnElement[bool]:
    """Whether another reviewer has an annotation of the same task as an `Annotation` of a query."""
    beside = aliased(Annotation)
    return exists().where(
        beside.task_id == Annotation.task_id,
        ReviewClaim.annotation_id == beside.id,
        ReviewClaim.reviewer_id != actor.id,
        ReviewClaim.last_seen_at >= expired(),
    )


def other_holder(session: Session, actor: Actor, annotation_id: int) -> str | None:
    """The name of the other reviewer for whom an annotation is reserved; None where it is free, or the person's."""
    return session.scalar(
        select(User.name)
        .join(ReviewClaim, ReviewClaim.reviewer_id == User.id)
        .where(
            ReviewClaim.annotation_id == annotation_id,
            ReviewClaim.reviewer_id != actor.id,
            ReviewClaim.last_seen_at >= expired(),
        )
    )


def other_holders(session: Session, actor: Actor, annotation_ids: Collection[int]) -> dict[int, str]:
    """By annotation the name of the other reviewer for whom it is reserved."""
    rows = session.execute(
        select(ReviewClaim.annotation_id, User.name)
        .join(User, User.id == ReviewClaim.reviewer_id)
        .where(
            ReviewClaim.annotation_id.in_(list(annotation_ids)),
            ReviewClaim.reviewer_id != actor.id,
            ReviewClaim.last_seen_at >= expired(),
        )
    )
    return {row[0]: row[1] for row in rows}


def release_unnamed(session: Session, task_ids: Collection[int]) -> None:
    """Reviewers are named for tasks: whoever is not among them holds nothing there any more."""
    of_named_tasks = (
        select(Annotation.id)
        .join(ReviewAssignment, ReviewAssignment.task_id == Annotation.task_id)
        .where(Annotation.task_id.in_(list(task_ids)))
    )
    named = exists().where(
        Annotation.id == ReviewClaim.annotation_id,
        ReviewAssignment.task_id == Annotation.task_id,
        ReviewAssignment.user_id == ReviewClaim.reviewer_id,
    )
    session.execute(delete(ReviewClaim).where(ReviewClaim.annotation_id.in_(of_named_tasks), ~named))


def release(session: Session, annotation_id: int) -> None:
    """Nobody reviews an annotation any more: it was decided, or taken back."""
    session.execute(delete(ReviewClaim).where(ReviewClaim.annotation_id == annotation_id))


def release_everywhere(session: Session, user_id: int) -> None:
    """The person signs in no more."""
    session.execute(delete(ReviewClaim).where(ReviewClaim.reviewer_id == user_id))


def release_all(session: Session, project_id: int, user_id: int) -> None:
    """The person reviews nothing in this project any more."""
    ours = select(Annotation.id).where(Annotation.project_id == project_id)
    session.execute(delete(ReviewClaim).where(ReviewClaim.reviewer_id == user_id, ReviewClaim.annotation_id.in_(ours)))
