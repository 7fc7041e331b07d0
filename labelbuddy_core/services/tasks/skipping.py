"""Skipping a task with a reason: its place is free for others, and it comes back after everything else."""

from __future__ import annotations

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.orm import Session

from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import Annotation, Assignment, Project, Task
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.plain_names import readable
from labelbuddy_core.domain.states import EDITABLE, AnnotationState
from labelbuddy_core.errors import Invalid, InvalidState
from labelbuddy_core.services.access import task_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.history import record
from labelbuddy_core.services.tasks import places
from labelbuddy_core.services.transactions import writes

MAX_REASON = 1000


@writes
def skip_task(session: Session, actor: Actor, task_id: str | int, reason: str) -> None:
    """Put a task of my queue off. What I saved in it stays mine; a later save takes it up again.

    Raises `Invalid` without a reason, `InvalidState` when I have handed it in already.
    """
    access = task_access(session, actor, task_id)
    access.require(Permission.ANNOTATE)
    told = readable(reason, "reason").strip()
    if not told:
        raise Invalid("Say why you skip this task.", field="reason")
    if len(told) > MAX_REASON:
        raise Invalid(f"The reason is longer than {MAX_REASON} characters.", field="reason")
    state = session.scalar(
        select(Annotation.state).where(Annotation.task_id == access.task.id, Annotation.user_id == actor.id)
    )
    if state is not None and AnnotationState(state) not in EDITABLE:
        raise InvalidState("You have handed this task in already; there is nothing to skip.")
    session.execute(
        update(Assignment)
        .where(Assignment.task_id == access.task.id, Assignment.user_id == actor.id)
        .values(skipped_at=now(), skip_reason=told)
    )
    record(session, actor, "task.skipped", f"task:{access.task.id}", project_id=access.project.id, reason=told)


def put_off_task(session: Session, actor: Actor, project: Project, *, after: int | None) -> int | None:
    """The task that I put off longest ago, besides `after`; I hold its place again. None when there is none.

    Tasks that I had not begun and that others have taken meanwhile leave my queue.
    """
    rows = session.execute(
        select(Assignment.task_id, Assignment.kind, Annotation.id, places.taken())
        .join(Task, Task.id == Assignment.task_id)
        .outerjoin(Annotation, and_(Annotation.task_id == Assignment.task_id, Annotation.user_id == actor.id))
        .where(
            Assignment.user_id == actor.id,
            Assignment.project_id == project.id,
            Assignment.skipped_at.is_not(None),
            Assignment.task_id != (after or 0),
            or_(Annotation.id.is_(None), Annotation.state.in_([state.value for state in EDITABLE])),
        )
        .order_by(Assignment.skipped_at, Assignment.task_id)
    ).all()
    for task_id, kind, begun, taken in rows:
        if kind == places.CLAIM and begun is None and _is_full(project, taken):
            session.execute(delete(Assignment).where(Assignment.task_id == task_id, Assignment.user_id == actor.id))
            continue
        places.hold_again(session, task_id, actor.id)
        return task_id
    return None


def _is_full(project: Project, taken: int) -> bool:
    return project.strategy == "pool" and taken >= project.annotators_per_task
