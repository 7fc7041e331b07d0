"""The archive or list of an import as a local file, wherever it is kept."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from labelbuddy_core.audio import import_places
from labelbuddy_core.audio.storage import open_store
from labelbuddy_core.database.tables import Import
from labelbuddy_core.errors import NotFound, TooLarge
from labelbuddy_core.services.presenting import readable_size
from labelbuddy_core.services.recordings import imports, room_for_recordings
from labelbuddy_core.settings import get_settings


@contextmanager
def local_copy(found: Import) -> Iterator[Path | None]:
    """The file while the block runs; None for a folder. Raises `NotFound` when it is not kept any more."""
    if found.kind == imports.FOLDER:
        yield None
        return
    settings = get_settings()
    here = _here(found)
    if here is not None:
        yield here
        return
    work = settings.data / "work"
    work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=work, prefix="import-") as temporary:
        copy = Path(temporary) / "source"
        if found.blob_key is not None:
            open_store(settings).fetch_to(found.blob_key, copy)
        else:
            _download(found.path or "", copy)
        yield copy


def _here(found: Import) -> Path | None:
    """Where the file is on this machine, if it is."""
    settings = get_settings()
    if found.blob_key is not None:
        local = open_store(settings).local_path(found.blob_key)
        if local is not None and not local.exists():
            raise NotFound("The uploaded file is missing from the storage; upload it again.")
        return local
    if found.path is None:
        raise NotFound("The uploaded file is not kept any more; upload it again.")
    return None if import_places.is_url(found.path) else Path(import_places.resolve(settings, found.path))


def _download(address: str, target: Path) -> None:
    settings = get_settings()
    with import_places.open_file(settings, address) as opened, target.open("wb") as file:
        room_for_recordings.check_space(opened.size or 0)
        received = 0
        for block in opened.blocks:
            received += len(block)
            if received > settings.max_archive_bytes:
                raise TooLarge(f"{address} is larger than {readable_size(settings.max_archive_bytes)}; split it.")
            file.write(block)
