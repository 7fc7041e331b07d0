"""Archives of audio: ZIP, and TAR plain or compressed with gzip, bzip2 or xz; read entry by entry, never unpacked.

Entries are data: their names are never used as paths, links and devices are refused, and no entry yields more bytes
than it announced.
"""

from __future__ import annotations

import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Container, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from labelbuddy_core.errors import Invalid, TooLarge

SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
MAX_ENTRIES = 100_000
MAX_RATIO = 200
"""Silence in WAV shrinks a thousandfold, whole archives of audio hardly at all."""
_SMALL = 100 * 1024**2
DAMAGED = (
    zipfile.BadZipFile,
    tarfile.TarError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    zlib.error,
    lzma.LZMAError,
)
_BROKEN = "The archive is damaged, encrypted or of an unknown kind; pack it again as ZIP or TAR."


@dataclass(frozen=True)
class Entry:
    """A file in an archive: its place in it, its path there (as written), and its size in bytes.

    `problem` says why it cannot be taken out: a link, a device, or encrypted.
    """

    position: int
    path: str
    size: int
    problem: str | None = None


def begins_as_zip(data: bytes) -> bool:
    """Whether these bytes begin as a ZIP does, whatever the file is called."""
    return data.startswith(b"PK\x03\x04")


def is_archive(name: str) -> bool:
    """Whether a file is an archive by its name."""
    return name.lower().endswith(SUFFIXES)


def list_entries(path: Path) -> Iterator[Entry]:
    """Every file in the archive, in its order.

    Raises `Invalid` for a damaged archive and `TooLarge` for one that would unpack to much more than it is (a bomb).
    """
    most = max(_SMALL, MAX_RATIO * path.stat().st_size)
    total = 0
    with _readable(path) as archive:
        for position, entry in enumerate(archive.entries()):
            if position >= MAX_ENTRIES:
                raise TooLarge(f"The archive has more than {MAX_ENTRIES:,} files; split it.")
            total += entry.size
            if total > most:
                raise TooLarge(
                    f"The archive of {path.stat().st_size:,} bytes would unpack to more than {most:,}; "
                    "that cannot be audio."
                )
            yield entry


def open_entries(path: Path, wanted: Container[int]) -> Generator[tuple[Entry, IO[bytes]], None, None]:
    """The wanted entries, each with its bytes, which must be read before the next one is asked for.

    Reading raises one of `DAMAGED` where an entry is damaged; raises `Invalid` for a damaged archive.
    """
    with _readable(path) as archive:
        for entry in archive.entries():
            if entry.position in wanted and entry.problem is None:
                yield entry, archive.open(entry.position)


class _Zip:
    def __init__(self, path: Path) -> None:
        self._file = zipfile.ZipFile(path)
        self._infos = [info for info in self._file.infolist() if not info.is_dir()]

    def entries(self) -> Iterator[Entry]:
        for position, info in enumerate(self._infos):
            problem = "encrypted; pack it without a password" if info.flag_bits & 0x1 else None
            yield Entry(position, info.filename, info.file_size, problem)

    def open(self, position: int) -> IO[bytes]:
        return self._file.open(self._infos[position])

    def close(self) -> None:
        self._file.close()


class _TarInfo(tarfile.TarInfo):
    """Refuses extended headers that would fill the memory: they hold names, and `tarfile` reads them as a whole."""

    def _proc_member(self, archive: tarfile.TarFile) -> Any:
        if self.type in _HEADERS and self.size > _MAX_HEADER:
            raise tarfile.ReadError("extended header too large")
        return super()._proc_member(archive)  # type: ignore[misc]


_HEADERS = (
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
)
_MAX_HEADER = 1 << 20


class _Tar:
    def __init__(self, path: Path) -> None:
        self._file = tarfile.open(path, "r:*", tarinfo=_TarInfo)  # noqa: SIM115  (closed by close)
        self._present: tarfile.TarInfo | None = None

    def entries(self) -> Iterator[Entry]:
        position = 0
        for info in self._file:
            self._file.members = []  # type: ignore[attr-defined]  # keeps memory constant; nothing is looked up by name
            if info.isdir():
                continue
            self._present = info
            problem = None if info.isfile() else "a link or a device, not a file"
            yield Entry(position, info.name, info.size if info.isfile() else 0, problem)
            position += 1

    def open(self, _position: int) -> Any:
        assert self._present is not None
        return self._file.extractfile(self._present)

    def close(self) -> None:
        self._file.close()


@contextmanager
def _readable(path: Path) -> Iterator[_Zip | _Tar]:
    try:
        archive = _Zip(path) if zipfile.is_zipfile(path) else _Tar(path)
    except (*DAMAGED, OSError):
        raise Invalid(_BROKEN, field="archive") from None
    try:
        yield archive
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error, lzma.LZMAError):
        raise Invalid(_BROKEN, field="archive") from None
    finally:
        archive.close()
