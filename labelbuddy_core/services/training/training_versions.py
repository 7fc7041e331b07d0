"""Versions that were trained, as managers see them: listed, registered, promoted and rolled back, with a model card."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.audio.storage import open_store
from labelbuddy_core.database.tables import HistoryEvent, Model, ModelVersion, ProjectLabel, ProjectModel, TrainingRun
from labelbuddy_core.domain.label_matching import suggest_label_map
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.errors import Invalid, InvalidState, NotFound
from labelbuddy_core.inference.specification import Specification
from labelbuddy_core.services.access import ProjectAccess, project_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.history import record
from labelbuddy_core.services.models import model_history
from labelbuddy_core.services.models.model_versions import find_version
from labelbuddy_core.services.models.models import declared_model
from labelbuddy_core.services.models.weight_files import keep_weights, labels_in
from labelbuddy_core.services.presenting import iso
from labelbuddy_core.services.recordings.recordings import Blob
from labelbuddy_core.services.training.training_cards import model_card
from labelbuddy_core.services.training.training_sets import why_not
from labelbuddy_core.services.transactions import reads, require_writer, writes
from labelbuddy_core.settings import get_settings

_PROMOTED = "model.promoted"
_ROLLED_BACK = "model.rolled_back"


@reads
def list_versions(session: Session, actor: Actor, project_id: str | int, model_id: str | int) -> dict[str, Any]:
    """{declared, present, before, items} of a model in a project: the version of the model's file, the one in use, the
    one that rolling back leads to, and those with weights of their own, newest first. Raises `Forbidden` for others
    than managers."""
    access, model, link = _link(session, actor, project_id, model_id)
    rows = session.scalars(
        select(ModelVersion)
        .where(ModelVersion.model_id == model.id, ModelVersion.project_id == access.project.id)
        .order_by(ModelVersion.id.desc())
    )
    return {
        "declared": model.version,
        "present": link.version,
        "before": _before(session, access, model, link),
        "items": [_json(row) for row in rows],
    }


@writes
def promote(session: Session, actor: Actor, project_id: str | int, model_id: str | int, version: str) -> dict[str, Any]:
    """Let a project use a version from now on; what others predicted stays theirs. Returns as `list_versions`.

    Labels of the version that the project's map does not know are added to it. Raises `Invalid` for one that there is
    not.
    """
    access, model, link = _link(session, actor, project_id, model_id)
    _use(session, actor, access, model, link, version, _PROMOTED)
    session.flush()
    return {"present": link.version, "before": _before(session, access, model, link)}


@writes
def roll_back(session: Session, actor: Actor, project_id: str | int, model_id: str | int) -> dict[str, Any]:
    """Let a project use the version that it used before the present one was promoted.

    Raises `InvalidState` when there is none.
    """
    access, model, link = _link(session, actor, project_id, model_id)
    before = _before(session, access, model, link)
    if before is None:
        raise InvalidState("No version was used before this one.")
    _use(session, actor, access, model, link, before, _ROLLED_BACK)
    session.flush()
    return {"present": link.version, "before": _before(session, access, model, link)}


@reads
def require_registrable(session: Session, actor: Actor, project_id: str | int, model_id: str | int, name: str) -> None:
    """Raises what `register_version` would raise before it looks at the weights: to be asked before they are sent."""
    require_writer(actor)
    _registrable(session, actor, project_id, model_id, name)


@writes
def register_version(
    session: Session,
    actor: Actor,
    project_id: str | int,
    model_id: str | int,
    name: str,
    weights: Path,
    note: str = "",
) -> dict[str, Any]:
    """Register weights that were trained elsewhere: safetensors with `labels` (JSON) in the header, as ours have.

    The file is moved into the storage. Whether the model takes it is seen when it is started with it. Raises `Invalid`
    that says what is wrong, `InvalidState` for a model that cannot be trained.
    """
    access, model, link = _registrable(session, actor, project_id, model_id, name)
    labels = labels_in(weights)
    names = dict(
        session.execute(select(ProjectLabel.id, ProjectLabel.name).where(ProjectLabel.project_id == access.project.id))
        .tuples()
        .all()
    )
    size = weights.stat().st_size
    key, digest = keep_weights(weights)
    row = ModelVersion(
        model_id=model.id,
        name=name,
        project_id=access.project.id,
        base=model.version,
        parent=model.version,
        labels=labels,
        label_map={**suggest_label_map(labels, names), **{k: v for k, v in link.label_map.items() if k in labels}},
        weights_key=key,
        sha256=digest,
        size=size,
        note=note[:2000],
        created_by=actor.id,
    )
    session.add(row)
    session.flush()
    record(
        session, actor, "model.version_registered", f"model:{model.id}", project_id=access.project.id,
        version=name, sha256=digest,
    )  # fmt: skip
    return _json(row)


@reads
def weights_of(session: Session, actor: Actor, model_id: str | int, version: str) -> Blob:
    """The weights of a version (safetensors)."""
    model, row = _visible(session, actor, model_id, version)
    store, name = open_store(get_settings()), f"model-{model.id}-{row.name}.safetensors"
    return Blob(store, row.weights_key, "application/octet-stream", row.sha256, name)


@reads
def card_of(session: Session, actor: Actor, model_id: str | int, version: str) -> str:
    """The model card of a version (Markdown)."""
    model, row = _visible(session, actor, model_id, version)
    run = None if row.run_id is None else session.get(TrainingRun, row.run_id)
    return model_card(model, row, run)


def _registrable(
    session: Session, actor: Actor, project_id: str | int, model_id: str | int, name: str
) -> tuple[ProjectAccess, Model, ProjectModel]:
    access, model, link = _link(session, actor, project_id, model_id)
    problem = why_not(model, Specification.model_validate(model.specification))
    if problem is not None:
        raise InvalidState(problem)
    if not name or len(name) > 40 or not all(sign.isascii() and (sign.isalnum() or sign in "._+-") for sign in name):
        raise Invalid("A version is called by 1 to 40 letters, digits and . _ + -", field="version")
    if re.fullmatch(r"(tuned|training)-\d+", name):
        raise Invalid(f"{name} is what a training run calls its version; choose another name.", field="version")
    taken = {*model_history.versions(session, model, access.project.id), model_history.PROMOTED}
    if name in taken or find_version(session, model.id, name) is not None:
        raise Invalid(f"There is a version {name!r} of {model.name} already.", field="version")
    return access, model, link


def _link(
    session: Session, actor: Actor, project_id: str | int, model_id: str | int
) -> tuple[ProjectAccess, Model, ProjectModel]:
    access = project_access(session, actor, project_id)
    access.require(Permission.TRAIN)
    model = declared_model(session, model_id)
    link = session.get(ProjectModel, (access.project.id, model.id))
    if link is None:
        raise NotFound(f"This project does not use {model.name}.")
    return access, model, link


def _visible(session: Session, actor: Actor, model_id: str | int, version: str) -> tuple[Model, ModelVersion]:
    """A version of a project that the person manages."""
    model = declared_model(session, model_id)
    row = find_version(session, model.id, version)
    missing = NotFound(f"There are no weights of version {version!r}.")
    if row is None:
        raise missing
    try:
        access = project_access(session, actor, row.project_id)
    except NotFound:
        raise missing from None
    access.require(Permission.TRAIN)
    return model, row


def _use(
    session: Session,
    actor: Actor,
    access: ProjectAccess,
    model: Model,
    link: ProjectModel,
    version: str,
    action: str,
) -> None:
    known = model_history.versions(session, model, access.project.id)
    if version not in known:
        raise Invalid(f"version must be one of {', '.join(known)}.", field="version")
    if version == link.version:
        raise InvalidState(f"The project uses {version} already.")
    row = find_version(session, model.id, version)
    if row is not None:
        there = set(session.scalars(select(ProjectLabel.id).where(ProjectLabel.project_id == access.project.id)))
        new = {label: one for label, one in row.label_map.items() if one in there}
        link.label_map = {**new, **link.label_map}
    before, link.version = link.version, version
    record(
        session, actor, action, f"model:{model.id}", project_id=access.project.id, version=version, before=before
    )  # fmt: skip


def _before(session: Session, access: ProjectAccess, model: Model, link: ProjectModel) -> str | None:
    """The version that was in use when the present one was promoted, if it can still be chosen."""
    events = session.scalars(
        select(HistoryEvent.data)
        .where(
            HistoryEvent.project_id == access.project.id,
            HistoryEvent.action == _PROMOTED,
            HistoryEvent.subject == f"model:{model.id}",
        )
        .order_by(HistoryEvent.id.desc())
    )
    known = model_history.versions(session, model, access.project.id)
    for data in events:
        if data["version"] == link.version:
            return data["before"] if data["before"] in known else None
    return None


def _json(row: ModelVersion) -> dict[str, Any]:
    return {
        "version": row.name,
        "run": None if row.run_id is None else str(row.run_id),
        "base": row.base,
        "parent": row.parent,
        "labels": row.labels,
        "label_map": row.label_map,
        "sha256": row.sha256,
        "size": row.size,
        "note": row.note,
        "created_at": iso(row.created_at),
    }
