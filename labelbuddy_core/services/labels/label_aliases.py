"""What became of labels that are not in a label set any more: what still names them, means those they were merged into.

An editor that was opened before a merge, an older revision that is restored, and predictions that were made before it
name the old labels.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import LabelChange, ProjectLabel, Revision
from labelbuddy_core.domain.operations import Operation
from labelbuddy_core.domain.relabeling import Relabeling, relabeled_document, relabeling_from
from labelbuddy_core.services.labels.relabeling import CLIENT, KIND

IN_FORCE = ("applying", "applied")
"""States of a change that holds."""


@dataclass(frozen=True)
class Step:
    """A change of the label set by which one label means another."""

    change: int
    was: str
    became: str


Ways = dict[int, tuple[Step, ...]]
"""Operations of a save, by their places, that were given another label than they were sent with, and how."""


def merged_into(session: Session, project_id: int) -> dict[str, str]:
    """Labels that were merged away → the labels that they are now."""
    return {label: way[-1].became if way else label for label, way in merged_ways(session, project_id).items()}


def merged_ways(session: Session, project_id: int) -> dict[str, tuple[Step, ...]]:
    """Labels that were merged away → the merges, one upon the other, that lead to the labels that they are now."""
    step: dict[str, Step] = {}
    rows = session.execute(
        select(LabelChange.id, LabelChange.relabeling)
        .where(LabelChange.project_id == project_id, LabelChange.kind == "merge", LabelChange.state.in_(IN_FORCE))
        .order_by(LabelChange.id)
    )
    for change, kept in rows:
        step |= {was: Step(change, was, became) for was, became in relabeling_from(kept).merged.items()}
    found: dict[str, tuple[Step, ...]] = {}
    for label in step:
        at, seen, way = label, {label}, []
        while at in step and step[at].became not in seen:
            way.append(step[at])
            at = step[at].became
            seen.add(at)
        found[label] = tuple(way)
    return found


def told_merges(session: Session, project_id: int, labels: Collection[str]) -> list[str]:
    """The merges by which labels went that somebody still gives, in words, the oldest first."""
    rows = session.execute(
        select(LabelChange.told, LabelChange.relabeling)
        .where(LabelChange.project_id == project_id, LabelChange.kind == "merge", LabelChange.state.in_(IN_FORCE))
        .order_by(LabelChange.id)
    )
    return [told for told, kept in rows if not relabeling_from(kept).merged.keys().isdisjoint(labels)]


def with_present_labels(
    session: Session, project_id: int, operations: Sequence[Operation], known: Collection[str]
) -> tuple[list[Operation], Ways]:
    """Operations of a save with labels that there are; those of labels that were merged away name the present ones."""
    gone = {label: way for label, way in merged_ways(session, project_id).items() if way and label not in known}
    relabeling = Relabeling(merged={label: way[-1].became for label, way in gone.items()})
    made = [_renamed(one, relabeling) for one in operations]
    ways = {place: gone[_label(one)] for place, one in enumerate(operations) if _label(one) in gone}
    return made, ways


def labels_named(operations: Sequence[Operation]) -> set[str]:
    """The labels that operations give to items."""
    return {name for one in operations if (name := _label(one))}


def relabeled_since(session: Session, annotation_id: int, base: int) -> list[LabelChange] | None:
    """The changes of the label set that alone made all revisions after one; None when anything else did."""
    rows = session.execute(
        select(Revision.kind, Revision.client).where(Revision.annotation_id == annotation_id, Revision.revision > base)
    ).all()
    if not rows or any(kind != KIND or not client.startswith(CLIENT) for kind, client in rows):
        return None
    numbers = {int(client.removeprefix(CLIENT)) for _, client in rows}
    changes = list(session.scalars(select(LabelChange).where(LabelChange.id.in_(numbers)).order_by(LabelChange.id)))
    in_force = len(changes) == len(numbers) and all(one.state in IN_FORCE for one in changes)
    return changes if in_force else None


def rebased(operations: Sequence[Operation], changes: Sequence[LabelChange]) -> tuple[list[Operation], Ways]:
    """Operations that were made before changes of the label set, as they would have been made after them."""
    ways: Ways = {}
    for change in changes:
        relabeling = relabeling_from(change.relabeling)
        made = [_renamed(one, relabeling) for one in operations]
        for place, (sent, now) in enumerate(zip(operations, made, strict=True)):
            if sent is not now:
                ways[place] = (*ways.get(place, ()), Step(change.id, _label(sent), _label(now)))
        operations = made
    return list(operations), ways


def present_document(session: Session, project_id: int, document: dict[str, Any]) -> dict[str, Any]:
    """The document of a prediction in the labels of today; what has a label that is given no more is left out."""
    merged, deprecated = _standing(session, project_id)
    found = relabeled_document(document, Relabeling(merged=merged)) if merged else document
    if not deprecated:
        return found
    lists = {
        name: [one for one in found.get(name) or () if one.get("label") not in deprecated]
        for name in ("regions", "points", "tags")
    }
    return {**found, **lists}


def _standing(session: Session, project_id: int) -> tuple[Mapping[str, str], frozenset[str]]:
    """What was merged away, and which labels are given no more; asked once in a transaction."""
    kept: dict[int, tuple[Mapping[str, str], frozenset[str]]] = session.info.setdefault("label-aliases", {})
    if project_id not in kept:
        rows = session.execute(
            select(ProjectLabel.id, ProjectLabel.deprecated).where(ProjectLabel.project_id == project_id)
        ).all()
        present = {row[0] for row in rows}
        merged = {gone: label for gone, label in merged_into(session, project_id).items() if gone not in present}
        kept[project_id] = (merged, frozenset(row[0] for row in rows if row[1]))
    return kept[project_id]


def _label(operation: Operation) -> str:
    """The label that an operation gives; empty where it gives none."""
    label = (operation.value or {}).get("label")
    return label if isinstance(label, str) else ""


def _renamed(operation: Operation, relabeling: Relabeling) -> Operation:
    value = operation.value
    if value is None or not isinstance(value.get("label"), str):
        return operation
    label = relabeling.label_of(value)
    if label == value["label"]:
        return operation
    changed: dict[str, Any] = {"value": {**value, "label": label}}
    if operation.collection == "tags":
        changed["id"] = label
    return operation.model_copy(update=changed)
