"""Items and revisions that an import adds to many annotations, kept together and written in a few statements.

One by one every annotation would take four, each with a round trip to the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from labelbuddy_core.database.base import now
from labelbuddy_core.database.many_rows import insert_many
from labelbuddy_core.database.tables import Annotation, AnnotationItem, ImportedAnnotation, Revision
from labelbuddy_core.domain.documents import Collection, Item
from labelbuddy_core.services.annotations.annotation_documents import (
    SNAPSHOT_EVERY,
    item_rows,
    operations_of,
    present_document,
)


class AppendedItems:
    """What one transaction of an import adds; `write` puts it into the database."""

    def __init__(self, session: Session, import_id: int, actor_id: int, client: str) -> None:
        self._session = session
        self._import_id = import_id
        self._actor_id = actor_id
        self._client = client
        self._at = now()
        self._items: list[dict[str, Any]] = []
        self._revisions: list[dict[str, Any]] = []
        self._imported: list[dict[str, Any]] = []
        self._numbers: dict[int, tuple[int, int]] = {}
        """The revision that an annotation has in the database, and the one it gets."""

    def revision(self, annotation: Annotation) -> int:
        """Which revision an annotation has come to."""
        return self._numbers[annotation.id][1] if annotation.id in self._numbers else annotation.revision

    def append(self, annotation: Annotation, items: Sequence[tuple[Collection, Item]]) -> None:
        """Add a revision of items none of which is there."""
        rows = item_rows(annotation.id, items)
        self._items += rows
        before, number = self._numbers.get(annotation.id, (annotation.revision, annotation.revision))
        number += 1
        self._numbers[annotation.id] = before, number
        snapshot = None
        if number % SNAPSHOT_EVERY == 0:
            self._write_items()
            snapshot = present_document(self._session, annotation.id)
        put = {(row["collection"], row["key"]): row["value"] for row in rows}
        self._revisions.append(
            {
                "annotation_id": annotation.id, "revision": number, "user_id": self._actor_id, "kind": "import",
                "client": self._client, "sequence": number, "operations": operations_of(gone=(), put=put),
                "snapshot": snapshot, "created_at": self._at,
            }
        )  # fmt: skip

    def belongs(self, annotation: Annotation, *, created: bool) -> None:
        """Note that the import added to an annotation, or began it."""
        self._imported.append({"import_id": self._import_id, "annotation_id": annotation.id, "created": created})

    def write(self) -> None:
        """Write all of it."""
        self._write_items()
        insert_many(self._session, Revision, self._revisions)
        insert_many(self._session, ImportedAnnotation, self._imported)
        by_step: dict[int, list[int]] = {}
        for annotation_id, (before, number) in self._numbers.items():
            by_step.setdefault(number - before, []).append(annotation_id)
        for step, ids in by_step.items():
            self._session.execute(
                update(Annotation)
                .where(Annotation.id.in_(ids))
                .values(revision=Annotation.revision + step, updated_at=self._at)
                .execution_options(synchronize_session=False)
            )
        self._revisions, self._imported, self._numbers = [], [], {}

    def _write_items(self) -> None:
        insert_many(self._session, AnnotationItem, self._items)
        self._items = []
