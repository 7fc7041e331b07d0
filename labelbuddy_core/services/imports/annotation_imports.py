"""Imports of annotations as managers see them: begun, filled with files, checked, applied, taken back and listed."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import (
    AnnotationImport,
    AnnotationImportFile,
    AnnotationImportProblem,
    Job,
)
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.states import FINAL_JOB_STATES, JobState
from labelbuddy_core.errors import Invalid, InvalidState, NotFound
from labelbuddy_core.formats import table
from labelbuddy_core.formats.archives import is_archive
from labelbuddy_core.formats.encodings import ENCODINGS
from labelbuddy_core.formats.import_formats import TITLES, is_source
from labelbuddy_core.services.access import parse_id, project_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.history import record
from labelbuddy_core.services.imports.import_choices import parse_choices
from labelbuddy_core.services.imports.import_runs import PARTIAL, is_in, part_json
from labelbuddy_core.services.imports.imported_labels import require_new
from labelbuddy_core.services.imports.made_labels import MADE
from labelbuddy_core.services.installation import jobs
from labelbuddy_core.services.pages_of_results import Results, one_page
from labelbuddy_core.services.presenting import iso
from labelbuddy_core.services.transactions import reads, writes

KIND = "import-annotations"
MAX_FILES = 10_000
_OF_READING = ("contents", "format", "columns", "rows", "tag_columns", "encoding")
"""Choices that change what files say."""


@writes
def begin(session: Session, actor: Actor, project_id: str | int) -> dict[str, Any]:
    """An import without files yet."""
    access = project_access(session, actor, project_id)
    access.require(Permission.IMPORT_ANNOTATIONS)
    row = AnnotationImport(project_id=access.project.id, created_by=actor.id)
    session.add(row)
    session.flush()
    return import_json(session, row)


@writes
def add_file(session: Session, actor: Actor, import_id: str | int, name: str, data: bytes) -> dict[str, Any]:
    """Add a file, or an archive of files; the same name again replaces it.

    Raises `Invalid` for a file that no format is kept in, `InvalidState` once anything of the import is in.
    """
    row = _visible(session, actor, import_id)
    _require_idle(session, row)
    if row.state == "applied" or is_in(session, row):
        raise InvalidState("This import is in, or a part of it; begin another one, or undo this one first.")
    name = name.replace("\\", "/").strip("/")[-400:]
    if not (is_source(name) or is_archive(name)):
        raise Invalid(
            f"{name!r} is no file of labels by its name; docs/formats.md lists what can be read.", field="name"
        )
    files = select(AnnotationImportFile).where(AnnotationImportFile.import_id == row.id)
    present = session.scalar(files.where(AnnotationImportFile.name == name))
    if present is None:
        last = session.scalar(
            select(func.max(AnnotationImportFile.position)).where(AnnotationImportFile.import_id == row.id)
        )
        number = 0 if last is None else last + 1
        if number >= MAX_FILES:
            raise Invalid(f"An import takes at most {MAX_FILES:,} files; put them into a ZIP.", field="name")
        present = AnnotationImportFile(import_id=row.id, position=number, name=name)
        session.add(present)
    present.size, present.data = len(data), zlib.compress(data, 1)
    row.state = "open"
    session.flush()
    return import_json(session, row)


@writes
def start(
    session: Session, actor: Actor, import_id: str | int, action: str, choices: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Start the job that checks, applies or undoes an import; `choices` replace those before (see `import_choices`).

    Raises `InvalidState` where the import does not stand where it should.
    """
    row = _visible(session, actor, import_id)
    _require_idle(session, row)
    if action == "apply" and row.state not in ("checked", PARTIAL, "applied", "undone"):
        raise InvalidState("Check this import first: it says what would happen.")
    if action == "undo":
        _require_in(session, row)
    if not session.scalar(select(func.count()).where(AnnotationImportFile.import_id == row.id)):
        raise InvalidState("Add files to this import first.")
    if choices is not None:
        parsed = parse_choices(choices)
        require_new(session, row.project_id, parsed, (one["name"] for one in row.report.get(MADE, ())))
        chosen = parsed.as_json()
        before = {**parse_choices({}).as_json(), **row.choices}
        if action == "apply" and any(chosen[name] != before[name] for name in _OF_READING):
            raise InvalidState("With this choice the files say something else; check the import again first.")
        row.choices = chosen
    row.created_by = actor.id
    job = jobs.submit(session, actor, KIND, {"import": row.id, "action": action}, project_id=row.project_id)
    row.job_id = job["id"]
    session.flush()
    return import_json(session, row)


