"""When a project last changed: what exports say of their time, so that the same labels are the same bytes whenever."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Annotation, Consensus, Project, Recording, Review, Task


def last_change(session: Session, project: Project) -> datetime:
    """The latest of its annotations, reviews, ground truth and recordings; without any, when it was made."""
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
    moments = [session.scalar(one) for one in (annotation, review, truth, recording)]
    return max((one for one in moments if one is not None), default=project.created_at)
