"""The embed-captions job: a project's text model is asked for vectors of the captions that have none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from labelbuddy_core.database import get_database
from labelbuddy_core.database.base import now
from labelbuddy_core.database.missing_rows import insert_missing
from labelbuddy_core.database.tables import Annotation, AnnotationItem, CaptionVector, HistoryEvent, Job, Project
from labelbuddy_core.domain.documents import Collection
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.states import FINAL_JOB_STATES, HANDED_IN, JobState
from labelbuddy_core.errors import InvalidState, ModelProblem, NotFound
from labelbuddy_core.inference.protocols.openai_embeddings import TextEmbeddingClient
from labelbuddy_core.jobs.context import JobContext
from labelbuddy_core.services.access import project_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.history import record
from labelbuddy_core.services.installation import jobs
from labelbuddy_core.services.models.model_supervision import running_models
from labelbuddy_core.services.reviews.caption_vectors import (
    TextModel,
    has_vectors,
    number_of_vectors,
    of_model,
    text_hash,
    text_model_of,
    vectors_of,
)
from labelbuddy_core.services.transactions import reads, writes

KIND = "embed-captions"
FIRST_ANSWER = "captions.first_embedded"
"""The event that says which model gave the first vectors that are kept."""
_EARLIER = timedelta(minutes=10)
"""How much further a job looks back: handing in may take a while, and clocks differ."""
_HALF = 2
"""Bytes of a number of a vector."""
_CAPTIONS = 200
"""Captions that are read, asked about and kept at once."""


@reads
def kept_vectors(session: Session, actor: Actor, project_id: str | int) -> dict[str, Any] | None:
    """As `caption_vectors`, but {model, name, version, kept}: the number of vectors, without a look at the captions."""
    access = project_access(session, actor, project_id)
    access.require(Permission.VIEW_PROJECT_MODELS)
    model = text_model_of(session, access.project.id)
    return None if model is None else {**model.as_json(), "kept": number_of_vectors(session, model)}


@reads
def caption_vectors(session: Session, actor: Actor, project_id: str | int) -> dict[str, Any] | None:
    """How far a project's text model is: {model, name, version, captions, missing}; None where there is no such model.

    `captions` are the different ones that were handed in, `missing` those of them without a vector.
    """
    access = project_access(session, actor, project_id)
    access.require(Permission.VIEW_PROJECT_MODELS)
    model = text_model_of(session, access.project.id)
    if model is None:
        return None
    total = missing = 0
    known: set[str] = set()
    for texts in _captions(session, access.project.id):
        new = {text_hash(text): text for text in texts if text_hash(text) not in known}
        known |= set(new)
        total += len(new)
        missing += len(new) - len(vectors_of(session, model, new.values()))
    return {**model.as_json(), "captions": total, "missing": missing}


@writes
def embed_captions(session: Session, actor: Actor, project_id: str | int) -> dict[str, Any]:
    """Ask the project's text model about every caption that was handed in and has no vector, for managers.

    Returns the job: one that asks about all and has not ended, else a new one. Raises `InvalidState` where the project
    uses no text model.
    """
    access = project_access(session, actor, project_id)
    access.require(Permission.PREDICT_BATCH)
    if text_model_of(session, access.project.id) is None:
        raise InvalidState(
            "This project uses no model of text vectors: declare one with `protocol: openai-embeddings` to use here."
        )
    session.execute(select(Project.id).where(Project.id == access.project.id).with_for_update())  # one at a time
    of_project = (Job.project_id == access.project.id, Job.kind == KIND, Job.state.not_in(FINAL_JOB_STATES))
    for job in session.scalars(select(Job).where(*of_project).order_by(Job.created_at)):
        if not job.arguments.get("since"):
            return jobs.job_json(job)
    return _submit(session, actor, access.project.id)


def after_submission(session: Session, project_id: int, annotation_id: int) -> None:
    """Something was handed in: where it has a caption, a text model that is asked by itself is asked about it."""
    if not session.scalar(
        select(func.count())
        .select_from(AnnotationItem)
        .where(AnnotationItem.annotation_id == annotation_id, AnnotationItem.collection == Collection.CAPTION.value)
    ):
        return
    model = text_model_of(session, project_id)
    if model is None or not model.automatic:
        return
    of_project = (Job.project_id == project_id, Job.kind == KIND)
    waiting = select(Job.id).where(*of_project, Job.state == JobState.QUEUED.value)
    if session.scalar(waiting.limit(1).with_for_update()):  # it begins when this one can be read
        return
    last = session.scalar(select(Job).where(*of_project).order_by(Job.created_at.desc()).limit(1))
    if last is None or not has_vectors(session, model):
        since = None
    elif last.state == JobState.SUCCEEDED.value:
        since = (now() - _EARLIER).isoformat()
    else:
        since = last.arguments.get("since")  # it has read already, or did not come to an end
    _submit(session, None, project_id, since)


def run(job: JobContext) -> dict[str, Any]:
    """The job: what was kept before a crash is not asked again."""
    return job.step("embed", _embed_all, job)


def _submit(session: Session, actor: Actor | None, project_id: int, since: str | None = None) -> dict[str, Any]:
    """A job about what was handed in since then (ISO 8601), about all without."""
    arguments = {"project": project_id, **({"since": since} if since else {})}
    return jobs.submit(session, actor, KIND, arguments, queue="predict", project_id=project_id)


def _embed_all(job: JobContext) -> dict[str, Any]:
    project_id: int = job.arguments["project"]
    since = job.arguments.get("since")
    with get_database().read() as session:
        model = text_model_of(session, project_id)
        if model is None:
            raise NotFound("The project does not use a model of text vectors any more.")
        handed_in = _captions(session, project_id, since and datetime.fromisoformat(since))
        texts = [text for found in handed_in for text in found]
    _forget_older(model)
    texts = list(dict.fromkeys(texts))
    job.progress(0.0, "Preparing")
    asked = 0
    lane = model.specification.lanes[0]
    with running_models().running(model.key, lane, lambda said: job.progress(0.0, said)) as (client, _):
        if not isinstance(client, TextEmbeddingClient):
            raise ModelProblem(f"{model.name} gives no vectors of texts.")
        for start in range(0, len(texts), _CAPTIONS):
            job.check()
            some = texts[start : start + _CAPTIONS]
            with get_database().read() as session:
                known = vectors_of(session, model, some)
            missing = [text for text in some if text not in known]
            _keep(model, missing, client)
            asked += len(missing)
            done = min(len(texts), start + _CAPTIONS)
            job.progress(done / len(texts), f"{done:,} of {len(texts):,} captions")
    return {"captions": len(texts), "asked": asked}


def _keep(model: TextModel, texts: list[str], client: TextEmbeddingClient) -> None:
    if not texts:
        return
    vectors = client.embed_texts(texts).astype("<f2")
    with get_database().write() as session:
        here = text_model_of(session, model.project)
        if here is None or here.fingerprint != model.fingerprint:
            raise ModelProblem("The project does not use this model any more.")
        _require_the_same(session, model, vectors.shape[1], client.answered_by)
        of_all = {"project_id": model.project, "model_id": model.id, "fingerprint": model.fingerprint}
        rows = [
            {**of_all, "sha256": text_hash(text), "vector": vector.tobytes()}
            for text, vector in zip(texts, vectors, strict=True)
        ]
        # another job may have asked at the same time
        insert_missing(session, CaptionVector, rows)


def _require_the_same(session: Session, model: TextModel, numbers: int, answered_by: str) -> None:
    """Raises `ModelProblem` where the vectors that are kept come from another model than these.

    A file that names no model is answered by whatever the server has; the history says what it was at first.
    """
    kept = session.scalar(select(CaptionVector.vector).where(*of_model(model)).limit(1))
    if kept is None:
        about = {"fingerprint": model.fingerprint, "answered_by": answered_by}
        record(session, None, FIRST_ANSWER, f"model:{model.id}", project_id=model.project, **about)
        return
    if len(kept) != numbers * _HALF:
        change = f"vectors of {numbers} numbers; those that are kept have {len(kept) // _HALF}"
    else:
        events = select(HistoryEvent.data).where(
            HistoryEvent.action == FIRST_ANSWER,
            HistoryEvent.subject == f"model:{model.id}",
            HistoryEvent.project_id == model.project,
        )
        first = session.scalar(events.order_by(HistoryEvent.id.desc()).limit(1))
        if first is None or first["fingerprint"] != model.fingerprint or first["answered_by"] == answered_by:
            return
        change = f"vectors of {answered_by}; those that are kept are of {first['answered_by']}"
    raise ModelProblem(
        f"The server of {model.name} has another model than before: it gives {change}. Raise `version` in the model's "
        "file, or name the model at embeddings.model: then every caption is asked about anew."
    )


def _forget_older(model: TextModel) -> None:
    """Vectors of what the model was before are of no use beside those of what it is now."""
    with get_database().write() as session:
        session.execute(
            delete(CaptionVector).where(
                CaptionVector.project_id == model.project,
                CaptionVector.model_id == model.id,
                CaptionVector.fingerprint != model.fingerprint,
            )
        )


def _captions(session: Session, project_id: int, since: datetime | None = None) -> Iterator[list[str]]:
    """The captions that were handed in (since then), some at a time; the same text may come again."""
    last = 0
    late_enough = () if since is None else (Annotation.submitted_at >= since,)
    while True:
        rows = session.execute(
            select(Annotation.id, AnnotationItem.value)
            .join(AnnotationItem, AnnotationItem.annotation_id == Annotation.id)
            .where(
                Annotation.project_id == project_id,
                Annotation.id > last,
                Annotation.state.in_([state.value for state in HANDED_IN]),
                AnnotationItem.collection == Collection.CAPTION.value,
                *late_enough,
            )
            .order_by(Annotation.id)
            .limit(_CAPTIONS)
        ).all()
        if not rows:
            return
        last = rows[-1][0]
        yield [text for _, value in rows if (text := value["text"].strip())]
