"""Which files an import consists of, with what a list says about them; files that are no audio have a reason."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from labelbuddy_core.audio import import_places
from labelbuddy_core.database.tables import Import
from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats.archives import DAMAGED, Entry, list_entries, open_entries
from labelbuddy_core.formats.recording_lists import read_list
from labelbuddy_core.services.presenting import readable_size
from labelbuddy_core.services.recordings import imports
from labelbuddy_core.settings import Settings

AUDIO_SUFFIXES = frozenset(
    ".wav .wave .rf64 .bwf .flac .mp3 .ogg .oga .opus .m4a .mp4 .m4v .mov .aac .adts .aif .aiff .aifc .webm .mka .mkv "
    ".w64 .au .snd .caf .3gp".split()
)
LIST_NAMES = frozenset({"recordings.csv", "metadata.csv"})
"""At the top of a folder or archive: what is said there about its files is kept with them."""
_MAX_LIST = 100 * 1024**2

Attributes = dict[str, dict[str, str]]


@dataclass(frozen=True)
class PlannedFile:
    """A file to bring in, or the `reason` why it stays out. `size` in bytes, `modified` in nanoseconds since 1970."""

    address: str
    size: int | None = None
    modified: int | None = None
    attributes: dict[str, str] = field(default_factory=dict)
    reason: str | None = None


def planned_files(settings: Settings, found: Import, path: Path | None) -> Iterator[PlannedFile]:
    """Every file of an import, in order. `path` is the local archive or list.

    Raises `Invalid` or `TooLarge` when the whole is unusable: a damaged archive, a list with a mistake.
    """
    if found.kind == imports.LIST and path is not None:
        yield from _of_list(settings, path, _folder_of(found))
    elif found.kind == imports.ARCHIVE and path is not None:
        said = _list_in_archive(path)
        for entry in list_entries(path):
            yield _planned(settings, entry.path, entry.size, said, problem=entry.problem)
    else:
        folder = Path(import_places.resolve(settings, found.path or ""))
        yield from files_of_folder(settings, folder)


def files_of_folder(settings: Settings, folder: Path) -> Iterator[PlannedFile]:
    """The files below a folder as they are now."""
    said = _list_in_folder(folder)
    for name, known in import_places.walk(settings, folder):
        yield _planned(settings, name, known.st_size, said, known=known)


def _folder_of(found: Import) -> Path | None:
    """Where relative paths of a list begin: beside the list, when it is on the server."""
    return None if found.path is None or import_places.is_url(found.path) else Path(found.path).parent


def _of_list(settings: Settings, path: Path, base: Path | None) -> Iterator[PlannedFile]:
    for row in read_list(path):
        try:
            address = import_places.resolve(settings, row.address, base=base)
        except Invalid as problem:
            yield PlannedFile(row.address, attributes=row.attributes, reason=f"Line {row.line}: {problem.detail}")
            continue
        size = None if import_places.is_url(address) else Path(address).stat().st_size
        yield PlannedFile(address, size, attributes=row.attributes)


def _planned(
    settings: Settings,
    path: str,
    size: int,
    said: Attributes,
    *,
    problem: str | None = None,
    known: os.stat_result | None = None,
) -> PlannedFile:
    return PlannedFile(
        path,
        size,
        known.st_mtime_ns if known else None,
        said.get(_place(path), {}),
        _reason(path) or problem or _wrong_size(size, settings.max_upload_bytes),
    )


def _reason(path: str) -> str | None:
    """Why a file is left out, by its name."""
    name = PurePosixPath(path.replace("\\", "/")).name
    if "__MACOSX" in path or name.startswith("."):
        return "a file of the operating system"
    if _place(path) in LIST_NAMES:
        return "the list of attributes, which was read"
    if PurePosixPath(name).suffix.lower() not in AUDIO_SUFFIXES:
        return "not an audio file by its name"
    return None


def _wrong_size(size: int, limit: int) -> str | None:
    if size == 0:
        return "empty (0 bytes)"
    return f"larger than {readable_size(limit)}" if size > limit else None


def _place(path: str) -> str:
    """A path in an archive or folder as lists write it."""
    return str(PurePosixPath(path.replace("\\", "/"))).removeprefix("./")


def _list_in_folder(folder: Path) -> Attributes:
    for name in sorted(LIST_NAMES):
        if (folder / name).is_file():
            return _said_by(folder / name)
    return {}


def _list_in_archive(path: Path) -> Attributes:
    """What the list at the top of an archive says."""
    found: Entry | None = next((entry for entry in list_entries(path) if _place(entry.path) in LIST_NAMES), None)
    if found is None:
        return {}
    if found.size > _MAX_LIST:
        raise Invalid(f"{found.path} in the archive is larger than {readable_size(_MAX_LIST)}.", field="list")
    with tempfile.NamedTemporaryFile() as copy:
        try:
            for _, stream in open_entries(path, {found.position}):
                copy.write(stream.read())
        except DAMAGED:
            raise Invalid(f"{found.path} is damaged in the archive; pack it again.", field="list") from None
        copy.flush()
        return _said_by(Path(copy.name))


def _said_by(path: Path) -> Attributes:
    return {_place(row.address): row.attributes for row in read_list(path)}
