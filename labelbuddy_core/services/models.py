"""Models: declared by a YAML file, and linked to projects with a label map, a threshold and a version."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import Membership, Model, Prediction, ProjectLabel, ProjectModel
from labelbuddy_core.domain.label_matching import similar_labels, suggest_label_map
from labelbuddy_core.domain.label_sets import slug
from labelbuddy_core.domain.permissions import Permission, Role
from labelbuddy_core.errors import Forbidden, Invalid, InvalidState, NotFound
from labelbuddy_core.inference.specification import Specification, parse_specification
from labelbuddy_core.services import model_checks, model_history
from labelbuddy_core.services.access import parse_id, project_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.history import record
from labelbuddy_core.services.presenting import iso
from labelbuddy_core.services.project_labels import add_labels
from labelbuddy_core.services.transactions import reads, writes
from labelbuddy_core.settings import ROOT

BUNDLED_FILES = ROOT / "model_containers"


@reads
def list_models(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """All declared models, for those who manage a project or may create one."""
    _require_manager(session, actor)
    return [_json(model) for model in session.scalars(select(Model).order_by(Model.name))]


@reads
def get_model(session: Session, actor: Actor, model_id: str | int) -> dict[str, Any]:
    """One model with the YAML it was declared by."""
    _require_manager(session, actor)
    model = _model(session, model_id)
    return {**_json(model), "source": model.source}


@writes
def create_model(session: Session, actor: Actor, source: str) -> dict[str, Any]:
    """Declare a model by its YAML. Raises `SpecificationProblem` with the place of a mistake."""
    _require_manager(session, actor)
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


@reads
def check_model(session: Session, actor: Actor, source: str, model_id: str | int | None = None) -> dict[str, Any]:
    """Whether a file could be declared, or replace a model's: {valid, mistakes, notes, name, version, labels}."""
    _require_manager(session, actor)
    return model_checks.verdict(session, source, None if model_id is None else parse_id(model_id, "model"))


@reads
def allowed_places(session: Session, actor: Actor) -> dict[str, list[str]]:
    """The patterns of images and endpoints that the administrator allows."""
    _require_manager(session, actor)
    return model_checks.allowed_here()


@reads
def list_history(session: Session, actor: Actor, model_id: str | int) -> list[dict[str, Any]]:
    """Every version of a model's file, newest first, with who saved it, when, and what changed."""
    _require_manager(session, actor)
    return model_history.entries(session, _model(session, model_id))


@writes
def restore_model(session: Session, actor: Actor, model_id: str | int, number: int) -> dict[str, Any]:
    """Take back an earlier version of a model's file; it becomes the newest one."""
    model = _mine(session, actor, model_id)
    _replace(session, actor, model, model_history.source_of(session, model, number), restored_from=number)
    return _json(model)


@writes
def delete_model(session: Session, actor: Actor, model_id: str | int) -> None:
    """Remove a model nobody has predictions of. Raises `InvalidState` otherwise."""
    _require_manager(session, actor)
    model = _model(session, model_id)
    if model.created_by != actor.id and not actor.is_administrator:
        raise Forbidden("Only who declared a model, or an administrator, removes it.")
    if session.scalar(select(exists().where(Prediction.model_id == model.id))):
        raise InvalidState(f"{model.name} has made predictions that projects keep; unlink it from projects instead.")
    record(session, actor, "model.deleted", f"model:{model.id}", name=model.name)
    session.execute(delete(Model).where(Model.id == model.id))


@reads
def project_models(session: Session, actor: Actor, project_id: str | int) -> list[dict[str, Any]]:
    """The models a project uses, and how."""
    access = project_access(session, actor, project_id)
    access.require(Permission.VIEW_PROJECT_MODELS)
    rows = session.execute(
        select(ProjectModel, Model)
        .join(Model, Model.id == ProjectModel.model_id)
        .where(ProjectModel.project_id == access.project.id)
        .order_by(Model.name)
    )
    return [_link_json(link, model) for link, model in rows]


@reads
def label_suggestions(session: Session, actor: Actor, project_id: str | int, model_id: str | int) -> dict[str, Any]:
    """For linking: {suggested: model label → label id, missing: model labels without a counterpart, similar: of those,
    model label → the label id that comes near, versions: which of the model can be chosen, protocol}."""
    access = project_access(session, actor, project_id)
    access.require(Permission.LINK_MODELS)
    model = _model(session, model_id)
    specification = Specification.model_validate(model.specification)
    labels = specification.labels
    names = _label_names(session, access.project.id)
    suggested = suggest_label_map(labels, names)
    missing = [label for label in labels if label not in suggested]
    versions = model_history.versions(session, model)
    return {
        "suggested": suggested,
        "missing": missing,
        "similar": similar_labels(missing, names),
        "versions": versions,
        "protocol": specification.protocol,
    }


