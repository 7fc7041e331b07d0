"""A project with short recordings whose audio is in the storage, and annotations that are approved."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from labelbuddy_core.audio.storage import open_store, original_key
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Annotation, AnnotationItem, MergedConsensus, Recording, Task
from labelbuddy_core.jobs.context import JobCode, JobContext
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.installation.job_runs import DatabaseJobBoard
from labelbuddy_core.services.releases import release_files, release_making, releases
from labelbuddy_core.settings import get_settings

RATE, SECONDS = 8_000, 4.0
HUMAN = {"kind": "human"}


class Studio:
    """A manager, a project of theirs, and somebody who annotates in it."""

    def __init__(self, manager: Actor, annotator: Actor, project: str, folder: Path) -> None:
        self.manager, self.annotator, self.project, self.folder = manager, annotator, project, folder

    def record(self, name: str, tasks: int = 1, overlap: float = 0.0, **attributes: str) -> list[str]:
        """A recording, cut into tasks that overlap by some seconds; returns their ids."""
        file = self.folder / name
        tone = 100.0 + zlib.crc32(name.encode()) % 10_000_000 / 5_000
        times = np.arange(round(RATE * SECONDS)) / RATE
        soundfile.write(file, 0.3 * np.sin(2 * np.pi * tone * times), RATE, subtype="PCM_16")
        sha256, size = hashlib.sha256(file.read_bytes()).hexdigest(), file.stat().st_size
        open_store(get_settings()).put_file(original_key(sha256), file)
        with get_database().write() as session:
            recording = Recording(
                project_id=int(self.project), name=name, sha256=sha256, size=size, state="ready", duration=SECONDS,
                sample_rate=RATE, channels=1, statistics={}, attributes=attributes,
            )  # fmt: skip
            session.add(recording)
            session.flush()
            length, ids = (SECONDS + (tasks - 1) * overlap) / tasks, []
            for number in range(tasks):
                start = number * (length - overlap)
                task = Task(
                    project_id=int(self.project), recording_id=recording.id, start=start, stop=start + length
                )  # fmt: skip
                session.add(task)
                session.flush()
                ids.append(str(task.id))
            return ids

    def annotate(self, task: str, *marks: tuple[str, float, float, str], state: str = "approved") -> None:
        """The annotator's regions (id, start, end, label) of a task, in place of those before."""
        with get_database().write() as session:
            number = int(task)
            row = session.query(Annotation).filter_by(task_id=number, user_id=self.annotator.id).one_or_none()
            if row is None:
                row = Annotation(project_id=int(self.project), task_id=number, user_id=self.annotator.id, revision=1)
                session.add(row)
                session.flush()
            row.state, row.revision = state, row.revision + 1
            session.query(AnnotationItem).filter_by(annotation_id=row.id).delete()
            for key, start, end, label in marks:
                value = {"id": key, "start": start, "end": end, "label": label, "origin": HUMAN}
                session.add(
                    AnnotationItem(
                        annotation_id=row.id,
                        collection="regions",
                        key=key,
                        label=label,
                        start=start,
                        stop=end,
                        value=value,
                    )
                )

    def merge(self, task: str, *sources: tuple[int, int]) -> None:
        """A consensus of a task, one dog from 0.5 to 1 s, as a job merged it from these (annotation, revision)."""
        region = {"id": "c1", "start": 0.5, "end": 1.0, "label": "dog", "origin": {"kind": "consensus", "score": 1.0}}
        document = {"regions": [region], "points": [], "tags": [], "caption": None, "answers": []}
        soft = {"support": 1.0, "onset_spread": 0.01, "offset_spread": 0.02, "annotators": ["anna"]}
        with get_database().write() as session:
            row = session.get_one(Task, int(task))
            session.add(
                MergedConsensus(
                    task_id=row.id,
                    project_id=row.project_id,
                    method="mace",
                    document=document,
                    soft={"tags": {}, "regions": {"c1": soft}},
                    sources=[list(one) for one in sources],
                )
            )

    def begin(self, version: str = "1.0", **choices: Any) -> dict[str, Any]:
        return releases.begin(self.manager, self.project, name="Sounds", version=version, choices=choices)

    def make(self, version: str = "1.0", **choices: Any) -> dict[str, Any]:
        """Begin a release and do its job; the release."""
        begun = self.begin(version, **choices)
        self.work(begun["job"]["id"])
        return releases.get_release(self.manager, begun["id"])

    def work(self, job_id: str, tell: Any = lambda *_: None, run: JobCode = release_making.run) -> None:
        """Do a job as the worker does."""
        board = DatabaseJobBoard()
        begun = board.begin(job_id)
        assert begun is not None
        context = JobContext(
            job_id, begun["arguments"], lambda name, function: function(), tell, lambda: board.is_cancelled(job_id)
        )
        board.finish(job_id, "succeeded", run(context), None)

    def archive_bytes(self, release: str) -> bytes:
        blob = release_files.archive(self.manager, release)
        return blob.store.read_range(blob.key, 0, blob.store.size(blob.key))

    def archive(self, release: str) -> zipfile.ZipFile:
        return zipfile.ZipFile(io.BytesIO(self.archive_bytes(release)))
