"""A project's model of text vectors, and the vectors of captions that it gave, kept once a text."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import CaptionVector, Model, ProjectModel
from labelbuddy_core.inference.fingerprint import fingerprint
from labelbuddy_core.inference.model_keys import key_of
from labelbuddy_core.inference.specification import Specification
from labelbuddy_core.services.models.model_history import specification_in_use
from labelbuddy_core.services.models.model_licenses import may_be_used

Vector = npt.NDArray[np.float32]


@dataclass(frozen=True)
class TextModel:
    """A model of text vectors as a project uses it; `key` is what it runs under."""

    project: int
    id: int
    name: str
    key: str
    version: str
    fingerprint: str
    specification: Specification
    automatic: bool

    def as_json(self) -> dict[str, Any]:
        """{model, name, version}."""
        return {"model": str(self.id), "name": self.name, "version": self.version}


def text_model_of(session: Session, project_id: int) -> TextModel | None:
    """The text model of a project, of several the first by name; None where it has none that may be used."""
    rows = session.execute(
        select(Model, ProjectModel)
        .join(ProjectModel, ProjectModel.model_id == Model.id)
        .where(ProjectModel.project_id == project_id)
        .order_by(Model.name)
    )
    for model, link in rows:
        if not Specification.model_validate(model.specification).embeds_text or not may_be_used(model):
            continue
        used = specification_in_use(session, model, link.version)
        return TextModel(
            project=project_id,
            id=model.id,
            name=model.name,
            key=key_of(model.name, None if used.version == model.version else used.version),
            version=used.version,
            fingerprint=fingerprint(used),
            specification=used,
            automatic=link.automatic,
        )
    return None


def vectors_of(session: Session, model: TextModel, texts: Collection[str]) -> dict[str, Vector]:
    """By text the vectors that are kept."""
    by_hash = {text_hash(text): text for text in texts}
    rows = session.execute(
        select(CaptionVector.sha256, CaptionVector.vector).where(
            *of_model(model),
            CaptionVector.sha256.in_(list(by_hash)),
        )
    )
    return {by_hash[row[0]]: np.frombuffer(row[1], "<f2").astype(np.float32) for row in rows}


def number_of_vectors(session: Session, model: TextModel) -> int:
    """How many texts of the project have one."""
    return session.scalar(select(func.count()).select_from(CaptionVector).where(*of_model(model))) or 0


def has_vectors(session: Session, model: TextModel) -> bool:
    """Whether any text of the project has one."""
    return session.scalar(select(CaptionVector.model_id).where(*of_model(model)).limit(1)) is not None


def of_model(model: TextModel) -> tuple[ColumnElement[bool], ...]:
    """The vectors that it gave of the project's texts as it is declared now, as conditions of a query."""
    return (
        CaptionVector.project_id == model.project,
        CaptionVector.model_id == model.id,
        CaptionVector.fingerprint == model.fingerprint,
    )


def text_hash(text: str) -> str:
    """The name of a text among the kept vectors."""
    return hashlib.sha256(text.encode()).hexdigest()