@writes
def link_model(
    session: Session,
    actor: Actor,
    project_id: str | int,
    model_id: str | int,
    *,
    label_map: dict[str, str] | None = None,
    threshold: float = 0.2,
    label_thresholds: dict[str, float] | None = None,
    version: str = "promoted",
    automatic: bool = False,
    webhook: bool = False,
    add_labels: list[str] | None = None,
) -> dict[str, Any]:
    """Use a model in a project. Without `label_map` labels are matched by name; model labels that are not in it are
    ignored; `add_labels` are model labels to add to the project's label set. `label_thresholds` gives labels of the
    project a lowest score of their own, above `threshold`. `version` is `promoted` (as the model's file says) or a
    version that was declared."""
    access = project_access(session, actor, project_id)
    access.require(Permission.LINK_MODELS)
    model = _model(session, model_id)
    if not 0.0 <= threshold <= 1.0:
        raise Invalid("threshold must be from 0 to 1.", field="threshold")
    project = access.project
    specification = Specification.model_validate(model.specification)
    known = specification.labels
    _add_labels(session, project.id, [label for label in add_labels or [] if label in known])
    names = _label_names(session, project.id)
    chosen = suggest_label_map(known, names) if label_map is None else dict(label_map)
    chosen.update(suggest_label_map(add_labels or [], names))
    for label, label_id in chosen.items():
        if label_id not in names:
            raise Invalid(f"{label_id!r}, given for {label!r}, is not a label of this project.", field="label_map")
    own = dict(label_thresholds or {})
    for label_id, lowest in own.items():
        if label_id not in names or not threshold <= lowest <= 1.0:
            raise Invalid(
                f"label_thresholds: {label_id!r} must be a label of the project, with a score from {threshold:g} to 1.",
                field=f"label_thresholds.{label_id}",
            )
    known_versions = model_history.versions(session, model)
    if version not in known_versions:
        raise Invalid(f"version must be one of {', '.join(known_versions)}.", field="version")
    link = session.get(ProjectModel, (project.id, model.id))
    if link is None:
        link = ProjectModel(project_id=project.id, model_id=model.id)
        session.add(link)
    if webhook and specification.protocol != "label-studio":
        raise Invalid("webhook is only for models with `protocol: label-studio`.", field="webhook")
    link.label_map, link.threshold, link.version, link.automatic = chosen, threshold, version, automatic
    link.label_thresholds = own
    link.webhook = webhook
    record(session, actor, "model.linked", f"model:{model.id}", project_id=project.id, labels=len(chosen))
    session.flush()
    return _link_json(link, model)


@writes
def unlink_model(session: Session, actor: Actor, project_id: str | int, model_id: str | int) -> None:
    """Stop using a model in a project; its predictions stay."""
    access = project_access(session, actor, project_id)
    access.require(Permission.LINK_MODELS)
    model = _model(session, model_id)
    found = session.get(ProjectModel, (access.project.id, model.id))
    if found is None:
        raise NotFound(f"This project does not use {model.name}.")
    session.delete(found)
    record(session, actor, "model.unlinked", f"model:{model.id}", project_id=access.project.id)


@writes
def ensure_bundled_models(session: Session) -> None:
    """Declare the models that come with LabelBuddy, unless somebody has declared or changed them."""
    for path in sorted(BUNDLED_FILES.glob("*/model.process.yaml")):
        source = path.read_text(encoding="utf-8")
        if not session.scalar(select(exists().where(Model.name == parse_specification(source).display_name))):
            add_model(session, source, created_by=None)


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
    _require_manager(session, actor)
    model = _model(session, model_id)
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
    _require_manager(session, actor)
    return _model(session, model_id)


def _fill(model: Model, specification: Specification, source: str) -> None:
    model.name, model.version = specification.display_name, specification.version
    model.description, model.license = specification.description, specification.license
    model.source, model.specification = source, specification.model_dump(mode="json")
    model.updated_at = now()


def _add_labels(session: Session, project_id: int, names: list[str]) -> None:
    """Add model labels to a project's label set, at its end."""
    add_labels(session, project_id, [{"id": slug(name), "name": name} for name in names])


def _label_names(session: Session, project_id: int) -> dict[str, str]:
    rows = session.execute(select(ProjectLabel.id, ProjectLabel.name).where(ProjectLabel.project_id == project_id))
    return dict(rows.tuples().all())


def _model(session: Session, model_id: str | int) -> Model:
    model = session.get(Model, parse_id(model_id, "model"))
    if model is None:
        raise NotFound(f"There is no model {model_id!r}.")
    return model


def _require_manager(session: Session, actor: Actor) -> None:
    if actor.is_administrator or actor.can_create_projects:
        return
    manages = exists().where(Membership.user_id == actor.id, Membership.role == Role.MANAGER.value)
    if not session.scalar(select(manages)):
        raise Forbidden("Models are for those who manage a project.")


def _json(model: Model) -> dict[str, Any]:
    specification = Specification.model_validate(model.specification)
    runs = "container" if specification.image else "process" if specification.process else "remote"
    return {
        "id": str(model.id),
        "name": model.name,
        "version": model.version,
        "description": model.description,
        "license": model.license,
        "runs": runs,
        "protocol": specification.protocol,
        "place": specification.image or specification.process or specification.endpoint,
        "labels": specification.labels,
        "outputs": sorted({item.type for item in specification.output_schema}),
        "resources": specification.resources.model_dump(),
        "updated_at": iso(model.updated_at),
    }


def _link_json(link: ProjectModel, model: Model) -> dict[str, Any]:
    specification = Specification.model_validate(model.specification)
    return {
        "model": str(model.id),
        "name": model.name,
        "model_version": model.version,
        "description": model.description,
        "license": model.license,
        "label_map": link.label_map,
        "threshold": link.threshold,
        "label_thresholds": link.label_thresholds,
        "labels": specification.labels,
        "protocol": specification.protocol,
        "version": link.version,
        "automatic": link.automatic,
        "webhook": link.webhook,
    }
