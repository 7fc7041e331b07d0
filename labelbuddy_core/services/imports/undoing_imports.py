"""An import of annotations taken back: what it added goes, what people changed since stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import (
    Annotation,
    AnnotationItem,
    Assignment,
    ImportedAnnotation,
    Review,
    Revision,
)
from labelbuddy_core.services.annotations.annotation_documents import Items, append_revision, operations_of, take_items
from labelbuddy_core.services.imports.begun_annotations import client_of
from labelbuddy_core.services.imports.import_runs import ImportRun
from labelbuddy_core.services.tasks.places import ASSIGNED
from labelbuddy_core.services.tasks.task_states import refresh_task_states

_AT_ONCE = 20
"""Annotations in a transaction."""


def undo_annotations(run: ImportRun, actor_id: int, tell: Callable[[float, str], None]) -> dict[str, int]:
    """Take back what an import added: {annotations, removed, kept}; `kept` are items that were changed since.

    Annotations that it began, and that nobody touched, go as a whole. It can be repeated after a crash.
    """
    done = {"annotations": 0, "removed": 0, "kept": 0}
    of_import = ImportedAnnotation.import_id == run.import_id
    with get_database().read() as session:
        total = session.scalar(select(func.count()).where(of_import)) or 0
    seen = 0
    last = 0
    while True:
        with get_database().write() as session:
            rows = list(
                session.scalars(
                    select(ImportedAnnotation)
                    .where(of_import, ImportedAnnotation.annotation_id > last)
                    .order_by(ImportedAnnotation.annotation_id)
                    .limit(_AT_ONCE)
                )
            )
            if not rows:
                return done
            last, before = rows[-1].annotation_id, done["removed"] + done["kept"]
            tasks = {_undo_one(session, row, actor_id, done) for row in rows}
            run.count(session, before - done["removed"] - done["kept"])
            refresh_task_states(session, tasks)
        seen += len(rows)
        tell(seen / max(total, 1), f"{seen:,} of {total:,} annotations")


def _undo_one(session: Session, row: ImportedAnnotation, actor_id: int, done: dict[str, int]) -> int:
    annotation = session.get_one(Annotation, row.annotation_id, with_for_update=True)
    task = annotation.task_id
    client = client_of(row.import_id)
    if row.created and _is_untouched(session, annotation, client):
        count = select(func.count()).where(AnnotationItem.annotation_id == annotation.id)
        done["removed"] += session.scalar(count) or 0
        done["annotations"] += 1
        session.execute(
            delete(Assignment).where(
                Assignment.task_id == task, Assignment.user_id == annotation.user_id, Assignment.kind == ASSIGNED
            )
        )
        session.execute(delete(Annotation).where(Annotation.id == annotation.id))
        return task
    removed = _remove_unchanged(session, annotation, client, done)
    if removed:
        append_revision(
            session, annotation, actor_id, kind="undo", client=client, sequence=annotation.revision + 1,
            operations=operations_of(gone=removed, put={}),
        )  # fmt: skip
    session.delete(row)
    return task


def _is_untouched(session: Session, annotation: Annotation, client: str) -> bool:
    others = exists().where(Revision.annotation_id == annotation.id, Revision.client != client)
    reviewed = exists().where(Review.annotation_id == annotation.id)
    return not session.scalar(select(others | reviewed))


def _remove_unchanged(session: Session, annotation: Annotation, client: str, done: dict[str, int]) -> Items:
    """Delete what the import put where it still says the same."""
    removed: Items = {}
    revisions = session.scalars(
        select(Revision.operations).where(
            Revision.annotation_id == annotation.id, Revision.client == client, Revision.kind == "import"
        )
    ).all()
    for operations in revisions:
        put = {(one["collection"], one["id"]): one["value"] for one in operations}
        for (collection, key), value in _present(session, annotation.id, put).items():
            if (collection, key) in removed:
                continue
            if value != put[collection, key]:
                done["kept"] += 1
                continue
            removed[collection, key] = value
    take_items(session, annotation.id, list(removed))
    done["removed"] += len(removed)
    return removed


def _present(session: Session, annotation_id: int, put: Items) -> dict[tuple[str, str], Any]:
    rows = session.execute(
        select(AnnotationItem.collection, AnnotationItem.key, AnnotationItem.value).where(
            AnnotationItem.annotation_id == annotation_id, AnnotationItem.key.in_([key for _, key in put])
        )
    )
    return {(collection, key): value for collection, key, value in rows if (collection, key) in put}
