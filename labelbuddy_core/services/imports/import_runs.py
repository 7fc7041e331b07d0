"""A run of an import's job, which may stop part-way: how much of the import is in, and whether the import is still its
own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import AnnotationImport, ImportedAnnotation, ProjectLabel
from labelbuddy_core.errors import InvalidState
from labelbuddy_core.services.imports.made_labels import MADE

PARTIAL = "partial"
"""The state of an import from the first change of a run that brings it in, or takes it back, to that run's end."""
_WHOLE = "whole"
"""Where the report keeps how many items an import that is partial has in all."""


@dataclass(frozen=True)
class ImportRun:
    """Which import a run is of, and the job that does it (None: the command line)."""

    import_id: int
    job_id: str | None

    def hold(self, session: Session) -> None:
        """Nobody else changes the import before this transaction ends.

        Raises `InvalidState` when another job has been given the import, or somebody removed it: a job that was
        cancelled is at work until it notices.
        """
        self.count(session, 0)

    def count(self, session: Session, added: int) -> None:
        """Count items that this transaction adds, or with a minus takes back; holds the import."""
        mine = (
            update(AnnotationImport)
            .where(AnnotationImport.id == self.import_id, AnnotationImport.job_id.is_not_distinct_from(self.job_id))
            .values(added=AnnotationImport.added + added)
            .execution_options(synchronize_session=False)
        )
        if not session.execute(mine).rowcount:  # type: ignore[attr-defined]
            raise InvalidState("Somebody removed this import, or goes on with it in another job.")

    def take(self, session: Session) -> AnnotationImport:
        """The import, held, for this run to change."""
        self.hold(session)
        return session.get_one(AnnotationImport, self.import_id, populate_existing=True)


def begin_part(row: AnnotationImport, whole: int | None) -> None:
    """From now on the import is in or out in part; `whole` is how many items it has in all, None if nobody knows.

    One that is so already has as many as it had.
    """
    if row.state != PARTIAL:
        row.report = {**row.report, _WHOLE: whole}
    row.state = PARTIAL


def part_json(row: AnnotationImport) -> Mapping[str, Any] | None:
    """Of an import that is in or out in part {added, of}: how many of its items are in, and how many it has."""
    return {"added": max(row.added, 0), "of": row.report.get(_WHOLE)} if row.state == PARTIAL else None


def is_in(session: Session, row: AnnotationImport) -> bool:
    """Whether anything of an import is in the project and can be taken back: what it added, or a label that it made."""
    added = select(ImportedAnnotation.annotation_id).where(ImportedAnnotation.import_id == row.id).limit(1)
    if session.scalar(added) is not None:
        return True
    made = [one["id"] for one in row.report.get(MADE, ())]
    present = select(ProjectLabel.id).where(ProjectLabel.project_id == row.project_id, ProjectLabel.id.in_(made))
    return bool(made) and session.scalar(present.limit(1)) is not None
