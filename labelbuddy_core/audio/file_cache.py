"""Files that can be made again, kept on disk up to a limit of bytes; what was used longest ago goes first."""

from __future__ import annotations

import contextlib
import os
import threading
import uuid
from collections.abc import Callable
from pathlib import Path

_LEAVE = 0.8
"""Of the limit, after making room: not every new file must look at all of them."""
_COUNT_AGAIN = 1000
"""Files written before the folder's size is measured anew; several processes may share it."""


class FileCache:
    """A folder of files by name; threads and processes may share it."""

    def __init__(self, folder: Path, limit_bytes: int) -> None:
        self._folder = folder
        self._limit = limit_bytes
        self._lock = threading.Lock()
        self._size: int | None = None
        self._written = 0

    def get(self, name: str) -> bytes | None:
        """The bytes of a file, or None."""
        path = self._folder / name
        try:
            data = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        return data

    def put(self, name: str, data: bytes) -> None:
        """Keep bytes; a full disk is no error, the next request makes them again."""

        def write(part: Path) -> None:
            part.write_bytes(data)

        with contextlib.suppress(OSError):
            self._add(name, write)

    def file(self, name: str, make: Callable[[Path], None]) -> Path:
        """The path of a file, made by `make(path)` when it is not there."""
        path = self._folder / name
        try:
            os.utime(path)
        except OSError:
            self._add(name, make)
        return path

    def _add(self, name: str, make: Callable[[Path], None]) -> None:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{uuid.uuid4().hex}.part")
        try:
            make(part)
            size = part.stat().st_size
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        with self._lock:
            self._written += 1
            if self._size is None or self._written % _COUNT_AGAIN == 0:
                self._size = sum(length for _, length, _ in self._files())
            else:
                self._size += size
            if self._size > self._limit:
                self._make_room(keep=path)

    def _make_room(self, keep: Path) -> None:
        files = sorted(self._files())
        total = sum(size for _, size, _ in files)
        for _, size, path in files:
            if total <= _LEAVE * self._limit:
                break
            if path != keep:
                path.unlink(missing_ok=True)
                total -= size
        self._size = total

    def _files(self) -> list[tuple[float, int, Path]]:
        """(last use, bytes, path) of every file."""
        found = []
        for parent, _, names in os.walk(self._folder):
            for name in names:
                path = Path(parent, name)
                with contextlib.suppress(OSError):
                    status = path.stat()
                    found.append((status.st_mtime, status.st_size, path))
        return found
