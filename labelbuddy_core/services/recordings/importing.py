"""The import job: every file of an archive, a list or a folder becomes a recording, or has a reason why not.

First each file gets its row, then one after the other is copied, hashed and added. A file's recording and its row
change in one transaction, so whatever stops the job (a crash, a person, a full disk), each file is in or out, never
half.
"""

from __future__ import annotations

import math
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from labelbuddy_core.audio import import_places
from labelbuddy_core.audio.storage import open_store
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Import, ImportedFile
from labelbuddy_core.domain.file_names import safe_name
from labelbuddy_core.domain.states import RESUMABLE_FILE_STATES, ImportedFileState
from labelbuddy_core.errors import Invalid, NotFound, TooLarge
from labelbuddy_core.formats.archives import DAMAGED, open_entries
from labelbuddy_core.jobs.context import JobCancelled, JobContext
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.recordings import adding_recordings, imports, room_for_recordings
from labelbuddy_core.services.recordings.import_copies import local_copy
from labelbuddy_core.services.recordings.import_plans import PlannedFile, planned_files
from labelbuddy_core.services.recordings.import_progress import Progress
from labelbuddy_core.services.recordings.importers import importer
from labelbuddy_core.services.recordings.incoming_files import IncomingFile
from labelbuddy_core.settings import get_settings

_STEP_SECONDS = 30.0
_BLOCK = 1 << 20
_ROWS = 500
"""Rows a transaction holds at most, so that people's saves never wait."""


def run(job: JobContext) -> dict[str, Any]:
    """Write down every file, then bring one after the other in."""
    import_id = job.arguments["import"]
    job.step("plan", plan, import_id, job)
    progress = Progress(job)
    number = 0
    while job.step(f"files-{number}", bring_in, import_id, job, progress):
        number += 1
    return job.step("conclude", _conclude, import_id)


def plan(import_id: int, job: JobContext) -> None:
    """Give each file of the import its row; a plan that was interrupted is made again from the start."""
    found = _load(import_id)
    if found.planned:
        return
    with get_database().write() as session:
        session.execute(delete(ImportedFile).where(ImportedFile.import_id == import_id))

    def tell(position: int) -> None:
        job.check()
        job.progress(0.0, f"Looking for files: {position:,} found")

    with local_copy(found) as path:
        add_rows(import_id, planned_files(get_settings(), found, path), 0, tell)
    with get_database().write() as session:
        session.get_one(Import, import_id).planned = True


def add_rows(
    import_id: int, files: Iterable[PlannedFile], position: int, tell: Callable[[int], None] = lambda _position: None
) -> None:
    """Write down files, the first at `position`, in blocks; `tell` hears the next position after each."""
    numbered = ((position + number, file) for number, file in enumerate(files))
    while block := list(islice(numbered, _ROWS)):
        with get_database().write() as session:
            session.execute(insert(ImportedFile), [_row(import_id, number, file) for number, file in block])
        tell(block[-1][0] + 1)


def _row(import_id: int, position: int, file: PlannedFile) -> dict[str, Any]:
    return {
        "import_id": import_id,
        "position": position,
        "address": file.address,
        "size": file.size,
        "modified": file.modified,
        "attributes": file.attributes,
        "state": (ImportedFileState.IGNORED if file.reason else ImportedFileState.WAITING).value,
        "reason": file.reason,
    }


def bring_in(import_id: int, job: JobContext, progress: Progress) -> bool:
    """Add waiting files, for half a minute where that costs nothing; returns whether more are waiting.

    An archive is gone through once: each time anew would mean unpacking again what came before. Raises what concerns
    all files (a full disk, a quota, no permission any more); they stay waiting then.
    """
    found = _load(import_id)
    actor = importer(found.created_by)
    progress.begin(import_id)
    until = math.inf if found.kind == imports.ARCHIVE else time.monotonic() + _STEP_SECONDS
    with local_copy(found) as path:
        for row, source in _sources(found, path):
            job.check()
            progress.start_file(row)
            _bring_in_one(actor, found, row, source, lambda size: _tell(job, progress, size))
            if time.monotonic() > until:
                return True
    return False


def _tell(job: JobContext, progress: Progress, size: int) -> None:
    if progress.add(size):
        job.check()


Source = Callable[[], Iterator[bytes]]


def _sources(found: Import, path: Path | None) -> Iterator[tuple[ImportedFile, Source]]:
    """The waiting files, each with the way to its bytes."""
    if found.kind != imports.ARCHIVE:
        for row in _waiting(found.id):
            yield row, _opener(found, row)
        return
    assert path is not None
    positions = _waiting_positions(found.id)
    waiting = _waiting(found.id)  # both ascend, so that they go hand in hand
    with closing(open_entries(path, positions)) as entries:
        for entry, stream in entries:
            for row in waiting:
                if row.position == entry.position:
                    yield row, _reader(stream)
                    break
                yield row, _gone
    for row in waiting:
        yield row, _gone


def _reader(stream: IO[bytes]) -> Source:
    return lambda: iter(lambda: stream.read(_BLOCK), b"")


def _gone() -> Iterator[bytes]:
    raise Invalid("It is not in the archive any more.")


