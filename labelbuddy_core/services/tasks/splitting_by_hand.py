"""What a split left for people to decide: the items that still have the label which was split, one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Annotation, AnnotationItem, LabelChange, Recording, Task, User
from labelbuddy_core.domain.relabeling import Relabeling, SplitRule, relabeled, relabeling_from
from labelbuddy_core.errors import Invalid, InvalidState
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations.annotation_documents import Items
from labelbuddy_core.services.history import record
from labelbuddy_core.services.labels.label_changes import visible_change
from labelbuddy_core.services.labels.relabeling import write_part
from labelbuddy_core.services.pages_of_results import Results, checked_limit, cursor_of, read_cursor
from labelbuddy_core.services.transactions import reads, writes

MAX_PICKED: Final = 1000


@dataclass(frozen=True)
class Picked:
    """An item of an annotation, and the label that it gets."""

    annotation: str
    collection: str
    id: str
    label: str


@reads
def open_items(
    session: Session,
    actor: Actor,
    change_id: str | int,
    *,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """Items that still have the label which was split, a page at a time: {annotation, task, recording, annotator,
    collection, id, start, end, text, attributes}."""
    row = visible_change(session, actor, change_id)
    rule = _rule(row)
    size = checked_limit(limit)
    wanted = (Annotation.project_id == row.project_id, AnnotationItem.label == rule.label)
    query = (
        select(AnnotationItem, Annotation.task_id, Recording.name, User.username)
        .join(Annotation, Annotation.id == AnnotationItem.annotation_id)
        .join(User, User.id == Annotation.user_id)
        .join(Task, Task.id == Annotation.task_id)
        .join(Recording, Recording.id == Task.recording_id)
        .where(*wanted)
        .order_by(AnnotationItem.annotation_id, AnnotationItem.collection, AnnotationItem.key)
    )
    total = None
    if cursor:
        annotation, collection, key = read_cursor(cursor, int, str, str)
        at, where, name = AnnotationItem.annotation_id, AnnotationItem.collection, AnnotationItem.key
        query = query.where(
            (at > int(annotation))
            | ((at == int(annotation)) & ((where > str(collection)) | ((where == str(collection)) & (name > str(key)))))
        )
    else:
        total = session.scalar(
            select(func.count())
            .select_from(AnnotationItem)
            .join(Annotation, Annotation.id == AnnotationItem.annotation_id)
            .where(*wanted)
        )
    rows = session.execute(query.limit(size + 1)).all()
    more, rows = len(rows) > size, rows[:size]
    last = rows[-1][0] if more else None
    after = cursor_of(last.annotation_id, last.collection, last.key) if last else None
    return Results([_json(*one) for one in rows], after, total).as_json()


@writes
def pick_labels(session: Session, actor: Actor, change_id: str | int, picked: Sequence[Picked]) -> dict[str, int]:
    """Give items of the list one of the labels of the split; part of that change, so one undo takes all back.

    Items that have another label by now are passed over. Answers {relabeled}.
    """
    row = visible_change(session, actor, change_id)
    rule = _rule(row)
    if row.state != "applied":
        raise InvalidState("This split was taken back, or is still at work.")
    if len(picked) > MAX_PICKED:
        raise Invalid(f"At most {MAX_PICKED:,} items at once.", field="items")
    by_annotation: dict[int, dict[tuple[str, str], str]] = {}
    for position, one in enumerate(picked):
        if one.label not in rule.targets:
            raise Invalid(f"{one.label!r} is not a label of this split.", field=f"items.{position}.label")
        if not one.annotation.isdecimal():
            raise Invalid(f"There is no annotation {one.annotation!r}.", field=f"items.{position}.annotation")
        by_annotation.setdefault(int(one.annotation), {})[one.collection, one.id] = one.label
    done = 0
    for annotation_id, wanted in by_annotation.items():
        annotation = session.get(Annotation, annotation_id, with_for_update=True)
        if annotation is not None and annotation.project_id == row.project_id:
            done += _relabel(session, row, annotation, actor, rule, wanted)
    row.counts = {**row.counts, "by_hand": row.counts.get("by_hand", 0) + done}
    record(
        session, actor, "labels.split-by-hand", f"label-change:{row.id}", project_id=row.project_id, items=done
    )  # fmt: skip
    return {"relabeled": done}


def _relabel(
    session: Session,
    row: LabelChange,
    annotation: Annotation,
    actor: Actor,
    rule: SplitRule,
    wanted: dict[tuple[str, str], str],
) -> int:
    rows = session.execute(
        select(AnnotationItem.collection, AnnotationItem.key, AnnotationItem.value).where(
            AnnotationItem.annotation_id == annotation.id,
            AnnotationItem.label.in_([rule.label, *rule.targets]),
        )
    )
    items: Items = {(collection, key): value for collection, key, value in rows}
    gone, put = [], {}
    for key, label in wanted.items():
        value = items.get(key)
        if value is None or value["label"] != rule.label:
            continue
        rival = put.get(("tags", label)) or items.get(("tags", label))
        rivals: Items = {("tags", label): rival} if rival else {}
        away, made = relabeled({**rivals, key: value}, Relabeling(merged={rule.label: label}))
        gone += away
        put |= made
    return write_part(session, row, annotation, actor.id, items=items, gone=gone, put=put)


def _rule(row: LabelChange) -> SplitRule:
    rule = relabeling_from(row.relabeling).split
    if rule is None:
        raise InvalidState("Only a split leaves items to decide by hand.")
    return rule


def _json(item: AnnotationItem, task: int, recording: str, annotator: str) -> dict[str, Any]:
    value = item.value
    return {
        "annotation": str(item.annotation_id),
        "task": str(task),
        "recording": recording,
        "annotator": annotator,
        "collection": item.collection,
        "id": item.key,
        "start": value.get("start", value.get("time")),
        "end": value.get("end", value.get("time")),
        "text": value.get("text"),
        "attributes": value.get("attributes") or {},
    }
