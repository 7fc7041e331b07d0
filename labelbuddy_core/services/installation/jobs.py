"""Jobs as people see them: submitted with their cause, listed, watched and cancelled."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import Job, Membership
from labelbuddy_core.domain.permissions import Role
from labelbuddy_core.domain.states import FINAL_JOB_STATES, JobState
from labelbuddy_core.errors import InvalidState, NotFound
from labelbuddy_core.services.access import roles_in
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.history import record
from labelbuddy_core.services.pages_of_results import Results, checked_limit, cursor_of, read_cursor
from labelbuddy_core.services.presenting import iso
from labelbuddy_core.services.transactions import reads, writes

ON_CANCEL: dict[str, tuple[Callable[[Session, Job], None], ...]] = {}
"""What else a cancellation changes, in its own transaction, by kind of job."""

OPEN = "open"
"""As a filter: queued or running."""


def submit(
    session: Session,
    actor: Actor | None,
    kind: str,
    arguments: dict[str, Any],
    *,
    queue: str = "cpu",
    project_id: int | None = None,
    message: str = "Waiting",
) -> dict[str, Any]:
    """Write a job down in the caller's transaction; the worker finds it there. Returns its JSON."""
    job = Job(
        id=str(uuid.uuid4()),
        kind=kind,
        queue=queue,
        project_id=project_id,
        created_by=actor.id if actor else None,
        arguments=arguments,
        message=message,
    )
    session.add(job)
    session.flush()
    record(session, actor, f"job.{kind}.submitted", f"job:{job.id}", project_id=project_id)
    return job_json(job)


@reads
def get_job(session: Session, actor: Actor, job_id: str) -> dict[str, Any]:
    """One job: one's own, or any of a project one manages; raises `NotFound` otherwise."""
    return job_json(_visible(session, actor, job_id))


@reads
def list_jobs(
    session: Session,
    actor: Actor,
    *,
    project_id: int | None = None,
    state: str | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """The jobs a person may see, newest first, a page at a time."""
    size = checked_limit(limit)
    query = select(Job).order_by(Job.created_at.desc(), Job.id.desc()).limit(size + 1)
    if not actor.is_administrator:
        managed = select(Membership.project_id).where(
            Membership.user_id == actor.id, Membership.role == Role.MANAGER.value
        )
        query = query.where(or_(Job.created_by == actor.id, Job.project_id.in_(managed)))
    if project_id is not None:
        query = query.where(Job.project_id == project_id)
    if state == OPEN:
        query = query.where(Job.state.not_in(FINAL_JOB_STATES))
    elif state is not None:
        query = query.where(Job.state == state)
    if cursor:
        (last,) = read_cursor(cursor, str)
        after = session.get(Job, str(last))
        if after is not None:
            query = query.where(
                or_(Job.created_at < after.created_at, (Job.created_at == after.created_at) & (Job.id < after.id))
            )
    rows = list(session.scalars(query))
    more = len(rows) > size
    rows = rows[:size]
    return Results([job_json(row) for row in rows], cursor_of(rows[-1].id) if more else None).as_json()


@writes
def cancel_job(session: Session, actor: Actor, job_id: str) -> dict[str, Any]:
    """Cancel a job that has not ended; its code stops at the next step. Raises `InvalidState` when it has ended."""
    job = _visible(session, actor, job_id)
    if JobState(job.state) in FINAL_JOB_STATES:
        raise InvalidState(f"This job has already {job.state}.")
    session.execute(
        update(Job)
        .where(Job.id == job.id, Job.state.in_(["queued", "running"]))
        .values(state=JobState.CANCELLED.value, message="Cancelled", finished_at=now())
    )
    for left_over in ON_CANCEL.get(job.kind, ()):
        left_over(session, job)
    record(session, actor, "job.cancelled", f"job:{job.id}", project_id=job.project_id)
    session.refresh(job)
    return job_json(job)


def _visible(session: Session, actor: Actor, job_id: str) -> Job:
    job = session.get(Job, job_id[:36])
    if job is not None:
        if actor.is_administrator or job.created_by == actor.id:
            return job
        if job.project_id is not None and Role.MANAGER in roles_in(session, actor, job.project_id):
            return job
    raise NotFound(f"There is no job {job_id!r}.")


def job_json(job: Job) -> dict[str, Any]:
    """The job object of the API."""
    return {
        "id": job.id,
        "kind": job.kind,
        "project": None if job.project_id is None else str(job.project_id),
        "state": job.state,
        "progress": job.progress,
        "message": job.message,
        "result": job.result,
        "problem": job.problem,
        "created_at": iso(job.created_at),
        "finished_at": iso(job.finished_at),
    }


@reads
def snapshots(session: Session, job_ids: list[str]) -> dict[str, dict[str, Any]]:
    """The JSON of several jobs at once, for watchers whose right to see them was checked when they came."""
    return {job.id: job_json(job) for job in session.scalars(select(Job).where(Job.id.in_(job_ids)))}
