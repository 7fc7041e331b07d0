"""Routes of predictions: ask a model, see its answers, reject parts of them."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from labelbuddy_core.domain.operations import Decided
from labelbuddy_core.services.annotations import first_passes
from labelbuddy_core.services.predictions import predicted_tasks, prediction_decisions, prediction_requests, predictions
from labelbuddy_core.services.predictions.prediction_decisions import Decisions
from labelbuddy_core.web.authentication import CurrentActor
from labelbuddy_core.web.whole_lists import Paging

router = APIRouter(tags=["predictions"])


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Ask(_Body):
    """The model to ask; `again` runs it also for what it has answered before."""

    model: str
    again: bool = False


class AskAboutTasks(Ask):
    """The model to ask, and which tasks of the project; left out: all of them."""

    tasks: list[str] | None = Field(None, max_length=prediction_requests.MAX_CHOSEN)


class AskAboutStretch(Ask):
    """The model to ask, and about which stretch of the task (s); left out: all of it."""

    start: float | None = Field(None, ge=0)
    stop: float | None = Field(None, gt=0)


class Decision(_Body):
    """A decision on one item of a prediction: rejected or undecided; `by` says whether it was rejected alone."""

    region: str
    decision: str
    by: Decided = predictions.ONE_BY_ONE


class View(_Body):
    """Which predictions I see from now on, with the threshold, or that I have hidden them by hand."""

    shown: bool
    predictions: list[str] = Field(default_factory=list)
    threshold: float | None = Field(None, ge=0, le=1)


class FirstPass(_Body):
    """The revision that the first pass without suggestions ended with."""

    revision: int = Field(ge=0)


@router.post("/v1/tasks/{task}/predictions", status_code=202)
def predict_task(actor: CurrentActor, task: str, body: AskAboutStretch) -> dict[str, Any]:
    """Ask a model about a task, or a stretch of it; answers the job."""
    return prediction_requests.predict_task(actor, task, body.model, start=body.start, stop=body.stop, again=body.again)


@router.get("/v1/tasks/{task}/predictions")
def list_for_task(actor: CurrentActor, task: str, paging: Paging) -> dict[str, Any]:
    """The predictions of a task, newest first."""
    found = predictions.list_for_task(actor, task)
    return {**found, **paging.of(found["items"])}


@router.get("/v1/tasks/{task}/newest-predictions")
def newest_of_task(actor: CurrentActor, task: str, paging: Paging) -> dict[str, Any]:
    """The newest prediction of each model, for managers."""
    return paging.of(predicted_tasks.newest_predictions(actor, task)["items"])


@router.post("/v1/tasks/{task}/suggestion-views", status_code=204)
def note_view(actor: CurrentActor, task: str, body: View) -> None:
    """Note that I see suggestions, or have hidden them by hand."""
    first_passes.note_view(actor, task, shown=body.shown, predictions=body.predictions, threshold=body.threshold)


@router.post("/v1/tasks/{task}/first-pass")
def declare_first_pass(actor: CurrentActor, task: str, body: FirstPass) -> dict[str, Any]:
    """Declare my first pass without suggestions done; they are shown from then on."""
    return first_passes.declare_first_pass(actor, task, body.revision)


@router.post("/v1/projects/{project}/predictions", status_code=202)
def predict_project(actor: CurrentActor, project: str, body: AskAboutTasks) -> dict[str, Any]:
    """Ask a model about every task, or those chosen, that it has not predicted as it is now; answers the job."""
    if body.tasks is not None:
        return prediction_requests.predict_tasks(actor, project, body.model, body.tasks, again=body.again)
    return prediction_requests.predict_project(actor, project, body.model, again=body.again)


@router.get("/v1/projects/{project}/predictions")
def list_for_project(
    actor: CurrentActor, project: str, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """The predictions of a project, newest first."""
    return predictions.list_for_project(actor, project, limit=limit, cursor=cursor)


@router.post("/v1/predictions/{prediction}/decisions")
def decide(actor: CurrentActor, prediction: str, body: Decision) -> dict[str, Any]:
    """Reject one item of a prediction, or take that back."""
    return predictions.decide(actor, prediction, body.region, body.decision, body.by)


@router.post("/v1/tasks/{task}/decisions")
def decide_many(actor: CurrentActor, task: str, body: Decisions) -> dict[str, Any]:
    """Reject items of a task's predictions, or take that back, many at once."""
    return prediction_decisions.decide_many(actor, task, body)
