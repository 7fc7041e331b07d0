"""Models, declared by a YAML file; `model_links` says how projects use them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import Membership, Model, ModelHistory, Prediction
from labelbuddy_core.domain.permissions import Role
from labelbuddy_core.errors import Conflict, Forbidden, InvalidState, NotFound
from labelbuddy_core.inference.specification import Specification, parse_specification
from labelbuddy_core.services.access import parse_id
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.history import record
from labelbuddy_core.services.models import model_checks, model_history, model_licenses
from labelbuddy_core.services.presenting import iso
from labelbuddy_core.services.transactions import reads, writes
from labelbuddy_core.settings import ROOT

BUNDLED_FILES = ROOT / "model_containers"


@reads
def list_models(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """All declared models, for those who manage a project or may create one."""
    require_model_manager(session, actor)
    return [_json(model) for model in session.scalars(select(Model).order_by(Model.name))]


@reads
def get_model(session: Session, actor: Actor, model_id: str | int) -> dict[str, Any]:
    """One model with the YAML it was declared by."""
    require_model_manager(session, actor)
    model = declared_model(session, model_id)
    return {**_json(model), "source": model.source}


@reads
def check_manager(session: Session, actor: Actor) -> None:
    """Raises `Forbidden` for those who neither manage a project nor may create one."""
    require_model_manager(session, actor)


@writes
def create_model(session: Session, actor: Actor, source: str) -> dict[str, Any]:
    """Declare a model by its YAML. Raises `SpecificationProblem` with the place of a mistake."""
    require_model_manager(session, actor)
    model = add_model(session, source, created_by=actor.id)
    record(
        session, actor, "model.declared", f"model:{model.id}", name=model.name, image=model.specification.get("image")
    )
    return _json(model)


@writes
def update_model(session: Session, actor: Actor, model_id: str | int, source: str) -> dict[str, Any]:
    """Replace a model's declaration; predictions keep the version they were made by."""
    model = _mine(session, actor, model_id)
    _replace(session, actor, model, source)
    return _json(model)


@writes
def confirm_license(session: Session, actor: Actor, model_id: str | int, license_text: str) -> dict[str, Any]:
    """Confirm that a model is used as its license allows; `license_text` is the license as it was read.

    Raises `Conflict` when the model has another license by now. To confirm again changes nothing.
    """
    require_model_manager(session, actor)
    model = declared_model(session, model_id)
    if license_text != model.license:
        raise Conflict(f"{model.name} has another license by now: read it and confirm that one.", license=model.license)
    if model.license_confirmed != model.license:
        model.license_confirmed, model.license_confirmed_at = model.license, now()
        model.license_confirmed_by = actor.username
        record(session, actor, "model.license_confirmed", f"model:{model.id}", name=model.name, license=model.license)
        session.flush()
    return model_licenses.license_json(model)


@reads
def check_model(session: Session, actor: Actor, source: str, model_id: str | int | None = None) -> dict[str, Any]:
    """Whether a file could be declared, or replace a model's: {valid, mistakes, notes, name, version, labels}."""
    require_model_manager(session, actor)
    return model_checks.verdict(session, source, None if model_id is None else parse_id(model_id, "model"))


@reads
def allowed_places(session: Session, actor: Actor) -> dict[str, list[str]]:
    """The patterns of images and endpoints that the administrator allows."""
    require_model_manager(session, actor)
    return model_checks.allowed_here()


@reads
def list_history(session: Session, actor: Actor, model_id: str | int) -> list[dict[str, Any]]:
    """Every version of a model's file, newest first, with who saved it, when, and what changed."""
    require_model_manager(session, actor)
    return model_history.entries(session, declared_model(session, model_id))


@writes
def restore_model(session: Session, actor: Actor, model_id: str | int, number: int) -> dict[str, Any]:
    """Take back an earlier version of a model's file; it becomes the newest one."""
    model = _mine(session, actor, model_id)
    _replace(session, actor, model, model_history.source_of(session, model, number), restored_from=number)
    return _json(model)


