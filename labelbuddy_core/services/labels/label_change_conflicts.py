"""Whether a change of the label set can be taken back: everything it touched must still be as it left it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from labelbuddy_core.database.tables import (
    Annotation,
    AnnotationItem,
    Consensus,
    LabelChange,
    LabelChangePart,
    Recording,
    Task,
    User,
)
from labelbuddy_core.domain.label_changes import Labels, taken_back
from labelbuddy_core.services.labels.label_change_links import Links, links_of, links_taken_back, model_names
from labelbuddy_core.services.labels.project_labels import labels_of
from labelbuddy_core.services.labels.relabeling import ADJUDICATED, ANNOTATION, changed_since

MAX_TOLD: Final = 20
_AT_ONCE: Final = 200


@dataclass(frozen=True)
class Undo:
    """The label set and links without the change, and what stands in the way."""

    labels: Labels
    links: Links
    conflicts: list[str]


def undo_of(session: Session, row: LabelChange, *, items: bool = True) -> Undo:
    """What taking a change back would come to; nothing is changed. Without `items` only labels and links are looked at:
    the items of a large change were, before."""
    labels, problems = taken_back(labels_of(session, row.project_id), row.before["labels"], row.after["labels"])
    links, changed = links_taken_back(links_of(session, row.project_id), row.before["links"], row.after["links"])
    problems += [f"The link to {name} was changed since." for name in model_names(session, changed)]
    if not items:
        return Undo(labels, links, problems)
    restored, told = _parts(session, row)
    problems += (_later(session, row) or told) if told else []
    problems += _given_since(session, row, restored)
    return Undo(labels, links, problems)


def _parts(session: Session, row: LabelChange) -> tuple[dict[str, int], list[str]]:
    """How many items that go back have which label now, and what was changed since."""
    told: list[str] = []
    restored: dict[str, int] = {}
    last = (0, 0)
    while True:
        parts = session.execute(
            select(LabelChangePart, Annotation.revision, User.name, Recording.name)
            .join(Annotation, Annotation.id == LabelChangePart.subject)
            .join(User, User.id == Annotation.user_id)
            .join(Task, Task.id == Annotation.task_id)
            .join(Recording, Recording.id == Task.recording_id)
            .where(
                LabelChangePart.change_id == row.id,
                LabelChangePart.kind == ANNOTATION,
                (LabelChangePart.subject > last[0])
                | ((LabelChangePart.subject == last[0]) & (LabelChangePart.revision > last[1])),
            )
            .order_by(LabelChangePart.subject, LabelChangePart.revision)
            .limit(_AT_ONCE)
        ).all()
        if not parts:
            return restored, told + _truths(session, row)
        for part, revision, annotator, recording in parts:
            for operation in part.after:
                if operation["op"] == "put":
                    label = operation["value"]["label"]
                    restored[label] = restored.get(label, 0) + 1
            if revision != part.revision and (count := len(changed_since(session, part.subject, part.after))):
                what = "one item" if count == 1 else f"{count} items"
                told.append(f"{annotator} changed {what} of {recording} since.")
        last = (parts[-1][0].subject, parts[-1][0].revision)


def _later(session: Session, row: LabelChange) -> list[str]:
    """Later changes of labels that touched the same annotations."""
    other = aliased(LabelChangePart)
    both = (
        select(other.change_id)
        .join(LabelChangePart, (LabelChangePart.kind == other.kind) & (LabelChangePart.subject == other.subject))
        .where(LabelChangePart.change_id == row.id, other.change_id > row.id)
    )
    told = session.scalars(select(LabelChange.told).where(LabelChange.id.in_(both)).order_by(LabelChange.id.desc()))
    return [f"Take back first what was done since: {one}" for one in told]


def _truths(session: Session, row: LabelChange) -> list[str]:
    rows = session.execute(
        select(LabelChangePart.after, Consensus.document, Recording.name)
        .join(Consensus, Consensus.task_id == LabelChangePart.subject)
        .join(Task, Task.id == LabelChangePart.subject)
        .join(Recording, Recording.id == Task.recording_id)
        .where(LabelChangePart.change_id == row.id, LabelChangePart.kind == ADJUDICATED)
    )
    return [
        f"The ground truth of {name} was written anew since." for after, document, name in rows if after != document
    ]


def _given_since(session: Session, row: LabelChange, restored: Mapping[str, int]) -> list[str]:
    """Items that got one of the labels which the change made, by hand since: they would be without a label."""
    if not row.created:
        return []
    names = {label["id"]: label["name"] for label in row.after["labels"]}
    rows = session.execute(
        select(AnnotationItem.label, func.count())
        .join(Annotation, Annotation.id == AnnotationItem.annotation_id)
        .where(Annotation.project_id == row.project_id, AnnotationItem.label.in_(row.created))
        .group_by(AnnotationItem.label)
    )
    return [
        f"“{names.get(label, label)}” was given to {count - restored.get(label, 0)} more since."
        for label, count in rows
        if label is not None and count > restored.get(label, 0)
    ]
