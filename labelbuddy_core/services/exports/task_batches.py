"""A project's tasks in batches, by id or by recording: memory stays the same however many and large they are."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, exists, func, select
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


def next_recordings(session: Session, project_id: int, after: int) -> list[tuple[Task, Recording]]:
    """All tasks of the next recordings of a project, by id, in order of time; none at the end."""
    following = (
        select(Recording.id)
        .where(
            Recording.project_id == project_id, Recording.id > after, exists().where(Task.recording_id == Recording.id)
        )
        .order_by(Recording.id)
        .limit(_BATCH)
    )
    sizes = session.execute(
        select(Task.recording_id, func.count())  # a task without anything counts one
        .outerjoin(Annotation, Annotation.task_id == Task.id)
        .outerjoin(AnnotationItem, AnnotationItem.annotation_id == Annotation.id)
        .where(Task.recording_id.in_(session.scalars(following).all()))
        .group_by(Task.recording_id)
        .order_by(Task.recording_id)
    ).all()
    chosen = [row[0] for row in sizes[: _first(row[1] for row in sizes)]]
    rows = session.execute(
        select(Task, Recording)
        .join(Recording, Recording.id == Task.recording_id)
        .where(Recording.id.in_(chosen))
        .order_by(Recording.id, Task.start, Task.stop, Task.id)
    )
    return [(row[0], row[1]) for row in rows]


def _that_fit(session: Session, task_ids: list[int]) -> int:
    """How many of these tasks are read at once, so that memory stays the same however large their documents are."""
    counted = session.execute(
        select(Annotation.task_id, func.count())
        .join(AnnotationItem, AnnotationItem.annotation_id == Annotation.id)
        .where(Annotation.task_id.in_(task_ids))
        .group_by(Annotation.task_id)
    )
    sizes = {row[0]: row[1] for row in counted}
    return _first(sizes.get(task_id, 0) for task_id in task_ids)


def _first(sizes: Iterable[int]) -> int:
    """How many of the first have no more items together than are read at once; at least one."""
    number = held = 0
    for size in sizes:
        held += size
        if number and held > _ITEMS_AT_ONCE:
            break
        number += 1
    return number
