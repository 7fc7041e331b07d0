"""Routes of running models: start and stop one, and read what it wrote."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from labelbuddy_core.services import model_states
from labelbuddy_core.web.authentication import CurrentActor

router = APIRouter(tags=["models"])


@router.post("/v1/models/{model}/start", status_code=202)
def start_model(actor: CurrentActor, model: str) -> dict[str, Any]:
    """Ask a worker to start a model; answers its state."""
    return model_states.start(actor, model)


@router.post("/v1/models/{model}/stop", status_code=202)
def stop_model(actor: CurrentActor, model: str) -> dict[str, Any]:
    """Ask the workers to stop a model; answers its state."""
    return model_states.stop(actor, model)


@router.get("/v1/models/{model}/logs")
def model_logs(actor: CurrentActor, model: str, lines: Annotated[int, Query(ge=1, le=5000)] = 200) -> dict[str, Any]:
    """The last lines that a model wrote."""
    return model_states.logs(actor, model, lines)
