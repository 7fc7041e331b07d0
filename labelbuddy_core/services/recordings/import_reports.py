"""What became of imports: their jobs, and every file with its state and reason."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Import, ImportedFile, Job
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.states import ImportedFileState
from labelbuddy_core.errors import Invalid, NotFound
from labelbuddy_core.services.access import parse_id, project_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.installation import jobs
from labelbuddy_core.services.pages_of_results import Results, one_page
from labelbuddy_core.services.presenting import iso
from labelbuddy_core.services.transactions import reads


@reads
def list_imports(
    session: Session, actor: Actor, project_id: str | int, *, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """The imports of a project, newest first, a page at a time."""
    access = project_access(session, actor, project_id)
    access.require(Permission.ADD_RECORDINGS)
    query = select(Import).where(Import.project_id == access.project.id)
    rows, following = one_page(session, query, Import.id, limit=limit, cursor=cursor)
    return Results([import_json(session, row) for row in rows], following).as_json()


@reads
def get_import(session: Session, actor: Actor, import_id: str | int) -> dict[str, Any]:
    """One import with its job and how many files are in which state."""
    return import_json(session, visible_import(session, actor, import_id))


@reads
def list_files(
    session: Session,
    actor: Actor,
    import_id: str | int,
    *,
    state: str | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """What became of each file of an import, in its order, a page at a time."""
    found = visible_import(session, actor, import_id)
    query = select(ImportedFile).where(ImportedFile.import_id == found.id)
    if state is not None:
        if state not in list(ImportedFileState):
            raise Invalid(f"state must be one of {', '.join(ImportedFileState)}.", field="state")
        query = query.where(ImportedFile.state == state)
    position = ImportedFile.position
    rows, following = one_page(session, query, position, limit=limit, cursor=cursor, newest_first=False)
    return Results([_file_json(row) for row in rows], following).as_json()


def visible_import(session: Session, actor: Actor, import_id: str | int) -> Import:
    """An import of a project whose recordings the person may add to; raises `NotFound` otherwise."""
    found = session.get(Import, parse_id(import_id, "import"))
    if found is None:
        raise NotFound(f"There is no import {import_id!r}.")
    try:
        access = project_access(session, actor, found.project_id)
    except NotFound:
        raise NotFound(f"There is no import {import_id!r}.") from None
    if not access.allows(Permission.ADD_RECORDINGS):
        raise NotFound(f"There is no import {import_id!r}.")
    return found


def import_json(session: Session, found: Import) -> dict[str, Any]:
    """The import object of the API. Sizes are in bytes."""
    counts: dict[str, int] = dict.fromkeys(ImportedFileState, 0)
    total = done = 0
    for state, number, size in session.execute(
        select(ImportedFile.state, func.count(), func.coalesce(func.sum(ImportedFile.size), 0))
        .where(ImportedFile.import_id == found.id)
        .group_by(ImportedFile.state)
    ):
        counts[state] = number
        if state != ImportedFileState.IGNORED:
            total += int(size or 0)
            done += int(size or 0) if state in (ImportedFileState.ADDED, ImportedFileState.KNOWN) else 0
    job = session.get(Job, found.job_id) if found.job_id else None
    return {
        "id": str(found.id),
        "project": str(found.project_id),
        "kind": found.kind,
        "source": found.source,
        "watched": found.watched,
        "problem": found.problem or (job.problem if job else None),
        "job": None if job is None else jobs.job_json(job),
        "files": counts,
        "size": total,
        "size_done": done,
        "created_at": iso(found.created_at),
    }


def _file_json(row: ImportedFile) -> dict[str, Any]:
    return {
        "position": row.position,
        "address": row.address,
        "size": row.size,
        "state": row.state,
        "reason": row.reason,
        "recording": None if row.recording_id is None else str(row.recording_id),
    }
