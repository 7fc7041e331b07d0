"""Uploads: raw, resumable, hashed while they stream, complete only when every byte is on the disk."""

from __future__ import annotations

import fcntl
import hashlib
import lzma
import os
import re
import shutil
import uuid
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelbuddy_core.audio.storage import open_store, original_key
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Recording, Upload
from labelbuddy_core.domain.file_names import safe_name
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.errors import Conflict, DiskFull, Invalid, TooLarge
from labelbuddy_core.services import ingestion
from labelbuddy_core.services.access import project_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.blob_changes import changing_blobs
from labelbuddy_core.services.history import record
from labelbuddy_core.services.tasks import recording_summary
from labelbuddy_core.services.transactions import reads, writes
from labelbuddy_core.settings import get_settings

_UPLOAD_ID = re.compile(r"^[A-Za-z0-9_-]{1,64}$")
_BLOCK = 1 << 20
MAX_ARCHIVE_ENTRIES = 10_000
MAX_ARCHIVE_RATIO = 200
AUDIO_SUFFIXES = frozenset(
    ".wav .flac .mp3 .ogg .oga .opus .m4a .mp4 .aac .aif .aiff .aifc .webm .mka .w64 .au .caf".split()
)


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
            raise TooLarge(f"{self.name} is larger than the {_readable(self.limit)} that are allowed.")
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
    if size > settings.max_upload_bytes:
        raise TooLarge(f"{safe_name(name)} is larger than the {_readable(settings.max_upload_bytes)} that are allowed.")
    check_space(size)
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
    if upload is not None and upload.recording_id is not None:
        return {"offset": upload.size, "complete": True, "recording": str(upload.recording_id)}
    path = _path(access.project.id, upload_id) if _UPLOAD_ID.match(upload_id) else None
    return {"offset": path.stat().st_size if path and path.exists() else 0, "complete": False, "recording": None}


def check_offset(incoming: IncomingFile, offset: int) -> None:
    """Raises `Conflict` with the right offset when a client would continue at another place."""
    if offset != incoming.size:
        raise Conflict(f"{incoming.size} bytes have arrived; continue from there.", offset=incoming.size)


def finish_upload(actor: Actor, project_id: str | int, upload_id: str, incoming: IncomingFile) -> dict[str, Any]:
    """Turn a complete file into a recording and queue its ingest. The same again gives the same answer."""
    answer = add_file(actor, project_id, incoming)
    with get_database().write() as session:
        upload = session.get(Upload, (incoming.project_id, upload_id))
        if upload is not None:
            upload.recording_id = int(answer["recording"]["id"])
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
    if upload is None or upload.recording_id is None:
        return None
    _require_same(upload, actor, size)
    recording = session.get(Recording, upload.recording_id)
    return None if recording is None else {"recording": recording_summary(recording), "duplicate": False, "job": None}


def add_file(actor: Actor, project_id: str | int, incoming: IncomingFile) -> dict[str, Any]:
    """Store a received file by its hash and add its recording; the same bytes twice are one recording."""
    _require_room(actor, project_id, incoming.size)
    with changing_blobs:
        return _store_file(actor, project_id, incoming)


def _store_file(actor: Actor, project_id: str | int, incoming: IncomingFile) -> dict[str, Any]:
    store = open_store(get_settings())
    try:
        if incoming.path.stat().st_size != incoming.size:
            raise Conflict("Another request went on with this upload; ask how far it is and go on from there.")
        store.put_file(original_key(incoming.sha256), incoming.path)
    except OSError as error:
        raise DiskFull(f"{incoming.name} could not be stored: {error.strerror}. Free space and try again.") from None
    return _add_recording(actor, project_id, incoming.name, incoming.sha256, incoming.size)


