"""Whether a model file could be declared here: its mistakes, what is allowed, and which secrets it needs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Model
from labelbuddy_core.errors import SpecificationProblem
from labelbuddy_core.inference.allowances import patterns, refusal
from labelbuddy_core.inference.secrets import missing_secrets
from labelbuddy_core.inference.specification import Specification, read_specification
from labelbuddy_core.inference.yaml_reader import problem, read_yaml
from labelbuddy_core.settings import get_settings


def accepted(session: Session, source: str, model_id: int | None = None) -> tuple[Specification, list[str]]:
    """The specification in a file, and notes on it; `model_id` is the model that it replaces.

    Raises `SpecificationProblem` with the place of each mistake, of what is not allowed here, or of a name taken.
    """
    specification, notes = read_specification(source)
    refused = refusal(get_settings(), specification)
    if refused is not None:
        field, message = refused
        raise problem(message, *_place(source, field), field=field)
    taken = session.scalar(select(Model.id).where(Model.name == specification.display_name))
    if taken is not None and taken != model_id:
        name = specification.display_name
        message = f"There is a model called {name!r} already; give this one another `name`."
        raise problem(message, *_place(source, "name"), field="name", found=name)
    notes += [
        f"The secret {name!r} is not set yet: the administrator sets it with `labelbuddy secret set {name}`."
        for name in missing_secrets(get_settings(), specification)
    ]
    return specification, notes


def verdict(session: Session, source: str, model_id: int | None = None) -> dict[str, Any]:
    """What `accepted` says, as an answer: {valid, mistakes, notes, name, version, labels}."""
    try:
        specification, notes = accepted(session, source, model_id)
    except SpecificationProblem as error:
        return {"valid": False, "mistakes": error.extra["mistakes"], "notes": []}
    about = {"name": specification.display_name, "version": specification.version, "labels": specification.labels}
    return {"valid": True, "mistakes": [], "notes": notes, **about}


def allowed_here() -> dict[str, list[str]]:
    """The patterns of images and of hosts that may be used."""
    settings = get_settings()
    return {"images": patterns(settings.allowed_images), "endpoints": patterns(settings.allowed_endpoints)}


def _place(source: str, field: str) -> tuple[int, int]:
    _, places = read_yaml(source)
    return places.get((field,), (1, 1))
