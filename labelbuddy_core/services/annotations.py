"""Annotations: save, hand in, take back, and return to an earlier revision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import orjson
from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import (
    Annotation,
    Project,
    ProjectLabel,
    Review,
    Revision,
    User,
)
from labelbuddy_core.domain.documents import (
    Collection,
    Item,
    Region,
    as_json,
    empty_document,
    fitted,
    items_of,
    key_of,
    parse_document,
    parse_item,
    placed_items,
)
from labelbuddy_core.domain.operations import Operation, Replacement, Save
from labelbuddy_core.domain.permissions import Permission, Role
from labelbuddy_core.domain.region_rules import RuledLabel
from labelbuddy_core.domain.states import EDITABLE, AnnotationState
from labelbuddy_core.domain.tiers import Lanes
from labelbuddy_core.errors import Conflict, Invalid, InvalidState, NotFound
from labelbuddy_core.services import label_rule_checks, model_events, suggestion_log
from labelbuddy_core.services.access import REVIEWABLE, TaskAccess, annotation_access, annotation_to_change, task_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotation_documents import (
    Key,
    append_revision,
    document_at,
    insert_items,
    operations_of,
    present_document,
    present_documents,
    take_all_items,
    take_items,
)
from labelbuddy_core.services.history import record
from labelbuddy_core.services.label_rule_checks import PutRegion
from labelbuddy_core.services.places import take_up
from labelbuddy_core.services.presenting import iso
from labelbuddy_core.services.task_states import refresh_task_states
from labelbuddy_core.services.transactions import reads, writes
from labelbuddy_core.services.written_documents import written_document, written_documents


@reads
def get_mine(session: Session, actor: Actor, task_id: str | int) -> dict[str, Any]:
    """My annotation of a task; with revision 0 and an empty document when I have not saved anything yet."""
    access = task_access(session, actor, task_id)
    access.require(Permission.ANNOTATE)
    annotation = _mine(session, actor, access)
    return _unsaved(actor, access) if annotation is None else _present(session, [annotation])[0]


@reads
def get_mine_written(session: Session, actor: Actor, task_id: str | int, *, compact: bool) -> bytes:
    """My annotation of a task as JSON; `compact` leaves out most of what is null or empty in regions."""
    access = task_access(session, actor, task_id)
    access.require(Permission.ANNOTATE)
    annotation = _mine(session, actor, access)
    if annotation is None:
        return orjson.dumps(_unsaved(actor, access))
    document = written_document(session, annotation.id, compact=compact)
    return orjson.dumps(_with_documents(session, [annotation], {annotation.id: document})[0])


@reads
def get_annotation(session: Session, actor: Actor, annotation_id: str | int) -> dict[str, Any]:
    """One annotation: my own, one in my review queue, or any of a project I manage."""
    annotation, _ = annotation_access(session, actor, annotation_id)
    return _present(session, [annotation])[0]


@reads
def list_for_task(session: Session, actor: Actor, task_id: str | int) -> bytes:
    """All annotations of a task for its managers, to a reviewer those of others handed in: a page as JSON."""
    access = task_access(session, actor, task_id)
    access.require(Permission.VIEW_ANNOTATIONS)
    query = select(Annotation).where(Annotation.task_id == access.task.id).order_by(Annotation.id)
    if not access.at.is_manager:
        query = query.where(Annotation.user_id != actor.id, Annotation.state.in_(REVIEWABLE))
    found = list(session.scalars(query))
    documents = written_documents(session, [one.id for one in found])
    return orjson.dumps({"items": _with_documents(session, found, documents), "next_cursor": None})


@writes
def save(session: Session, actor: Actor, task_id: str | int, request: Save) -> dict[str, Any]:
    """Apply the editor's operations and append a revision.

    The same (client, sequence) again is answered as before. Raises `Conflict` with the current document when the base
    revision is not the newest, `InvalidState` when the annotation is handed in or approved, `Invalid` for an item that
    does not fit or breaks a rule of its label; then nothing is changed.
    """
    access, annotation, before = _begin_save(session, actor, task_id, request)
    if before is not None:
        return {"revision": before}
    named = {name for one in request.operations if isinstance(name := (one.value or {}).get("label"), str)}
    labels = label_rule_checks.labels_by_id(session, access.project.id, named)
    puts: dict[Key, tuple[Collection, Item] | None] = {}
    regions: dict[str, PutRegion] = {}
    corrected: dict[str, list[dict[str, Any]]] = {}
    for position, operation in enumerate(request.operations):
        field = f"operations.{position}.value"
        item = _fitted_item(operation, labels, access, field)
        puts[operation.collection.value, operation.id] = None if item is None else (operation.collection, item)
        if operation.collection is Collection.REGIONS:
            regions.pop(operation.id, None)
        if isinstance(item, Region):
            regions[operation.id] = PutRegion(field, item)
        if item is not None:
            stored = as_json(item)
            if stored != as_json(parse_item(operation.collection, operation.value, field=field)):
                corrected.setdefault(operation.collection.value, []).append(stored)
    before = take_items(session, annotation.id, puts)
    moved = label_rule_checks.require_rules(regions.values(), before, labels)
    after = insert_items(session, annotation.id, [item for item in puts.values() if item is not None])
    label_rule_checks.require_no_overlap(session, annotation.id, Lanes(access.project.lanes), moved, labels)
    operations = operations_of(gone=[key for key in puts if key not in after], put=after)
    answer = _finish_save(session, actor, access, annotation, request, "save", operations)
    by = {(one.collection.value, one.id): one.by for one in request.operations if one.by is not None}
    suggestion_log.log_changes(session, actor, access, annotation, before=before, after=after, by=by)
    return {**answer, "values": corrected} if corrected else answer


@writes
def replace(session: Session, actor: Actor, task_id: str | int, request: Replacement) -> dict[str, Any]:
    """Replace the whole document and append a revision; for scripts. Raises as `save`."""
    access, annotation, before = _begin_save(session, actor, task_id, request)
    if before is not None:
        return {"revision": before}
    labels = label_rule_checks.labels_by_id(session, access.project.id)
    items = [
        (collection, fitted(item, labels=labels.keys(), start=access.task.start, stop=access.task.stop, field=field))
        for field, collection, item in placed_items(parse_document(request.document))
    ]
    regions = [
        PutRegion(f"document.regions.{place}", item)
        for place, item in enumerate(item for _, item in items if isinstance(item, Region))
    ]
    before = take_all_items(session, annotation.id)
    moved = label_rule_checks.require_rules(regions, before, labels)
    after = insert_items(session, annotation.id, items)
    label_rule_checks.require_no_overlap(session, annotation.id, Lanes(access.project.lanes), moved, labels)
    answer = _finish_save(session, actor, access, annotation, request, "replace", [])
    suggestion_log.log_changes(session, actor, access, annotation, before=before, after=after, by={})
    return answer


@writes
def submit(session: Session, actor: Actor, task_id: str | int, revision: int) -> dict[str, Any]:
    """Hand in my annotation for review; again with the same revision changes nothing.

    Answers the annotation without its document. Raises `NotFound` when nothing was saved, `Conflict` when a newer
    revision exists, `Invalid` when a region lacks an answer that its label requires, or has a text outside the
    vocabulary of its label.
    """
    access = task_access(session, actor, task_id)
    access.require(Permission.ANNOTATE)
    annotation = _mine_to_change(session, actor, access)
    if annotation is None:
        if revision != 0:
            raise NotFound("You have not saved anything in this task.")
        annotation = _create(session, actor, access)
        append_revision(
            session, annotation, actor.id, kind="save", client=str(uuid4()), sequence=0, operations=[]
        )  # an empty answer is an answer: nothing of what was asked for is heard
        revision = annotation.revision
    if annotation.revision != revision:
        raise Conflict("A newer revision was saved; look at it before you submit.", revision=annotation.revision)
    if annotation.state in (AnnotationState.SUBMITTED, AnnotationState.APPROVED):
        return _standing(session, annotation)
    if annotation.state == AnnotationState.REJECTED:
        raise InvalidState("This annotation was sent back. Change it before you submit it again.")
    label_rule_checks.require_ready(session, annotation.id, access.project.id)
    annotation.state = AnnotationState.SUBMITTED.value
    annotation.submitted_at = now()
    take_up(session, access.task.id, actor.id)
    refresh_task_states(session, [access.task.id])
    _note(session, actor, access.project, annotation, "annotation.submitted")
    model_events.announce(session, access.project.id, annotation, model_events.SUBMITTED)
    return _standing(session, annotation)


@writes
def withdraw(session: Session, actor: Actor, task_id: str | int) -> dict[str, Any]:
    """Take back what I handed in and nobody has decided yet; answers as `submit`. Raises `InvalidState` otherwise."""
    access = task_access(session, actor, task_id)
    access.require(Permission.ANNOTATE)
    annotation = _mine_to_change(session, actor, access)
    if annotation is None or annotation.state != AnnotationState.SUBMITTED:
        raise InvalidState("There is nothing handed in that could be withdrawn.")
    annotation.state = AnnotationState.DRAFT.value
    annotation.submitted_at = None
    refresh_task_states(session, [access.task.id])
    _note(session, actor, access.project, annotation, "annotation.withdrawn")
    return _standing(session, annotation)


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
    _require_editable(annotation)
    labels = _label_ids(session, access.project.id)
    document = parse_document(document_at(session, annotation.id, revision))
    items = [
        (collection, fitted(item, labels=labels, start=access.task.start, stop=access.task.stop))
        for collection, item in items_of(document)
    ]
    take_all_items(session, annotation.id)
    insert_items(session, annotation.id, items)
    append_revision(session, annotation, actor.id, kind="replace", client=str(uuid4()), sequence=0, operations=[])
    annotation.state = AnnotationState.DRAFT.value
    refresh_task_states(session, [access.task.id])
    _note(session, actor, access.project, annotation, "annotation.restored", restored=revision)
    return _present(session, [annotation])[0]


def _begin_save(
    session: Session, actor: Actor, task_id: str | int, request: Save | Replacement
) -> tuple[TaskAccess, Annotation, int | None]:
    """The annotation to change, or the revision that this very request made before."""
    access = task_access(session, actor, task_id)
    access.require(Permission.ANNOTATE)
    annotation = _mine_to_change(session, actor, access)
    if annotation is None:
        if request.base_revision != 0:
            raise Conflict("This annotation has no revisions yet.", revision=0, document=empty_document())
        return access, _create(session, actor, access), None
    before = session.scalar(
        select(Revision.revision).where(
            Revision.annotation_id == annotation.id,
            Revision.client == str(request.client),
            Revision.sequence == request.sequence,
        )
    )
    if before is not None:
        return access, annotation, before
    _require_editable(annotation)
    if request.base_revision != annotation.revision:
        raise Conflict(
            f"Revision {annotation.revision} was saved in the meantime, yours began at {request.base_revision}.",
            **_newest(session, annotation),
        )
    return access, annotation, None


def _finish_save(
    session: Session,
    actor: Actor,
    access: TaskAccess,
    annotation: Annotation,
    request: Save | Replacement,
    kind: str,
    operations: list[dict[str, Any]],
) -> dict[str, Any]:
    began = annotation.revision == 0
    sent_back = annotation.state == AnnotationState.REJECTED
    number = append_revision(
        session,
        annotation,
        actor.id,
        kind=kind,
        client=str(request.client),
        sequence=request.sequence,
        operations=operations,
    )
    take_up(session, access.task.id, actor.id)
    if sent_back:
        annotation.state = AnnotationState.DRAFT.value
    if began or sent_back:
        refresh_task_states(session, [access.task.id])
        _note(session, actor, access.project, annotation, "annotation.begun" if began else "annotation.reopened")
    return {"revision": number}


def _require_editable(annotation: Annotation) -> None:
    if AnnotationState(annotation.state) not in EDITABLE:
        what = "approved" if annotation.state == AnnotationState.APPROVED else "handed in"
        raise InvalidState(f"This annotation is {what} and cannot be changed; withdraw it first.")


def _fitted_item(operation: Operation, labels: Mapping[str, RuledLabel], access: TaskAccess, field: str) -> Item | None:
    if operation.op == "delete":
        return None
    item = parse_item(operation.collection, operation.value, field=field)
    if key_of(item) != operation.id:
        raise Invalid(f"The operation names {operation.id!r}, its value {key_of(item)!r}.", field=field)
    return fitted(item, labels=labels.keys(), start=access.task.start, stop=access.task.stop, field=field)


def _create(session: Session, actor: Actor, access: TaskAccess) -> Annotation:
    annotation = Annotation(task_id=access.task.id, project_id=access.project.id, user_id=actor.id, revision=0)
    try:
        with session.begin_nested():
            session.add(annotation)
    except IntegrityError:  # another tab began it in this moment
        begun = _mine_to_change(session, actor, access)
        assert begun is not None
        raise Conflict("Another tab began this annotation.", **_newest(session, begun)) from None
    return annotation


def _newest(session: Session, annotation: Annotation) -> dict[str, Any]:
    """What somebody who began from an older revision must know: the newest one, and who saved it."""
    saved_by = session.scalar(
        select(User.username)
        .join(Revision, Revision.user_id == User.id)
        .where(Revision.annotation_id == annotation.id, Revision.revision == annotation.revision)
    )
    document = present_document(session, annotation.id)
    return {"revision": annotation.revision, "document": document, "saved_by": saved_by}


def _mine(session: Session, actor: Actor, access: TaskAccess) -> Annotation | None:
    return session.scalar(_own(actor, access))


def _mine_to_change(session: Session, actor: Actor, access: TaskAccess) -> Annotation | None:
    """My annotation as it is now; nobody else changes it until this transaction ends."""
    return session.scalar(_own(actor, access).with_for_update().execution_options(populate_existing=True))


def _own(actor: Actor, access: TaskAccess) -> Select[Annotation]:
    return select(Annotation).where(Annotation.task_id == access.task.id, Annotation.user_id == actor.id)


def _label_ids(session: Session, project_id: int) -> frozenset[str]:
    return frozenset(session.scalars(select(ProjectLabel.id).where(ProjectLabel.project_id == project_id)))


def _note(session: Session, actor: Actor, project: Project, annotation: Annotation, action: str, **data: Any) -> None:
    record(
        session,
        actor,
        action,
        f"annotation:{annotation.id}",
        project_id=project.id,
        revision=annotation.revision,
        **data,
    )


def _present(session: Session, annotations: list[Annotation]) -> list[dict[str, Any]]:
    """The JSON of annotations with documents and reviews, in a constant number of queries."""
    session.flush()
    return _with_documents(session, annotations, present_documents(session, [row.id for row in annotations]))


def _standing(session: Session, annotation: Annotation) -> dict[str, Any]:
    """The JSON of an annotation without its document: where it stands is known without reading its regions."""
    session.flush()
    found = _with_documents(session, [annotation], {annotation.id: {}})[0]
    return {name: value for name, value in found.items() if name != "document"}


def _unsaved(actor: Actor, access: TaskAccess) -> dict[str, Any]:
    """What there is of an annotation before its first save."""
    return {
        "id": None,
        "task": str(access.task.id),
        "user": actor.username,
        "revision": 0,
        "state": AnnotationState.DRAFT.value,
        "document": empty_document(),
        "reviews": [],
        "updated_at": None,
    }


def _with_documents(
    session: Session, annotations: list[Annotation], documents: dict[int, dict[str, Any]]
) -> list[dict[str, Any]]:
    ids = [annotation.id for annotation in annotations]
    people = {
        user.id: user for user in session.scalars(select(User).where(User.id.in_({row.user_id for row in annotations})))
    }
    reviews: dict[int, list[dict[str, Any]]] = {}
    for review, username in session.execute(
        select(Review, User.username)
        .join(User, User.id == Review.reviewer_id)
        .where(Review.annotation_id.in_(ids))
        .order_by(Review.id)
    ):
        reviews.setdefault(review.annotation_id, []).append(review_json(review, username))
    return [
        {
            "id": str(row.id),
            "task": str(row.task_id),
            "user": people[row.user_id].username,
            "annotator": {"username": people[row.user_id].username, "name": people[row.user_id].name},
            "revision": row.revision,
            "state": row.state,
            "document": documents[row.id],
            "reviews": reviews.get(row.id, []),
            "submitted_at": iso(row.submitted_at),
            "updated_at": iso(row.updated_at),
        }
        for row in annotations
    ]


def review_json(review: Review, reviewer: str) -> dict[str, Any]:
    """The review object of the API."""
    return {
        "id": str(review.id),
        "annotation": str(review.annotation_id),
        "revision": review.revision,
        "reviewer": reviewer,
        "decision": review.decision,
        "feedback": review.feedback,
        "regions": review.regions,
        "created_at": iso(review.created_at),
    }
