"""A manager with a project whose recordings sound, and what is asked of models there."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from labelbuddy_core.audio.storage import open_store, original_key
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Job, Prediction, Recording, Task
from labelbuddy_core.jobs.context import JobContext
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.models import model_links, models
from labelbuddy_core.services.predictions import predicting, prediction_requests
from labelbuddy_core.settings import get_settings

LABELS = ("Speech", "Music", "Siren", "Dog")


class Lab:
    """A manager with a project, and what is asked of models there."""

    def __init__(self, manager: Actor, project: str, folder: Path) -> None:
        self.manager, self.project, self.folder = manager, project, folder
        self.asked = folder / "asked.log"
        self.told: list[tuple[float, str]] = []
        self.cancel_after: int | None = None
        self.cancel_when: Callable[[], bool] = lambda: False

    def record(self, count: int, seconds: float = 1.0) -> list[int]:
        """Add recordings of noise, each another, with a task each; returns the tasks."""
        paths = []
        for number in range(count):
            noise = np.random.default_rng(number + round(1000 * seconds)).uniform(-0.1, 0.1, round(8000 * seconds))
            paths.append(self.folder / f"noise-{number}.wav")
            soundfile.write(paths[-1], noise, 8000, subtype="PCM_16")
        return self.keep(paths)

    def keep(self, files: list[Path]) -> list[int]:
        """Add these files as recordings with a task each; returns the tasks."""
        store, made = open_store(get_settings()), []
        for file in files:
            sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
            copy = Path(shutil.copy(file, self.folder / "copy"))  # the storage takes it away
            store.put_file(original_key(sha256), copy)
            made.append(self.add_task(sha256, soundfile.info(file).duration, file.name))
        return made

    def add_task(self, sha256: str, seconds: float, name: str) -> int:
        with get_database().write() as session:
            recording = Recording(project_id=int(self.project), name=name, sha256=sha256, size=1, state="ready")
            recording.duration, recording.sample_rate, recording.channels = seconds, 8000, 1
            session.add(recording)
            session.flush()
            task = Task(project_id=int(self.project), recording_id=recording.id, start=0.0, stop=seconds)
            session.add(task)
            session.flush()
            return task.id

    def declare(self, yaml: str, **link: Any) -> str:
        model = models.create_model(self.manager, yaml)["id"]
        model_links.link_model(
            self.manager, self.project, model, label_map={one.lower(): one.lower() for one in LABELS}, **link
        )
        return model

    def ask(self, model: str, **options: Any) -> dict[str, Any]:
        """Predict the project's tasks as the worker does; returns the job's result."""
        return self.run(prediction_requests.predict_project(self.manager, self.project, model, **options)["id"])

    def run(self, job_id: str) -> dict[str, Any]:
        with get_database().read() as session:
            row = session.get_one(Job, job_id)
            arguments = row.arguments
        looked = iter(range(10**9))

        def cancelled() -> bool:
            return self.cancel_when() or (self.cancel_after is not None and next(looked) > self.cancel_after)

        context = JobContext(
            job_id, arguments, run_step=lambda _, function: function(), tell=self._tell, is_cancelled=cancelled
        )
        try:
            result = predicting.run(context)
        finally:
            with get_database().write() as session:
                session.get_one(Job, job_id).state = "succeeded"
        return result

    def _tell(self, share: float, message: str) -> None:
        self.told.append((share, message))

    def times_asked(self) -> int:
        return len(self.asked.read_text().splitlines()) if self.asked.exists() else 0

    def predictions(self) -> list[Prediction]:
        with get_database().read() as session:
            return list(session.query(Prediction).order_by(Prediction.task_id, Prediction.id))
