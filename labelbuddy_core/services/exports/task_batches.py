"""A project's tasks in batches by id, so that memory stays the same however many there are, and however large."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Annotation, AnnotationItem, Recording, Task

_BATCH = 50
_ITEMS_AT_ONCE = 5_000


def next_tasks(
    session: Session, project_id: int, after: int, *conditions: ColumnElement[bool]
) -> list[tuple[Task, Recording]]:
    """The next tasks of a project that meet the conditions, by id, with their recordings; none at the end."""
    rows = session.execute(
        select(Task, Recording)
        .join(Recording, Recording.id == Task.recording_id)
        .where(Task.project_id == project_id, Task.id > after, *conditions)
        .order_by(Task.id)
        .limit(_BATCH)
    ).all()
    return [(row[0], row[1]) for row in rows[: _that_fit(session, [row[0].id for row in rows])]]


def _that_fit(session: Session, task_ids: list[int]) -> int:
    """How many of these tasks are read at once, so that memory stays the same however large their documents are."""
    counted = session.execute(
        select(Annotation.task_id, func.count())
        .join(AnnotationItem, AnnotationItem.annotation_id == Annotation.id)
        .where(Annotation.task_id.in_(task_ids))
        .group_by(Annotation.task_id)
    )
    sizes = {row[0]: row[1] for row in counted}
    held = 0
    for number, task_id in enumerate(task_ids):
        held += sizes.get(task_id, 0)
        if held > _ITEMS_AT_ONCE:
            return max(1, number)
    return len(task_ids)
