"""Whether a change of the label set can be taken back: everything it touched must still be as it left it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

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
from labelbuddy_core.domain.relabeling import relabeling_from
from labelbuddy_core.services.labels.converted_saves import going_back
from labelbuddy_core.services.labels.label_change_links import Links, links_of, links_taken_back, model_names
from labelbuddy_core.services.labels.project_labels import labels_of
from labelbuddy_core.services.labels.relabeling import ADJUDICATED, ANNOTATION, SAVED, changed_since, named

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
    problems += _gone(row, labels)
    links, changed = links_taken_back(links_of(session, row.project_id), row.before["links"], row.after["links"])
    problems += [f"The link to {name} was changed since." for name in model_names(session, changed)]
    if not items:
        return Undo(labels, links, problems)
    restored, told = _parts(session, row)
    later = _later(session, row) if told else _later_than_saved(session, row)
    problems += later or told
    problems += _given_since(session, row, restored)
    return Undo(labels, links, problems)


def _gone(row: LabelChange, labels: Labels) -> list[str]:
    """A label that was split, and merged away or removed since: nothing could get it again."""
    rule = relabeling_from(row.relabeling).split
    if rule is None or rule.label in {label["id"] for label in labels}:
        return []
    names = {label["id"]: label["name"] for label in row.before["labels"]}
    return [f"“{names[rule.label]}” is not a label any more."]


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
            if revision != part.revision and (count := _changed(session, row, part)):
                what = "one item" if count == 1 else f"{count} items"
                told.append(f"{annotator} changed {what} of {recording} since.")
        last = (parts[-1][0].subject, parts[-1][0].revision)


def _changed(session: Session, row: LabelChange, part: LabelChangePart) -> int:
    """How many items of a part were changed since, but for regions and points that were saved with the label of before
    the change: these get it again."""
    changed = changed_since(session, part.subject, part.after)
    saved = session.get(LabelChangePart, (row.id, SAVED, part.subject, 0)) if changed else None
    if saved is not None:
        changed -= {key for key in going_back(session, saved) if key[0] != "tags"}
    return len(changed)


def _later(session: Session, row: LabelChange) -> list[str]:
    """Later changes of labels that touched the same annotations."""
    other = aliased(LabelChangePart)
    both = (
        select(other.change_id)
        .join(LabelChangePart, (LabelChangePart.kind == other.kind) & (LabelChangePart.subject == other.subject))
        .where(LabelChangePart.change_id == row.id, other.change_id > row.id)
    )
    return _first(session, both)


def _later_than_saved(session: Session, row: LabelChange) -> list[str]:
    """Later changes of labels that relabeled an item which this one relabeled as it was saved."""
    other = aliased(LabelChangePart)
    rows = session.execute(
        select(LabelChangePart.after, other.change_id, other.before)
        .join(other, LabelChangePart.subject == other.subject)
        .where(
            LabelChangePart.change_id == row.id,
            LabelChangePart.kind == SAVED,
            other.change_id > row.id,
            other.kind.in_([ANNOTATION, SAVED]),
        )
    )
    both = {change for after, change, before in rows if not named(after).isdisjoint(named(before))}
    return _first(session, both)


def _first(session: Session, changes: Any) -> list[str]:
    """The changes that are to be taken back before another one."""
    told = session.scalars(select(LabelChange.told).where(LabelChange.id.in_(changes)).order_by(LabelChange.id.desc()))
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
    restored = Counter(restored) + _saved(session, row)
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


def _saved(session: Session, row: LabelChange) -> Counter[str]:
    """How many items that were relabeled as they were saved go back from which label, besides those that the change
    found there."""
    counts: Counter[str] = Counter()
    mine = (LabelChangePart.change_id == row.id, LabelChangePart.kind == ANNOTATION)
    for part in session.scalars(
        select(LabelChangePart).where(LabelChangePart.change_id == row.id, LabelChangePart.kind == SAVED)
    ):
        at_once = session.scalars(select(LabelChangePart.after).where(*mine, LabelChangePart.subject == part.subject))
        known = {key for after in at_once for key in named(after)}
        counts.update(value["label"] for key, value in going_back(session, part).items() if key not in known)
    return counts
