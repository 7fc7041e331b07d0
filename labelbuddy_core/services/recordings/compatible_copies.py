"""Copies for browsers that refuse to play a recording's usual copy: made when one asks, and kept."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.audio.compatible_copy import COPY_NAME, MEDIA_TYPE, make_isolated
from labelbuddy_core.audio.ingest import RECIPE
from labelbuddy_core.audio.storage import derived_key, open_store
from labelbuddy_core.database import get_database
from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import Job, Recording
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.states import FINAL_JOB_STATES, RecordingState
from labelbuddy_core.errors import InvalidState, NotFound
from labelbuddy_core.jobs.context import JobContext
from labelbuddy_core.services.access import task_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.installation import jobs
from labelbuddy_core.services.recordings.originals import local_original
from labelbuddy_core.services.recordings.recordings import Blob
from labelbuddy_core.services.transactions import reads, writes
from labelbuddy_core.settings import get_settings

KIND = "compatible-copy"
_TRY_AGAIN_AFTER = timedelta(minutes=1)


@writes
def ask_for_copy(session: Session, actor: Actor, task_id: str | int) -> dict[str, Any]:
    """Whether the copy is `ready`, and how far (0 … 1) the job is that makes it; asking begins one.

    Raises `InvalidState` when the recording is not ready, or no copy could be made.
    """
    recording = _ready(session, actor, task_id)
    if open_store(get_settings()).exists(_key(recording)):
        return {"ready": True, "progress": 1.0}
    query = select(Job).where(Job.project_id == recording.project_id, Job.kind == KIND)
    of_this = [
        job
        for job in session.scalars(query.order_by(Job.created_at.desc()).limit(200))
        if job.arguments.get("recording") == recording.id
    ]
    last = of_this[0] if of_this else None
    if last is not None and last.state not in FINAL_JOB_STATES:
        return {"ready": False, "progress": last.progress}
    if last is not None and last.state == "failed" and now() - last.created_at < _TRY_AGAIN_AFTER:
        raise InvalidState(last.problem or "No copy could be made of this recording.")
    jobs.submit(session, actor, KIND, {"recording": recording.id}, project_id=recording.project_id)
    return {"ready": False, "progress": 0.0}


@reads
def copy_of(session: Session, actor: Actor, task_id: str | int) -> Blob:
    """The copy. Raises `NotFound` when nobody has asked for it yet, or it is not ready."""
    recording = _ready(session, actor, task_id)
    store, key = open_store(get_settings()), _key(recording)
    if not store.exists(key):
        raise NotFound("There is no such copy yet; ask for it and wait until it is ready.")
    return Blob(store, key, MEDIA_TYPE, f"{recording.sha256[:32]}-{RECIPE}-compatible", COPY_NAME)


def run(job: JobContext) -> dict[str, Any]:
    """Make the copy of one recording."""
    job.step("make", _make, job)
    return {}


def _make(job: JobContext) -> None:
    with get_database().read() as session:
        recording = session.get(Recording, job.arguments["recording"])
    if recording is None:
        raise NotFound("The recording was deleted.")
    settings = get_settings()
    store = open_store(settings)
    work = settings.data / "work"
    work.mkdir(parents=True, exist_ok=True)

    def tell(fraction: float) -> None:
        job.check()
        job.progress(fraction, f"Making a copy of {recording.name} for a browser that refused it")

    with tempfile.TemporaryDirectory(dir=work, prefix="compatible-") as temporary:
        folder = Path(temporary)
        make_isolated(
            local_original(store, recording.sha256, folder),
            folder / COPY_NAME,
            recording.frames or 0,
            timeout=settings.decode_timeout,
            memory_bytes=settings.decode_memory_bytes,
            on_progress=tell,
        )
        store.put_file(_key(recording), folder / COPY_NAME)


def _ready(session: Session, actor: Actor, task_id: str | int) -> Recording:
    access = task_access(session, actor, task_id)
    access.require(Permission.OPEN_TASK)
    if access.recording.state != RecordingState.READY.value:
        raise InvalidState(f"{access.recording.name} is not ready yet.")
    return access.recording


def _key(recording: Recording) -> str:
    return derived_key(recording.sha256, RECIPE, COPY_NAME)
