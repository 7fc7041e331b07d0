"""What is read of a published release: its archive, single files of it, and what was left out."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from labelbuddy_core.audio.storage import BlobStore, open_store, release_key
from labelbuddy_core.database.tables import Release
from labelbuddy_core.errors import InvalidState, NotFound
from labelbuddy_core.formats.release_manifest import Manifest
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.recordings.recordings import Blob
from labelbuddy_core.services.releases.releases import DELETED, MAKING, WITHDRAWN, visible_release
from labelbuddy_core.services.transactions import reads
from labelbuddy_core.settings import get_settings

_MAX_FILE = 64 * 1024**2


@reads
def archive(session: Session, actor: Actor, release_id: str | int) -> Blob:
    """The archive of a published release. Raises `InvalidState` for any other."""
    row = _published(visible_release(session, actor, release_id))
    name = "".join(one if one.isalnum() or one in "-_." else "-" for one in f"{row.name}-{row.version}")
    key = release_key(row.sha256)
    return Blob(open_store(get_settings()), key, "application/zip", row.sha256, f"{name}.zip")


@reads
def one_file(session: Session, actor: Actor, release_id: str | int, path: str) -> tuple[str, bytes]:
    """A file of a published release other than its audio: its name and bytes. Raises `NotFound` for any other path."""
    row = _published(visible_release(session, actor, release_id))
    known = next((one for one in row.files if one["path"] == path), None)
    if known is None:
        raise NotFound(f"The release has no file {path!r}.")
    if known["size"] > _MAX_FILE:
        raise InvalidState("This file is large; download the whole archive.")
    with zipfile.ZipFile(_Blob(open_store(get_settings()), release_key(row.sha256))) as opened:
        return path.rsplit("/", 1)[-1], opened.read(path)


@reads
def left_out(session: Session, actor: Actor, release_id: str | int) -> list[dict[str, str]]:
    """Every task that was left out: {task, recording, reason}; for managers alone."""
    row = visible_release(session, actor, release_id)
    if not row.manifest_sha256 or row.state == DELETED:
        raise InvalidState("The content of this release is not frozen yet, or was deleted.")
    with frozen(row.manifest_sha256) as manifest:
        return manifest.header["left_out"]


@contextmanager
def frozen(digest: str) -> Iterator[Manifest]:
    """The content that was frozen under this hash. Raises `NotFound`."""
    store, key = open_store(get_settings()), release_key(digest)
    local = store.local_path(key)
    if local is not None:
        if not local.exists():
            raise NotFound("The content of this release is missing from the storage; restore a backup.")
        yield Manifest(local)
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "manifest"
        store.fetch_to(key, copy)
        yield Manifest(copy)


def _published(row: Release) -> Release:
    if row.state == WITHDRAWN:
        raise InvalidState(f"This release was withdrawn: {row.withdrawn_reason}")
    if row.state == DELETED:
        raise InvalidState("The files of this release were deleted.")
    if row.state == MAKING:
        raise InvalidState("This release is not published yet.")
    return row


class _Blob(io.RawIOBase):
    """A blob as a file that can be sought, read by ranges."""

    def __init__(self, store: BlobStore, key: str) -> None:
        super().__init__()
        self._store, self._key, self._at = store, key, 0
        self._size = store.size(key)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence])
        return self._at

    def readinto(self, buffer: Any) -> int:
        data = self._store.read_range(self._key, self._at, min(self._size, self._at + len(buffer)))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)
