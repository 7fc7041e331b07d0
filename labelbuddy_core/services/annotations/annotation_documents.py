"""How documents are kept: present items one row each, every revision with its operations, now and then a snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import orjson
from sqlalchemy import Text, bindparam, delete, insert, select, type_coerce
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningDelete

from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import Annotation, AnnotationItem, Revision
from labelbuddy_core.domain.documents import (
    Collection,
    Item,
    Region,
    applied_operations,
    as_json,
    assemble,
    key_of,
    label_of,
)
from labelbuddy_core.errors import NotFound

SNAPSHOT_EVERY = 100

_TAKE_ALL: Final = (
    delete(AnnotationItem)
    .where(AnnotationItem.annotation_id == bindparam("annotation"))
    .returning(AnnotationItem.collection, AnnotationItem.key, AnnotationItem.value)
)
_TAKE: Final = _TAKE_ALL.where(
    AnnotationItem.collection == bindparam("collection"), AnnotationItem.key.in_(bindparam("keys", expanding=True))
)
_INSERT_ITEM: Final = insert(AnnotationItem)
_INSERT_REVISION: Final = insert(Revision)

Key = tuple[str, str]
"""(collection, key of the item)."""
Items = dict[Key, dict[str, Any]]
_AT_ONCE: Final = 500
"""Keys in one statement."""


def present_document(session: Session, annotation_id: int) -> dict[str, Any]:
    """The document as it stands."""
    return present_documents(session, [annotation_id])[annotation_id]


def present_documents(session: Session, annotation_ids: list[int]) -> dict[int, dict[str, Any]]:
    """The documents of several annotations in one query."""
    items: dict[int, list[tuple[str, Any]]] = {annotation_id: [] for annotation_id in annotation_ids}
    rows = (
        session.connection()
        .execute(
            select(
                AnnotationItem.annotation_id, AnnotationItem.collection, type_coerce(AnnotationItem.value, Text)
            ).where(AnnotationItem.annotation_id.in_(annotation_ids))
        )
        .all()
    )
    # read as one text: a call for each of a million items takes longer than reading them
    values = orjson.loads(f"[{','.join([row[2] for row in rows])}]")
    for (annotation_id, collection, _), value in zip(rows, values, strict=True):
        items[annotation_id].append((collection, value))
    return {annotation_id: assemble(found) for annotation_id, found in items.items()}


def present_keys(session: Session, annotation_id: int, collection: Collection, named: Sequence[str]) -> set[str]:
    """Which of the named items there are."""
    found: set[str] = set()
    for first in range(0, len(named), _AT_ONCE):
        found |= set(
            session.scalars(
                select(AnnotationItem.key).where(
                    AnnotationItem.annotation_id == annotation_id,
                    AnnotationItem.collection == collection.value,
                    AnnotationItem.key.in_(named[first : first + _AT_ONCE]),
                )
            )
        )
    return found


def items_of_models(session: Session, annotation_id: int) -> Items:
    """The items that were accepted from a model; others are passed over by their text, without being read."""
    text = type_coerce(AnnotationItem.value, Text)
    rows = session.execute(
        select(AnnotationItem.collection, AnnotationItem.key, AnnotationItem.value).where(
            AnnotationItem.annotation_id == annotation_id, text.contains('"kind":"model"')
        )
    )
    return {(collection, key): value for collection, key, value in rows if _is_of_model(value)}


def take_items(session: Session, annotation_id: int, keys: Iterable[Key]) -> Items:
    """Remove items and return what they said; one that is not there is passed over."""
    by_collection: dict[str, list[str]] = {}
    for collection, key in keys:
        by_collection.setdefault(collection, []).append(key)
    found: Items = {}
    for collection, named in by_collection.items():
        for first in range(0, len(named), _AT_ONCE):
            which = {"annotation": annotation_id, "collection": collection, "keys": named[first : first + _AT_ONCE]}
            found |= _taken(session, _TAKE, which)
    return found


def take_all_items(session: Session, annotation_id: int) -> Items:
    """Remove all items and return what they said."""
    return _taken(session, _TAKE_ALL, {"annotation": annotation_id})


def insert_items(session: Session, annotation_id: int, items: Iterable[tuple[Collection, Item]]) -> Items:
    """Keep items, none of which is there, in one statement however many there are; returns what they say."""
    rows = item_rows(annotation_id, items)
    if rows:
        session.connection().execute(_INSERT_ITEM, rows)
    return {(row["collection"], row["key"]): row["value"] for row in rows}


def item_rows(annotation_id: int, items: Iterable[tuple[Collection, Item]]) -> list[dict[str, Any]]:
    """Items as rows of `AnnotationItem`, for many annotations at once."""
    return [_row(annotation_id, collection, item) for collection, item in items]


def operations_of(*, gone: Iterable[Key], put: Items) -> list[dict[str, Any]]:
    """The operations that removed and put items, as they are kept in a revision."""
    deletes = [{"op": "delete", "collection": collection, "id": key} for collection, key in gone]
    puts = [
        {"op": "put", "collection": collection, "id": key, "value": value} for (collection, key), value in put.items()
    ]
    return deletes + puts


def append_revision(
    session: Session,
    annotation: Annotation,
    user_id: int,
    *,
    kind: str,
    client: str,
    sequence: int,
    operations: list[dict[str, Any]],
) -> int:
    """Write the next revision and return its number. The items must have been changed already."""
    annotation.revision += 1
    annotation.updated_at = now()
    number = annotation.revision
    snapshot = None
    if number % SNAPSHOT_EVERY == 0 or kind == "replace":
        session.flush()
        snapshot = present_document(session, annotation.id)
    row = {
        "annotation_id": annotation.id,
        "revision": number,
        "user_id": user_id,
        "kind": kind,
        "client": client,
        "sequence": sequence,
        "operations": [] if kind == "replace" else operations,
        "snapshot": snapshot,
        "created_at": annotation.updated_at,
    }
    session.connection().execute(_INSERT_REVISION, row)
    return number


def document_at(session: Session, annotation_id: int, revision: int) -> dict[str, Any]:
    """The document as it stood at a revision: the last snapshot before it, with the operations since.

    Raises `NotFound` for a revision that does not exist.
    """
    if not session.scalar(
        select(Revision.revision).where(Revision.annotation_id == annotation_id, Revision.revision == revision)
    ):
        raise NotFound(f"There is no revision {revision}.")
    base = session.execute(
        select(Revision.revision, Revision.snapshot)
        .where(Revision.annotation_id == annotation_id, Revision.revision <= revision, Revision.snapshot.is_not(None))
        .order_by(Revision.revision.desc())
        .limit(1)
    ).first()
    items: dict[Key, dict[str, Any]] = {}
    since = 0
    if base is not None:
        since = base[0]
        items = {(entry["collection"], entry["id"]): entry["value"] for entry in as_operations(base[1] or {})}
    rows = session.scalars(
        select(Revision.operations)
        .where(Revision.annotation_id == annotation_id, Revision.revision > since, Revision.revision <= revision)
        .order_by(Revision.revision)
    )
    for operations in rows:
        applied_operations(items, operations)
    return assemble((collection, value) for (collection, _), value in items.items())


def as_operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    """A document (plain JSON) as the puts that make it."""
    keys = {"regions": "id", "points": "id", "tags": "label", "answers": "question", "tiers": "name"}
    operations = [
        {"op": "put", "collection": collection, "id": value[name], "value": value}
        for collection, name in keys.items()
        for value in document.get(collection, ())
    ]
    if document["caption"] is not None:
        operations.append({"op": "put", "collection": "caption", "id": "caption", "value": document["caption"]})
    return operations


def _is_of_model(value: dict[str, Any]) -> bool:
    return (value.get("origin") or {}).get("kind") == "model"


def _row(annotation_id: int, collection: Collection, item: Item) -> dict[str, Any]:
    """An item as a row; where a region lies is beside what it says."""
    region = item if isinstance(item, Region) else None
    return {
        "annotation_id": annotation_id,
        "collection": collection.value,
        "key": key_of(item),
        "label": label_of(item),
        "start": region.start if region else None,
        "stop": region.end if region else None,
        "tier": region.tier if region else None,
        "value": as_json(item),
    }


def _taken(session: Session, statement: ReturningDelete[str, str, Any], which: dict[str, Any]) -> Items:
    rows = session.connection().execute(statement, which)
    return {(collection, key): value for collection, key, value in rows}
