"""A project with generated sounds that people have approved, and a model that learns from them.

That is a quick one of ours (`quick_pupil.py`) or, where musicnn itself is tried, a musicnn at random.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import torch
from safetensors.torch import save_file

from labelbuddy_core.audio.storage import open_store, original_key
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Annotation, AnnotationItem, Job, Recording, Task
from labelbuddy_core.jobs.context import JobCancelled, JobContext
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.models import model_links, models
from labelbuddy_core.services.training import training_job, training_runs
from labelbuddy_core.settings import ROOT, get_settings
from model_containers.musicnn.network import Musicnn

LABELS = ("Low", "High")
SECONDS = 2.9
"""Less than a patch of musicnn: one vector a sound."""
RATE = 16_000

YAML = """
name: pupil
version: "0.1.0-mtt"
license: ISC
process: musicnn
input_schema: {audio: wav, sample_rate: 16000, channels: 1}
output_schema:
  - {type: tag, threshold: 0.2, labels: [guitar, classical]}
  - {type: region, threshold: 0.2, labels: [guitar, classical]}
training:
  supported: true
  parameters:
    epochs: {default: 40, min: 1, max: 5000}
    learning_rate: {default: 0.05, min: 0.000001, max: 1.0}
    batch: {default: 8, min: 1, max: 4096}
    patience: {default: 0, min: 0, max: 1000}
    seed: {default: 0, min: 0, max: 1000000}
"""
QUICK = YAML.replace("process: musicnn", "process: quick-pupil")
_PLACES = [str(ROOT), str(Path(__file__).parent)]
QUICK_COMMAND = ("-c", f"import sys; sys.path[:0] = {_PLACES!r}; import quick_pupil; quick_pupil.main()")
"""What serves the quick pupil, for Python."""


def random_weights(folder: Path) -> None:
    """A musicnn that has learned nothing: what it makes of low and of high tones still differs."""
    torch.manual_seed(0)
    (folder / "musicnn").mkdir(parents=True)
    save_file(Musicnn(50).state_dict(), folder / "musicnn" / "musicnn-mtt.safetensors")


class School:
    """A manager with a project and a model that can learn."""

    def __init__(self, manager: Actor, project: str, folder: Path, yaml: str) -> None:
        self.manager, self.project, self.folder = manager, project, folder
        self.model = models.create_model(manager, yaml)["id"]
        model_links.link_model(manager, project, self.model, threshold=0.3, label_map={"guitar": "low"})
        self.told: list[tuple[float, str]] = []
        self.cancelled = False

    def teach(self, count: int, *, person: Actor, state: str = "approved", assisted: bool = False) -> list[int]:
        """Recordings of low and high tones in turn, tagged and marked by a person; returns the tasks."""
        store, tasks = open_store(get_settings()), []
        for number in range(count):
            random = np.random.default_rng([count, number, assisted])
            label = LABELS[number % 2]
            tone = (150.0 if label == "Low" else 3000.0) * random.uniform(0.8, 1.2)
            times = np.arange(round(SECONDS * RATE)) / RATE
            samples = 0.4 * np.sin(2 * np.pi * tone * times) + random.normal(0, 0.01, len(times))
            file = self.folder / f"tone-{count}-{number}-{assisted}.wav"
            soundfile.write(file, samples, RATE, subtype="PCM_16")
            sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
            store.put_file(original_key(sha256), Path(shutil.copy(file, self.folder / "copy")))
            tasks.append(self._keep(file.name, sha256, label.lower(), person, state, assisted))
        return tasks

    def _keep(self, name: str, sha256: str, label: str, person: Actor, state: str, assisted: bool) -> int:
        origin: dict[str, Any] = {"kind": "model" if assisted else "human"}
        with get_database().write() as session:
            recording = Recording(project_id=int(self.project), name=name, sha256=sha256, size=1, state="ready")
            recording.duration, recording.sample_rate, recording.channels = SECONDS, RATE, 1
            recording.statistics = {}  # a worker need not analyze it
            session.add(recording)
            session.flush()
            task = Task(project_id=int(self.project), recording_id=recording.id, start=0.0, stop=SECONDS)
            session.add(task)
            session.flush()
            annotation = Annotation(
                task_id=task.id, project_id=task.project_id, user_id=person.id, revision=2, state=state
            )  # fmt: skip
            session.add(annotation)
            session.flush()
            region = {"id": "r1", "start": 0.0, "end": SECONDS, "label": label, "origin": origin}
            tag = {"label": label, "origin": origin}
            for collection, key, value, span in (
                ("regions", "r1", region, (0.0, SECONDS)),
                ("tags", label, tag, (None, None)),
            ):
                session.add(
                    AnnotationItem(
                        annotation_id=annotation.id,
                        collection=collection,
                        key=key,
                        label=label,
                        start=span[0],
                        stop=span[1],
                        value=value,
                    )
                )
            return task.id

    def start(self, **parameters: float) -> str:
        """Start a run; its id."""
        return training_runs.start_run(self.manager, self.project, self.model, parameters=parameters)["id"]

    def see(self, run: str) -> dict[str, Any]:
        return training_runs.get_run(self.manager, run)

    def work(self, run: str, tell: Any = None) -> dict[str, Any]:
        """Do the job of a run as the worker does, in this process; the run."""
        job_id = self.see(run)["job"]

        def told(share: float, message: str) -> None:
            self.told.append((share, message))
            if tell is not None:
                tell(share, message)

        state, problem = "succeeded", None
        context = JobContext(
            job_id, {"run": int(run)}, run_step=lambda name, function: function(),
            tell=told,
            is_cancelled=lambda: self.cancelled,
        )  # fmt: skip
        self._set(job_id, "running", None)
        try:
            training_job.run(context)
        except JobCancelled:
            state = "cancelled"
        self._set(job_id, state, problem)
        return self.see(run)

    def _set(self, job_id: str, state: str, problem: str | None) -> None:
        with get_database().write() as session:
            job = session.get_one(Job, job_id)
            job.state, job.problem = state, problem
