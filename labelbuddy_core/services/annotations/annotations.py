"""Annotations: read and saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import (
    Annotation,
    LabelChange,
    Revision,
)
from labelbuddy_core.domain.documents import (
    Collection,
    Item,
    Point,
    Region,
    as_json,
    empty_document,
    fitted,
    key_of,
    parse_document,
    parse_item,
    placed_items,
)
from labelbuddy_core.domain.operations import Operation, Replacement, Save
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.region_rules import RuledLabel
from labelbuddy_core.domain.states import AnnotationState
from labelbuddy_core.domain.tiers import Lanes
from labelbuddy_core.errors import Conflict, Invalid, NotFound
from labelbuddy_core.services.access import (
    NO_ANNOTATION,
    REVIEWABLE,
    TaskAccess,
    annotation_access,
    parse_id,
    task_access,
)
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations import suggestion_log
from labelbuddy_core.services.annotations.annotation_answers import as_answers, unsaved, with_documents
from labelbuddy_core.services.annotations.annotation_documents import (
    Key,
    append_revision,
    insert_items,
    operations_of,
    take_all_items,
    take_items,
)
from labelbuddy_core.services.annotations.own_annotations import (
    begin,
    newest,
    note,
    own_annotation,
    own_annotation_to_change,
    require_editable,
)
from labelbuddy_core.services.annotations.written_documents import written_document, written_documents
from labelbuddy_core.services.labels import label_rule_checks
from labelbuddy_core.services.labels.converted_saves import keep_conversions
from labelbuddy_core.services.labels.label_aliases import (
    labels_named,
    rebased,
    relabeled_since,
    told_merges,
    with_present_labels,
)
from labelbuddy_core.services.labels.label_rule_checks import PutRegion
from labelbuddy_core.services.pages_of_results import part_of
from labelbuddy_core.services.tasks.places import take_up
from labelbuddy_core.services.tasks.task_states import refresh_task_states
from labelbuddy_core.services.transactions import reads, writes

_MADE_BEFORE = select(Revision.revision).where(
    Revision.annotation_id == bindparam("annotation"),
    Revision.client == bindparam("client"),
    Revision.sequence == bindparam("sequence"),
)


@reads
def get_mine(session: Session, actor: Actor, task_id: str | int) -> dict[str, Any]:
    """My annotation of a task; with revision 0 and an empty document when I have not saved anything yet."""
    access = task_access(session, actor, task_id)
    access.require(Permission.ANNOTATE)
    annotation = own_annotation(session, actor, access)
    return unsaved(actor, access) if annotation is None else as_answers(session, [annotation])[0]


@reads
def get_mine_written(session: Session, actor: Actor, task_id: str | int, *, compact: bool) -> bytes:
    """My annotation of a task as JSON; `compact` leaves out most of what is null or empty in regions."""
    access = task_access(session, actor, task_id)
    access.require(Permission.ANNOTATE)
    annotation = own_annotation(session, actor, access)
    if annotation is None:
        return orjson.dumps(unsaved(actor, access))
    document = written_document(session, annotation.id, compact=compact)
    return orjson.dumps(with_documents(session, [annotation], {annotation.id: document})[0])


@reads
def get_annotation(session: Session, actor: Actor, annotation_id: str | int) -> dict[str, Any]:
    """One annotation: my own, one in my review queue, or any of a project I manage."""
    annotation, _ = annotation_access(session, actor, annotation_id)
    return as_answers(session, [annotation])[0]


@reads
def list_for_task(
    session: Session, actor: Actor, task_id: str | int, *, limit: int | None = None, cursor: str | None = None
) -> bytes:
    """The annotations of a task for its managers, to a reviewer those of others handed in: a page as JSON, or all."""
    access = task_access(session, actor, task_id)
    access.require(Permission.VIEW_ANNOTATIONS)
    query = select(Annotation).where(Annotation.task_id == access.task.id).order_by(Annotation.id)
    if not access.at.is_manager:
        query = query.where(Annotation.user_id != actor.id, Annotation.state.in_(REVIEWABLE))
    page = part_of(session.scalars(query).all(), limit=limit, cursor=cursor)
    documents = written_documents(session, [one.id for one in page.items])
    return orjson.dumps({**page.as_json(), "items": with_documents(session, page.items, documents)})


@writes
def save(session: Session, actor: Actor, task_id: str | int, request: Save) -> dict[str, Any]:
    """Apply the editor's operations and append a revision.

    The same (client, sequence) again is answered as before. Raises `Conflict` with the current document when the base
    revision is not the newest, `NotFound` when the annotation that it names went to somebody else, `InvalidState` when
    it is handed in or approved, `Invalid` for an item that does not fit or breaks a rule of its label; then nothing is
    changed.
    """
    access, annotation, before = _begin_save(session, actor, task_id, request)
    if before is not None:
        return {"annotation": str(annotation.id), "revision": before}
    relabeled = _relabeled_since(session, annotation, request)
    made, ways = rebased(request.operations, relabeled)
    labels = label_rule_checks.labels_by_id(session, access.project.id, labels_named(made))
    told = [one.told for one in relabeled]
    if gone := labels_named(made) - labels.keys():  # some were merged into others, or there are none such
        told += told_merges(session, access.project.id, gone)
        made, further = with_present_labels(session, access.project.id, made, labels)
        ways |= {place: (*ways.get(place, ()), *way) for place, way in further.items()}
        labels = label_rule_checks.labels_by_id(session, access.project.id, labels_named(made))
    puts: dict[Key, tuple[Collection, Item] | None] = {}
    regions: dict[str, PutRegion] = {}
    points: dict[str, Point] = {}
    given: list[tuple[str, Collection, Item]] = []
    corrected: dict[str, list[dict[str, Any]]] = {}
    for position, (operation, sent) in enumerate(zip(made, request.operations, strict=True)):
        field = f"operations.{position}.value"
        item = _fitted_item(operation, labels, access, field)
        puts[operation.collection.value, operation.id] = None if item is None else (operation.collection, item)
        if operation.collection is Collection.REGIONS:
            regions.pop(operation.id, None)
        if isinstance(item, Region):
            regions[operation.id] = PutRegion(field, item)
        if isinstance(item, Point):
            points[field] = item
        if item is not None:
            given.append((field, operation.collection, item))
            stored = as_json(item)
            if stored != as_json(parse_item(sent.collection, sent.value, field=field)):
                corrected.setdefault(operation.collection.value, []).append(stored)
    before = take_items(session, annotation.id, puts)
    label_rule_checks.require_given_labels(given, before, labels)
    moved = label_rule_checks.require_rules(regions.values(), before, labels)
    label_rule_checks.require_answers_of_instants(points, before, labels)
    after = insert_items(session, annotation.id, [item for item in puts.values() if item is not None])
    label_rule_checks.require_no_overlap(session, annotation.id, Lanes(access.project.lanes), moved, labels)
    keys = [(one.collection.value, one.id) for one in made]
    own = {key for place, key in enumerate(keys) if place not in ways}
    converted = {keys[place]: way for place, way in ways.items()}
    keep_conversions(session, annotation.id, converted, there=own | before.keys(), before=before, after=after)
    operations = operations_of(gone=[key for key in puts if key not in after], put=after)
    answer = _finish_save(session, actor, access, annotation, request, "save", operations)
    by = {(one.collection.value, one.id): one.by for one in made if one.by is not None}
    suggestion_log.log_changes(session, actor, access, annotation, before=before, after=after, by=by)
    if told:
        answer["labels_changed"] = told
    return {**answer, "values": corrected} if corrected else answer


@writes
def replace(session: Session, actor: Actor, task_id: str | int, request: Replacement) -> dict[str, Any]:
    """Replace the whole document and append a revision; for scripts. Raises as `save`."""
    access, annotation, before = _begin_save(session, actor, task_id, request)
    if before is not None:
        return {"annotation": str(annotation.id), "revision": before}
    labels = label_rule_checks.labels_by_id(session, access.project.id)
    placed = list(placed_items(parse_document(request.document)))
    items = [
        (collection, fitted(item, labels=labels.keys(), start=access.task.start, stop=access.task.stop, field=field))
        for field, collection, item in placed
    ]
    regions = [
        PutRegion(f"document.regions.{place}", item)
        for place, item in enumerate(item for _, item in items if isinstance(item, Region))
    ]
    before = take_all_items(session, annotation.id)
    label_rule_checks.require_given_labels(placed, before, labels)
    points = {field: item for field, _, item in placed if isinstance(item, Point)}
    moved = label_rule_checks.require_rules(regions, before, labels)
    label_rule_checks.require_answers_of_instants(points, before, labels)
    after = insert_items(session, annotation.id, items)
    label_rule_checks.require_no_overlap(session, annotation.id, Lanes(access.project.lanes), moved, labels)
    keep_conversions(session, annotation.id, {}, there=before, before=before, after=after)
    answer = _finish_save(session, actor, access, annotation, request, "replace", [])
    suggestion_log.log_changes(session, actor, access, annotation, before=before, after=after, by={})
    return answer


def _begin_save(
    session: Session, actor: Actor, task_id: str | int, request: Save | Replacement
) -> tuple[TaskAccess, Annotation, int | None]:
    """The annotation to change, or the revision that this very request made before."""
    access = task_access(session, actor, task_id)
    access.require(Permission.ANNOTATE)
    annotation = own_annotation_to_change(session, actor, access)
    if isinstance(request, Save):
        _require_not_given_away(session, actor, request)
    if annotation is None:
        if request.base_revision != 0:
            raise Conflict("This annotation has no revisions yet.", revision=0, document=empty_document())
        return access, begin(session, actor, access), None
    made = {"annotation": annotation.id, "client": str(request.client), "sequence": request.sequence}
    before = session.scalar(_MADE_BEFORE, made)
    if before is not None:
        return access, annotation, before
    require_editable(annotation)
    if request.base_revision != annotation.revision and not _relabeled_since(session, annotation, request):
        raise Conflict(
            f"Revision {annotation.revision} was saved in the meantime, yours began at {request.base_revision}.",
            **newest(session, annotation),
        )
    return access, annotation, None


def _require_not_given_away(session: Session, actor: Actor, request: Save) -> None:
    """Raises `NotFound` when an editor that is still open at work which was handed over saves, after its author got
    the task again: the edit belongs to the other annotation."""
    if request.annotation is None:
        return
    meant = session.get(Annotation, parse_id(request.annotation, "annotation"))
    if meant is not None and meant.user_id != actor.id:
        raise NotFound(NO_ANNOTATION)


def _relabeled_since(session: Session, annotation: Annotation, request: Save | Replacement) -> list[LabelChange]:
    """Changes of the label set that alone came after the revision which an editor's save builds on: no conflict, the
    save is put upon them. The answer tells them as `labels_changed`."""
    if not isinstance(request, Save) or request.base_revision >= annotation.revision:
        return []
    return relabeled_since(session, annotation.id, request.base_revision) or []


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
        note(session, actor, access.project, annotation, "annotation.begun" if began else "annotation.reopened")
    return {"annotation": str(annotation.id), "revision": number}


def _fitted_item(operation: Operation, labels: Mapping[str, RuledLabel], access: TaskAccess, field: str) -> Item | None:
    if operation.op == "delete":
        return None
    item = parse_item(operation.collection, operation.value, field=field)
    if key_of(item) != operation.id:
        raise Invalid(f"The operation names {operation.id!r}, its value {key_of(item)!r}.", field=field)
    return fitted(item, labels=labels.keys(), start=access.task.start, stop=access.task.stop, field=field)
