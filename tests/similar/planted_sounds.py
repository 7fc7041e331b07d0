"""A project whose tasks have feature vectors that say what sounds there."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np
from sqlalchemy import update

from labelbuddy_core.audio.storage import derived_key, open_store
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import AnnotationItem, Embedding, Project, Recording, Task
from labelbuddy_core.inference.embedding import CheckedEmbedding
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.predictions import predictions
from labelbuddy_core.services.similarity import propagations, similar_sounds
from labelbuddy_core.services.similarity.similar_sounds import SimilarTo
from labelbuddy_core.settings import get_settings

Make = Callable[..., Any]
SIREN, DOG, RAIN = [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]
VECTORS_ONLY = "name: ears\nversion: '3'\nlicense: MIT\nprocess: baseline\noutput_schema: [{type: embedding}]\n"


class World:
    """A project of a manager and two annotators; every second of a task has a vector that says what sounds there."""

    def __init__(self, manager: Actor, one: Actor, other: Actor, project: str, model: str, add_task: Make) -> None:
        self.manager, self.one, self.other = manager, one, other
        self.project, self.model, self._add_task = project, model, add_task

    def task(self, *seconds: list[float], annotators: tuple[Actor, ...] = (), model: str | None = None) -> str:
        """A task with its vectors."""
        task = self._add_task(self.project, duration=float(len(seconds)), annotators=annotators)
        times = np.array([[place, place + 1.0] for place in range(len(seconds))])
        embedding = CheckedEmbedding(times, np.array(seconds, dtype=np.float16))
        packed = embedding.packed()
        with get_database().write() as session:
            row = session.get_one(Task, int(task))
            sha256 = session.get_one(Recording, row.recording_id).sha256
            key = derived_key(sha256, "embedding-1", f"{hashlib.sha256(packed).hexdigest()[:32]}.npz")
            session.add(
                Embedding(
                    model_id=int(model or self.model), sha256=sha256, start=row.start, stop=row.stop, fingerprint="f",
                    version="3", digest="d", vectors=len(seconds), dimensions=len(seconds[0]), blob_key=key,
                    mean=embedding.mean.tobytes(),
                )
            )  # fmt: skip
        file = get_settings().data / "vectors.npz"
        file.write_bytes(packed)
        open_store(get_settings()).put_file(key, file)
        return task

    def find(self, actor: Actor, wanted: SimilarTo, **options: Any) -> list[tuple[str, float, float, float]]:
        found = similar_sounds.find_similar(actor, self.project, wanted, **options)
        return [(one["task"], one["start"], one["stop"], round(one["similarity"], 2)) for one in found["items"]]

    def propagate(self, actor: Actor, wanted: SimilarTo, **options: Any) -> dict[str, Any]:
        return propagations.propagate(actor, self.project, wanted, **{"label": "dog", "least": 0.9, **options})

    def offered(self, actor: Actor, task: str) -> list[dict[str, Any]]:
        """The regions that somebody is suggested in a task."""
        items = predictions.list_for_task(actor, task)["items"]
        return [region for item in items for region in item["document"]["regions"]]

    def settings(self, **values: Any) -> None:
        with get_database().write() as session:
            session.execute(update(Project).where(Project.id == int(self.project)).values(**values))


def mark(annotation: str, region: str, label: str, start: float, stop: float) -> None:
    """A region in an annotation."""
    value = {"id": region, "start": start, "end": stop, "label": label, "origin": {"kind": "human"}}
    with get_database().write() as session:
        session.add(
            AnnotationItem(
                annotation_id=int(annotation), collection="regions", key=region, label=label, start=start, stop=stop,
                value=value,
            )
        )  # fmt: skip
