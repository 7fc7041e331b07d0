"""Which items of a task's predictions a person is offered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Annotation, Model, Prediction, ProjectLabel
from labelbuddy_core.domain.documents import Collection
from labelbuddy_core.domain.offered_suggestions import Covered, Decided, placed, stretch_of
from labelbuddy_core.domain.suggestions import source_of
from labelbuddy_core.domain.templates import TEMPLATES
from labelbuddy_core.services.access import TaskAccess
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations.annotation_documents import items_of_models
from labelbuddy_core.services.labels.label_aliases import present_document
from labelbuddy_core.services.models.vector_models import gives_only_vectors

_TIMED = (Collection.REGIONS.value, Collection.POINTS.value)

Decisions = Mapping[int, Mapping[str, str]]
"""What a person decided, by prediction and item."""


def says_something(prediction: Prediction, model: Model) -> bool:
    """Whether it is about labels: feature vectors are not, unless a label was propagated by them."""
    return prediction.propagation_id is not None or not gives_only_vectors(model)


def placed_document(session: Session, access: TaskAccess, prediction: Prediction) -> dict[str, Any]:
    """The document of a prediction in the labels of today; caption and tags of a stretch are placed there."""
    stretch = stretch_of(prediction.options, access.task.start, access.task.stop)
    document = present_document(session, access.project.id, prediction.document)
    if stretch.whole:
        return document
    with_regions = TEMPLATES[access.project.template].controls.regions
    wanted = select(ProjectLabel.id).where(ProjectLabel.project_id == access.project.id)
    labels = frozenset(session.scalars(wanted)) if with_regions else None
    return placed(document, str(prediction.id), stretch, labels)


def offered_documents(
    session: Session, actor: Actor, access: TaskAccess, newest_first: Sequence[Prediction], decisions: Decisions
) -> dict[int, dict[str, Any]]:
    """What each prediction of a task offers a person; those of which nothing is left are missing.

    The newest of a model and version is always there, so that its notes are shown.
    """
    documents = {one.id: placed_document(session, access, one) for one in newest_first}
    several = len({one.model_id for one in newest_first}) < len(newest_first)
    own = _accepted(session, actor, access) if several else []
    covered: dict[tuple[int, str], Covered] = {}
    offered: dict[int, dict[str, Any]] = {}
    for one in newest_first:
        before = covered.setdefault((one.model_id, one.version), Covered())
        document = before.open(documents[one.id])
        others = [other for other in newest_first if other.id != one.id and other.model_id == one.model_id]
        decided = Decided(
            [
                region
                for other in others
                for region in _decided(other, documents[other.id], own, decisions.get(other.id, {}), one.version)
            ]
        )
        document |= {name: decided.without(document[name]) for name in _TIMED}
        if not before.stretches or any(document[name] for name in (*_TIMED, "tags", "caption")):
            offered[one.id] = document
        before.stretches.append(stretch_of(one.options, access.task.start, access.task.stop))
    return offered


def _decided(
    prediction: Prediction,
    document: Mapping[str, Any],
    own: Sequence[dict[str, Any]],
    decisions: Mapping[str, str],
    version: str,
) -> list[dict[str, Any]]:
    """Regions and points that were accepted, as suggested and as they are now, or rejected of the same version."""
    mine = [(source_of(one["id"], one), one) for one in own]
    taken = {source.region: one for source, one in mine if source and source.prediction == str(prediction.id)}
    rejected = decisions if prediction.version == version else {}
    suggested = [one for name in _TIMED for one in document[name]]
    return [*taken.values()] + [one for one in suggested if one["id"] in taken or one["id"] in rejected]


def _accepted(session: Session, actor: Actor, access: TaskAccess) -> list[dict[str, Any]]:
    """The regions and points of my annotation that a model suggested."""
    mine = session.scalar(
        select(Annotation.id).where(Annotation.task_id == access.task.id, Annotation.user_id == actor.id)
    )
    if mine is None:
        return []
    found = items_of_models(session, mine)
    return [value for (collection, _), value in found.items() if collection in _TIMED]