def _opener(found: Import, row: ImportedFile) -> Source:
    base = Path(found.path) if found.kind == imports.FOLDER and found.path else None

    def blocks() -> Iterator[bytes]:
        settings = get_settings()
        address = import_places.resolve(settings, row.address, base=base)
        with import_places.open_file(settings, address) as opened:
            if opened.size is not None and opened.size > settings.max_upload_bytes:
                raise TooLarge(
                    f"{row.address} is larger than the {settings.max_upload_bytes:,} bytes that are allowed."
                )
            yield from opened.blocks

    return blocks


def _waiting(import_id: int) -> Iterator[ImportedFile]:
    """The waiting files in order, loaded a block at a time."""
    last = -1
    while True:
        with get_database().read() as session:
            rows = list(
                session.scalars(
                    select(ImportedFile)
                    .where(
                        ImportedFile.import_id == import_id,
                        ImportedFile.state == ImportedFileState.WAITING.value,
                        ImportedFile.position > last,
                    )
                    .order_by(ImportedFile.position)
                    .limit(_ROWS)
                )
            )
        if not rows:
            return
        yield from rows
        last = rows[-1].position


def _waiting_positions(import_id: int) -> set[int]:
    with get_database().read() as session:
        query = select(ImportedFile.position).where(
            ImportedFile.import_id == import_id, ImportedFile.state == ImportedFileState.WAITING.value
        )
        return set(session.scalars(query))


def _bring_in_one(
    actor: Actor, found: Import, row: ImportedFile, source: Source, received: Callable[[int], None]
) -> None:
    settings = get_settings()
    room_for_recordings.check_space(row.size or 0)
    room_for_recordings.require_room(actor, found.project_id, row.size or 0)
    limit = settings.max_upload_bytes if row.size is None else min(row.size, settings.max_upload_bytes)
    incoming = IncomingFile(settings.incoming / f"{uuid.uuid4()}.part", _name(row.address), found.project_id, limit)

    def settle(session: Session, answer: dict[str, Any]) -> None:
        state = ImportedFileState.KNOWN if answer["duplicate"] else ImportedFileState.ADDED
        _settle(session, row, state, recording_id=int(answer["recording"]["id"]), size=incoming.size)

    try:
        with incoming:
            for block in source():
                received(len(block))
                incoming.write(block)
        room_for_recordings.require_room(actor, found.project_id, incoming.size)
        _refuse_cut(row, incoming.size)
        adding_recordings.add_file(actor, found.project_id, incoming, _attributes(found, row), settle)
    except DAMAGED:
        _fail(row, "It is damaged in the archive; pack it again.")
    except (Invalid, TooLarge, NotFound) as problem:
        if isinstance(problem, TooLarge) and problem.extra.get("quota"):
            raise
        _fail(row, problem.detail)
    finally:
        incoming.path.unlink(missing_ok=True)


def _name(address: str) -> str:
    return safe_name(unquote(urlsplit(address).path) if import_places.is_url(address) else address)


def _refuse_cut(row: ImportedFile, size: int) -> None:
    if row.size is not None and size != row.size:
        raise Invalid(f"It has {size:,} bytes instead of {row.size:,}; it changed while it was read. Resume.")


def _attributes(found: Import, row: ImportedFile) -> dict[str, str]:
    """What the list says, and the folder that the file was in."""
    folder = "" if found.kind == imports.LIST else row.address.replace("\\", "/").rpartition("/")[0]
    kept = "/".join(part for part in folder.split("/") if part not in ("", ".", ".."))
    return {**({"folder": kept[-400:]} if kept else {}), **row.attributes}


def _fail(row: ImportedFile, reason: str) -> None:
    with get_database().write() as session:
        _settle(session, row, ImportedFileState.FAILED, reason=reason)


def _settle(session: Session, row: ImportedFile, state: ImportedFileState, **values: Any) -> None:
    """Write down what became of a file. Raises `JobCancelled`, which undoes the transaction, when it was cancelled."""
    present = session.get(ImportedFile, (row.import_id, row.position), with_for_update=True, populate_existing=True)
    if present is None or present.state != ImportedFileState.WAITING:
        raise JobCancelled
    present.state = state.value
    for name, value in values.items():
        setattr(present, name, value)


def _conclude(import_id: int) -> dict[str, Any]:
    """Count what became of the files; an uploaded archive that is not needed again goes."""
    with get_database().write() as session:
        found = session.get(Import, import_id)
        if found is None:
            raise NotFound("This import was removed.")
        query = select(ImportedFile.state, func.count()).where(ImportedFile.import_id == import_id)
        rows = session.execute(query.group_by(ImportedFile.state)).tuples()
        counts = dict(rows.all())
        key = found.blob_key
        if any(counts.get(state) for state in RESUMABLE_FILE_STATES):
            key = None
        elif key is not None:
            found.blob_key = None
    if key is not None:
        open_store(get_settings()).delete(key)
    return counts


def _load(import_id: int) -> Import:
    with get_database().read() as session:
        found = session.get(Import, import_id)
    if found is None:
        raise NotFound("This import was removed.")
    return found
