"""Versions of a model that have weights of their own: where these lie, what they run as, and how they get in."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Model, ModelVersion
from labelbuddy_core.errors import ModelProblem, NotFound
from labelbuddy_core.inference.client import ModelClient
from labelbuddy_core.inference.endpoint import Endpoint
from labelbuddy_core.inference.model_keys import name_of
from labelbuddy_core.inference.specification import Specification
from labelbuddy_core.services.models.weight_files import find_weights, folder_for_weights

_DIGITS = 12
"""Of the SHA-256 of weights, in the name of a version on a server that others use."""


def find_version(session: Session, model_id: int, name: str) -> ModelVersion | None:
    """The version of this name, if it has weights of its own."""
    return session.scalar(select(ModelVersion).where(ModelVersion.model_id == model_id, ModelVersion.name == name))


def with_labels(specification: Specification, name: str, labels: list[str]) -> Specification:
    """What a version runs as: as the declared one that it belongs to, with its own name and labels."""
    items = [
        item.model_copy(update={"labels": list(labels), "label": None}) if item.type in ("region", "tag") else item
        for item in specification.output_schema
    ]
    return specification.model_copy(update={"version": name, "output_schema": items})


def equip(key: str, specification: Specification, endpoint: Endpoint) -> str:
    """Put the weights of a version into a model that was just started; nothing for a declared one.

    A server that others ask too holds them apart, and the name for which it is to be asked is returned. Raises
    `ModelProblem` when they are lost or do not fit, or the server cannot hold versions apart.
    """
    with get_database().read() as session:
        model = session.scalar(select(Model.id).where(Model.name == name_of(key)))
        version = None if model is None else find_version(session, model, specification.version)
    if version is None:
        return ""
    # others may have a version of this name there
    name = f"{version.name}-{version.sha256[:_DIGITS]}" if endpoint.shared else version.name
    client = ModelClient(endpoint)
    try:
        if endpoint.shared:
            require_apart(client.info(), specification)
        with folder_for_weights() as folder:
            client.put_weights(name, find_weights(version.weights_key, folder))
    except NotFound:
        raise ModelProblem(f"The weights of version {version.name} are lost; restore a backup.") from None
    finally:
        client.close()
    return name if endpoint.shared else ""


def require_apart(about: dict[str, Any], specification: Specification) -> None:
    """Raises `ModelProblem` unless a server that others ask too, and that says this `about` itself, can hold versions
    apart."""
    if "apart" not in (about.get("capabilities") or ()):
        raise ModelProblem(
            f"The server {specification.endpoint} answers everybody with one version (GET /info has no capability "
            "`apart`): another version, or learning, would change it for all who use it. Let it run on the serving kit "
            "of this LabelBuddy, with `apart` in a model of your own (docs/model-containers.md); or train it where it "
            "runs; or let LabelBuddy run its image on the Docker engine of that machine (LABELBUDDY_DOCKER_HOST)."
        )
