"""Predictions are asked for: about a task, a stretch of it, chosen tasks, or every task of a project."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import exists, func, select, true
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Model, Prediction, ProjectModel, Recording, Task
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.states import RecordingState
from labelbuddy_core.errors import Invalid, InvalidState
from labelbuddy_core.inference.fingerprint import fingerprint
from labelbuddy_core.inference.specification import Specification
from labelbuddy_core.services.access import parse_id, project_access, task_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations import first_passes
from labelbuddy_core.services.installation import jobs
from labelbuddy_core.services.models.model_history import specification_in_use
from labelbuddy_core.services.models.model_licenses import require_confirmed
from labelbuddy_core.services.transactions import reads, writes

MAX_BATCH = 20_000
MAX_CHOSEN = 1000
"""Tasks that may be chosen one by one."""


@writes
def predict_task(
    session: Session,
    actor: Actor,
    task_id: str | int,
    model_id: str | int,
    *,
    start: float | None = None,
    stop: float | None = None,
    again: bool = False,
) -> dict[str, Any]:
    """Ask a model about a task, or its stretch from `start` to `stop` (s, recording time); returns the job.

    The model is not run for what it has answered before, unless `again`. Raises `Invalid` when the project does not use
    the model, or the stretch does not lie in the task.
    """
    access = task_access(session, actor, task_id)
    access.require(Permission.PREDICT)
    first_passes.require_visible(session, actor, access)
    if access.recording.state != RecordingState.READY.value:
        raise InvalidState(f"{access.recording.name} is not ready yet.")
    model, _ = _usable(session, access.project.id, model_id)
    first = access.task.start if start is None else start
    last = access.task.stop if stop is None else stop
    if not access.task.start <= first < last <= access.task.stop:
        span = f"{access.task.start:g} … {access.task.stop:g} s"
        raise Invalid(f"The stretch must lie in the task ({span}) and end after it starts.", field="start")
    arguments = {"tasks": [access.task.id], "model": model.id, "start": first, "stop": last, "again": again}
    return jobs.submit(session, actor, "predict", arguments, queue="predict", project_id=access.project.id)


@writes
def predict_project(
    session: Session, actor: Actor, project_id: str | int, model_id: str | int, *, again: bool = False
) -> dict[str, Any]:
    """Ask a model about every task of a project that it has not predicted as it is now; returns the job.

    `again` asks about all of them, and runs the model also for what it has answered before. Raises `InvalidState` when
    there is nothing to do.
    """
    access = project_access(session, actor, project_id)
    access.require(Permission.PREDICT_BATCH)
    model, specification = _usable(session, access.project.id, model_id)
    tasks = list(session.scalars(_waiting(access.project.id, model, specification, again=again).limit(MAX_BATCH)))
    if not tasks:
        raise InvalidState("Every task of this project has a prediction of this model already.")
    arguments = {"tasks": tasks, "model": model.id, "again": again}
    return jobs.submit(session, actor, "predict", arguments, queue="predict", project_id=access.project.id)


@writes
def predict_tasks(
    session: Session,
    actor: Actor,
    project_id: str | int,
    model_id: str | int,
    tasks: Sequence[str | int],
    *,
    again: bool = False,
) -> dict[str, Any]:
    """Ask a model about chosen tasks of a project, but those that it has predicted as it is now; returns the job.

    `again` as in `predict_project`. Raises `Invalid` naming a task that is not of the project, and `InvalidState` when
    there is nothing to do.
    """
    access = project_access(session, actor, project_id)
    access.require(Permission.PREDICT_BATCH)
    model, specification = _usable(session, access.project.id, model_id)
    if not 1 <= len(tasks) <= MAX_CHOSEN:
        raise Invalid(f"Choose from 1 to {MAX_CHOSEN} tasks.", field="tasks")
    numbers = [parse_id(task, "task") for task in tasks]
    here = set(session.scalars(select(Task.id).where(Task.project_id == access.project.id, Task.id.in_(numbers))))
    for position, number in enumerate(numbers):
        if number not in here:
            raise Invalid(f"The project has no task {number}.", field=f"tasks.{position}")
    chosen = list(
        session.scalars(_waiting(access.project.id, model, specification, again=again).where(Task.id.in_(here)))
    )
    if not chosen:
        raise InvalidState("The model has predicted these tasks already, or their recordings are not ready.")
    arguments = {"tasks": chosen, "model": model.id, "again": again}
    return jobs.submit(session, actor, "predict", arguments, queue="predict", project_id=access.project.id)


@reads
def waiting_tasks(session: Session, actor: Actor, project_id: str | int, model_id: str | int) -> int:
    """How many tasks of a project a model has not predicted as it is now, at most `MAX_BATCH`."""
    access = project_access(session, actor, project_id)
    access.require(Permission.VIEW_PROJECT_MODELS)
    model, specification = _linked(session, access.project.id, model_id)
    if specification.embeds_text:
        return 0
    waiting = _waiting(access.project.id, model, specification, again=False).order_by(None).limit(MAX_BATCH)
    return session.scalar(select(func.count()).select_from(waiting.subquery())) or 0


def _waiting(project_id: int, model: Model, specification: Specification, *, again: bool) -> Any:
    present = fingerprint(specification)
    done = exists().where(
        Prediction.task_id == Task.id,
        Prediction.model_id + 0 == model.id,  # found by task: SQLite would go through all of the model's for each
        Prediction.fingerprint == present,
        Prediction.profile.is_not(None),
    )
    return (
        select(Task.id)
        .join(Recording, Recording.id == Task.recording_id)
        .where(
            Task.project_id == project_id,
            Recording.state == RecordingState.READY.value,
            true() if again else ~done,
        )
        .order_by(Task.priority.desc(), Task.rank.desc(), Task.id)
    )


def _linked(session: Session, project_id: int, model_id: str | int) -> tuple[Model, Specification]:
    """A model that the project uses, and the declaration that it uses of it."""
    number = parse_id(model_id, "model")
    model, link = session.get(Model, number), session.get(ProjectModel, (project_id, number))
    if model is None or link is None:
        raise Invalid("This project does not use that model; a manager can link it on the project page.", field="model")
    return model, specification_in_use(session, model, link.version)


def _usable(session: Session, project_id: int, model_id: str | int) -> tuple[Model, Specification]:
    """As `_linked`, of a model that can be asked about audio, whose license was confirmed where it has to be."""
    found = _linked(session, project_id, model_id)
    if found[1].embeds_text:
        raise Invalid(f"{found[0].name} gives vectors of captions; it cannot be asked about audio.", field="model")
    require_confirmed(found[0])
    return found
