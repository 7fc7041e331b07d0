"""How long annotators work on what they hand in, from their recorded active time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Activity, Annotation, Task
from labelbuddy_core.domain.states import HANDED_IN


@dataclass(frozen=True)
class Speed:
    """Seconds of active work on tasks that were handed in, and how much sound these tasks have (seconds)."""

    tasks: int
    seconds: float
    sound: float


def speeds_of(
    session: Session, project_id: int, since: datetime | None = None, until: datetime | None = None
) -> dict[int, Speed]:
    """By user; tasks without recorded time (imported, or saved by scripts) do not count."""
    worked = (
        select(Activity.task_id, Activity.user_id, func.sum(Activity.seconds).label("seconds"))
        .join(Task, Task.id == Activity.task_id)
        .where(Task.project_id == project_id, Activity.kind == "active")
        .group_by(Activity.task_id, Activity.user_id)
        .subquery()
    )
    query = (
        select(worked.c.user_id, func.count(), func.sum(worked.c.seconds), func.sum(Task.stop - Task.start))
        .join(Task, Task.id == worked.c.task_id)
        .join(Annotation, (Annotation.task_id == worked.c.task_id) & (Annotation.user_id == worked.c.user_id))
        .where(worked.c.seconds > 0.0, Annotation.state.in_([state.value for state in HANDED_IN]))
        .group_by(worked.c.user_id)
    )
    if since is not None:
        query = query.where(Annotation.submitted_at >= since)
    if until is not None:
        query = query.where(Annotation.submitted_at < until)
    return {row[0]: Speed(int(row[1]), float(row[2]), float(row[3])) for row in session.execute(query)}
