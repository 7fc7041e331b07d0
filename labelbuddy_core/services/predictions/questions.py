"""What the predict job asks: which stretch of which sound, of which model, and for whom."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.audio.excerpt import Stretch, write_excerpts_isolated
from labelbuddy_core.audio.storage import open_store
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Model, ProjectLabel, ProjectModel, Recording, Task
from labelbuddy_core.errors import NotFound
from labelbuddy_core.inference.answer import CheckedAnswer
from labelbuddy_core.inference.specification import Specification
from labelbuddy_core.inference.stretches import pieces
from labelbuddy_core.services.models.model_history import specification_in_use
from labelbuddy_core.services.predictions.model_answers import answer_key, find_answer
from labelbuddy_core.services.recordings.originals import local_original
from labelbuddy_core.services.recordings.signed_audio import model_options
from labelbuddy_core.settings import get_settings


@dataclass(frozen=True)
class Question:
    """One task put to one model; seconds `start` to `stop` are recording time, `whole` says that they are all of it.

    `other_version` is the version where the project uses another one than the model's file declares now.
    """

    task_id: int
    project_id: int
    model_id: int
    model: str
    other_version: str | None
    version: str
    specification: Specification
    label_map: dict[str, str]
    labels: tuple[str, ...]
    threshold: float
    sha256: str
    start: float
    stop: float
    whole: bool

    @property
    def options(self) -> dict[str, Any]:
        """What the model is told beside the sound."""
        return {"threshold": self.threshold}

    def told_besides(self, start: float, stop: float) -> dict[str, Any]:
        """What some protocols want to know of a piece besides: an address of its audio that expires, and the labels."""
        return model_options(self.specification, self.sha256, start, stop, list(self.labels))

    @property
    def key(self) -> str:
        """The name under which the answer is kept."""
        return self.key_of(self.start, self.stop)

    def key_of(self, start: float, stop: float) -> str:
        """The name under which the answer about a piece is kept."""
        told = {"labels": self.labels} if self.specification.protocol == "label-studio" else {}
        return answer_key(self.model_id, self.specification, self.sha256, start, stop, {**self.options, **told})

    @property
    def pieces(self) -> list[tuple[float, float]]:
        """The stretch as the model takes it, in seconds."""
        return pieces(self.start, self.stop, self.specification.input_schema.max_seconds)


def load_question(task_id: int, model_id: int, start: float | None, stop: float | None) -> Question | None:
    """The question about a task, or a stretch of it; None when task or model are gone.

    Raises `NotFound` when the project does not use the model any more.
    """
    with get_database().read() as session:
        task, model = session.get(Task, task_id), session.get(Model, model_id)
        if task is None or model is None:
            return None
        link = session.get(ProjectModel, (task.project_id, model.id))
        if link is None:
            raise NotFound(f"The project does not use {model.name} any more.")
        specification = specification_in_use(session, model, link.version)
        labels = _label_ids(session, task.project_id)
        first, last = task.start if start is None else start, task.stop if stop is None else stop
        return Question(
            task_id=task.id,
            project_id=task.project_id,
            model_id=model.id,
            model=model.name,
            other_version=None if specification.version == model.version else specification.version,
            version=specification.version,
            specification=specification,
            # a model that was told the project's labels, or has some that its file does not list, is matched by name
            label_map=dict(link.label_map) if specification.labels else {**labels, **link.label_map},
            labels=tuple(labels),
            threshold=link.threshold,
            sha256=session.get_one(Recording, task.recording_id).sha256,
            start=first,
            stop=last,
            whole=(first, last) == (task.start, task.stop),
        )


def _label_ids(session: Session, project_id: int) -> dict[str, str]:
    """The labels of a project, name to id."""
    rows = session.execute(select(ProjectLabel.name, ProjectLabel.id).where(ProjectLabel.project_id == project_id))
    return dict(rows.tuples().all())


def kept_answer(question: Question) -> tuple[CheckedAnswer, str] | None:
    """What the model has answered to this question before, with its digest."""
    with get_database().read() as session:
        return find_answer(session, question.model_id, question.key)


class Cuttings:
    """The audio of a question, a file a piece, in a folder of its own until `discard`."""

    def __init__(self, question: Question) -> None:
        """Cut the audio. Raises `AudioProblem` or `NotFound` when there is none to cut."""
        settings = get_settings()
        work = settings.data / "work"
        work.mkdir(parents=True, exist_ok=True)
        self._folder = tempfile.TemporaryDirectory(dir=work, prefix="predict-", ignore_cleanup_errors=True)
        try:
            folder = Path(self._folder.name)
            original = local_original(open_store(settings), question.sha256, folder)
            wanted = question.specification.input_schema
            self.files = [folder / f"excerpt-{place}.{wanted.audio}" for place in range(len(question.pieces))]
            cuts = zip(self.files, question.pieces, strict=True)
            write_excerpts_isolated(
                original,
                [Stretch(file, start, stop) for file, (start, stop) in cuts],
                sample_rate=wanted.sample_rate,
                channels=wanted.channels,
                timeout=settings.decode_timeout,
                memory_bytes=settings.decode_memory_bytes,
            )
        except BaseException:
            self.discard()
            raise

    def discard(self) -> None:
        """Delete the files."""
        self._folder.cleanup()
