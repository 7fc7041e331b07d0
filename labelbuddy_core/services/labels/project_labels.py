"""The label set of a project: read, extended and replaced."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import (
    Annotation,
    AnnotationItem,
    ProjectLabel,
    ProjectModel,
)
from labelbuddy_core.domain.label_rules import LabelRules
from labelbuddy_core.domain.label_sets import complete
from labelbuddy_core.errors import InvalidState


def labels_of(session: Session, project_id: int) -> list[dict[str, Any]]:
    """The label set of a project as JSON, in order."""
    return labels_by_project(session, [project_id]).get(project_id, [])


def labels_by_project(session: Session, project_ids: list[int]) -> dict[int, list[dict[str, Any]]]:
    """The label sets of several projects as JSON, in order, in one query."""
    found: dict[int, list[dict[str, Any]]] = {}
    rows = session.scalars(
        select(ProjectLabel)
        .where(ProjectLabel.project_id.in_(project_ids))
        .order_by(ProjectLabel.project_id, ProjectLabel.position)
    )
    for row in rows:
        found.setdefault(row.project_id, []).append(
            {
                "id": row.id,
                "name": row.name,
                "color": row.color,
                "key": row.key,
                "parent": row.parent,
                "description": row.description,
                "deprecated": row.deprecated,
                **LabelRules().as_json(),
                **row.rules,
            }
        )
    return found


def add_labels(session: Session, project_id: int, labels: list[dict[str, Any]]) -> None:
    """Add labels at the end of a project's label set, each with a free key; those whose name it has already are passed
    over."""
    present = labels_of(session, project_id)
    names = {label["name"].casefold() for label in present}
    fresh = [label for label in labels if label["name"].casefold() not in names]
    if fresh:
        session.execute(delete(ProjectLabel).where(ProjectLabel.project_id == project_id))
        write_labels(session, project_id, [*present, *fresh], standing={label["id"] for label in present})


def replace_labels(session: Session, project_id: int, labels: list[dict[str, Any]]) -> None:
    """Make this the label set of a project. Raises `InvalidState` when a label that goes is in use."""
    kept = {label.id for label in complete(labels)}
    present = set(session.scalars(select(ProjectLabel.id).where(ProjectLabel.project_id == project_id)))
    removed = present - kept
    if removed:
        used = session.execute(
            select(AnnotationItem.label, func.count())
            .join(Annotation, Annotation.id == AnnotationItem.annotation_id)
            .where(Annotation.project_id == project_id, AnnotationItem.label.in_(removed))
            .group_by(AnnotationItem.label)
        ).all()
        if used:
            names = ", ".join(f"{label} ({count} times)" for label, count in used)
            raise InvalidState(
                f"These labels are in use and cannot be removed: {names}. Merge them into others, or deprecate them.",
                field="labels",
            )
    session.execute(delete(ProjectLabel).where(ProjectLabel.project_id == project_id))
    write_labels(session, project_id, labels, standing=present)
    for link in session.scalars(select(ProjectModel).where(ProjectModel.project_id == project_id)):
        link.label_map = {theirs: ours for theirs, ours in link.label_map.items() if ours in kept}
        link.label_thresholds = {ours: lowest for ours, lowest in link.label_thresholds.items() if ours in kept}


def write_labels(
    session: Session, project_id: int, labels: list[dict[str, Any]], *, standing: Collection[str] = ()
) -> None:
    """Keep these as the labels of a project that has none; those that were `standing` before get no key by it."""
    for position, label in enumerate(complete(labels, standing=standing)):
        session.add(
            ProjectLabel(
                project_id=project_id,
                id=label.id,
                position=position,
                name=label.name,
                color=label.color,
                key=label.key,
                parent=label.parent,
                description=label.description,
                deprecated=label.deprecated,
                rules=label.rules.as_json(),
            )
        )
    session.flush()
