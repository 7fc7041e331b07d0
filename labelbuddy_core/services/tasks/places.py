"""The places of a task: as many as it wants annotators; who holds one, and since when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ScalarSelect, and_, bindparam, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import Annotation, Assignment, Task
from labelbuddy_core.domain.states import AnnotationState
from labelbuddy_core.settings import get_settings

CLAIM, ASSIGNED = "claim", "assigned"
RELEASED = "Released by {manager}"
"""What stands where somebody's own reason to skip a task would."""
_HELD_AGAIN: Final = (
    update(Assignment)
    .where(Assignment.task_id == bindparam("task"), Assignment.user_id == bindparam("person"))
    .values(last_saved_at=bindparam("moment"), skipped_at=None)
)
_SAVED: Final = _HELD_AGAIN.values(skip_reason=None)


def expired() -> datetime:
    """Claims without a save since then hold no place any more."""
    return now() - timedelta(hours=get_settings().claim_hours)


def taken() -> ScalarSelect[int]:
    """How many places of a `Task` of the query around it are taken.

    A place is held by what was handed in, by an assignment, or by a claim that was not put off and has not expired:
    its owner saved within `claim_hours`. Whoever lets a claim expire, or skips the task, keeps the draft, but somebody
    else may take the task as well.
    """
    holder, work = aliased(Assignment), aliased(Annotation)
    done = exists().where(
        work.task_id == holder.task_id, work.user_id == holder.user_id, work.state != AnnotationState.DRAFT.value
    )
    claimed = and_(holder.last_saved_at >= expired(), holder.skipped_at.is_(None))
    return (
        select(func.count())
        .where(holder.task_id == Task.id, or_(holder.kind == ASSIGNED, claimed, done))
        .correlate(Task)
        .scalar_subquery()
    )


def hold_again(session: Session, task_id: int, user_id: int) -> None:
    """The person was given a task again that they had put off."""
    session.connection().execute(_HELD_AGAIN, {"task": task_id, "person": user_id, "moment": now()})


def take_up(session: Session, task_id: int, user_id: int) -> None:
    """The person saved something in the task: their claim is fresh, and why they once skipped it is past."""
    session.connection().execute(_SAVED, {"task": task_id, "person": user_id, "moment": now()})
