"""Trying a model out: a manager asks it about a stretch of a recording, and nothing is kept but the job's result."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy.orm import Session

from labelbuddy_core.audio.outline import outline
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Model, ProjectLabel, Recording
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.states import RecordingState
from labelbuddy_core.errors import Invalid, InvalidState, NotFound
from labelbuddy_core.inference.answer import CheckedAnswer, check_answer
from labelbuddy_core.inference.client import protocol_notes
from labelbuddy_core.inference.model_keys import key_of
from labelbuddy_core.inference.specification import Specification
from labelbuddy_core.inference.stretches import joined
from labelbuddy_core.jobs.context import JobContext
from labelbuddy_core.services.access import parse_id, project_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.installation import jobs
from labelbuddy_core.services.models.model_licenses import require_confirmed
from labelbuddy_core.services.models.model_supervision import running_models
from labelbuddy_core.services.models.models import model_for_manager
from labelbuddy_core.services.predictions.questions import Cuttings, Question
from labelbuddy_core.services.transactions import writes

KIND = "try-model"
MAX_SECONDS = 600.0
"""The longest stretch of a trial."""
MAX_REGIONS = 500
MAX_TAGS = 200
MAX_TEXT = 20_000
MAX_RAW = 50_000
"""Characters of the unchecked answer that the result holds."""
_MAX_NOTES = 20
_MAX_NOTE = 500
_OUTLINE = 400


@writes
def try_model(
    session: Session,
    actor: Actor,
    model_id: str | int,
    recording_id: str | int,
    *,
    start: float = 0.0,
    stop: float | None = None,
    threshold: float = 0.2,
) -> dict[str, Any]:
    """Ask a model about seconds `start` to `stop` of a recording of a project that one manages; returns the job.

    Left out, `stop` is the end of the recording, `MAX_SECONDS` later at most. The job's `result` has what is left of
    the answer after checking, and the answer itself. Raises `Invalid` for a stretch outside of the recording, and
    `InvalidState` for a model that gives nothing but feature vectors.
    """
    model = model_for_manager(session, actor, model_id)
    specification = Specification.model_validate(model.specification)
    if not specification.predicts:
        what = (
            "vectors of captions, which it compares"
            if specification.embeds_text
            else ("feature vectors, which are for finding similar sounds")
        )
        raise InvalidState(f"{model.name} gives only {what}.")
    recording = _recording(session, actor, recording_id)
    require_confirmed(model)
    if recording.state != RecordingState.READY.value or recording.duration is None:
        raise InvalidState(f"{recording.name} is not ready yet.")
    last = min(recording.duration, start + MAX_SECONDS) if stop is None else stop
    if not 0.0 <= start < last <= recording.duration:
        whole = f"0 … {recording.duration:g} s"
        raise Invalid(f"The stretch must lie in the recording ({whole}) and end after it starts.", field="start")
    if last - start > MAX_SECONDS:
        raise Invalid(f"A trial is about at most {MAX_SECONDS:g} s; choose a shorter stretch.", field="stop")
    if not 0.0 <= threshold <= 1.0:
        raise Invalid("threshold is a score from 0 to 1.", field="threshold")
    arguments = {
        "model": model.id,
        "recording": recording.id,
        "start": start,
        "stop": last,
        "threshold": threshold,
    }
    return jobs.submit(session, actor, KIND, arguments, queue="try", project_id=recording.project_id)


def run(job: JobContext) -> dict[str, Any]:
    """The job: the model is started if needed, and asked."""
    return job.step("try", _try, job)


def _try(job: JobContext) -> dict[str, Any]:
    question, name = _question(job.arguments)
    job.progress(0.0, "Cutting the audio")
    cuttings = Cuttings(question)
    try:
        raws, answers, digest, took = _asked(job, question, cuttings.files)
        shape = outline(cuttings.files, _OUTLINE)
    finally:
        cuttings.discard()
    checked = joined(answers, [start for start, _ in question.pieces[1:]])
    about = {
        "model": question.model,
        "version": checked.version or question.version,
        "digest": digest[:100],
        "recording": name,
        "start": question.start,
        "stop": question.stop,
        "seconds": round(took, 4),
        "outline": shape,
    }
    return {**about, **_told(checked), **_raw(raws)}


def _asked(
    job: JobContext, question: Question, files: list[Path]
) -> tuple[list[dict[str, Any]], list[CheckedAnswer], str, float]:
    """The answers about each piece as given and as checked, the digest of what gave them, and the seconds it took."""
    raws, answers = [], []
    key, specification = key_of(question.model), question.specification.lanes[0]
    with running_models().running(key, specification, lambda step: job.progress(0.0, step)) as (client, digest):
        began = time.monotonic()
        for number, (file, (start, stop)) in enumerate(zip(files, question.pieces, strict=True)):
            job.check()
            job.progress(number / len(files), "Predicting")
            raw = client.predict(file, {**question.options, **question.told_besides(start, stop)})
            answer = check_answer(raw, offset=start, duration=stop - start)
            answer.notes += protocol_notes(raw)
            raws.append(raw)
            answers.append(answer)
        return raws, answers, digest, time.monotonic() - began


def _told(answer: CheckedAnswer) -> dict[str, Any]:
    """What is left of an answer, the likeliest first where there is too much of it."""
    likeliest = sorted(answer.regions, key=lambda one: -(one.score or 0.0))[:MAX_REGIONS]
    points = sorted(answer.points, key=lambda one: -(one.score or 0.0))[:MAX_REGIONS]
    tags = sorted(answer.tags, key=lambda one: -(one[1] or 0.0))
    return {
        "regions": [asdict(one) for one in sorted(likeliest, key=lambda one: (one.start, one.end, one.label))],
        "points": [asdict(one) for one in sorted(points, key=lambda one: (one.time, one.label))],
        "tags": [{"label": label, "score": score} for label, score in tags[:MAX_TAGS]],
        "text": "\n".join(answer.text)[:MAX_TEXT],
        "notes": [note[:_MAX_NOTE] for note in answer.notes[:_MAX_NOTES]],
        "counts": {"regions": len(answer.regions), "points": len(answer.points), "tags": len(answer.tags)},
    }


def _raw(raws: list[dict[str, Any]]) -> dict[str, Any]:
    """The answers as the model gave them, one a line, cut where they are too long."""
    held = b"\n".join(orjson.dumps(raw) for raw in raws)
    return {"raw": held[:MAX_RAW].decode("utf-8", "ignore"), "raw_cut": len(held) > MAX_RAW}


def _question(arguments: dict[str, Any]) -> tuple[Question, str]:
    """What is asked, and the name of the recording. Raises `NotFound` when either has gone meanwhile."""
    with get_database().read() as session:
        model, recording = session.get(Model, arguments["model"]), session.get(Recording, arguments["recording"])
        if model is None or recording is None:
            raise NotFound("The model or the recording has been removed.")
        labels = session.query(ProjectLabel.name).filter(ProjectLabel.project_id == recording.project_id)
        question = Question(
            task_id=0,
            project_id=recording.project_id,
            model_id=model.id,
            model=model.name,
            other_version=None,
            version=model.version,
            specification=Specification.model_validate(model.specification),
            label_map={},
            labels=tuple(name for (name,) in labels.order_by(ProjectLabel.position)),
            threshold=arguments["threshold"],
            sha256=recording.sha256,
            start=arguments["start"],
            stop=arguments["stop"],
            whole=False,
        )
        return question, recording.name


def _recording(session: Session, actor: Actor, recording_id: str | int) -> Recording:
    """A recording of a project that the person manages; raises `NotFound` otherwise."""
    recording = session.get(Recording, parse_id(recording_id, "recording"))
    if recording is not None:
        try:
            access = project_access(session, actor, recording.project_id)
        except NotFound:
            access = None
        if access is not None and access.allows(Permission.PREDICT_BATCH):
            return recording
    raise NotFound(f"There is no recording {recording_id!r}.")