@writes
def _add_recording(
    session: Session, actor: Actor, project_id: str | int, name: str, sha256: str, size: int
) -> dict[str, Any]:
    access = project_access(session, actor, project_id)
    access.require(Permission.ADD_RECORDINGS)
    project = access.project
    known = session.scalar(select(Recording).where(Recording.project_id == project.id, Recording.sha256 == sha256))
    if known is not None:
        return {"recording": recording_summary(known), "duplicate": True, "job": None}
    recording = Recording(
        project_id=project.id, name=name, sha256=sha256, size=size, created_by=actor.id, attributes={}
    )
    session.add(recording)
    session.flush()
    job = ingestion.ensure_ingest_job(session, actor, project.id)
    record(
        session, actor, "recording.added", f"recording:{recording.id}", project_id=project.id, name=name, sha256=sha256
    )
    return {"recording": recording_summary(recording), "duplicate": False, "job": job}


def add_archive(actor: Actor, project_id: str | int, archive: Path) -> dict[str, Any]:
    """Add every audio file of a ZIP archive; other entries are listed as ignored with the reason.

    Raises `Invalid` for a broken archive and `TooLarge` for one that would unpack to much more than it is (a bomb).
    """
    number = _require_room(actor, project_id, 0)
    settings = get_settings()
    added: list[dict[str, Any]] = []
    ignored: list[dict[str, str]] = []
    try:
        with zipfile.ZipFile(archive) as unpacked:
            entries = [entry for entry in unpacked.infolist() if not entry.is_dir()]
            _refuse_bomb(entries, archive.stat().st_size)
            _require_room(actor, number, sum(entry.file_size for entry in entries))
            for entry in entries:
                reason = _ignored(entry, settings.max_upload_bytes)
                if reason:
                    ignored.append({"name": safe_name(entry.filename), "reason": reason})
                    continue
                check_space(entry.file_size)
                path = settings.incoming / f"{uuid.uuid4()}.part"
                incoming = IncomingFile(path, safe_name(entry.filename), number, entry.file_size)
                try:
                    with incoming, unpacked.open(entry) as source:
                        while chunk := source.read(_BLOCK):
                            incoming.write(chunk)
                    added.append(add_file(actor, number, incoming))
                except _DAMAGED:
                    ignored.append({"name": incoming.name, "reason": "damaged in the archive"})
                finally:
                    path.unlink(missing_ok=True)
    except _DAMAGED:
        raise Invalid("The ZIP archive is damaged, encrypted or of an unknown kind.", field="files") from None
    return {"added": added, "ignored": ignored}


_DAMAGED = (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error, lzma.LZMAError)


@reads
def _require_room(session: Session, actor: Actor, project_id: str | int, size: int) -> int:
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
            f"The disk has {_readable(free)} free and {_readable(settings.min_free_bytes)} must stay free. "
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
        raise TooLarge(f"The project holds {_readable(used)} of the {_readable(quota)} it may hold.")


def _refuse_bomb(entries: list[zipfile.ZipInfo], archive_size: int) -> None:
    if len(entries) > MAX_ARCHIVE_ENTRIES:
        raise TooLarge(f"The archive has {len(entries)} files; at most {MAX_ARCHIVE_ENTRIES} are accepted.")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_ARCHIVE_RATIO * max(archive_size, 1):
        raise TooLarge(
            f"The archive of {_readable(archive_size)} would unpack to {_readable(unpacked)}; that cannot be audio."
        )
    check_space(unpacked)


def _ignored(entry: zipfile.ZipInfo, limit: int) -> str | None:
    name = entry.filename.replace("\\", "/").rsplit("/", 1)[-1]
    if "__MACOSX" in entry.filename or name.startswith("."):
        return "a file of the operating system"
    if Path(name).suffix.lower() not in AUDIO_SUFFIXES:
        return "not an audio file by its name"
    if entry.file_size > limit:
        return f"larger than {_readable(limit)}"
    return None


def _path(project_id: int, upload_id: str) -> Path:
    return get_settings().incoming / f"{project_id}-{upload_id}.part"


def _readable(size: int) -> str:
    value, unit = float(size), "B"
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if value < 1000 or unit == "TB":
            break
        value /= 1000
    return f"{value:.0f} {unit}" if value >= 10 or unit == "B" else f"{value:.1f} {unit}"