@writes
def take_over(session: Session, actor: Actor, import_id: str | int) -> None:
    """Make sure that the caller may take an import back without a job; one that was cancelled stops.

    Raises `InvalidState` while a job of the import is at work, and where nothing of it is in.
    """
    row = _visible(session, actor, import_id)
    _require_idle(session, row)
    _require_in(session, row)
    row.job_id, row.created_by = None, actor.id


@writes
def remove(session: Session, actor: Actor, import_id: str | int) -> None:
    """Forget an import and its files; what it brought in stays, and cannot be taken back together any more."""
    row = _visible(session, actor, import_id)
    _require_idle(session, row)
    record(session, actor, "annotations.import-removed", f"annotation-import:{row.id}", project_id=row.project_id)
    session.execute(delete(AnnotationImport).where(AnnotationImport.id == row.id))


@reads
def get(session: Session, actor: Actor, import_id: str | int) -> dict[str, Any]:
    """One import with its job and report."""
    return import_json(session, _visible(session, actor, import_id))


@reads
def list_imports(
    session: Session, actor: Actor, project_id: str | int, *, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """The imports of annotations of a project, newest first, a page at a time."""
    access = project_access(session, actor, project_id)
    access.require(Permission.IMPORT_ANNOTATIONS)
    query = select(AnnotationImport).where(AnnotationImport.project_id == access.project.id)
    rows, following = one_page(session, query, AnnotationImport.id, limit=limit, cursor=cursor)
    return Results([import_json(session, row) for row in rows], following).as_json()


@reads
def list_problems(
    session: Session, actor: Actor, import_id: str | int, *, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """What the last job could not take: {file, place, reason}, in the order of the files, a page at a time."""
    row = _visible(session, actor, import_id)
    query = select(AnnotationImportProblem).where(AnnotationImportProblem.import_id == row.id)
    position = AnnotationImportProblem.position
    rows, following = one_page(session, query, position, limit=limit, cursor=cursor, newest_first=False)
    return Results([{"file": one.file, "place": one.place, "reason": one.reason} for one in rows], following).as_json()


def import_json(session: Session, row: AnnotationImport) -> dict[str, Any]:
    """The import object of the API."""
    names = list(
        session.scalars(
            select(AnnotationImportFile.name)
            .where(AnnotationImportFile.import_id == row.id)
            .order_by(AnnotationImportFile.position)
            .limit(20)
        )
    )
    count = session.scalar(select(func.count()).where(AnnotationImportFile.import_id == row.id)) or 0
    job = session.get(Job, row.job_id) if row.job_id else None
    return {
        "id": str(row.id),
        "project": str(row.project_id),
        "state": row.state,
        "part": part_json(row),
        "undoable": is_in(session, row),
        "files": count,
        "names": names,
        "choices": {**parse_choices({}).as_json(), **row.choices},
        "report": row.report or None,
        "job": None if job is None else jobs.job_json(job),
        "created_at": iso(row.created_at),
    }


def format_titles() -> dict[str, str]:
    """The formats that are read, by name."""
    return dict(TITLES)


def encodings() -> dict[str, str]:
    """What text files may be in, by name."""
    return dict(ENCODINGS)


def table_fields() -> tuple[str, ...]:
    """What columns of a table can be."""
    return tuple(table.FIELDS)


def told_columns(columns: Sequence[str], chosen: Mapping[str, str]) -> dict[str, str]:
    """Which column each field is in, by choice or by name; chosen ones that are not there are passed over."""
    return table.told(columns, {name: column for name, column in chosen.items() if not column or column in columns})


def _visible(session: Session, actor: Actor, import_id: str | int) -> AnnotationImport:
    row = session.get(AnnotationImport, parse_id(import_id, "import"))
    if row is not None:
        try:
            if project_access(session, actor, row.project_id).allows(Permission.IMPORT_ANNOTATIONS):
                return row
        except NotFound:
            pass
    raise NotFound(f"There is no import {import_id!r}.")


def _require_in(session: Session, row: AnnotationImport) -> None:
    if not is_in(session, row):
        raise InvalidState("There is nothing of this import to take back.")


def _require_idle(session: Session, row: AnnotationImport) -> None:
    job = session.get(Job, row.job_id) if row.job_id else None
    if job is not None and JobState(job.state) not in FINAL_JOB_STATES:
        raise InvalidState("This import is at work; wait until it has ended, or cancel its job.")
