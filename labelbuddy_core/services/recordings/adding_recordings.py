"""Received files become recordings: stored by the hash of their bytes, once, and queued to be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.audio.storage import open_store, original_key
from labelbuddy_core.database.tables import Recording
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.errors import DiskFull
from labelbuddy_core.services.access import project_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.history import record
from labelbuddy_core.services.installation.blob_changes import changing_blobs
from labelbuddy_core.services.recordings import ingestion
from labelbuddy_core.services.recordings.incoming_files import IncomingFile, refuse_grown
from labelbuddy_core.services.recordings.room_for_recordings import require_room
from labelbuddy_core.services.tasks.tasks import recording_summary
from labelbuddy_core.services.transactions import writes
from labelbuddy_core.settings import get_settings

AlsoWrite = Callable[[Session, dict[str, Any]], None]


def add_file(
    actor: Actor,
    project_id: str | int,
    incoming: IncomingFile,
    attributes: dict[str, str] | None = None,
    also: AlsoWrite = lambda _session, _answer: None,
) -> dict[str, Any]:
    """Store a received file by its hash and add its recording; the same bytes twice are one recording.

    `also` gets the session and the answer, and writes in the same transaction.
    """
    require_room(actor, project_id, incoming.size)
    with changing_blobs():
        return _store_file(actor, project_id, incoming, attributes or {}, also)


def _store_file(
    actor: Actor, project_id: str | int, incoming: IncomingFile, attributes: dict[str, str], also: AlsoWrite
) -> dict[str, Any]:
    store = open_store(get_settings())
    try:
        refuse_grown(incoming)
        store.put_file(original_key(incoming.sha256), incoming.path)
    except OSError as error:
        raise DiskFull(f"{incoming.name} could not be stored: {error.strerror}. Free space and try again.") from None
    return _add_recording(actor, project_id, incoming, attributes, also)


@writes
def _add_recording(
    session: Session,
    actor: Actor,
    project_id: str | int,
    incoming: IncomingFile,
    attributes: dict[str, str],
    also: AlsoWrite,
) -> dict[str, Any]:
    name, sha256 = incoming.name, incoming.sha256
    access = project_access(session, actor, project_id)
    access.require(Permission.ADD_RECORDINGS)
    project = access.project
    known = session.scalar(select(Recording).where(Recording.project_id == project.id, Recording.sha256 == sha256))
    if known is not None:
        before, after = known.attributes, {**attributes, **known.attributes}
        if after != before:
            known.attributes = after
            told = {
                "before": {"name": known.name, "attributes": before},
                "after": {"name": known.name, "attributes": after},
            }
            record(session, actor, "recording.changed", f"recording:{known.id}", project_id=project.id, **told)
        answer = {"recording": recording_summary(known), "duplicate": True, "job": None}
        also(session, answer)
        return answer
    recording = Recording(
        project_id=project.id,
        name=name,
        sha256=sha256,
        size=incoming.size,
        created_by=actor.id,
        attributes=attributes,
    )
    session.add(recording)
    session.flush()
    job = ingestion.ensure_ingest_job(session, actor, project.id)
    record(
        session, actor, "recording.added", f"recording:{recording.id}", project_id=project.id, name=name, sha256=sha256
    )
    answer = {"recording": recording_summary(recording), "duplicate": False, "job": job}
    also(session, answer)
    return answer
