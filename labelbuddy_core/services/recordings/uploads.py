"""Uploads as people send them: begun, continued where they broke off, and finished when every byte is on the disk."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy.orm import Session

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Import, Recording, Upload
from labelbuddy_core.domain.file_names import safe_name
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.errors import Invalid, TooLarge
from labelbuddy_core.services.access import project_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.presenting import readable_size
from labelbuddy_core.services.recordings import imports
from labelbuddy_core.services.recordings.adding_recordings import add_file
from labelbuddy_core.services.recordings.incoming_files import IncomingFile, partial_file, refuse_grown
from labelbuddy_core.services.recordings.room_for_recordings import check_quota, check_space
from labelbuddy_core.services.tasks.tasks import recording_summary
from labelbuddy_core.services.transactions import reads, writes
from labelbuddy_core.settings import get_settings

_UPLOAD_ID = re.compile(r"^[A-Za-z0-9_-]{1,64}$")


@writes
def begin_upload(
    session: Session, actor: Actor, project_id: str | int, upload_id: str, *, name: str, size: int
) -> IncomingFile:
    """The file to append to, for an upload that begins or continues. `size` is the whole file's, in bytes.

    Raises `TooLarge`, `DiskFull`, and `Invalid` when the id was used for another file.
    """
    access = project_access(session, actor, project_id)
    access.require(Permission.ADD_RECORDINGS)
    if not _UPLOAD_ID.match(upload_id):
        raise Invalid("An upload id has 1 to 64 letters, digits, - and _.", field="upload")
    settings = get_settings()
    if size < 0:
        raise Invalid("size must not be negative.", field="size")
    collection = imports.is_collection(name)
    most = settings.max_archive_bytes if collection else settings.max_upload_bytes
    if size > most:
        raise TooLarge(f"{safe_name(name)} is larger than the {readable_size(most)} that are allowed.")
    check_space(size)
    if not collection:
        check_quota(session, access.project.id, size)
    upload = session.get(Upload, (access.project.id, upload_id))
    if upload is None:
        upload = Upload(project_id=access.project.id, id=upload_id, user_id=actor.id, name=safe_name(name), size=size)
        session.add(upload)
    _require_same(upload, actor, size)
    return IncomingFile(partial_file(access.project.id, upload_id), upload.name, access.project.id, upload.size)


def _require_same(upload: Upload, actor: Actor, size: int) -> None:
    if upload.size != size or upload.user_id != actor.id:
        raise Invalid("This upload id belongs to another file; begin with a new one.", field="upload")


@reads
def upload_offset(session: Session, actor: Actor, project_id: str | int, upload_id: str) -> dict[str, Any]:
    """How many bytes of an upload have arrived, and its recording when it is complete."""
    access = project_access(session, actor, project_id)
    access.require(Permission.ADD_RECORDINGS)
    upload = session.get(Upload, (access.project.id, upload_id[:64]))
    if upload is not None and (upload.recording_id or upload.import_id):
        recording = None if upload.recording_id is None else str(upload.recording_id)
        return {"offset": upload.size, "complete": True, "recording": recording}
    path = partial_file(access.project.id, upload_id) if _UPLOAD_ID.match(upload_id) else None
    return {"offset": path.stat().st_size if path and path.exists() else 0, "complete": False, "recording": None}


def finish_upload(actor: Actor, project_id: str | int, upload_id: str, incoming: IncomingFile) -> dict[str, Any]:
    """Turn a complete file into a recording and queue its ingest, or an archive or list into an import.

    The same again gives the same answer.
    """
    if imports.is_collection(incoming.name):
        refuse_grown(incoming)
        answer = imports.begin_uploaded(actor, incoming.project_id, incoming.name, incoming.path)
    else:
        answer = add_file(actor, project_id, incoming)
    with get_database().write() as session:
        upload = session.get(Upload, (incoming.project_id, upload_id))
        if upload is not None and answer["recording"] is not None:
            upload.recording_id = int(answer["recording"]["id"])
        elif upload is not None:
            upload.import_id = int(answer["import"]["id"])
    return answer


@reads
def completed(
    session: Session, actor: Actor, project_id: str | int, upload_id: str, *, size: int
) -> dict[str, Any] | None:
    """The answer of an upload that was finished before, for a request repeated after a crash.

    Raises `Invalid` when the id was used for another file.
    """
    access = project_access(session, actor, project_id)
    access.require(Permission.ADD_RECORDINGS)
    upload = session.get(Upload, (access.project.id, upload_id[:64]))
    if upload is None or not (upload.recording_id or upload.import_id):
        return None
    _require_same(upload, actor, size)
    if upload.import_id is not None:
        found = session.get_one(Import, upload.import_id)
        return {"recording": None, "import": {"id": str(found.id)}, "duplicate": False, "job": found.job_id}
    recording = session.get(Recording, upload.recording_id)
    return None if recording is None else {"recording": recording_summary(recording), "duplicate": False, "job": None}
