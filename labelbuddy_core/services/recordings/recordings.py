"""Recordings: list, retry, delete, and where their audio and peaks are read from."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from labelbuddy_core.audio.ingest import RECIPE
from labelbuddy_core.audio.storage import BlobStore, open_store, original_key
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Annotation, Recording, Task
from labelbuddy_core.domain.attributes import attribute_name, checked_attributes, search_words
from labelbuddy_core.domain.file_names import given_name
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.states import RecordingState
from labelbuddy_core.errors import Invalid, InvalidState, NotFound
from labelbuddy_core.services.access import ProjectAccess, parse_id, project_access, task_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.history import record
from labelbuddy_core.services.installation.blob_changes import changing_blobs
from labelbuddy_core.services.pages_of_results import Results, one_page
from labelbuddy_core.services.predictions import embeddings
from labelbuddy_core.services.recordings import ingestion, windows
from labelbuddy_core.services.tasks.tasks import recording_summary
from labelbuddy_core.services.transactions import reads, writes
from labelbuddy_core.settings import get_settings

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Blob:
    """Bytes to serve: a key in the storage, its media type, and a tag that changes when the bytes do."""

    store: BlobStore
    key: str
    media_type: str
    tag: str
    file_name: str

    @property
    def path(self) -> Path | None:
        """The local file, when the storage is a folder."""
        return self.store.local_path(self.key)


@reads
def list_recordings(
    session: Session,
    actor: Actor,
    project_id: str | int,
    *,
    state: str | None = None,
    name: str | None = None,
    query: str | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """The recordings of a project, newest first, a page at a time.

    `query` is words that must all be in the name or the attributes, in any order, case and accents aside.
    """
    access = project_access(session, actor, project_id)
    access.require(Permission.VIEW_RECORDINGS)
    if state is not None and state not in list(RecordingState):
        raise Invalid(f"state must be one of {', '.join(RecordingState)}.", field="state")
    chosen = select(Recording).where(Recording.project_id == access.project.id)
    if state is not None:
        chosen = chosen.where(Recording.state == state)
    if name:
        chosen = chosen.where(Recording.name.icontains(name, autoescape=True))
    for word in search_words(query or ""):
        chosen = chosen.where(Recording.search_text.contains(word, autoescape=True))
    total = None if cursor else session.scalar(select(func.count()).select_from(chosen.subquery()))
    rows, following = one_page(session, chosen, Recording.id, limit=limit, cursor=cursor)
    return Results([recording_summary(row) for row in rows], following, total).as_json()


@reads
def get_recording(session: Session, actor: Actor, recording_id: str | int) -> dict[str, Any]:
    """One recording."""
    recording, _ = _recording(session, actor, recording_id)
    return recording_summary(recording)


@writes
def change_recording(
    session: Session,
    actor: Actor,
    recording_id: str | int,
    *,
    name: str | None = None,
    attributes: Mapping[str, str | None] | None = None,
) -> dict[str, Any]:
    """Rename a recording and change its attributes: those given are set, empty ones go, the others stay.

    Raises Invalid where the name is empty, or has a slash, a backslash or a line break.
    """
    recording, access = _recording(session, actor, recording_id)
    access.require(Permission.ADD_RECORDINGS)
    before = {"name": recording.name, "attributes": dict(recording.attributes)}
    if name is not None:
        recording.name = given_name(name)
    if attributes is not None:
        gone = {attribute_name(key) for key, value in attributes.items() if not value}
        merged = {**recording.attributes, **checked_attributes(attributes)}
        recording.attributes = checked_attributes({key: value for key, value in merged.items() if key not in gone})
    after = {"name": recording.name, "attributes": recording.attributes}
    if after != before:
        target = f"recording:{recording.id}"
        record(session, actor, "recording.changed", target, project_id=recording.project_id, before=before, after=after)
    session.flush()
    return recording_summary(recording)


@writes
def retry_recording(session: Session, actor: Actor, recording_id: str | int) -> dict[str, Any]:
    """Try to ingest a failed recording again."""
    recording, access = _recording(session, actor, recording_id)
    access.require(Permission.ADD_RECORDINGS)
    if recording.state != RecordingState.FAILED.value:
        raise InvalidState(f"{recording.name} has not failed; there is nothing to retry.")
    recording.state, recording.problem = RecordingState.QUEUED.value, None
    ingestion.ensure_ingest_job(session, actor, recording.project_id)
    record(session, actor, "recording.retried", f"recording:{recording.id}", project_id=recording.project_id)
    session.flush()
    return recording_summary(recording)


def delete_recording(actor: Actor, recording_id: str | int) -> None:
    """Delete a recording with its tasks, annotations and predictions; unused audio leaves the storage after."""
    remove_unused_blobs([_delete_row(actor, recording_id)])


@writes
def _delete_row(session: Session, actor: Actor, recording_id: str | int) -> str:
    recording, access = _recording(session, actor, recording_id)
    access.require(Permission.DELETE_RECORDINGS)
    annotations = session.scalar(
        select(func.count())
        .select_from(Annotation)
        .join(Task, Task.id == Annotation.task_id)
        .where(Task.recording_id == recording.id)
    )
    record(
        session,
        actor,
        "recording.deleted",
        f"recording:{recording.id}",
        project_id=recording.project_id,
        name=recording.name,
        sha256=recording.sha256,
        annotations=annotations,
    )
    session.execute(delete(Recording).where(Recording.id == recording.id))
    return recording.sha256


def remove_unused_blobs(hashes: Iterable[str]) -> None:
    """Remove originals and derived files that no recording refers to any more."""
    store = open_store(get_settings())
    for sha256 in set(hashes):
        with changing_blobs():
            with get_database().read() as session:
                used = session.scalar(select(exists().where(Recording.sha256 == sha256)))
            if used:
                continue
            embeddings.forget(sha256)
            for key in [original_key(sha256), *(key for key, _ in store.keys(f"derived/{sha256}"))]:
                store.delete(key)
            windows.forget(sha256)


@reads
def playback(session: Session, actor: Actor, task_id: str | int) -> Blob:
    """What the browser plays for a task; raises `InvalidState` while the recording is not ready."""
    recording = _ready(session, actor, task_id)
    if recording.playback_key is None:
        return _original_blob(recording, recording.playback_type or recording.original_type)
    return _blob(recording, recording.playback_key, recording.playback_type or "application/octet-stream")


@reads
def original(session: Session, actor: Actor, task_id: str | int) -> Blob:
    """The uploaded bytes of a task's recording."""
    access = task_access(session, actor, task_id)
    access.require(Permission.OPEN_TASK)
    return _original_blob(access.recording, access.recording.original_type)


