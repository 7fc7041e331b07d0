"""Watched folders: what appears in them is imported, as soon as it has been written completely."""

from __future__ import annotations

import logging
import time
from pathlib import Path

from sqlalchemy import func, select

from labelbuddy_core.audio import import_places
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Import, ImportedFile
from labelbuddy_core.errors import Invalid
from labelbuddy_core.services.recordings import imports
from labelbuddy_core.services.recordings.import_plans import PlannedFile, files_of_folder
from labelbuddy_core.services.recordings.importing import add_rows
from labelbuddy_core.settings import get_settings

log = logging.getLogger(__name__)


def look() -> int:
    """Queue the new files of every watched folder; returns how many. The worker calls this now and then."""
    with get_database().read() as session:
        watched = list(session.scalars(select(Import).where(Import.watched, Import.planned).order_by(Import.id)))
    found = 0
    for one in watched:
        try:
            found += _look_into(one)
            _say(one, None)
        except Invalid as problem:  # unmounted, renamed, or not allowed any more: it may come back
            _say(one, problem.detail)
    return found


def _look_into(watched: Import) -> int:
    with get_database().read() as session:
        if imports.has_open_job(session, watched):
            return 0
    settings = get_settings()
    folder = Path(import_places.resolve(settings, watched.path or ""))
    position, known = _known(watched.id)
    oldest = time.time() - settings.watch_seconds
    fresh = [file for file in files_of_folder(settings, folder) if _is_new(file, known, folder, oldest)]
    add_rows(watched.id, fresh, position)
    if any(file.reason is None for file in fresh):
        with get_database().write() as session:
            present = session.get(Import, watched.id)
            if present is not None:
                imports.submit_job(session, None, present)
    return len(fresh)


def _is_new(file: PlannedFile, known: set[tuple[str, int | None, int | None]], folder: Path, oldest: float) -> bool:
    """Whether a file was not seen as it is now, and nobody wrote to it for a while."""
    if (file.address, file.size, file.modified) in known:
        return False
    try:
        return (folder / file.address).stat().st_ctime <= oldest
    except OSError:
        return False


def _known(import_id: int) -> tuple[int, set[tuple[str, int | None, int | None]]]:
    """The next position, and every file that was seen: its path, size and time of change."""
    with get_database().read() as session:
        last = session.scalar(select(func.max(ImportedFile.position)).where(ImportedFile.import_id == import_id))
        rows = session.execute(
            select(ImportedFile.address, ImportedFile.size, ImportedFile.modified).where(
                ImportedFile.import_id == import_id
            )
        )
        return (0 if last is None else last + 1), {(address, size, modified) for address, size, modified in rows}


def _say(watched: Import, problem: str | None) -> None:
    if watched.problem == problem:
        return
    if problem:
        log.warning("watched folder %s: %s", watched.path, problem)
    with get_database().write() as session:
        present = session.get(Import, watched.id)
        if present is not None:
            present.problem = problem
