"""The latest predictions of one model, for those who manage the projects that they belong to."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Membership, Prediction, Project, Recording, Task
from labelbuddy_core.domain.permissions import Role
from labelbuddy_core.errors import Invalid
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.models.models import model_for_manager
from labelbuddy_core.services.presenting import iso
from labelbuddy_core.services.transactions import reads

MAX_TOLD = 100
LOOKED_AT = 2000
"""Those of one's own projects are looked for among so many of the model: a page must not read all of them."""


@reads
def latest_predictions(session: Session, actor: Actor, model_id: str | int, limit: int = 10) -> list[dict[str, Any]]:
    """The newest predictions of a model in projects that the person manages, newest first.

    Each: {id, task, project, project_name, recording, start, stop (s), seconds, version, kept, created_at}; `kept` says
    that the model was not run for it. Raises `Forbidden` for those who manage no project.
    """
    if not 1 <= limit <= MAX_TOLD:
        raise Invalid(f"limit is a number from 1 to {MAX_TOLD}.", field="limit")
    model = model_for_manager(session, actor, model_id)
    newest = (
        select(Prediction.id, Prediction.project_id)
        .where(Prediction.model_id == model.id, Prediction.propagation_id.is_(None))
        .order_by(Prediction.id.desc())
        .limit(LOOKED_AT)
        .subquery()
    )
    mine = select(newest.c.id).order_by(newest.c.id.desc()).limit(limit)
    if not actor.is_administrator:
        managed = select(Membership.project_id).where(
            Membership.user_id == actor.id, Membership.role == Role.MANAGER.value
        )
        mine = mine.where(newest.c.project_id.in_(managed))
    rows = session.execute(
        select(
            Prediction.id,
            Prediction.task_id,
            Prediction.project_id,
            Prediction.options,
            Prediction.seconds,
            Prediction.version,
            Prediction.created_at,
            Project.name,
            Recording.name,
            Task.start,
            Task.stop,
        )
        .join(Task, Task.id == Prediction.task_id)
        .join(Recording, Recording.id == Task.recording_id)
        .join(Project, Project.id == Prediction.project_id)
        .where(Prediction.id.in_(list(session.scalars(mine))))
        .order_by(Prediction.id.desc())
    )
    return [
        {
            "id": str(number),
            "task": str(task),
            "project": str(project),
            "project_name": project_name,
            "recording": recording,
            "start": options.get("start", start),
            "stop": options.get("stop", stop),
            "seconds": seconds,
            "version": version,
            "kept": bool(options.get("kept")),
            "created_at": iso(created_at),
        }
        for number, task, project, options, seconds, version, created_at, project_name, recording, start, stop in rows
    ]
