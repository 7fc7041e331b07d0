"""Revisions of an annotation: listed, read, and made the newest one again."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import (
    ProjectLabel,
    Revision,
    User,
)
from labelbuddy_core.domain.documents import (
    fitted,
    items_of,
    parse_document,
)
from labelbuddy_core.domain.permissions import Permission, Role
from labelbuddy_core.domain.relabeling import Relabeling, relabeled_document
from labelbuddy_core.domain.states import AnnotationState
from labelbuddy_core.errors import NotFound
from labelbuddy_core.services.access import annotation_access, annotation_to_change
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations.annotation_answers import as_answers
from labelbuddy_core.services.annotations.annotation_documents import (
    Items,
    append_revision,
    as_operations,
    document_at,
    insert_items,
    take_all_items,
)
from labelbuddy_core.services.annotations.own_annotations import (
    note,
    require_editable,
)
from labelbuddy_core.services.labels.converted_saves import keep_conversions
from labelbuddy_core.services.labels.label_aliases import Step, merged_ways
from labelbuddy_core.services.presenting import iso
from labelbuddy_core.services.tasks.task_states import refresh_task_states
from labelbuddy_core.services.transactions import reads, writes


@reads
def list_revisions(session: Session, actor: Actor, annotation_id: str | int) -> list[dict[str, Any]]:
    """The revisions of an annotation, newest first, at most 1000: when, by whom and how many operations."""
    annotation, access = annotation_access(session, actor, annotation_id)
    access.at.require(Permission.RESTORE_REVISION)
    rows = session.execute(
        select(Revision, User.username)
        .join(User, User.id == Revision.user_id)
        .where(Revision.annotation_id == annotation.id)
        .order_by(Revision.revision.desc())
        .limit(1000)
    )
    return [
        {
            "revision": revision.revision,
            "kind": revision.kind,
            "user": username,
            "operations": len(revision.operations),
            "created_at": iso(revision.created_at),
        }
        for revision, username in rows
    ]


@reads
def get_revision(session: Session, actor: Actor, annotation_id: str | int, revision: int) -> dict[str, Any]:
    """The document as it stood at a revision. Raises `NotFound` for a revision that does not exist."""
    annotation, access = annotation_access(session, actor, annotation_id)
    access.at.require(Permission.RESTORE_REVISION)
    return {"revision": revision, "document": document_at(session, annotation.id, revision)}


@writes
def restore(session: Session, actor: Actor, annotation_id: str | int, revision: int) -> dict[str, Any]:
    """Make the document of an earlier revision the newest one, as a new revision."""
    annotation, access = annotation_to_change(session, actor, annotation_id)
    access.at.require(Permission.RESTORE_REVISION)
    if annotation.user_id != actor.id and Role.MANAGER not in access.at.roles:
        raise NotFound(f"There is no annotation {annotation_id!r}.")
    require_editable(annotation)
    labels = _label_ids(session, access.project.id)
    ways = {gone: way for gone, way in merged_ways(session, access.project.id).items() if way and gone not in labels}
    merged = Relabeling(merged={gone: way[-1].became for gone, way in ways.items()})
    older = document_at(session, annotation.id, revision)
    document = parse_document(relabeled_document(older, merged))
    items = [
        (collection, fitted(item, labels=labels, start=access.task.start, stop=access.task.stop))
        for collection, item in items_of(document)
    ]
    before = take_all_items(session, annotation.id)
    after = insert_items(session, annotation.id, items)
    _keep_conversions(session, annotation.id, older, ways, before=before, after=after)
    append_revision(session, annotation, actor.id, kind="replace", client=str(uuid4()), sequence=0, operations=[])
    annotation.state = AnnotationState.DRAFT.value
    refresh_task_states(session, [access.task.id])
    note(session, actor, access.project, annotation, "annotation.restored", restored=revision)
    return as_answers(session, [annotation])[0]


def _keep_conversions(
    session: Session,
    annotation_id: int,
    older: dict[str, Any],
    ways: dict[str, tuple[Step, ...]],
    *,
    before: Items,
    after: Items,
) -> None:
    """Keep which items of an older document are restored with another label, for when the merge is taken back."""
    named = {(one["collection"], one["id"]): one["value"].get("label") for one in as_operations(older)}
    converted = {
        (collection, ways[label][-1].became if collection == "tags" else key): ways[label]
        for (collection, key), label in named.items()
        if label in ways
    }
    keep_conversions(session, annotation_id, converted, there=named, before=before, after=after)


def _label_ids(session: Session, project_id: int) -> frozenset[str]:
    return frozenset(session.scalars(select(ProjectLabel.id).where(ProjectLabel.project_id == project_id)))
