"""The worker's side of the job board: begin, tell progress, finish; and the workers' signs of life."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update

from labelbuddy_core.database import get_database
from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import Job, WorkerHeartbeat
from labelbuddy_core.domain.states import JobState

DEAD_AFTER = timedelta(seconds=60)
_OPEN = (JobState.QUEUED.value, JobState.RUNNING.value)


class DatabaseJobBoard:
    """Keeps the board in the `jobs` table. Every change asks for the state it starts from, so a cancellation wins."""

    def begin(self, job_id: str) -> dict[str, Any] | None:
        with get_database().write() as session:
            job = session.get(Job, job_id)
            if job is None or job.state not in _OPEN:
                return None
            job.state = JobState.RUNNING.value
            job.started_at = job.started_at or now()
            return {"kind": job.kind, "arguments": job.arguments}

    def tell(self, job_id: str, fraction: float, message: str) -> None:
        with get_database().write() as session:
            session.execute(
                update(Job).where(Job.id == job_id, Job.state.in_(_OPEN)).values(progress=fraction, message=message)
            )

    def is_cancelled(self, job_id: str) -> bool:
        with get_database().read() as session:
            state = session.scalar(select(Job.state).where(Job.id == job_id))
        return state is None or state == JobState.CANCELLED.value

    def finish(self, job_id: str, state: str, result: dict[str, Any] | None, problem: str | None) -> None:
        values: dict[str, Any] = {"state": state, "result": result, "problem": problem, "finished_at": now()}
        if state == JobState.SUCCEEDED.value:
            values["progress"] = 1.0
        with get_database().write() as session:
            session.execute(update(Job).where(Job.id == job_id, Job.state.in_(_OPEN)).values(**values))

    def unfinished(self) -> list[tuple[str, str, str]]:
        with get_database().read() as session:
            rows = session.execute(
                select(Job.id, Job.queue, Job.state).where(Job.state.in_(_OPEN)).order_by(Job.created_at)
            )
            return [(job_id, queue, state) for job_id, queue, state in rows]


def show_life(worker_name: str) -> None:
    """Note that this worker is alive now."""
    with get_database().write() as session:
        session.merge(WorkerHeartbeat(name=worker_name, seen_at=now()))


def is_a_worker_alive() -> bool:
    """Whether some worker showed life within the last minute."""
    with get_database().read() as session:
        seen = session.scalar(
            select(WorkerHeartbeat.name).where(WorkerHeartbeat.seen_at >= now() - DEAD_AFTER).limit(1)
        )
    return seen is not None


def take_dead_workers(alive: str) -> list[str]:
    """Names of other workers that showed no life for a minute; each is handed out once."""
    with get_database().write() as session:
        names = list(
            session.scalars(
                select(WorkerHeartbeat.name).where(
                    WorkerHeartbeat.seen_at < now() - DEAD_AFTER, WorkerHeartbeat.name != alive
                )
            )
        )
        if names:
            session.execute(delete(WorkerHeartbeat).where(WorkerHeartbeat.name.in_(names)))
        return names
