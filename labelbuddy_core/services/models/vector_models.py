"""Models that are asked for feature vectors alone: what they gave says nothing about labels, not even that none is
there."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Model


def gives_only_vectors(model: Model) -> bool:
    """Whether a model is never asked what is heard."""
    outputs = model.specification.get("output_schema") or ()
    return bool(outputs) and all(one.get("type") == "embedding" for one in outputs)


def vector_models(session: Session) -> list[int]:
    """The ids of all such models."""
    return [model.id for model in session.scalars(select(Model)) if gives_only_vectors(model)]
