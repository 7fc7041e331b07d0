"""The predict job: cut the stretch, start the model, ask it, check its answer, and keep it as a prediction."""

from __future__ import annotations

import logging
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.audio.excerpt import write_excerpt_isolated
from labelbuddy_core.audio.storage import open_store
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Model, Prediction, ProjectLabel, ProjectModel, Recording, Task
from labelbuddy_core.domain.documents import assemble
from labelbuddy_core.errors import LabelBuddyError, ModelProblem, NotFound
from labelbuddy_core.inference.answer import CheckedAnswer, check_answer
from labelbuddy_core.inference.client import protocol_notes
from labelbuddy_core.inference.manager import ModelManager
from labelbuddy_core.inference.specification import Specification
from labelbuddy_core.jobs.context import JobContext
from labelbuddy_core.services.originals import local_original
from labelbuddy_core.services.signed_audio import model_options
from labelbuddy_core.settings import get_settings

log = logging.getLogger(__name__)

_manager: ModelManager | None = None
_manager_lock = threading.Lock()


def run(job: JobContext) -> dict[str, Any]:
    """Predict every task in the job's arguments, one step a task; an answer is kept once, whatever happens."""
    tasks, model_id = job.arguments["tasks"], job.arguments["model"]
    made: list[str | None] = []
    problems: list[str] = []
    for number, task_id in enumerate(tasks):
        job.progress(number / len(tasks), f"Task {number + 1} of {len(tasks)}" if len(tasks) > 1 else "Preparing")
        answer = job.step(f"predict-{task_id}", _try, job, task_id, model_id, number, len(tasks))
        made.append(answer["prediction"])
        problems += [answer["problem"]] if answer["problem"] else []
        if len(problems) == number + 1 == _HOPELESS:
            break  # the model itself is broken, not the tasks
    done = [prediction for prediction in made if prediction is not None]
    if problems and not done:
        raise ModelProblem(problems[0])
    return {"predictions": done, "failed": len(problems), "problems": problems[:_TOLD_PROBLEMS]}


_TOLD_PROBLEMS = 20
_HOPELESS = 3


def _try(job: JobContext, task_id: int, model_id: int, number: int, total: int) -> dict[str, str | None]:
    """Predict a task; one that the model cannot do must not stop the others."""
    try:
        return {"prediction": _predict(job, task_id, model_id, number, total), "problem": None}
    except LabelBuddyError as error:
        log.warning("task %d was not predicted: %s", task_id, error.detail)
        return {"prediction": None, "problem": f"Task {task_id}: {error.detail}" if total > 1 else error.detail}


def stop_idle_models() -> None:
    """Stop models nobody used for a while; called by the worker now and then."""
    if _manager is not None:
        _manager.stop_idle()


def close_models() -> None:
    """Stop all models; called when the worker ends."""
    if _manager is not None:
        _manager.close()


def _models() -> ModelManager:
    global _manager
    with _manager_lock:
        if _manager is None:
            _manager = ModelManager(get_settings())
        return _manager


