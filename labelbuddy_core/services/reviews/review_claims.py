"""Reserving an annotation for the reviewer who opened it, so that two of the pool never decide the same one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, delete, select, update
from sqlalchemy.orm import Session, aliased

from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import Annotation, Recording, ReviewClaim, Task, User
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.states import AnnotationState
from labelbuddy_core.errors import LabelBuddyError, NotFound
from labelbuddy_core.services.access import ProjectAccess, annotation_access, parse_id, project_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.history import record
from labelbuddy_core.services.presenting import iso
from labelbuddy_core.services.reviews import review_holds, review_places
from labelbuddy_core.services.reviews.review_queues import for_reviewer, in_order
from labelbuddy_core.services.reviews.reviewable import annotation_to_review
from labelbuddy_core.services.transactions import reads, writes
from labelbuddy_core.settings import get_settings

_TRIED = 20
"""Annotations that are tried one after the other while others take them at the same moment."""


@dataclass(frozen=True)
class _Claim:
    annotation: int
    since: datetime
    seen: datetime


def open_next(actor: Actor, project_id: str | int) -> str | None:
    """Reserve the annotation to review next and return its id: mine that is open, else the first that nobody holds.

    Those of a task in which another reviewer is at work come last, since both would write its ground truth. None where
    nothing waits, or others hold all of it.
    """
    for found in (_open_already, _first_free):  # looked for without holding up who writes
        for annotation_id in found(actor, project_id):
            try:
                return str(open_annotation(actor, annotation_id)["annotation"])
            except LabelBuddyError:  # decided, withdrawn or opened by somebody else since it was read
                continue
    return None


@writes
def open_annotation(session: Session, actor: Actor, annotation_id: str | int) -> dict[str, Any]:
    """Reserve an annotation for me, or go on holding it: {annotation, since, until}.

    `until` is when it returns to the others unless I go on. Raises `InvalidState` when
    another reviewer holds it, or it is not submitted (any more).
    """
    claim = _hold(session, actor, annotation_id)
    until = claim.seen + timedelta(minutes=get_settings().review_claim_minutes)
    return {"annotation": str(claim.annotation), "since": iso(claim.since), "until": iso(until)}


@writes
def leave(session: Session, actor: Actor, annotation_id: str | int) -> None:
    """Give an annotation back that I hold; nothing happens where I do not."""
    session.execute(
        delete(ReviewClaim).where(
            ReviewClaim.annotation_id == parse_id(annotation_id, "annotation"), ReviewClaim.reviewer_id == actor.id
        )
    )


@writes
def leave_all(session: Session, actor: Actor, project_id: str | int) -> None:
    """Give back everything that I hold in a project."""
    review_holds.release_all(session, project_access(session, actor, project_id).project.id, actor.id)


@reads
def claims(session: Session, actor: Actor, project_id: str | int) -> list[dict[str, Any]]:
    """What reviewers of a project hold now, for its managers: {annotation, task, recording, annotator, reviewer, since,
    idle}; `idle` is how long ago they worked on it (s), the longest first."""
    access = project_access(session, actor, project_id)
    access.require(Permission.CHANGE_TASKS)
    annotator, reviewer = aliased(User), aliased(User)
    rows = session.execute(
        select(ReviewClaim, Annotation.task_id, Recording.name, annotator.name, reviewer.name)
        .join(Annotation, Annotation.id == ReviewClaim.annotation_id)
        .join(Task, Task.id == Annotation.task_id)
        .join(Recording, Recording.id == Task.recording_id)
        .join(annotator, annotator.id == Annotation.user_id)
        .join(reviewer, reviewer.id == ReviewClaim.reviewer_id)
        .where(
            Annotation.project_id == access.project.id,
            Annotation.state == AnnotationState.SUBMITTED,
            ReviewClaim.last_seen_at >= review_holds.expired(),
        )
        .order_by(ReviewClaim.last_seen_at, ReviewClaim.annotation_id)
    )
    return [
        {
            "annotation": str(claim.annotation_id),
            "task": str(task_id),
            "recording": recording,
            "annotator": by,
            "reviewer": who,
            "since": iso(claim.since),
            "idle": max(0.0, round((now() - claim.last_seen_at).total_seconds(), 1)),
        }
        for claim, task_id, recording, by, who in rows
    ]


@writes
def release(session: Session, actor: Actor, annotation_id: str | int) -> None:
    """Give an annotation that a reviewer holds back to the others, as a manager; raises `NotFound` if nobody does."""
    annotation, access = annotation_access(session, actor, annotation_id)
    access.require(Permission.CHANGE_TASKS)
    holder = session.scalar(
        delete(ReviewClaim).where(ReviewClaim.annotation_id == annotation.id).returning(ReviewClaim.reviewer_id)
    )
    if holder is None:
        raise NotFound("Nobody is reviewing this annotation.")
    _note(session, actor, access.at, "review.released", annotation.id, reviewer=holder)


@reads
def _open_already(session: Session, actor: Actor, project_id: str | int) -> list[int]:
    access = project_access(session, actor, project_id)
    access.require(Permission.REVIEW)
    return list(
        session.scalars(
            select(Annotation.id)
            .join(ReviewClaim, ReviewClaim.annotation_id == Annotation.id)
            .join(Task, Task.id == Annotation.task_id)
            .where(
                ReviewClaim.reviewer_id == actor.id,
                ReviewClaim.last_seen_at >= review_holds.expired(),
                *for_reviewer(actor, access.project),
                review_places.is_queued(),
            )
            .order_by(*in_order(access.project))
            .limit(_TRIED)
        )
    )


@reads
def _first_free(session: Session, actor: Actor, project_id: str | int) -> list[int]:
    access = project_access(session, actor, project_id)
    return list(
        session.scalars(
            select(Annotation.id)
            .join(Task, Task.id == Annotation.task_id)
            .where(
                *for_reviewer(actor, access.project), review_places.is_queued(), ~review_holds.held_by_another(actor)
            )
            .order_by(case((review_holds.task_held_by_another(actor), 1), else_=0), *in_order(access.project))
            .limit(_TRIED)
        )
    )


def _hold(session: Session, actor: Actor, annotation_id: str | int) -> _Claim:
    """The claim on an annotation, which is locked meanwhile: of two who open it at once the second finds it held."""
    annotation, access = annotation_to_review(session, actor, annotation_id)
    moment = now()
    mine = session.execute(
        update(ReviewClaim)
        .where(
            ReviewClaim.annotation_id == annotation.id,
            ReviewClaim.reviewer_id == actor.id,
            ReviewClaim.last_seen_at >= review_holds.expired(),
        )
        .values(last_seen_at=moment)
        .returning(ReviewClaim.since)
    ).scalar()
    if mine is None:
        session.execute(delete(ReviewClaim).where(ReviewClaim.annotation_id == annotation.id))  # an expired one
        session.add(ReviewClaim(annotation_id=annotation.id, reviewer_id=actor.id, since=moment, last_seen_at=moment))
        _note(session, actor, access.at, "review.opened", annotation.id)
        session.flush()
    return _Claim(annotation.id, mine or moment, moment)


def _note(session: Session, actor: Actor, access: ProjectAccess, action: str, annotation_id: int, **data: Any) -> None:
    record(session, actor, action, f"annotation:{annotation_id}", project_id=access.project.id, **data)
