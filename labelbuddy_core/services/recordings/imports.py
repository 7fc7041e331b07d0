"""Imports: many recordings at once from an archive, a list, or a folder of the server that may also be watched."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from labelbuddy_core.audio import import_places
from labelbuddy_core.audio.storage import open_store
from labelbuddy_core.database.tables import Import, ImportedFile, Job
from labelbuddy_core.domain.file_names import safe_name
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.states import FINAL_JOB_STATES, RESUMABLE_FILE_STATES, ImportedFileState, JobState
from labelbuddy_core.errors import DiskFull, Invalid, InvalidState
from labelbuddy_core.formats.archives import is_archive
from labelbuddy_core.services.access import project_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.history import record
from labelbuddy_core.services.installation import jobs
from labelbuddy_core.services.recordings.import_reports import import_json, visible_import
from labelbuddy_core.services.transactions import reads, writes
from labelbuddy_core.settings import get_settings

KIND = "import"
ARCHIVE, LIST, FOLDER = "archive", "list", "folder"
_LIST_SUFFIXES = (".csv", ".tsv")
BLOB_PREFIX = "imports"


def is_collection(name: str) -> bool:
    """Whether an uploaded file names or holds recordings, by its name, and is none itself."""
    return is_archive(name) or is_list(name)


def is_list(name: str) -> bool:
    """Whether a file is a list of recordings by its name."""
    return name.lower().endswith(_LIST_SUFFIXES)


@reads
def places(session: Session, actor: Actor, project_id: str | int) -> dict[str, list[str]]:
    """The folders and beginnings of URLs that recordings may be imported from."""
    project_access(session, actor, project_id).require(Permission.ADD_RECORDINGS)
    settings = get_settings()
    return {
        "folders": [str(folder) for folder in import_places.allowed_folders(settings)],
        "urls": import_places.allowed_urls(settings),
    }


def begin_uploaded(actor: Actor, project_id: int, name: str, path: Path) -> dict[str, Any]:
    """Import an archive or a list that was uploaded; the file is moved into the storage.

    Answers like an upload: {recording: None, import, duplicate, job}.
    """
    key = f"{BLOB_PREFIX}/{uuid.uuid4().hex}/{LIST if is_list(name) else ARCHIVE}"
    store = open_store(get_settings())
    try:
        store.put_file(key, path)
    except OSError as error:
        raise DiskFull(f"{name} could not be stored: {error.strerror}. Free space and try again.") from None
    begun = _begin_uploaded(actor, project_id, safe_name(name), key)
    return {"recording": None, "import": begun, "duplicate": False, "job": begun["job"]["id"]}


@writes
def _begin_uploaded(session: Session, actor: Actor, project_id: int, name: str, key: str) -> dict[str, Any]:
    project_access(session, actor, project_id).require(Permission.ADD_RECORDINGS)
    kind = LIST if is_list(name) else ARCHIVE
    return _begin(session, actor, Import(project_id=project_id, kind=kind, source=name, blob_key=key))


@writes
def begin_import(
    session: Session, actor: Actor, project_id: str | int, address: str, *, watch: bool = False
) -> dict[str, Any]:
    """Import a folder, an archive, a list or a single file that is on the server, or at a URL; all as a job.

    `watch` goes on looking into a folder for new files until somebody stops it. Raises `Invalid` when the settings do
    not allow the place.
    """
    access = project_access(session, actor, project_id)
    access.require(Permission.ADD_RECORDINGS)
    place = import_places.resolve(get_settings(), address.strip())
    kind = _kind_of(place)
    if watch and kind != FOLDER:
        raise Invalid("Only a folder of the server can be watched.", field="watch")
    if watch:
        _refuse_second_watch(session, access.project.id, place)
    begun = Import(project_id=access.project.id, kind=kind, source=place, path=place, watched=watch)
    return _begin(session, actor, begun)


def _kind_of(place: str) -> str:
    if is_list(place):
        return LIST
    if is_archive(place):
        return ARCHIVE
    if not import_places.is_url(place) and Path(place).is_dir():
        return FOLDER
    raise Invalid("Name a folder, an archive (ZIP, TAR) or a list (CSV); single files are uploaded.", field="path")


def _refuse_second_watch(session: Session, project_id: int, place: str) -> None:
    query = select(Import.id).where(Import.project_id == project_id, Import.path == place, Import.watched)
    if session.scalar(query) is not None:
        raise InvalidState(f"{place} is watched for this project already.")


def _begin(session: Session, actor: Actor, begun: Import) -> dict[str, Any]:
    begun.created_by = actor.id
    session.add(begun)
    session.flush()
    submit_job(session, actor, begun)
    record(session, actor, "import.begun", f"import:{begun.id}", project_id=begun.project_id, source=begun.source[:400])
    return import_json(session, begun)


def submit_job(session: Session, actor: Actor | None, begun: Import) -> None:
    """Queue the work on an import, in the caller's transaction."""
    job = jobs.submit(
        session, actor, KIND, {"import": begun.id}, queue=KIND, project_id=begun.project_id, message="Looking for files"
    )
    begun.job_id, begun.problem = job["id"], None