def _predict(job: JobContext, task_id: int, model_id: int, number: int, total: int) -> str | None:
    def tell(message: str, share: float) -> None:
        job.check()
        job.progress((number + share) / total, message if total == 1 else f"{message} ({number + 1} of {total})")

    with get_database().read() as session:
        known = session.scalar(select(Prediction.id).where(Prediction.task_id == task_id, Prediction.job_id == job.id))
        if known is not None:
            return str(known)
        task, model = session.get(Task, task_id), session.get(Model, model_id)
        if task is None or model is None:
            return None
        recording = session.get_one(Recording, task.recording_id)
        link = session.get(ProjectModel, (task.project_id, model.id))
        if link is None:
            raise NotFound(f"The project does not use {model.name} any more.")
        specification = Specification.model_validate(model.specification)
        threshold, label_map, name = link.threshold, dict(link.label_map), model.name
        start, stop = job.arguments.get("start", task.start), job.arguments.get("stop", task.stop)
        sha256, project_id = recording.sha256, task.project_id
        version = model.version
        labels = label_ids(session, task.project_id)
        if not specification.labels:  # it was told the project's labels, or has some that its file does not list
            label_map = {**labels, **label_map}
    settings = get_settings()
    work = settings.data / "work"
    work.mkdir(parents=True, exist_ok=True)
    if specification.input_schema.max_seconds:
        stop = min(stop, start + specification.input_schema.max_seconds)
    with tempfile.TemporaryDirectory(dir=work, prefix="predict-") as temporary:
        folder = Path(temporary)
        tell("Cutting the audio", 0.05)
        excerpt = folder / f"excerpt.{specification.input_schema.audio}"
        write_excerpt_isolated(
            local_original(open_store(settings), sha256, folder),
            excerpt,
            start,
            stop,
            sample_rate=specification.input_schema.sample_rate,
            channels=specification.input_schema.channels,
            timeout=settings.decode_timeout,
            memory_bytes=settings.decode_memory_bytes,
        )
        with _models().running(name, specification, lambda message: tell(message, 0.2)) as (client, digest):
            tell("Predicting", 0.5)
            began = time.monotonic()
            asked = model_options(specification, sha256, start, stop, list(labels))
            raw = client.predict(excerpt, {"threshold": threshold, **asked})
            seconds = time.monotonic() - began
        answer = check_answer(raw, offset=start, duration=stop - start)
        answer.notes += protocol_notes(raw)
    tell("Keeping the answer", 0.95)
    with get_database().write() as session:
        known = session.scalar(select(Prediction.id).where(Prediction.task_id == task_id, Prediction.job_id == job.id))
        if known is not None or session.get(Task, task_id) is None:
            return None if known is None else str(known)
        prediction = Prediction(
            project_id=project_id,
            task_id=task_id,
            model_id=model_id,
            version=answer.version or version,
            digest=digest[:100],
            options={"threshold": threshold, "start": start, "stop": stop},
            document={},
            notes=answer.notes,
            seconds=answer.seconds or seconds,
            job_id=job.id,
        )
        session.add(prediction)
        session.flush()
        prediction.document = _document(prediction, name, answer, label_map)
        return str(prediction.id)


def label_ids(session: Session, project_id: int) -> dict[str, str]:
    """The labels of a project, name to id."""
    rows = session.execute(select(ProjectLabel.name, ProjectLabel.id).where(ProjectLabel.project_id == project_id))
    return dict(rows.tuples().all())


def _document(prediction: Prediction, model: str, answer: CheckedAnswer, label_map: dict[str, str]) -> dict[str, Any]:
    """The answer as a document with the project's labels; labels without a counterpart are noted and left out."""
    unmapped: set[str] = set()

    def origin(region: str | None, score: float | None) -> dict[str, Any]:
        return {
            "kind": "model",
            "prediction": str(prediction.id),
            "region": region,
            "model": model,
            "version": prediction.version,
            "score": score,
            "edited": False,
        }

    items: list[tuple[str, dict[str, Any]]] = []
    for number, region in enumerate(answer.regions):
        label = label_map.get(region.label)
        if label is None:
            unmapped.add(region.label)
            continue
        identity = f"m{prediction.id}_{number}"
        items.append(
            (
                "regions",
                {
                    "id": identity,
                    "start": region.start,
                    "end": region.end,
                    "low": region.low,
                    "high": region.high,
                    "channel": None,
                    "label": label,
                    "text": region.text,
                    "attributes": {},
                    "confidence": None,
                    "origin": origin(identity, region.score),
                },
            )
        )
    tags: dict[str, float | None] = {}
    for model_label, score in answer.tags:
        label = label_map.get(model_label)
        if label is None:
            unmapped.add(model_label)
        elif label not in tags or (score or 0.0) > (tags[label] or 0.0):
            tags[label] = score
    for label, score in tags.items():
        items.append(("tags", {"label": label, "score": score, "origin": origin(f"tag:{label}", score)}))
    if answer.text:
        caption = {"text": answer.text[0], "start": None, "end": None, "origin": origin("caption", None)}
        items.append(("caption", caption))
    if unmapped:
        names = ", ".join(sorted(unmapped)[:20])
        prediction.notes = [*prediction.notes, f"Labels of the model that this project has no label for: {names}."]
    return assemble(items)
