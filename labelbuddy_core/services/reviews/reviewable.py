"""What every decision of a reviewer asks first: may this person decide this annotation, as it is now?"""

from __future__ import annotations

from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Annotation
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.states import AnnotationState
from labelbuddy_core.errors import Conflict, Forbidden, InvalidState
from labelbuddy_core.services.access import TaskAccess, annotation_to_change
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.reviews import review_holds

DECISIONS = {"approve": AnnotationState.APPROVED, "reject": AnnotationState.REJECTED}


def annotation_to_review(session: Session, actor: Actor, annotation_id: str | int) -> tuple[Annotation, TaskAccess]:
    """A submitted annotation of somebody else that the person may review, locked until the transaction ends.

    Raises `NotFound` or `Forbidden` where it is not theirs to review, `Forbidden` for one's own work, `InvalidState`
    when it is not submitted (any more), or another reviewer has it open.
    """
    annotation, access = annotation_to_change(session, actor, annotation_id)
    access.require(Permission.REVIEW)
    if annotation.user_id == actor.id:
        raise Forbidden("Nobody reviews their own annotation.")
    if annotation.state != AnnotationState.SUBMITTED:
        raise InvalidState(f"This annotation is {annotation.state}; only a submitted one can be reviewed.")
    if holder := review_holds.other_holder(session, actor, annotation.id):
        raise InvalidState(f"{holder} is reviewing this annotation now; take another one, or wait until it is free.")
    return annotation, access


def annotation_to_decide(
    session: Session, actor: Actor, annotation_id: str | int, *, revision: int
) -> tuple[Annotation, TaskAccess]:
    """As `annotation_to_review`; raises `Conflict` as well, when another revision is the submitted one."""
    annotation, access = annotation_to_review(session, actor, annotation_id)
    if revision != annotation.revision:
        raise Conflict("The annotation changed since you opened it; reload it.", revision=annotation.revision)
    return annotation, access