def has_open_job(session: Session, found: Import) -> bool:
    """Whether a job is at work on an import, or waits to be."""
    job = session.get(Job, found.job_id) if found.job_id else None
    return job is not None and JobState(job.state) not in FINAL_JOB_STATES


@writes
def resume_import(session: Session, actor: Actor, import_id: str | int) -> dict[str, Any]:
    """Try again what failed or was cancelled. Raises `InvalidState` while it runs, or when there is nothing to do."""
    found = visible_import(session, actor, import_id)
    if has_open_job(session, found):
        raise InvalidState("This import is at work already.")
    again = session.execute(
        update(ImportedFile)
        .where(
            ImportedFile.import_id == found.id, ImportedFile.state.in_([state.value for state in RESUMABLE_FILE_STATES])
        )
        .values(state=ImportedFileState.WAITING.value, reason=None)
    ).rowcount  # type: ignore[attr-defined]
    if found.planned and not again and not _count(session, found, ImportedFileState.WAITING):
        raise InvalidState("Every file of this import is done; there is nothing to try again.")
    submit_job(session, actor, found)
    record(session, actor, "import.resumed", f"import:{found.id}", project_id=found.project_id)
    return import_json(session, found)


def remove_import(actor: Actor, import_id: str | int) -> None:
    """Forget an import, and stop watching its folder; the recordings stay. Raises `InvalidState` while it runs."""
    key = _remove(actor, import_id)
    if key is not None:
        open_store(get_settings()).delete(key)


@writes
def _remove(session: Session, actor: Actor, import_id: str | int) -> str | None:
    found = visible_import(session, actor, import_id)
    if has_open_job(session, found):
        raise InvalidState("This import is at work; cancel its job first.")
    record(
        session, actor, "import.removed", f"import:{found.id}", project_id=found.project_id, source=found.source[:400]
    )
    key = found.blob_key
    session.execute(delete(Import).where(Import.id == found.id))
    return key


def _cancel_files(session: Session, job: Job) -> None:
    """What a cancelled job would have brought in stays out; what is in stays whole."""
    session.execute(
        update(ImportedFile)
        .where(
            ImportedFile.import_id == job.arguments.get("import"),
            ImportedFile.state == ImportedFileState.WAITING.value,
        )
        .values(state=ImportedFileState.CANCELLED.value, reason="Cancelled before it was added")
    )


jobs.ON_CANCEL[KIND] = (_cancel_files,)


def _count(session: Session, found: Import, state: ImportedFileState) -> int:
    query = select(func.count()).where(ImportedFile.import_id == found.id, ImportedFile.state == state.value)
    return session.scalar(query) or 0
