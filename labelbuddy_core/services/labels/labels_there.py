"""Which labels regions have already in given stretches of tasks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Annotation, AnnotationItem
from labelbuddy_core.domain.documents import Collection

Stretch = tuple[int, float, float]
"""A task with start and stop (s)."""


def labels_there(session: Session, stretches: Sequence[Stretch], *, only_of: int | None) -> list[list[str]]:
    """For each stretch the labels of regions that fill half of it, or lie in it by half of their own length or more.

    Of one user's annotations, or of everybody's. At most a few hundred stretches, in one query.
    """
    if not stretches:
        return []
    spans = [
        and_(Annotation.task_id == task, AnnotationItem.start < stop, AnnotationItem.stop > start)
        for task, start, stop in stretches
    ]
    query = (
        select(Annotation.task_id, AnnotationItem.label, AnnotationItem.start, AnnotationItem.stop)
        .join(Annotation, Annotation.id == AnnotationItem.annotation_id)
        .where(AnnotationItem.collection == Collection.REGIONS.value, or_(*spans))
    )
    if only_of is not None:
        query = query.where(Annotation.user_id == only_of)
    regions: dict[int, list[tuple[str, float, float]]] = {}
    for task, label, start, stop in session.execute(query):
        if label is not None and start is not None and stop is not None:
            regions.setdefault(task, []).append((label, start, stop))
    return [_fitting(start, stop, regions.get(task, ())) for task, start, stop in stretches]


def _fitting(start: float, stop: float, regions: Iterable[tuple[str, float, float]]) -> list[str]:
    found = {
        label
        for label, first, last in regions
        if 2.0 * (min(last, stop) - max(first, start)) >= min(stop - start, last - first)
    }
    return sorted(found)
