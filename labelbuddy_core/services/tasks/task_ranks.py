"""The place of tasks among others of equal priority, by what models say about them."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Embedding, Job, Prediction, Project, Recording, Task
from labelbuddy_core.domain.prediction_measures import disagreement
from labelbuddy_core.domain.queue_orders import QueueOrder, points_of, spread_points, unit_points
from labelbuddy_core.domain.states import FINAL_JOB_STATES
from labelbuddy_core.jobs.context import JobContext
from labelbuddy_core.services.models.vector_models import vector_models

log = logging.getLogger(__name__)

_BATCH = 500
"""Tasks changed in one transaction."""


def rank_task(session: Session, project_id: int, task_id: int) -> None:
    """Give a task its rank after a new prediction, where that does not depend on other tasks."""
    order = QueueOrder(session.get_one(Project, project_id).queue_order)
    if order in (QueueOrder.UNCERTAINTY, QueueOrder.DISAGREEMENT):
        rank = _ranks(session, order, [task_id]).get(task_id, 0.0)
        session.execute(update(Task).where(Task.id == task_id).values(rank=rank))


def run(job: JobContext) -> dict[str, Any]:
    """The order-queue job: rank every task of a project anew, as the project wants its queue ordered."""
    return {"tasks": job.step("rank", rank_project, job.arguments["project"], job)}


def rank_after_batch(job_id: str, task_id: int) -> None:
    """Rank a project by diversity once the last of its batches is through: this depends on all tasks together."""
    with get_database().read() as session:
        project = session.scalar(select(Project).join(Task, Task.project_id == Project.id).where(Task.id == task_id))
        if project is None or project.queue_order != QueueOrder.DIVERSITY:
            return
        others = exists().where(
            Job.project_id == project.id, Job.kind == "predict", Job.id != job_id, Job.state.not_in(FINAL_JOB_STATES)
        )
        last = not session.scalar(select(others))
    if last:
        rank_project(project.id)


def rank_project(project_id: int, job: JobContext | None = None) -> int:
    """Rank the tasks of a project by its order; returns how many got a rank."""
    with get_database().read() as session:
        project = session.get(Project, project_id)
        if project is None:
            return 0
        order = QueueOrder(project.queue_order)
        tasks = list(session.scalars(select(Task.id).where(Task.project_id == project_id).order_by(Task.id)))
    ranks = _diverse(project_id) if order == QueueOrder.DIVERSITY else {}
    ranked = 0
    for first in range(0, len(tasks), _BATCH):
        batch = tasks[first : first + _BATCH]
        if job is not None:
            job.check()
            job.progress(first / len(tasks), f"Ordering the queue ({first} of {len(tasks)} tasks)")
        with get_database().write() as session:
            if session.scalar(select(Project.queue_order).where(Project.id == project_id)) != order:
                return ranked  # the order was changed again: another job ranks by that
            part = ranks if order == QueueOrder.DIVERSITY else _ranks(session, order, batch)
            ranked += len(part.keys() & set(batch))
            session.execute(update(Task), [{"id": task, "rank": part.get(task, 0.0)} for task in batch])
    return ranked


def _ranks(session: Session, order: QueueOrder, tasks: list[int]) -> dict[int, float]:
    if order == QueueOrder.UNCERTAINTY:
        rows = session.execute(
            select(Prediction.task_id, func.avg(Prediction.uncertainty))
            .where(Prediction.id.in_(_newest(session, tasks)), Prediction.uncertainty.is_not(None))
            .group_by(Prediction.task_id)
        )
        return {task: float(value) for task, value in rows}
    if order == QueueOrder.DISAGREEMENT:
        documents: dict[int, list[Mapping[str, Any]]] = {}
        for task, document in session.execute(
            select(Prediction.task_id, Prediction.document).where(Prediction.id.in_(_newest(session, tasks)))
        ):
            documents.setdefault(task, []).append(document)
        found = {task: disagreement(ones) for task, ones in documents.items()}
        return {task: value for task, value in found.items() if value is not None}
    return {}


def _newest(session: Session, tasks: Iterable[int]) -> Any:
    """The newest prediction of each model about the labels of the whole of each of these tasks."""
    return (
        select(func.max(Prediction.id))
        .where(
            Prediction.task_id.in_(list(tasks)),
            Prediction.profile.is_not(None),
            Prediction.model_id.not_in(vector_models(session)),
        )
        .group_by(Prediction.task_id, Prediction.model_id)
    )


def _diverse(project_id: int) -> dict[int, float]:
    """Ranks by which every next task is farthest from those before it, by what models heard in it."""
    tasks: dict[int, dict[int, dict[str, float]]] = {}
    with get_database().read() as session:
        rows = session.execute(
            select(Prediction.task_id, Prediction.model_id, Prediction.profile)
            .where(Prediction.project_id == project_id, Prediction.profile.is_not(None))
            .order_by(Prediction.id)
        )
        for task, model, profile in rows:
            tasks.setdefault(task, {})[model] = profile or {}
        vectors = _vectors(session, project_id)
    blocks = [_embedded([vectors[model].get(task) for task in tasks]) for model in vectors]
    heard = [
        {
            f"{model}:{label}": share
            for model, profile in of_task.items()
            if model not in vectors
            for label, share in profile.items()
        }
        for of_task in tasks.values()
    ]
    return dict(zip(tasks, spread_points(np.hstack([points_of(heard), *blocks])), strict=True))


def _vectors(session: Session, project_id: int) -> dict[int, dict[int, np.ndarray]]:
    """By model, of those that gave feature vectors: the newest mean vector of each whole task."""
    found: dict[int, dict[int, np.ndarray]] = {}
    rows = session.execute(
        select(Embedding.model_id, Task.id, Embedding.mean)
        .join(Recording, Recording.sha256 == Embedding.sha256)
        .join(
            Task, (Task.recording_id == Recording.id) & (Task.start == Embedding.start) & (Task.stop == Embedding.stop)
        )
        .where(Task.project_id == project_id)
        .order_by(Embedding.id)
    )
    for model, task, mean in rows:
        found.setdefault(model, {})[task] = np.frombuffer(mean, "<f2").astype(np.float32)
    return found


def _embedded(means: list[np.ndarray | None]) -> np.ndarray:
    """Points of one model's vectors; of another length than most are those of an earlier version."""
    lengths = Counter(len(mean) for mean in means if mean is not None)
    dimensions = max(lengths, key=lambda length: lengths[length], default=0)
    return unit_points([None if mean is None or len(mean) != dimensions else mean for mean in means], dimensions)