@writes
def delete_model(session: Session, actor: Actor, model_id: str | int) -> None:
    """Remove a model nobody has predictions of. Raises `InvalidState` otherwise."""
    require_model_manager(session, actor)
    model = declared_model(session, model_id)
    if model.created_by != actor.id and not actor.is_administrator:
        raise Forbidden("Only who declared a model, or an administrator, removes it.")
    if session.scalar(select(exists().where(Prediction.model_id == model.id))):
        raise InvalidState(f"{model.name} has made predictions that projects keep; unlink it from projects instead.")
    record(session, actor, "model.deleted", f"model:{model.id}", name=model.name)
    session.execute(delete(Model).where(Model.id == model.id))


@writes
def ensure_bundled_models(session: Session) -> None:
    """Declare the models that come with LabelBuddy, as they come now, unless somebody has declared or changed them."""
    for path in sorted(BUNDLED_FILES.glob("*/model*process.yaml")):
        source = path.read_text(encoding="utf-8")
        specification = parse_specification(source)
        present = session.scalar(select(Model).where(Model.name == specification.display_name))
        if present is None:
            add_model(session, source, created_by=None)
        elif present.source != source and not _changed_by_somebody(session, present):
            _fill(present, specification, source)
            model_history.keep(session, present, None)


def _changed_by_somebody(session: Session, model: Model) -> bool:
    by_hand = exists().where(ModelHistory.model_id == model.id, ModelHistory.user_id.is_not(None))
    return model.created_by is not None or bool(session.scalar(select(by_hand)))


def add_model(session: Session, source: str, *, created_by: int | None) -> Model:
    """The row of a new model, in the caller's transaction."""
    specification, _ = model_checks.accepted(session, source)
    model = Model(created_by=created_by)
    _fill(model, specification, source)
    session.add(model)
    session.flush()
    model_history.keep(session, model, created_by)
    return model


def _mine(session: Session, actor: Actor, model_id: str | int) -> Model:
    """A model that this person may change."""
    require_model_manager(session, actor)
    model = declared_model(session, model_id)
    if model.created_by != actor.id and not actor.is_administrator:
        raise Forbidden("Only who declared a model, or an administrator, changes it.")
    return model


def _replace(session: Session, actor: Actor, model: Model, source: str, restored_from: int | None = None) -> None:
    specification, _ = model_checks.accepted(session, source, model.id)
    if source != model.source:
        _fill(model, specification, source)
        model_history.keep(session, model, actor.id, restored_from)
    record(session, actor, "model.changed", f"model:{model.id}", name=model.name, restored_from=restored_from)


def model_for_manager(session: Session, actor: Actor, model_id: str | int) -> Model:
    """The model, for somebody who manages models. Raises `Forbidden` or `NotFound`."""
    require_model_manager(session, actor)
    return declared_model(session, model_id)


def require_model_manager(session: Session, actor: Actor) -> None:
    """Raises `Forbidden` for those who neither manage a project nor may create one."""
    if actor.is_administrator or actor.can_create_projects:
        return
    manages = exists().where(Membership.user_id == actor.id, Membership.role == Role.MANAGER.value)
    if not session.scalar(select(manages)):
        raise Forbidden("Models are for those who manage a project.")


def _fill(model: Model, specification: Specification, source: str) -> None:
    model.name, model.version = specification.display_name, specification.version
    model.description, model.license = specification.description, specification.license
    model.source, model.specification = source, specification.model_dump(mode="json")
    model.updated_at = now()


def declared_model(session: Session, model_id: str | int) -> Model:
    """The row of a model. Raises `NotFound`."""
    model = session.get(Model, parse_id(model_id, "model"))
    if model is None:
        raise NotFound(f"There is no model {model_id!r}.")
    return model


def _json(model: Model) -> dict[str, Any]:
    specification = Specification.model_validate(model.specification)
    runs = "container" if specification.image else "process" if specification.process else "remote"
    return {
        "id": str(model.id),
        "name": model.name,
        "version": model.version,
        "description": model.description,
        "license": model.license,
        "license_state": model_licenses.license_json(model),
        "runs": runs,
        "protocol": specification.protocol,
        "place": specification.image or specification.process or specification.endpoint,
        "labels": specification.labels,
        "outputs": sorted({item.type for item in specification.output_schema}),
        "resources": specification.resources.model_dump(),
        "updated_at": iso(model.updated_at),
    }
