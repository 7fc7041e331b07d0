"""Annotations and reviews as the API answers them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import (
    Annotation,
    Review,
    User,
)
from labelbuddy_core.domain.documents import (
    empty_document,
)
from labelbuddy_core.domain.states import AnnotationState
from labelbuddy_core.services.access import TaskAccess
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations.annotation_documents import (
    present_documents,
)
from labelbuddy_core.services.presenting import iso
from labelbuddy_core.services.tasks.hand_overs import hand_overs_of


def as_answers(session: Session, annotations: list[Annotation]) -> list[dict[str, Any]]:
    """The JSON of annotations with documents and reviews, in a constant number of queries."""
    session.flush()
    return with_documents(session, annotations, present_documents(session, [row.id for row in annotations]))


def standing(session: Session, annotation: Annotation) -> dict[str, Any]:
    """The JSON of an annotation without its document: where it stands is known without reading its regions."""
    session.flush()
    found = with_documents(session, [annotation], {annotation.id: {}})[0]
    return {name: value for name, value in found.items() if name != "document"}


def with_documents(
    session: Session, annotations: list[Annotation], documents: dict[int, dict[str, Any]]
) -> list[dict[str, Any]]:
    """The JSON of annotations whose documents are known, with reviews."""
    ids = [annotation.id for annotation in annotations]
    people = {
        user.id: user for user in session.scalars(select(User).where(User.id.in_({row.user_id for row in annotations})))
    }
    reviews = reviews_of(session, ids)
    handed_over = hand_overs_of(session, ids)
    return [
        {
            "id": str(row.id),
            "task": str(row.task_id),
            "user": people[row.user_id].username,
            "annotator": {"username": people[row.user_id].username, "name": people[row.user_id].name},
            "revision": row.revision,
            "state": row.state,
            "document": documents[row.id],
            "reviews": reviews.get(row.id, []),
            "handed_over": handed_over.get(row.id, []),
            "submitted_at": iso(row.submitted_at),
            "updated_at": iso(row.updated_at),
        }
        for row in annotations
    ]


def unsaved(actor: Actor, access: TaskAccess) -> dict[str, Any]:
    """What there is of an annotation before its first save."""
    return {
        "id": None,
        "task": str(access.task.id),
        "user": actor.username,
        "revision": 0,
        "state": AnnotationState.DRAFT.value,
        "document": empty_document(),
        "reviews": [],
        "updated_at": None,
    }


def reviews_of(session: Session, annotation_ids: list[int]) -> dict[int, list[dict[str, Any]]]:
    """The reviews of annotations in their order, in one query; annotations without any are not named."""
    found: dict[int, list[dict[str, Any]]] = {}
    for review, username in session.execute(
        select(Review, User.username)
        .join(User, User.id == Review.reviewer_id)
        .where(Review.annotation_id.in_(annotation_ids))
        .order_by(Review.id)
    ):
        found.setdefault(review.annotation_id, []).append(review_json(review, username))
    return found


def review_json(review: Review, reviewer: str) -> dict[str, Any]:
    """The review object of the API."""
    return {
        "id": str(review.id),
        "annotation": str(review.annotation_id),
        "revision": review.revision,
        "reviewer": reviewer,
        "decision": review.decision,
        "feedback": review.feedback,
        "reasons": review.reasons,
        "regions": review.regions,
        "created_at": iso(review.created_at),
    }
