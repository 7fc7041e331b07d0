"""The annotators' activity: what was opened, worked on, played and left idle, and for how many seconds."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Activity, Task, User
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.errors import Invalid
from labelbuddy_core.services.access import project_access, task_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.transactions import reads, writes

KINDS = ("opened", "active", "idle", "played", "submitted", "closed")
MAX_SECONDS = 3600.0
MAX_EVENTS = 100


@writes
def log_activity(session: Session, actor: Actor, task_id: str | int, client: str, events: list[dict[str, Any]]) -> None:
    """Append what happened in one browser tab; `seconds` is how long it took (0 … 3600)."""
    access = task_access(session, actor, task_id)
    access.require(Permission.OPEN_TASK)
    if len(events) > MAX_EVENTS:
        raise Invalid(f"At most {MAX_EVENTS} events at once.", field="events")
    for position, event in enumerate(events):
        seconds = float(event.get("seconds") or 0.0)
        if event.get("kind") not in KINDS:
            raise Invalid(f"kind must be one of {', '.join(KINDS)}.", field=f"events.{position}.kind")
        if not 0.0 <= seconds <= MAX_SECONDS:
            raise Invalid("seconds must be from 0 to 3600.", field=f"events.{position}.seconds")
        session.add(
            Activity(task_id=access.task.id, user_id=actor.id, client=client, kind=event["kind"], seconds=seconds)
        )


@reads
def active_seconds(session: Session, actor: Actor, project_id: str | int) -> dict[str, float]:
    """Seconds of active work by username in a project, for its managers."""
    access = project_access(session, actor, project_id)
    access.require(Permission.VIEW_ALL_TASKS)
    rows = session.execute(
        select(User.username, func.sum(Activity.seconds))
        .join(User, User.id == Activity.user_id)
        .join(Task, Task.id == Activity.task_id)
        .where(Task.project_id == access.project.id, Activity.kind == "active")
        .group_by(User.username)
    )
    return {username: float(seconds) for username, seconds in rows}
