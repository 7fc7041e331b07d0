"""What a project can be searched by: the models whose vectors its tasks have; and how missing ones are computed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Embedding, Model, ProjectModel, Recording, Task
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.errors import Invalid, InvalidState
from labelbuddy_core.inference.specification import Specification
from labelbuddy_core.services.access import parse_id, project_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.models.model_links import link_model
from labelbuddy_core.services.predictions.prediction_requests import predict_project
from labelbuddy_core.services.transactions import inner, reads, writes

LIKENESS = "likeness"
"""The model without weights that every installation declares for this."""


@reads
def searchable(session: Session, actor: Actor, project_id: str | int) -> list[dict[str, Any]]:
    """The project's models with feature vectors, by name: {model, name, version, license, tasks, of}.

    `tasks` is how many of the project's tasks have vectors, `of` how many tasks it has.
    """
    access = project_access(session, actor, project_id)
    access.require(Permission.PREDICT)
    total = session.scalar(select(func.count(Task.id)).where(Task.project_id == access.project.id)) or 0
    having = dict(
        session.execute(
            select(Embedding.model_id, func.count(Task.id.distinct()))
            .join(Recording, Recording.sha256 == Embedding.sha256)
            .join(
                Task,
                (Task.recording_id == Recording.id) & (Task.start == Embedding.start) & (Task.stop == Embedding.stop),
            )
            .where(Task.project_id == access.project.id)
            .group_by(Embedding.model_id)
        )
        .tuples()
        .all()
    )
    return [
        {
            "model": str(model.id),
            "name": model.name,
            "version": model.version,
            "license": model.license,
            "tasks": having.get(model.id, 0),
            "of": total,
        }
        for model in _linked(session, access.project.id)
        if Specification.model_validate(model.specification).embeds
    ]


@writes
def prepare(session: Session, actor: Actor, project_id: str | int, model_id: str | int | None = None) -> dict[str, Any]:
    """Have a model compute the vectors of every task that has none, for managers; returns the job.

    Without a model it is `likeness`, which needs no weights and is linked to the project if it is not yet. Raises
    `Invalid` for a model that has no vectors, and `InvalidState` when there is nothing to do.
    """
    access = project_access(session, actor, project_id)
    access.require(Permission.PREDICT_BATCH)
    model = _bundled(session) if model_id is None else session.get(Model, parse_id(model_id, "model"))
    if model is None or not Specification.model_validate(model.specification).embeds:
        raise Invalid("That model gives no feature vectors: its file has no output of type embedding.", field="model")
    if session.get(ProjectModel, (access.project.id, model.id)) is None:
        inner(link_model)(session, actor, access.project.id, model.id)
    return inner(predict_project)(session, actor, access.project.id, model.id)


def _linked(session: Session, project_id: int) -> list[Model]:
    query = select(Model).join(ProjectModel, ProjectModel.model_id == Model.id)
    return list(session.scalars(query.where(ProjectModel.project_id == project_id).order_by(Model.name)))


def _bundled(session: Session) -> Model:
    found = session.scalar(select(Model).where(Model.name == LIKENESS))
    if found is None:
        raise InvalidState("The model likeness is not declared; choose another one with feature vectors.")
    return found
