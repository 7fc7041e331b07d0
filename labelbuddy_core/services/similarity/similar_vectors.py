"""Which feature vectors the tasks of a project have, and the files that a search among them reads."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.audio.storage import open_store
from labelbuddy_core.database.tables import Assignment, Embedding, Model, Project, ProjectModel, Recording, Task
from labelbuddy_core.domain.permissions import Role
from labelbuddy_core.errors import Invalid, InvalidState
from labelbuddy_core.inference.vector_index import VectorIndex
from labelbuddy_core.services.access import ProjectAccess, TaskAccess, parse_id
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.transactions import reads
from labelbuddy_core.settings import get_settings

READING_SECONDS = 5.0
"""How long a search reads vectors that were not searched before; the next one goes on."""


@dataclass(frozen=True)
class Space:
    """Vectors that can be compared: those of one model with the same digest and length. `license` is the model's."""

    project_id: int
    model_id: int
    model: str
    version: str
    license: str
    digest: str
    dimensions: int

    @property
    def index(self) -> VectorIndex:
        name = hashlib.sha256(f"{self.digest}\n{self.dimensions}".encode()).hexdigest()[:16]
        folder = get_settings().data / "similar" / f"{self.project_id}-{self.model_id}-{name}"
        return VectorIndex(folder, self.dimensions)


def space_of(session: Session, access: TaskAccess, model_id: str | int | None) -> tuple[Space, str]:
    """The space of a task's newest vectors, or of those of one model, and the blob with them.

    Raises `Invalid` when the project does not use the model, and `InvalidState` when there are no vectors.
    """
    number = None if model_id is None else parse_id(model_id, "model")
    if number is not None and session.get(ProjectModel, (access.project.id, number)) is None:
        raise Invalid("This project does not use that model.", field="model")
    query = (
        select(Embedding, Model)
        .join(Model, Model.id == Embedding.model_id)
        .join(
            ProjectModel,
            (ProjectModel.model_id == Embedding.model_id) & (ProjectModel.project_id == access.project.id),
        )
        .where(
            Embedding.sha256 == access.recording.sha256,
            Embedding.start == access.task.start,
            Embedding.stop == access.task.stop,
        )
        .order_by(Embedding.id.desc())
        .limit(1)
    )
    row = session.execute(query if number is None else query.where(Embedding.model_id == number)).first()
    if row is None:
        raise InvalidState(
            "There are no feature vectors of this task yet: a manager prepares the search under Find similar, "
            "or asks a model with embeddings about all tasks."
        )
    embedding, model = row
    space = Space(
        access.project.id,
        model.id,
        model.name,
        embedding.version,
        model.license,
        embedding.digest,
        embedding.dimensions,
    )
    return space, embedding.blob_key


def vectors_of_tasks(session: Session, space: Space) -> dict[int, str]:
    """The newest blob of vectors of each task of the project, in this space."""
    rows = session.execute(
        select(Task.id, Embedding.blob_key)
        .join(Recording, Recording.id == Task.recording_id)
        .join(
            Embedding,
            (Embedding.sha256 == Recording.sha256) & (Embedding.start == Task.start) & (Embedding.stop == Task.stop),
        )
        .where(
            Task.project_id == space.project_id,
            Embedding.model_id == space.model_id,
            Embedding.digest == space.digest,
            Embedding.dimensions == space.dimensions,
        )
        .order_by(Embedding.id)
    )
    return dict(rows.tuples().all())


def searched_tasks(session: Session, actor: Actor, access: ProjectAccess, tasks: Mapping[int, str]) -> dict[int, str]:
    """Of these tasks those in which the person may search: managers in all, annotators in those of their own queue."""
    if access.is_manager:
        return dict(tasks)
    if Role.ANNOTATOR not in access.roles:
        return {}
    mine = session.scalars(
        select(Assignment.task_id)
        .join(Task, Task.id == Assignment.task_id)
        .where(Assignment.user_id == actor.id, Task.project_id == access.project.id)
    )
    return {task: tasks[task] for task in mine if task in tasks}


def read_blob(key: str) -> bytes:
    """The bytes of kept vectors. Raises `NotFound` when the storage has lost them."""
    store = open_store(get_settings())
    return store.read_range(key, 0, store.size(key))


def refresh(space: Space, tasks: Mapping[int, str]) -> int:
    """Make the files that are searched what the project has now; returns how many sounds are still to be read."""
    _remove_left_over()
    return space.index.refresh(list(dict.fromkeys(tasks.values())), read_blob, READING_SECONDS)


def _remove_left_over() -> None:
    """Remove the files of projects that there are no more."""
    folder = get_settings().data / "similar"
    present = {path: path.name.split("-")[0] for path in folder.glob("*-*-*")}
    if present:
        kept = _projects()
        for path, project in present.items():
            if project not in kept:
                shutil.rmtree(path, ignore_errors=True)


@reads
def _projects(session: Session) -> set[str]:
    return {str(number) for number in session.scalars(select(Project.id))}
