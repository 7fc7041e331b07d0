"""Uploads: raw, resumable, hashed while they stream, complete only when every byte is on the disk."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelbuddy_core.audio.storage import open_store, original_key
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Import, Recording, Upload
from labelbuddy_core.domain.file_names import safe_name
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.errors import Conflict, DiskFull, Invalid, TooLarge
from labelbuddy_core.services.access import project_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.history import record
from labelbuddy_core.services.installation.blob_changes import changing_blobs
from labelbuddy_core.services.presenting import readable_size
from labelbuddy_core.services.recordings import imports, ingestion
from labelbuddy_core.services.tasks.tasks import recording_summary
from labelbuddy_core.services.transactions import reads, writes
from labelbuddy_core.settings import get_settings

_UPLOAD_ID = re.compile(r"^[A-Za-z0-9_-]{1,64}$")
_BLOCK = 1 << 20


@dataclass
class IncomingFile:
    """A file being received: bytes go to the disk and through the hash."""

    path: Path
    name: str
    project_id: int
    limit: int
    size: int = 0
    _hash: Any = field(default_factory=hashlib.sha256)
    _file: BinaryIO | None = None

    def __enter__(self) -> IncomingFile:
        """Open for appending; what is there already is hashed again."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self.path.open("ab")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.close()
            raise Conflict("Another request is sending this upload; go on when it has ended.") from None
        with self.path.open("rb") as present:
            while chunk := present.read(_BLOCK):
                self._hash.update(chunk)
                self.size += len(chunk)
        return self

    def write(self, chunk: bytes) -> None:
        """Take the next bytes. Raises `TooLarge` beyond the limit and `DiskFull` when they cannot be kept."""
        if self.size + len(chunk) > self.limit:
            raise TooLarge(f"{self.name} is larger than the {readable_size(self.limit)} that are allowed.")
        assert self._file is not None
        try:
            self._file.write(chunk)
        except OSError as error:
            raise DiskFull(f"{self.name} could not be stored: {error.strerror}. Free space and upload again.") from None
        self._hash.update(chunk)
        self.size += len(chunk)

    def __exit__(self, *_: object) -> None:
        assert self._file is not None
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise DiskFull(f"{self.name} could not be stored: {error.strerror}. Free space and upload again.") from None
        finally:
            self._file.close()

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


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
        _check_quota(session, access.project.id, size)
    upload = session.get(Upload, (access.project.id, upload_id))
    if upload is None:
        upload = Upload(project_id=access.project.id, id=upload_id, user_id=actor.id, name=safe_name(name), size=size)
        session.add(upload)
    _require_same(upload, actor, size)
    return IncomingFile(_path(access.project.id, upload_id), upload.name, access.project.id, upload.size)


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
    path = _path(access.project.id, upload_id) if _UPLOAD_ID.match(upload_id) else None
    return {"offset": path.stat().st_size if path and path.exists() else 0, "complete": False, "recording": None}


def check_offset(incoming: IncomingFile, offset: int) -> None:
    """Raises `Conflict` with the right offset when a client would continue at another place."""
    if offset != incoming.size:
        raise Conflict(f"{incoming.size} bytes have arrived; continue from there.", offset=incoming.size)


def finish_upload(actor: Actor, project_id: str | int, upload_id: str, incoming: IncomingFile) -> dict[str, Any]:
    """Turn a complete file into a recording and queue its ingest, or an archive or list into an import.

    The same again gives the same answer.
    """
    if imports.is_collection(incoming.name):
        _refuse_grown(incoming)
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


def _refuse_grown(incoming: IncomingFile) -> None:
    if incoming.path.stat().st_size != incoming.size:
        raise Conflict("Another request went on with this upload; ask how far it is and go on from there.")


def _store_file(
    actor: Actor, project_id: str | int, incoming: IncomingFile, attributes: dict[str, str], also: AlsoWrite
) -> dict[str, Any]:
    store = open_store(get_settings())
    try:
        _refuse_grown(incoming)
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
        known.attributes = {**attributes, **known.attributes}
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


@reads
def require_room(session: Session, actor: Actor, project_id: str | int, size: int) -> int:
    """The project's number, if the person may add `size` bytes of recordings to it; checked before bytes are kept."""
    access = project_access(session, actor, project_id)
    access.require(Permission.ADD_RECORDINGS)
    _check_quota(session, access.project.id, size)
    return access.project.id


def check_space(needed: int) -> None:
    """Raises `DiskFull` when storing `needed` bytes would leave less than the reserve free."""
    settings = get_settings()
    settings.incoming.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.incoming).free
    if free - needed < settings.min_free_bytes:
        raise DiskFull(
            f"The disk has {readable_size(free)} free and {readable_size(settings.min_free_bytes)} must stay free. "
            "Ask the administrator to free space."
        )


def sweep_incoming(older_than: float, now: float) -> int:
    """Remove partial uploads that nobody touched for `older_than` seconds; returns how many."""
    folder, removed = get_settings().incoming, 0
    if folder.exists():
        for path in folder.iterdir():
            if path.is_file() and now - path.stat().st_mtime > older_than:
                path.unlink(missing_ok=True)
                removed += 1
    return removed


def _check_quota(session: Session, project_id: int, size: int) -> None:
    quota = get_settings().quota_bytes
    if not quota:
        return
    used = session.scalar(select(func.sum(Recording.size)).where(Recording.project_id == project_id)) or 0
    if used + size > quota:
        raise TooLarge(
            f"The project holds {readable_size(used)} of the {readable_size(quota)} it may hold.", quota=quota
        )


def _path(project_id: int, upload_id: str) -> Path:
    return get_settings().incoming / f"{project_id}-{upload_id}.part"
