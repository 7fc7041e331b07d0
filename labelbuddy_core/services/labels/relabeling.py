"""Writes what a change of the label set makes of annotations and ground truths, batch by batch, and takes it back.

Annotations get a revision of kind `labels`, also those that are handed in; every part of a change is kept with what
stood there before. All functions can be repeated after a crash: what is done already is passed over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson
from sqlalchemy import ColumnElement, Text, and_, insert, or_, select, type_coerce
from sqlalchemy.orm import Session

from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import (
    Annotation,
    AnnotationItem,
    Consensus,
    LabelChange,
    LabelChangePart,
    MergedConsensus,
    Task,
)
from labelbuddy_core.domain.relabeling import Relabeling, relabeled, relabeled_document, relabeling_from
from labelbuddy_core.services.annotations.annotation_documents import (
    Items,
    Key,
    append_revision,
    operations_of,
    take_items,
)

KIND: Final = "labels"
"""Of the revisions."""
CLIENT: Final = "label-change-"
"""Begins the client of a revision that a change made; its number follows."""
UNDO_CLIENT: Final = "label-undo-"
ANNOTATION, ADJUDICATED, MERGED, SAVED = "annotation", "consensus", "merged", "saved"
"""Kinds of parts, in the order in which they are taken back."""
_AT_ONCE: Final = 500
"""Keys in one statement."""


def with_sources(session: Session, project_id: int, labels: Sequence[str], after: int, limit: int) -> list[int]:
    """Annotations of a project that have items with one of these labels, by id, after one."""
    return list(
        session.scalars(
            select(Annotation.id)
            .distinct()
            .join(AnnotationItem, AnnotationItem.annotation_id == Annotation.id)
            .where(Annotation.project_id == project_id, Annotation.id > after, AnnotationItem.label.in_(labels))
            .order_by(Annotation.id)
            .limit(limit)
        )
    )


def relabel_annotation(session: Session, change: LabelChange, annotation_id: int, actor_id: int) -> int:
    """Give the items of an annotation the labels that they have after a change; returns how many got another one."""
    annotation = session.get(Annotation, annotation_id, with_for_update=True)
    if annotation is None:
        return 0
    relabeling = relabeling_from(change.relabeling)
    items = _concerned(session, annotation_id, relabeling)
    gone, put = relabeled(items, relabeling)
    return write_part(session, change, annotation, actor_id, items=items, gone=gone, put=put)


def write_part(
    session: Session,
    change: LabelChange,
    annotation: Annotation,
    actor_id: int,
    *,
    items: Items,
    gone: Sequence[Key],
    put: Items,
) -> int:
    """Take items away and put others as a revision, kept as a part of a change; returns how many of `items` changed."""
    if not gone and not put:
        return 0
    keys = list(dict.fromkeys([*gone, *put]))
    before = {key: items[key] for key in keys if key in items}
    gone_for_good = [key for key in gone if key not in put]
    after = operations_of(gone=gone_for_good, put=put)
    revision = _write(session, annotation, actor_id, f"{CLIENT}{change.id}", gone_for_good, put)
    undoing = operations_of(gone=[key for key in keys if key not in before], put=before)
    session.add(
        LabelChangePart(
            change_id=change.id, kind=ANNOTATION, subject=annotation.id, revision=revision, before=undoing, after=after
        )
    )
    return sum(key in gone or key[0] != "tags" for key in before)


def relabel_adjudicated(session: Session, change: LabelChange, after: int, limit: int) -> tuple[int, int | None]:
    """Give ground truths that reviewers wrote their labels after a change, of tasks after one: how many, and the last
    task, None when there are no more."""
    relabeling = relabeling_from(change.relabeling)
    rows = _truths_after(session, Consensus, change.project_id, relabeling, after, limit)
    done = 0
    for row in rows:
        document = relabeled_document(row.document, relabeling)
        if document != row.document:
            done += 1
            _keep(session, change, ADJUDICATED, row.task_id, row.document, document)
            row.document, row.revision, row.updated_at = document, row.revision + 1, now()
    return done, rows[-1].task_id if len(rows) == limit else None


def relabel_merged(session: Session, change: LabelChange, after: int, limit: int) -> tuple[int, int | None]:
    """The same for merged ground truths, with their soft labels."""
    relabeling = relabeling_from(change.relabeling)
    rows = _truths_after(session, MergedConsensus, change.project_id, relabeling, after, limit)
    done = 0
    for row in rows:
        before = {"document": row.document, "soft": row.soft}
        made = {
            "document": relabeled_document(row.document, relabeling),
            "soft": _relabeled_soft(row.soft, relabeling),
        }
        if made != before:
            done += 1
            _keep(session, change, MERGED, row.task_id, before, made)
            row.document, row.soft = made["document"], made["soft"]
    return done, rows[-1].task_id if len(rows) == limit else None


def undo_part(session: Session, part: LabelChangePart, actor_id: int) -> None:
    """Put back what stood there before one part of a change, and forget the part.

    What somebody changed after it was looked whether all can go back stays as they left it.
    """
    if part.kind == ANNOTATION:
        annotation = session.get(Annotation, part.subject, with_for_update=True)
        if annotation is not None:
            changed = changed_since(session, annotation.id, part.after)
            operations = [one for one in part.before if (one["collection"], one["id"]) not in changed]
            put = {(one["collection"], one["id"]): one["value"] for one in operations if one["op"] == "put"}
            gone = [(one["collection"], one["id"]) for one in operations if one["op"] == "delete"]
            if operations:
                _write(session, annotation, actor_id, f"{UNDO_CLIENT}{part.change_id}", gone, put)
    elif part.kind == ADJUDICATED:
        row = session.get(Consensus, part.subject, with_for_update=True)
        if row is not None:
            row.document, row.revision, row.updated_at = part.before, row.revision + 1, now()
    else:
        merged = session.get(MergedConsensus, part.subject, with_for_update=True)
        if merged is not None and {"document": merged.document, "soft": merged.soft} == part.after:
            merged.document, merged.soft = part.before["document"], part.before["soft"]
    session.delete(part)


def changed_since(session: Session, annotation_id: int, operations: Sequence[Mapping[str, Any]]) -> set[Key]:
    """Items of an annotation that say something else than these operations left."""
    wanted = {(one["collection"], one["id"]): one.get("value") for one in operations}
    names = sorted({key for _, key in wanted})
    present: dict[Key, Any] = {}
    for first in range(0, len(names), _AT_ONCE):
        rows = session.execute(
            select(AnnotationItem.collection, AnnotationItem.key, AnnotationItem.value).where(
                AnnotationItem.annotation_id == annotation_id,
                AnnotationItem.key.in_(names[first : first + _AT_ONCE]),
            )
        )
        present |= {(collection, key): value for collection, key, value in rows}
    return {key for key, value in wanted.items() if present.get(key) != value}


def named(operations: Sequence[Mapping[str, Any]]) -> set[Key]:
    """The items that operations are about."""
    return {(one["collection"], one["id"]) for one in operations}


def truths(table: type[Any], project_id: int, labels: Sequence[str]) -> Any:
    """The ground truths of a kind in a project whose document has one of these labels."""
    query = select(table).where(mentions(table.document, labels))
    return query.join(Task, Task.id == table.task_id).where(Task.project_id == project_id)


def mentions(document: Any, labels: Sequence[str]) -> ColumnElement[bool]:
    """Whether a stored document has an item with one of these labels; found in its text, without being read."""
    text = type_coerce(document, Text)
    wanted = [f'"label":{orjson.dumps(label).decode()}' for label in labels]
    return or_(*(text.contains(one, autoescape=True) for one in wanted)) if wanted else text.is_(None)


def _truths_after(
    session: Session, table: type[Any], project_id: int, relabeling: Relabeling, after: int, limit: int
) -> list[Any]:
    query = truths(table, project_id, relabeling.sources).where(table.task_id > after)
    return list(session.scalars(query.order_by(table.task_id).limit(limit)))


def _concerned(session: Session, annotation_id: int, relabeling: Relabeling) -> Items:
    """The items of an annotation that a change may touch, and the tags that they could meet."""
    sources = relabeling.sources
    targets = [*relabeling.merged.values(), *(relabeling.split.values.values() if relabeling.split else ())]
    rows = session.execute(
        select(AnnotationItem.collection, AnnotationItem.key, AnnotationItem.value).where(
            AnnotationItem.annotation_id == annotation_id,
            or_(
                AnnotationItem.label.in_(sources),
                and_(AnnotationItem.collection == "tags", AnnotationItem.label.in_(targets)),
            ),
        )
    )
    return {(collection, key): value for collection, key, value in rows}


def write_items(
    session: Session, annotation: Annotation, actor_id: int, client: str, *, gone: Sequence[Key], put: Items
) -> int:
    """Take items away and put others as a revision; returns its number."""
    take_items(session, annotation.id, [*gone, *put])
    if put:
        session.execute(insert(AnnotationItem), [_row(annotation.id, key, value) for key, value in put.items()])
    operations = operations_of(gone=gone, put=put)
    return append_revision(
        session, annotation, actor_id, kind=KIND, client=client, sequence=annotation.revision + 1, operations=operations
    )


def _write(
    session: Session, annotation: Annotation, actor_id: int, client: str, gone: Sequence[Key], put: Items
) -> int:
    was = annotation.revision
    revision = write_items(session, annotation, actor_id, client, gone=gone, put=put)
    merged = session.get(MergedConsensus, annotation.task_id)
    if merged is not None:  # it was made of the same answers as before, so it is not stale
        merged.sources = [[one, revision if one == annotation.id and at == was else at] for one, at in merged.sources]
    return revision


def _row(annotation_id: int, key: Key, value: Mapping[str, Any]) -> dict[str, Any]:
    collection, name = key
    region = collection == "regions"
    return {
        "annotation_id": annotation_id,
        "collection": collection,
        "key": name,
        "label": value.get("label"),
        "start": value["start"] if region else None,
        "stop": value["end"] if region else None,
        "tier": value.get("tier") if region else None,
        "value": value,
    }


def _keep(session: Session, change: LabelChange, kind: str, task_id: int, before: Any, after: Any) -> None:
    session.add(
        LabelChangePart(change_id=change.id, kind=kind, subject=task_id, revision=0, before=before, after=after)
    )


def _relabeled_soft(soft: dict[str, Any], relabeling: Relabeling) -> dict[str, Any]:
    """Of two soft tags that become one the larger share stays: it is the least that stands for the joint one."""
    tags: dict[str, float] = {}
    for label, share in (soft.get("tags") or {}).items():
        after = relabeling.label_of({"label": label}) or label
        tags[after] = max(share, tags.get(after, 0.0))
    return {**soft, "tags": tags}
