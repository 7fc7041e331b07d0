"""When a project last changed: what exports say of their time, so that the same labels are the same bytes whenever."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Annotation, Consensus, HistoryEvent, Project, Recording, Review, Task

_CHANGES: Final = (
    "annotation.approved_by_sampling",
    "annotation.reopened",
    "annotation.restored",
    "annotation.sampled_after_all",
    "annotation.submitted",
    "annotation.withdrawn",
    "annotations.import-undone",
    "annotations.imported",
    "consensus.merged",
    "consensus.removed",
    "labels.change-undone",
    "labels.changed",
    "labels.split-by-hand",
    "project.changed",
    "recording.changed",
    "recording.deleted",
    "tasks.cut",
    "tasks.handed-over",
)
"""Actions that change what exports hold and may leave no later time on a row; exports and visits are none of them."""


def last_change(session: Session, project: Project) -> datetime:
    """The latest of its annotations, reviews, ground truth, recordings and tasks, and of what its history tells of
    labels, settings, attributes and what was removed; without any, when it was made."""
    annotation = select(func.max(Annotation.updated_at)).where(Annotation.project_id == project.id)
    review = (
        select(func.max(Review.created_at))
        .join(Annotation, Annotation.id == Review.annotation_id)
        .where(Annotation.project_id == project.id)
    )
    truth = (
        select(func.max(Consensus.updated_at))
        .join(Task, Task.id == Consensus.task_id)
        .where(Task.project_id == project.id)
    )
    recording = select(func.max(Recording.created_at)).where(Recording.project_id == project.id)
    task = select(func.max(Task.created_at)).where(Task.project_id == project.id)
    event = (  # the newest by its number, which the index knows: histories are long
        select(HistoryEvent.at)
        .where(HistoryEvent.project_id == project.id, HistoryEvent.action.in_(_CHANGES))
        .order_by(HistoryEvent.id.desc())
        .limit(1)
    )
    moments = [session.scalar(one) for one in (annotation, review, truth, recording, task, event)]
    return max((one for one in moments if one is not None), default=project.created_at)
