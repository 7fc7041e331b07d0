"""Files on their way in: raw bytes that are hashed while they stream to the disk, in parts that go on after breaks."""

from __future__ import annotations

import fcntl
import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from labelbuddy_core.errors import Conflict, DiskFull, TooLarge
from labelbuddy_core.services.presenting import readable_size
from labelbuddy_core.settings import get_settings

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


def check_offset(incoming: IncomingFile, offset: int) -> None:
    """Raises `Conflict` with the right offset when a client would continue at another place."""
    if offset != incoming.size:
        raise Conflict(f"{incoming.size} bytes have arrived; continue from there.", offset=incoming.size)


def refuse_grown(incoming: IncomingFile) -> None:
    """Raises `Conflict` when more bytes have come than were hashed."""
    if incoming.path.stat().st_size != incoming.size:
        raise Conflict("Another request went on with this upload; ask how far it is and go on from there.")


def partial_file(project_id: int, upload_id: str) -> Path:
    """Where an upload's bytes are until it is complete."""
    return get_settings().incoming / f"{project_id}-{upload_id}.part"


def sweep_incoming(older_than: float, now: float) -> int:
    """Remove partial uploads that nobody touched for `older_than` seconds; returns how many."""
    folder, removed = get_settings().incoming, 0
    if folder.exists():
        for path in folder.iterdir():
            if path.is_file() and now - path.stat().st_mtime > older_than:
                path.unlink(missing_ok=True)
                removed += 1
    return removed
