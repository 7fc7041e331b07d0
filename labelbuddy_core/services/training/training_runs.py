"""Training runs as managers see them: started, watched, stopped and listed."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Job, Model, TrainingEpoch, TrainingLogLine, TrainingRun, User
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.states import JobState
from labelbuddy_core.domain.training.parameters import Bounds, checked
from labelbuddy_core.errors import InvalidState, NotFound
from labelbuddy_core.services.access import parse_id, project_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.history import record
from labelbuddy_core.services.installation import jobs
from labelbuddy_core.services.presenting import iso
from labelbuddy_core.services.training.training_sets import Choices, require_lessons, teachable_model, training_set
from labelbuddy_core.services.transactions import inner, reads, writes

KIND = "train"
MAX_LISTED = 200
_LINES = 200


@writes
def start_run(
    session: Session,
    actor: Actor,
    project_id: str | int,
    model_id: str | int,
    *,
    parameters: dict[str, float] | None = None,
    choices: Choices | None = None,
) -> dict[str, Any]:
    """Start teaching a model what a project has approved; returns the run.

    Raises `Forbidden` for others than managers, `Invalid` for a wrong parameter or choice, `InvalidState` when the
    model cannot be trained or there is nothing to learn from.
    """
    teachable = teachable_model(session, actor, project_id, model_id)
    bounds = teachable.specification.training.parameters
    allowed = {name: Bounds(one.default, one.min, one.max) for name, one in bounds.items()}
    values = checked(parameters or {}, allowed)
    chosen = choices or Choices()
    require_lessons(training_set(session, teachable, chosen))
    project = teachable.access.project
    run = TrainingRun(
        model_id=teachable.model.id,
        project_id=project.id,
        parent=teachable.specification.version,
        parameters=values,
        choices=asdict(chosen),
        created_by=actor.id,
    )
    session.add(run)
    session.flush()
    job = jobs.submit(session, actor, KIND, {"run": run.id}, queue="train", project_id=project.id)
    run.job_id = job["id"]
    record(
        session, actor, "training.started", f"training-run:{run.id}", project_id=project.id,
        model=teachable.model.name, parent=run.parent, parameters=values,
    )  # fmt: skip
    return _json(session, run)


@reads
def list_runs(session: Session, actor: Actor, project_id: str | int) -> list[dict[str, Any]]:
    """The newest runs of a project, newest first, without their epochs. Raises `Forbidden` for others than managers."""
    access = project_access(session, actor, project_id)
    access.require(Permission.TRAIN)
    rows = session.execute(
        select(TrainingRun, Job, Model.name, User.name)
        .join(Model, Model.id == TrainingRun.model_id)
        .outerjoin(Job, Job.id == TrainingRun.job_id)
        .outerjoin(User, User.id == TrainingRun.created_by)
        .where(TrainingRun.project_id == access.project.id)
        .order_by(TrainingRun.id.desc())
        .limit(MAX_LISTED)
    )
    return [_summary(run, job, model, person) for run, job, model, person in rows]


@reads
def get_run(session: Session, actor: Actor, run_id: str | int) -> dict[str, Any]:
    """One run with `epochs`, the figures of each, and the last lines of its `log`."""
    return _json(session, visible_run(session, actor, run_id))


@writes
def stop_run(session: Session, actor: Actor, run_id: str | int) -> dict[str, Any]:
    """End a run after its present epoch: its best epoch becomes a version. One that has not begun is cancelled.

    Raises `InvalidState` when it has ended.
    """
    run = visible_run(session, actor, run_id)
    job = session.get(Job, run.job_id)
    if job is None or job.state not in (JobState.QUEUED.value, JobState.RUNNING.value):
        raise InvalidState("This run has already ended.")
    if job.state == JobState.QUEUED.value:
        inner(jobs.cancel_job)(session, actor, job.id)
    run.stop_asked = True
    record(session, actor, "training.stopped", f"training-run:{run.id}", project_id=run.project_id)
    session.flush()
    return _json(session, run)


def visible_run(session: Session, actor: Actor, run_id: str | int) -> TrainingRun:
    """The run, for managers of its project. Raises `NotFound` or `Forbidden`."""
    run = session.get(TrainingRun, parse_id(run_id, "training run"))
    if run is None:
        raise NotFound(f"There is no training run {run_id!r}.")
    try:
        access = project_access(session, actor, run.project_id)
    except NotFound:
        raise NotFound(f"There is no training run {run_id!r}.") from None
    access.require(Permission.TRAIN)
    return run


def _json(session: Session, run: TrainingRun) -> dict[str, Any]:
    model, person = session.get_one(Model, run.model_id), session.get(User, run.created_by or 0)
    epochs = session.scalars(
        select(TrainingEpoch).where(TrainingEpoch.run_id == run.id).order_by(TrainingEpoch.epoch)
    )  # fmt: skip
    lines = session.scalars(
        select(TrainingLogLine)
        .where(TrainingLogLine.run_id == run.id)
        .order_by(TrainingLogLine.id.desc())
        .limit(_LINES)
    ).all()
    return {
        **_summary(run, session.get(Job, run.job_id), model.name, person.name if person else None),
        "choices": run.choices,
        "balance": run.balance,
        "epochs": [{"epoch": one.epoch, **one.figures} for one in epochs],
        "log": [{"at": iso(line.at), "text": line.text} for line in lines[::-1]],
    }


def _summary(run: TrainingRun, job: Job | None, model: str, person: str | None) -> dict[str, Any]:
    return {
        "id": str(run.id),
        "project": str(run.project_id),
        "model": str(run.model_id),
        "model_name": model,
        "parent": run.parent,
        "parameters": run.parameters,
        "job": run.job_id,
        "state": job.state if job else JobState.FAILED.value,
        "progress": job.progress if job else 0.0,
        "message": job.message if job else "",
        "problem": job.problem if job else "The job of this run is gone.",
        "stop_asked": run.stop_asked,
        "checksum": run.checksum,
        "best_epoch": run.best_epoch,
        "version": run.version,
        "comparison": run.comparison,
        "by": person,
        "created_at": iso(run.created_at),
        "finished_at": iso(job.finished_at) if job else None,
    }
