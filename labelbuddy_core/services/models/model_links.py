"""How a project uses a model: labels by name, lowest scores, the version, and whether it is asked by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Model, ProjectLabel, ProjectModel
from labelbuddy_core.domain.label_matching import similar_labels, suggest_label_map
from labelbuddy_core.domain.label_sets import slug
from labelbuddy_core.domain.label_trees import nearest_above
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.errors import Invalid, NotFound
from labelbuddy_core.inference.specification import Specification
from labelbuddy_core.services.access import project_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.history import record
from labelbuddy_core.services.labels.project_labels import add_labels as add_to_label_set
from labelbuddy_core.services.models import model_history
from labelbuddy_core.services.models.model_licenses import require_confirmed
from labelbuddy_core.services.models.models import declared_model
from labelbuddy_core.services.transactions import reads, writes


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
    model label → the label id that comes near, needs_labels: whether a link without any is of no use, versions: which
    of the model can be chosen, protocol}."""
    access = project_access(session, actor, project_id)
    access.require(Permission.LINK_MODELS)
    model = declared_model(session, model_id)
    specification = Specification.model_validate(model.specification)
    labels = specification.labels
    names = _label_names(session, access.project.id)
    suggested = suggest_label_map(labels, names)
    missing = [label for label in labels if label not in suggested]
    versions = model_history.versions(session, model, access.project.id)
    return {
        "suggested": suggested,
        "missing": missing,
        "similar": similar_labels(missing, names),
        "needs_labels": specification.needs_labels,
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
    model = declared_model(session, model_id)
    if not 0.0 <= threshold <= 1.0:
        raise Invalid("threshold must be from 0 to 1.", field="threshold")
    require_confirmed(model)
    project = access.project
    specification = Specification.model_validate(model.specification)
    known = specification.labels
    added = [label for label in add_labels or [] if label in known]
    _add_labels(session, project.id, added, specification.parents)
    names = _label_names(session, project.id)
    chosen = suggest_label_map(known, names) if label_map is None else dict(label_map)
    chosen.update(suggest_label_map(added, names))
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
    known_versions = model_history.versions(session, model, project.id)
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
    model = declared_model(session, model_id)
    found = session.get(ProjectModel, (access.project.id, model.id))
    if found is None:
        raise NotFound(f"This project does not use {model.name}.")
    session.delete(found)
    record(session, actor, "model.unlinked", f"model:{model.id}", project_id=access.project.id)


def _add_labels(session: Session, project_id: int, names: list[str], parents: Mapping[str, Sequence[str]]) -> None:
    """Add model labels to a project's label set, at its end; each below the nearest label of the set that the model's
    tree has above it. Labels that the project had keep their place."""
    tree = {*names, *parents, *(label for above in parents.values() for label in above)}
    ids = {name: slug(name) for name in names} | suggest_label_map(tree, _label_names(session, project_id))
    above = {name: nearest_above(name, parents, ids) for name in names}
    entries = [{"id": ids[name], "name": name, "parent": ids.get(above[name] or "")} for name in names]
    add_to_label_set(session, project_id, entries)


def _label_names(session: Session, project_id: int) -> dict[str, str]:
    rows = session.execute(select(ProjectLabel.id, ProjectLabel.name).where(ProjectLabel.project_id == project_id))
    return dict(rows.tuples().all())


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
        "needs_labels": specification.needs_labels,
        "version": link.version,
        "automatic": link.automatic,
        "protocol": specification.protocol,
        "predicts": specification.predicts,
        "embeds_text": specification.embeds_text,
        "webhook": link.webhook,
    }
