"""Ingest jobs that are cancelled or die: no recording stays queued for ever, none fails for another's sake."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Job, Recording
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.installation import jobs
from labelbuddy_core.services.recordings import ingestion, recordings

Make = Callable[..., str]


@pytest.fixture
def queued(make_user: Callable[..., Actor], make_project: Make) -> tuple[Actor, str, str]:
    """A manager, a project with one recording that waits to be read, and its job."""
    manager = make_user()
    project = make_project(managers=(manager,))
    with get_database().write() as session:
        session.add(Recording(project_id=int(project), name="a.wav", sha256="0" * 64, size=1, attributes={}))
        job = ingestion.ensure_ingest_job(session, manager, int(project))
    return manager, project, job


def states(project: str) -> list[str]:
    with get_database().read() as session:
        return list(
            session.scalars(select(Recording.state).where(Recording.project_id == int(project)).order_by(Recording.id))
        )


def test_cancelling_a_job_that_has_not_begun_lets_its_recordings_be_retried(queued: tuple[Actor, str, str]) -> None:
    manager, project, job = queued
    jobs.cancel_job(manager, job)
    (one,) = recordings.list_recordings(manager, project)["items"]
    assert one["state"] == "failed"
    assert "cancelled" in one["problem"]
    assert recordings.retry_recording(manager, one["id"])["state"] == "queued"
    (open_job,) = jobs.list_jobs(manager, project_id=int(project), state="open")["items"]
    assert open_job["id"] != job


def test_what_is_uploaded_after_a_cancellation_is_not_cancelled(queued: tuple[Actor, str, str]) -> None:
    manager, project, job = queued
    jobs.cancel_job(manager, job)
    with get_database().write() as session:
        session.add(Recording(project_id=int(project), name="b.wav", sha256="1" * 64, size=1, attributes={}))
        ingestion.ensure_ingest_job(session, manager, int(project))
    assert states(project) == ["failed", "queued"]


def test_recordings_whose_job_died_get_another(queued: tuple[Actor, str, str]) -> None:
    manager, project, job = queued
    assert ingestion.resume_stranded() == 0
    with get_database().write() as session:
        session.execute(update(Job).where(Job.id == job).values(state="failed"))
    assert ingestion.resume_stranded() == 1
    (open_job,) = jobs.list_jobs(manager, project_id=int(project), state="open")["items"]
    assert open_job["kind"] == "ingest"
    assert ingestion.resume_stranded() == 0
