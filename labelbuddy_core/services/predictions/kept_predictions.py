"""Keeping what a model answered about a task: once a job, with its figures, and the task's new place in the queue."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Prediction, Task
from labelbuddy_core.domain.prediction_measures import label_profile, uncertainty
from labelbuddy_core.inference.answer import CheckedAnswer
from labelbuddy_core.inference.fingerprint import fingerprint
from labelbuddy_core.services.predictions.predicted_documents import document_of
from labelbuddy_core.services.predictions.questions import Question
from labelbuddy_core.services.tasks.task_ranks import rank_task


def predicted_tasks(job_id: str) -> dict[int, str]:
    """Which tasks a job has predicted already: task to prediction."""
    with get_database().read() as session:
        rows = session.execute(select(Prediction.task_id, Prediction.id).where(Prediction.job_id == job_id))
        return {task: str(prediction) for task, prediction in rows}


def keep_prediction(
    job_id: str, question: Question, answer: CheckedAnswer, digest: str, *, kept_before: bool
) -> str | None:
    """The id of the prediction, None when the task has been deleted meanwhile. A repetition finds the first one."""
    try:
        with get_database().write() as session:
            known = _known(session, job_id, question.task_id)
            if known is not None or session.get(Task, question.task_id) is None:
                return known
            return _add(session, job_id, question, answer, digest, kept_before)
    except IntegrityError:  # another worker was quicker (PostgreSQL); on SQLite writers wait for each other
        with get_database().read() as session:
            return _known(session, job_id, question.task_id)


def _known(session: Session, job_id: str, task_id: int) -> str | None:
    found = session.scalar(select(Prediction.id).where(Prediction.task_id == task_id, Prediction.job_id == job_id))
    return None if found is None else str(found)


def _add(
    session: Session, job_id: str, question: Question, answer: CheckedAnswer, digest: str, kept_before: bool
) -> str:
    options = {**question.options, "start": question.start, "stop": question.stop}
    prediction = Prediction(
        project_id=question.project_id,
        task_id=question.task_id,
        model_id=question.model_id,
        version=answer.version or question.version,
        license=question.specification.license,
        digest=digest[:100],
        options={**options, "kept": True} if kept_before else options,
        document={},
        notes=answer.notes,
        seconds=answer.seconds,
        fingerprint=fingerprint(question.specification),
        job_id=job_id,
    )
    session.add(prediction)
    session.flush()
    prediction.document, notes = document_of(prediction, question.model, answer, question.label_map)
    prediction.notes = [*answer.notes, *notes]
    if question.whole:
        prediction.uncertainty = uncertainty(prediction.document)
        prediction.profile = label_profile(prediction.document, question.stop - question.start)
        session.flush()
        rank_task(session, question.project_id, question.task_id)
    return str(prediction.id)
