"""The history of a model's file: every version of the YAML, who saved it and when, and what changed."""

from __future__ import annotations

import difflib
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Model, ModelHistory, ModelVersion, User
from labelbuddy_core.errors import Invalid
from labelbuddy_core.inference.specification import Specification, parse_specification
from labelbuddy_core.services.models.model_versions import find_version, with_labels
from labelbuddy_core.services.presenting import iso

PROMOTED = "promoted"
"""The version of a link that follows the model's file."""


def keep(session: Session, model: Model, user_id: int | None, restored_from: int | None = None) -> None:
    """Append the model's present file to its history, in the caller's transaction."""
    last = session.scalar(select(func.max(ModelHistory.number)).where(ModelHistory.model_id == model.id)) or 0
    session.add(
        ModelHistory(
            model_id=model.id,
            number=last + 1,
            version=model.version,
            source=model.source,
            restored_from=restored_from,
            user_id=user_id,
        )
    )
    session.flush()


def entries(session: Session, model: Model) -> list[dict[str, Any]]:
    """The versions, newest first, each with its difference to the one before as lines of a unified diff."""
    rows = session.execute(
        select(ModelHistory, User.name)
        .outerjoin(User, User.id == ModelHistory.user_id)
        .where(ModelHistory.model_id == model.id)
        .order_by(ModelHistory.number)
    ).all()
    found: list[dict[str, Any]] = []
    before = ""
    for row, person in rows:
        found.append(
            {
                "number": row.number,
                "version": row.version,
                "by": person,
                "at": iso(row.at),
                "restored_from": row.restored_from,
                "source": row.source,
                "diff": _difference(before, row.source) if before else "",
            }
        )
        before = row.source
    return found[::-1]


def source_of(session: Session, model: Model, number: int) -> str:
    """The YAML of one version. Raises `Invalid` when there is none of this number."""
    row = session.get(ModelHistory, (model.id, number))
    if row is None:
        raise Invalid(f"The history of {model.name} has no number {number}.", field="number")
    return row.source


def versions(session: Session, model: Model, project_id: int) -> list[str]:
    """What a project may choose: to follow the file, one of the versions that were declared, newest first, or one that
    was trained for it."""
    trained = session.scalars(
        select(ModelVersion.name)
        .where(ModelVersion.model_id == model.id, ModelVersion.project_id == project_id)
        .order_by(ModelVersion.id.desc())
    )
    rows = session.scalars(
        select(ModelHistory.version).where(ModelHistory.model_id == model.id).order_by(ModelHistory.number.desc())
    )
    return list(dict.fromkeys([PROMOTED, model.version, *rows, *trained]))


def specification_in_use(session: Session, model: Model, version: str) -> Specification:
    """What a link to this version runs: the newest file that declared it, or the present one; of a version with weights
    of its own the file that it belongs to, with its labels."""
    trained = None if version == PROMOTED else find_version(session, model.id, version)
    if trained is not None:
        return with_labels(specification_in_use(session, model, trained.base), trained.name, trained.labels)
    if version not in (PROMOTED, model.version):
        source = session.scalar(
            select(ModelHistory.source)
            .where(ModelHistory.model_id == model.id, ModelHistory.version == version)
            .order_by(ModelHistory.number.desc())
            .limit(1)
        )
        if source is not None:
            return parse_specification(source)
    return Specification.model_validate(model.specification)


def _difference(before: str, after: str) -> str:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), "before", "after", lineterm="", n=2)
    return "\n".join(list(lines)[2:])
