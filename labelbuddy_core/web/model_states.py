"""Routes of running models: start and stop one, try it out, and read what it wrote and predicted."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from labelbuddy_core.services.models import model_states, model_trials
from labelbuddy_core.services.predictions import latest_predictions
from labelbuddy_core.web.authentication import CurrentActor

router = APIRouter(tags=["models"])


class Trial(BaseModel):
    """A stretch (s) of a recording; without `stop` up to its end, at most ten minutes."""

    model_config = ConfigDict(extra="forbid")

    recording: str
    start: float = Field(0.0, ge=0)
    stop: float | None = Field(None, gt=0)
    threshold: float = Field(0.2, ge=0, le=1)


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


@router.post("/v1/models/{model}/trials", status_code=202)
def try_model(actor: CurrentActor, model: str, body: Trial) -> dict[str, Any]:
    """Ask a model about a stretch of a recording without keeping a prediction; answers the job."""
    return model_trials.try_model(
        actor, model, body.recording, start=body.start, stop=body.stop, threshold=body.threshold
    )


@router.get("/v1/models/{model}/predictions")
def predictions_of_model(
    actor: CurrentActor, model: str, limit: Annotated[int, Query(ge=1, le=latest_predictions.MAX_TOLD)] = 10
) -> dict[str, Any]:
    """The newest predictions of a model in the projects that I manage."""
    return {"items": latest_predictions.latest_predictions(actor, model, limit), "next_cursor": None}