@reads
def peaks(session: Session, actor: Actor, task_id: str | int) -> Blob:
    """The peaks pyramid of a task's recording."""
    recording = _ready(session, actor, task_id)
    if recording.peaks_key is None:
        raise NotFound("This recording has no peaks.")
    return _blob(recording, recording.peaks_key, "application/octet-stream")


def _ready(session: Session, actor: Actor, task_id: str | int) -> Recording:
    access = task_access(session, actor, task_id)
    access.require(Permission.OPEN_TASK)
    if access.recording.state != RecordingState.READY.value:
        raise InvalidState(f"{access.recording.name} is not ready: {access.recording.problem or 'still being read'}.")
    return access.recording


def _blob(recording: Recording, key: str, media_type: str) -> Blob:
    name = key.rsplit("/", 1)[-1]
    tag = f"{recording.sha256[:32]}-{RECIPE}-{name.split('.')[0]}"
    return Blob(open_store(get_settings()), key, media_type, tag, name)


def _original_blob(recording: Recording, media_type: str) -> Blob:
    key = original_key(recording.sha256)
    return Blob(open_store(get_settings()), key, media_type, recording.sha256, recording.name)


def _recording(session: Session, actor: Actor, recording_id: str | int) -> tuple[Recording, ProjectAccess]:
    recording = session.get(Recording, parse_id(recording_id, "recording"))
    if recording is None:
        raise NotFound(f"There is no recording {recording_id!r}.")
    try:
        access = project_access(session, actor, recording.project_id)
    except NotFound:
        raise NotFound(f"There is no recording {recording_id!r}.") from None
    if not access.allows(Permission.VIEW_RECORDINGS):
        raise NotFound(f"There is no recording {recording_id!r}.")
    return recording, access
