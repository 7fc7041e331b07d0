"""Routes of models: declare them by YAML, change and remove them, and link them to projects."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from labelbuddy_core.errors import Invalid, TooLarge
from labelbuddy_core.inference.specification import specification_schema
from labelbuddy_core.inference.yaml_reader import MAX_BYTES
from labelbuddy_core.services.models import model_links, model_states, models
from labelbuddy_core.web.authentication import CurrentActor
from labelbuddy_core.web.whole_lists import Paging

router = APIRouter(tags=["models"])


class License(BaseModel):
    """The license of a model as it was read."""

    model_config = ConfigDict(extra="forbid")

    license: str


class Link(BaseModel):
    """How a project uses a model; without label_map labels are matched by name."""

    model_config = ConfigDict(extra="forbid")

    label_map: dict[str, str] | None = None
    threshold: float = 0.2
    label_thresholds: dict[str, float] = Field(default_factory=dict)
    version: str = "promoted"
    automatic: bool = False
    webhook: bool = False
    add_labels: list[str] = Field(default_factory=list)


@router.get("/v1/models")
def list_models(actor: CurrentActor, paging: Paging) -> dict[str, Any]:
    """All declared models, with what each does at the moment and how fast it answers."""
    return paging.of(model_states.with_states(actor, models.list_models(actor)))


@router.post("/v1/models", status_code=201)
async def create_model(actor: CurrentActor, request: Request) -> dict[str, Any]:
    """Declare a model: the body is its YAML (`application/yaml`)."""
    return await run_in_threadpool(models.create_model, actor, await _text(request))


@router.get("/v1/models/schema")
def model_schema(actor: CurrentActor) -> dict[str, Any]:
    """The JSON Schema of model files."""
    return specification_schema()


@router.get("/v1/models/allowed")
def allowed_places(actor: CurrentActor) -> dict[str, Any]:
    """The images and hosts that models may use here, as patterns."""
    return models.allowed_places(actor)


@router.post("/v1/models/check")
async def check_model(actor: CurrentActor, request: Request, model: str | None = None) -> dict[str, Any]:
    """Whether a YAML file could be declared (or replace `model`), with every mistake and its place."""
    return await run_in_threadpool(models.check_model, actor, await _text(request), model)


@router.get("/v1/models/{model}/history")
def model_history(actor: CurrentActor, model: str, paging: Paging) -> dict[str, Any]:
    """Every version of a model's YAML, with who saved it, when, and what changed."""
    return paging.of(models.list_history(actor, model))


@router.post("/v1/models/{model}/history/{number}/restore")
def restore_model(actor: CurrentActor, model: str, number: int) -> dict[str, Any]:
    """Take back an earlier version of a model's YAML."""
    return models.restore_model(actor, model, number)


@router.get("/v1/projects/{project}/models/{model}/labels")
def label_suggestions(actor: CurrentActor, project: str, model: str) -> dict[str, Any]:
    """How the model's labels could correspond to the project's, by name."""
    return model_links.label_suggestions(actor, project, model)


@router.get("/v1/models/{model}")
def get_model(actor: CurrentActor, model: str) -> dict[str, Any]:
    """One model with its YAML and what it does at the moment."""
    (found,) = model_states.with_states(actor, [models.get_model(actor, model)])
    return found


@router.patch("/v1/models/{model}")
async def update_model(actor: CurrentActor, model: str, request: Request) -> dict[str, Any]:
    """Replace a model's YAML."""
    return await run_in_threadpool(models.update_model, actor, model, await _text(request))


@router.put("/v1/models/{model}/license")
def confirm_license(actor: CurrentActor, model: str, body: License) -> dict[str, Any]:
    """Confirm the license of a model, which must be the one that it has."""
    return models.confirm_license(actor, model, body.license)


@router.delete("/v1/models/{model}", status_code=204)
def delete_model(actor: CurrentActor, model: str) -> None:
    """Remove a model without predictions."""
    models.delete_model(actor, model)


@router.get("/v1/projects/{project}/models")
def project_models(actor: CurrentActor, project: str, paging: Paging) -> dict[str, Any]:
    """The models a project uses."""
    return paging.of(model_links.project_models(actor, project))


@router.put("/v1/projects/{project}/models/{model}")
def link_model(actor: CurrentActor, project: str, model: str, body: Link) -> dict[str, Any]:
    """Use a model in a project."""
    return model_links.link_model(actor, project, model, **body.model_dump())


@router.delete("/v1/projects/{project}/models/{model}", status_code=204)
def unlink_model(actor: CurrentActor, project: str, model: str) -> None:
    """Stop using a model in a project."""
    model_links.unlink_model(actor, project, model)


async def _text(request: Request) -> str:
    held = bytearray()
    async for chunk in request.stream():
        held += chunk
        if len(held) > MAX_BYTES:
            raise TooLarge(f"A model file has at most {MAX_BYTES} bytes.")
    try:
        return held.decode()
    except UnicodeDecodeError:
        raise Invalid("The file is not UTF-8 text; save it as UTF-8.") from None
