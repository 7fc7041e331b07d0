"""Where audio lives: content-addressed blobs in a local folder or an S3-compatible bucket, through obstore.

Keys: originals `audio/<first two of sha>/<sha>`, derived files `derived/<sha>/<recipe>/<name>`, releases
`releases/<first two of sha>/<sha>`. A key is written once and never changes, so that a copy of the key list is a
consistent picture of the storage.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import obstore
from obstore.exceptions import AlreadyExistsError
from obstore.store import LocalStore, ObjectStore, from_url

from labelbuddy_core.errors import Invalid, NotFound
from labelbuddy_core.settings import Settings

_KEY = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*$")
_COPY_BLOCK = 1 << 20


def original_key(sha256: str) -> str:
    """The key of an original file by the hash of its bytes."""
    return f"audio/{sha256[:2]}/{sha256}"


def derived_key(sha256: str, recipe: str, name: str) -> str:
    """The key of a file made from an original; `recipe` is the version of how it was made."""
    return f"derived/{sha256}/{recipe}/{name}"


def release_key(sha256: str) -> str:
    """The key of an archive, or of the frozen content, of a release by the hash of its bytes."""
    return f"releases/{sha256[:2]}/{sha256}"


class BlobStore:
    """Blobs by key. `folder` is set when the blobs are local files."""

    def __init__(self, store: ObjectStore, folder: Path | None) -> None:
        self._store = store
        self.folder = folder

    def put_file(self, key: str, path: Path) -> None:
        """Store a finished file under a key and remove it from where it was; the same key twice is no error.

        On a local store the bytes are on the disk (fsync) when this returns.
        """
        target = self.local_path(key)
        if target is None:
            with contextlib.suppress(AlreadyExistsError):
                obstore.put(self._store, _checked(key), path, mode="create")
            path.unlink()
            return
        if target.exists():
            path.unlink()
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        with path.open("rb+") as file:
            os.fsync(file.fileno())
        try:
            path.replace(target)
        except OSError:  # another file system: copy beside the target first, so that the last move is atomic
            beside = target.with_name(target.name + ".part")
            shutil.copyfile(path, beside)
            with beside.open("rb+") as file:
                os.fsync(file.fileno())
            beside.replace(target)
            path.unlink()
        _sync_folder(target.parent)

    def local_path(self, key: str) -> Path | None:
        """The file behind a key when blobs are local files, else None. The file need not exist."""
        return None if self.folder is None else self.folder / _checked(key)

    def exists(self, key: str) -> bool:
        """Whether there is a blob under this key."""
        try:
            self.size(key)
        except NotFound:
            return False
        return True

    def size(self, key: str) -> int:
        """Size in bytes; raises `NotFound`."""
        try:
            return obstore.head(self._store, _checked(key))["size"]
        except FileNotFoundError:
            raise NotFound(f"The storage has no {key!r}.") from None

    def read_range(self, key: str, start: int, stop: int) -> bytes:
        """The bytes from `start` up to, not including, `stop`."""
        if stop <= start:
            return b""
        try:
            return bytes(obstore.get_range(self._store, _checked(key), start=start, end=stop))
        except FileNotFoundError:
            raise NotFound(f"The storage has no {key!r}.") from None

    def fetch_to(self, key: str, path: Path) -> None:
        """Copy a blob into a file."""
        local = self.local_path(key)
        try:
            if local is not None:
                shutil.copyfile(local, path)
                return
            size = self.size(key)
            with path.open("wb") as file:
                for start in range(0, size, _COPY_BLOCK):
                    file.write(self.read_range(key, start, min(start + _COPY_BLOCK, size)))
        except FileNotFoundError:
            raise NotFound(f"The storage has no {key!r}.") from None

    def delete(self, key: str) -> None:
        """Remove a blob; one that is not there is no error."""
        try:
            obstore.delete(self._store, _checked(key))
        except FileNotFoundError:
            return

    def keys(self, prefix: str = "") -> Iterator[tuple[str, int]]:
        """(key, size) of every blob below a prefix."""
        for key, size, _ in self.entries(prefix):
            yield key, size

    def entries(self, prefix: str = "") -> Iterator[tuple[str, int, datetime]]:
        """(key, size, when it was written) of every blob below a prefix."""
        for batch in obstore.list(self._store, prefix or None):
            for entry in batch:
                yield entry["path"], entry["size"], entry["last_modified"]


def open_store(settings: Settings) -> BlobStore:
    """The storage of an installation: `settings.storage_url`, or the folder `storage` in the data folder."""
    if settings.storage_url and not settings.storage_url.startswith("file:"):
        return BlobStore(from_url(settings.storage_url), None)
    folder = (
        Path(settings.storage_url.removeprefix("file://")) if settings.storage_url else settings.data / "storage"
    ).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return BlobStore(LocalStore(folder), folder)


def _checked(key: str) -> str:
    if not _KEY.match(key) or len(key) > 400:
        raise Invalid(f"{key!r} is not a storage key.", field="key")
    return key


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
