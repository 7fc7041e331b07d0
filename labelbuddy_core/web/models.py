"""Routes of models: declare them by YAML, change and remove them, and link them to projects."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from labelbuddy_core.errors import Invalid, TooLarge
from labelbuddy_core.inference.yaml_reader import MAX_BYTES
from labelbuddy_core.services import models
from labelbuddy_core.web.authentication import CurrentActor

router = APIRouter(tags=["models"])


class Link(BaseModel):
    """How a project uses a model; without label_map labels are matched by name."""

    model_config = ConfigDict(extra="forbid")

    label_map: dict[str, str] | None = None
    threshold: float = 0.2
    version: str = "promoted"
    automatic: bool = False
    webhook: bool = False
    add_labels: list[str] = Field(default_factory=list)


@router.get("/v1/models")
def list_models(actor: CurrentActor) -> dict[str, Any]:
    """All declared models."""
    return {"items": models.list_models(actor), "next_cursor": None}


@router.post("/v1/models", status_code=201)
async def create_model(actor: CurrentActor, request: Request) -> dict[str, Any]:
    """Declare a model: the body is its YAML (`application/yaml`)."""
    return await run_in_threadpool(models.create_model, actor, await _text(request))


@router.get("/v1/models/{model}")
def get_model(actor: CurrentActor, model: str) -> dict[str, Any]:
    """One model with its YAML."""
    return models.get_model(actor, model)


@router.patch("/v1/models/{model}")
async def update_model(actor: CurrentActor, model: str, request: Request) -> dict[str, Any]:
    """Replace a model's YAML."""
    return await run_in_threadpool(models.update_model, actor, model, await _text(request))


@router.delete("/v1/models/{model}", status_code=204)
def delete_model(actor: CurrentActor, model: str) -> None:
    """Remove a model without predictions."""
    models.delete_model(actor, model)


@router.get("/v1/projects/{project}/models")
def project_models(actor: CurrentActor, project: str) -> dict[str, Any]:
    """The models a project uses."""
    return {"items": models.project_models(actor, project), "next_cursor": None}


@router.put("/v1/projects/{project}/models/{model}")
def link_model(actor: CurrentActor, project: str, model: str, body: Link) -> dict[str, Any]:
    """Use a model in a project."""
    return models.link_model(actor, project, model, **body.model_dump())


@router.delete("/v1/projects/{project}/models/{model}", status_code=204)
def unlink_model(actor: CurrentActor, project: str, model: str) -> None:
    """Stop using a model in a project."""
    models.unlink_model(actor, project, model)


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
