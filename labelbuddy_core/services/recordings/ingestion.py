"""The ingest job: every queued recording of a project is decoded once and becomes ready, or failed with a reason."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from labelbuddy_core.audio.ingest import PEAKS_NAME, RECIPE, Derived, derive_isolated
from labelbuddy_core.audio.storage import BlobStore, derived_key, open_store
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Job, Model, Project, ProjectModel, Recording, Task
from labelbuddy_core.domain.attributes import checked_attributes
from labelbuddy_core.domain.states import FINAL_JOB_STATES, RecordingState
from labelbuddy_core.errors import AudioProblem, Invalid, NotFound
from labelbuddy_core.inference.specification import Specification
from labelbuddy_core.jobs.context import JobContext
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.installation import jobs
from labelbuddy_core.services.models.model_licenses import may_be_used
from labelbuddy_core.services.recordings import analyses
from labelbuddy_core.services.recordings.originals import local_original
from labelbuddy_core.services.tasks.cutting import create_whole_recording_task
from labelbuddy_core.settings import get_settings

KIND = "ingest"

log = logging.getLogger(__name__)


def ensure_ingest_job(session: Session, actor: Actor | None, project_id: int) -> str:
    """The id of the job that will ingest what is queued in the project: the open one, or a new one."""
    open_jobs = session.scalars(
        select(Job)
        .where(Job.project_id == project_id, Job.kind == KIND, Job.state.not_in(FINAL_JOB_STATES))
        .order_by(Job.created_at)
        .with_for_update()
    )
    for job in open_jobs:
        if not job.arguments.get("closed"):
            return job.id
    return jobs.submit(session, actor, KIND, {"project": project_id}, project_id=project_id)["id"]


def run(job: JobContext) -> dict[str, Any]:
    """Ingest one queued recording after the other until none is left."""
    project_id = job.arguments["project"]
    ready = failed = 0
    while True:
        done = ready + failed
        found = job.step(f"choose-{done}", _choose, job.id, project_id)
        if found is None:
            return {"ready": ready, "failed": failed}
        tell = _teller(job, found["name"], done, done + found["waiting"])
        state = job.step(f"ingest-{done}", ingest_recording, found["recording"], tell)
        ready, failed = ready + (state == RecordingState.READY), failed + (state != RecordingState.READY)


def _teller(job: JobContext, name: str, done: int, total: int) -> Callable[[float], None]:
    def tell(fraction: float) -> None:
        job.check()
        job.progress((done + fraction) / total, f"Reading {name} ({done + 1} of {total})")

    return tell


def _give_up(session: Session, job: Job) -> None:
    """What the cancelled job would have read has failed; what is uploaded from now on gets a job of its own."""
    session.execute(
        update(Recording)
        .where(Recording.project_id == job.project_id, Recording.state == RecordingState.QUEUED.value)
        .values(state=RecordingState.FAILED.value, problem="Reading was cancelled. Retry to read it after all.")
    )


jobs.ON_CANCEL[KIND] = (_give_up,)


def resume_stranded() -> int:
    """Give queued recordings whose job died (a full disk, a bug) a new one; returns in how many projects.

    The worker calls this now and then.
    """
    open_job = exists().where(
        Job.project_id == Recording.project_id, Job.kind == KIND, Job.state.not_in(FINAL_JOB_STATES)
    )
    stranded = select(Recording.project_id).where(Recording.state == RecordingState.QUEUED.value, ~open_job).distinct()
    with get_database().read() as session:
        projects = list(session.scalars(stranded))
    for project_id in projects:
        with get_database().write() as session:
            ensure_ingest_job(session, None, project_id)
    return len(projects)


def _choose(job_id: str, project_id: int) -> dict[str, Any] | None:
    """The oldest queued recording; when there is none the job is closed, so that a later upload gets a job anew."""
    with get_database().write() as session:
        job = session.get(Job, job_id, with_for_update=True)
        query = select(Recording).where(
            Recording.project_id == project_id, Recording.state == RecordingState.QUEUED.value
        )
        recording = session.scalar(query.order_by(Recording.id).limit(1))
        if recording is None:
            if job is not None:
                job.arguments = {**job.arguments, "closed": True}
            return None
        waiting = session.scalar(select(func.count()).select_from(query.subquery())) or 1
        return {"recording": recording.id, "name": recording.name, "waiting": waiting}


def ingest_recording(recording_id: int, tell: Callable[[float], None]) -> str:
    """Derive what a recording needs; repeating it after a crash changes nothing that was done."""
    with get_database().read() as session:
        recording = session.get(Recording, recording_id)
        if recording is None or recording.state != RecordingState.QUEUED.value:
            return recording.state if recording else RecordingState.FAILED.value
        sha256 = recording.sha256
    settings = get_settings()
    store = open_store(settings)
    work = settings.data / "work"
    try:
        work.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=work, prefix="ingest-") as temporary:
            folder = Path(temporary)
            derived = derive_isolated(
                local_original(store, sha256, folder),
                folder,
                timeout=settings.decode_timeout,
                memory_bytes=settings.decode_memory_bytes,
                on_progress=tell,
            )
            keys = _store(store, sha256, folder, derived)
    except (AudioProblem, NotFound) as problem:
        return _fail(recording_id, problem.detail)
    except OSError as error:
        return _fail(recording_id, f"The file could not be processed: {error.strerror or error}. Free space and retry.")
    except (ValueError, RuntimeError, ArithmeticError, LookupError, TypeError) as error:
        log.exception("recording %d could not be read", recording_id)
        return _fail(recording_id, f"An unexpected error occurred ({error}). The worker's log tells more; retry.")
    return _finish(recording_id, derived, keys)


def _store(store: BlobStore, sha256: str, folder: Path, derived: Derived) -> dict[str, str | None]:
    peaks = derived_key(sha256, RECIPE, PEAKS_NAME)
    store.put_file(peaks, folder / PEAKS_NAME)
    if derived.playback_name is None:
        return {"peaks": peaks, "playback": None}
    playback = derived_key(sha256, RECIPE, derived.playback_name)
    store.put_file(playback, folder / derived.playback_name)
    return {"peaks": peaks, "playback": playback}


def _finish(recording_id: int, derived: Derived, keys: dict[str, str | None]) -> str:
    with get_database().write() as session:
        recording = session.get(Recording, recording_id)
        if recording is None or recording.state != RecordingState.QUEUED.value:  # deleted or cancelled meanwhile
            return RecordingState.FAILED.value
        recording.state, recording.problem, recording.warning = RecordingState.READY.value, None, derived.warning
        recording.frames, recording.duration = derived.frames, derived.duration
        recording.sample_rate, recording.channels = derived.sample_rate, derived.channels
        recording.codec, recording.original_type = derived.codec, derived.original_type
        recording.playback_key, recording.playback_type = keys["playback"], derived.playback_type
        recording.peaks_key = keys["peaks"]
        recording.attributes = {**_readable(derived.tags), **recording.attributes}
        session.flush()
        project = session.get_one(Project, recording.project_id)
        create_whole_recording_task(session, recording, project)
        _predict_automatically(session, recording)
        analyses.ensure_analysis_job(session, None, recording.project_id)
        return RecordingState.READY.value


def _readable(tags: dict[str, str]) -> dict[str, str]:
    try:
        return checked_attributes(tags)
    except Invalid:  # a damaged tag is no reason to refuse the sound
        return {}


def _predict_automatically(session: Session, recording: Recording) -> None:
    """Ask the models that the project uses automatically about the recording's tasks."""
    tasks = list(session.scalars(select(Task.id).where(Task.recording_id == recording.id)))
    linked = session.scalars(
        select(Model)
        .join(ProjectModel, ProjectModel.model_id == Model.id)
        .where(ProjectModel.project_id == recording.project_id, ProjectModel.automatic.is_(True))
    )
    for model in linked.all():
        if not may_be_used(model) or Specification.model_validate(model.specification).embeds_text:
            continue
        arguments = {"tasks": tasks, "model": model.id}
        jobs.submit(session, None, "predict", arguments, queue="predict", project_id=recording.project_id)


def _fail(recording_id: int, problem: str) -> str:
    with get_database().write() as session:
        recording = session.get(Recording, recording_id)
        if recording is not None:
            recording.state, recording.problem = RecordingState.FAILED.value, problem
        return RecordingState.FAILED.value
