"""The places of a task: as many as it wants annotators; who holds one, and since when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ScalarSelect, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import Annotation, Assignment, Task
from labelbuddy_core.domain.states import AnnotationState
from labelbuddy_core.settings import get_settings

CLAIM, ASSIGNED = "claim", "assigned"
RELEASED = "Released by {manager}"
"""What stands where somebody's own reason to skip a task would."""


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
    _update(session, task_id, user_id, last_saved_at=now(), skipped_at=None)


def take_up(session: Session, task_id: int, user_id: int) -> None:
    """The person saved something in the task: their claim is fresh, and why they once skipped it is past."""
    _update(session, task_id, user_id, last_saved_at=now(), skipped_at=None, skip_reason=None)


def _update(session: Session, task_id: int, user_id: int, **values: Any) -> None:
    session.execute(
        update(Assignment).where(Assignment.task_id == task_id, Assignment.user_id == user_id).values(**values)
    )
