"""What a change of the label set would touch, counted before it is done."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import (
    Annotation,
    AnnotationItem,
    Consensus,
    MergedConsensus,
    Prediction,
    Task,
)
from labelbuddy_core.domain.relabeling import Relabeling
from labelbuddy_core.domain.states import TaskState
from labelbuddy_core.services.labels.label_change_links import concerned_links
from labelbuddy_core.services.labels.relabeling import mentions, truths
from labelbuddy_core.services.predictions.standing_suggestions import standing_suggestions

_OPEN = (TaskState.NEW.value, TaskState.IN_PROGRESS.value, TaskState.REJECTED.value)
_AT_ONCE = 200


def effects(session: Session, project_id: int, labels: tuple[str, ...], relabeling: Relabeling) -> dict[str, Any]:
    """What has one of these labels: {items, annotations, tasks, by_state, relabeled, consensus, merged, models,
    predictions, suggestions}.

    `relabeled` is how many items get another label, `suggestions` how many items of the newest prediction of each
    model name one of the labels in tasks that are still to be done.
    """
    mine = (Annotation.project_id == project_id, AnnotationItem.label.in_(labels))
    counts = session.execute(
        select(
            Annotation.state,
            func.count(),
            func.count(Annotation.id.distinct()),
        )
        .join(AnnotationItem, AnnotationItem.annotation_id == Annotation.id)
        .where(*mine)
        .group_by(Annotation.state)
    ).all()
    tasks = session.scalar(
        select(func.count(Annotation.task_id.distinct()))
        .join(AnnotationItem, AnnotationItem.annotation_id == Annotation.id)
        .where(*mine)
    )
    items = sum(row[1] for row in counts)
    return {
        "items": items,
        "annotations": sum(row[2] for row in counts),
        "tasks": tasks or 0,
        "by_state": {row[0]: row[2] for row in counts},
        "relabeled": count_relabeled(session, project_id, relabeling),
        "consensus": _count(session, truths(Consensus, project_id, labels)),
        "merged": _count(session, truths(MergedConsensus, project_id, labels)),
        "models": concerned_links(session, project_id, labels),
        **_suggested(session, project_id, labels),
    }


def _count(session: Session, query: Any) -> int:
    return session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


def count_relabeled(session: Session, project_id: int, relabeling: Relabeling) -> int:
    """How many items of annotations get another label."""
    if relabeling.merged:
        wanted = (Annotation.project_id == project_id, AnnotationItem.label.in_(relabeling.sources))
        join = select(func.count()).select_from(AnnotationItem)
        return session.scalar(join.join(Annotation, Annotation.id == AnnotationItem.annotation_id).where(*wanted)) or 0
    if relabeling.split is None or not relabeling.split.values:
        return 0
    rows = session.scalars(
        select(AnnotationItem.value)
        .join(Annotation, Annotation.id == AnnotationItem.annotation_id)
        .where(Annotation.project_id == project_id, AnnotationItem.label == relabeling.split.label)
        .execution_options(yield_per=1000)
    )
    return sum(relabeling.label_of(value) != value["label"] for value in rows)


def _suggested(session: Session, project_id: int, labels: tuple[str, ...]) -> dict[str, int]:
    """Predictions that name one of the labels, and open suggestions; only those documents are read."""
    wanted = (Prediction.project_id == project_id, mentions(Prediction.document, labels))
    predictions = session.scalar(select(func.count()).select_from(Prediction).where(*wanted)) or 0
    if not predictions:
        return {"predictions": 0, "suggestions": 0}
    open_tasks = select(Task.id).where(Task.project_id == project_id, Task.state.in_(_OPEN))
    standing = standing_suggestions(Prediction.project_id == project_id, Prediction.task_id.in_(open_tasks))
    documents = session.scalars(
        select(Prediction.document).where(*wanted, Prediction.id.in_(standing)).execution_options(yield_per=_AT_ONCE)
    )
    suggestions = sum(
        one.get("label") in labels
        for document in documents
        for name in ("regions", "points", "tags")
        for one in document.get(name) or ()
    )
    return {"predictions": predictions, "suggestions": suggestions}
