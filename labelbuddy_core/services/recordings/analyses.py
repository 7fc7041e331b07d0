"""The analysis job: what is ready to be labeled is looked at once more, for statistics, snap points, spectrograms."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, not_, null, or_, select
from sqlalchemy.orm import Session

from labelbuddy_core.audio.analysis import ANALYSIS_NAME, RECIPE, SPECTROGRAM_NAME, analyze_isolated
from labelbuddy_core.audio.storage import derived_key, open_store
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Job, Recording
from labelbuddy_core.domain.states import FINAL_JOB_STATES, RecordingState
from labelbuddy_core.errors import AudioProblem, NotFound
from labelbuddy_core.jobs.context import JobContext
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.installation import jobs
from labelbuddy_core.services.recordings.originals import local_original
from labelbuddy_core.services.recordings.outdated_loudness import is_outdated, tried
from labelbuddy_core.settings import get_settings

KIND = "analyze"

_SECONDS_PER_SECOND = 0.25
"""Time allowed for a second of audio, beside the usual limit."""

log = logging.getLogger(__name__)


def ensure_analysis_job(session: Session, actor: Actor | None, project_id: int) -> str:
    """The id of the job that will analyze what is ready in the project: the open one, or a new one."""
    open_jobs = session.scalars(
        select(Job)
        .where(Job.project_id == project_id, Job.kind == KIND, Job.state.not_in(FINAL_JOB_STATES))
        .with_for_update()
    )
    for job in open_jobs:
        if not job.arguments.get("closed"):
            return job.id
    return jobs.submit(session, actor, KIND, {"project": project_id}, queue="analyze", project_id=project_id)["id"]


def run(job: JobContext) -> dict[str, Any]:
    """Analyze one recording after the other until none is left."""
    project_id = job.arguments["project"]
    analyzed = failed = 0
    while True:
        done = analyzed + failed
        found = job.step(f"choose-{done}", _choose, job.id, project_id)
        if found is None:
            return {"analyzed": analyzed, "failed": failed}
        tell = _teller(job, found["name"], done, done + found["waiting"])
        succeeded = job.step(f"analyze-{done}", analyze_recording, found["recording"], tell)
        analyzed, failed = analyzed + succeeded, failed + (not succeeded)


def _teller(job: JobContext, name: str, done: int, total: int) -> Callable[[float], None]:
    def tell(fraction: float) -> None:
        job.check()
        job.progress((done + fraction) / total, f"Analyzing {name} ({done + 1} of {total})")

    return tell


def _waits() -> ColumnElement[bool]:
    """Whether a recording has no analysis yet, or one whose loudness is measured otherwise now."""
    ready = Recording.state == RecordingState.READY.value
    return and_(ready, or_(Recording.statistics.is_(null()), is_outdated()))


def _choose(job_id: str, project_id: int) -> dict[str, Any] | None:
    """The oldest recording without an analysis, else with an outdated one; when there is none the job is closed."""
    with get_database().write() as session:
        job = session.get(Job, job_id, with_for_update=True)
        waits = select(Recording).where(Recording.project_id == project_id, _waits())
        again = Recording.statistics.is_not(null())
        recording = session.scalar(waits.order_by(again, Recording.id).limit(1))
        if recording is None:
            if job is not None:
                job.arguments = {**job.arguments, "closed": True}
            return None
        waiting = session.scalar(select(func.count()).select_from(waits.subquery())) or 1
        return {"recording": recording.id, "name": recording.name, "waiting": waiting}


def analyze_recording(recording_id: int, tell: Callable[[float], None]) -> bool:
    """Analyze a recording, unless the same bytes were analyzed before; returns whether it could be done.

    When one that has an outdated analysis cannot be analyzed again, it keeps that."""
    with get_database().read() as session:
        recording = session.get(Recording, recording_id)
        if recording is None or recording.frames is None:
            return False
        before = recording.statistics
        if before is not None and not session.scalar(
            select(exists().where(Recording.id == recording_id, is_outdated()))
        ):
            return "problem" not in before
        sha256, frames, duration = recording.sha256, recording.frames, recording.duration or 0.0
        alike = select(Recording).where(Recording.sha256 == sha256, Recording.analysis_key.is_not(None))
        twin = session.scalar(alike.where(not_(is_outdated())).limit(1))
        known = None if twin is None else (twin.statistics, twin.analysis_key, twin.spectrogram_key)
    if known is None:
        known = _analyzed(sha256, frames, duration, tell)
    failed = known[1] is None
    with get_database().write() as session:
        recording = session.get(Recording, recording_id)
        if recording is None:
            return False
        if failed and before is not None:
            log.warning("The loudness of recording %d cannot be measured again; what was measured stays", recording_id)
            recording.statistics = tried(before)
            return False
        recording.statistics, recording.analysis_key, recording.spectrogram_key = known
    return not failed


def _analyzed(
    sha256: str, frames: int, duration: float, tell: Callable[[float], None]
) -> tuple[dict[str, Any], str | None, str | None]:
    """(statistics, key of the analysis, key of the coarse spectrogram); statistics tell the problem when it failed."""
    settings = get_settings()
    store = open_store(settings)
    work = settings.data / "work"
    try:
        work.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=work, prefix="analyze-") as temporary:
            folder = Path(temporary)
            found = analyze_isolated(
                local_original(store, sha256, folder),
                folder,
                frames,
                timeout=settings.decode_timeout + _SECONDS_PER_SECOND * duration,
                memory_bytes=settings.decode_memory_bytes,
                on_progress=tell,
            )
            analysis = derived_key(sha256, f"analysis-{RECIPE}", ANALYSIS_NAME)
            store.put_file(analysis, folder / ANALYSIS_NAME)
            spectrogram = derived_key(sha256, f"analysis-{RECIPE}", SPECTROGRAM_NAME)
            if not found.has_spectrogram:
                return found.statistics, analysis, None
            store.put_file(spectrogram, folder / SPECTROGRAM_NAME)
            return found.statistics, analysis, spectrogram
    except (AudioProblem, NotFound) as problem:
        return {"problem": problem.detail}, None, None
    except OSError as error:
        return {"problem": f"The analysis could not be stored: {error.strerror or error}."}, None, None


def resume_stranded() -> int:
    """Give recordings that still wait for their analysis a job (an older version left them or measured otherwise, or it
    was cancelled by a crash); returns in how many projects. The worker calls this at its start.
    """
    with get_database().read() as session:
        projects = list(session.scalars(select(Recording.project_id).where(_waits()).distinct()))
    for project_id in projects:
        with get_database().write() as session:
            ensure_analysis_job(session, None, project_id)
    return len(projects)
