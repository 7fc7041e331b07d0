"""Routes of similarity: find more like this, and propagate a label to what was found."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from labelbuddy_core.services.similarity import propagations, similar_preparing, similar_sounds
from labelbuddy_core.services.similarity.similar_sounds import MOST_RESULTS, USUAL_RESULTS, SimilarTo
from labelbuddy_core.web.authentication import CurrentActor
from labelbuddy_core.web.whole_lists import Paging

router = APIRouter(tags=["similar sounds"])


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Prepare(_Body):
    """The model whose vectors are wanted; left out: the one that needs no weights."""

    model: str | None = None


class LeftOut(_Body):
    """A stretch that is not to be labeled: its task, and where it begins (s)."""

    task: str
    start: float = Field(ge=0)


class Propagate(_Body):
    """A label for what is like a stretch, from the similarity `least` on, but what is left out."""

    task: str
    start: float | None = Field(None, ge=0)
    stop: float | None = Field(None, ge=0)
    region: str | None = None
    model: str | None = None
    label: str
    least: float = Field(ge=-1, le=1)
    limit: int = Field(MOST_RESULTS, ge=1, le=MOST_RESULTS)
    leave_out: list[LeftOut] = Field(default_factory=list, max_length=MOST_RESULTS)


@router.get("/v1/projects/{project}/similar")
def find_similar(
    actor: CurrentActor,
    project: str,
    task: str,
    start: float | None = None,
    stop: float | None = None,
    region: str | None = None,
    model: str | None = None,
    limit: int = USUAL_RESULTS,
    least: float = similar_sounds.LOWEST,
) -> dict[str, Any]:
    """The stretches most like a task, a stretch of it or a region, the likeliest first."""
    wanted = SimilarTo(task, start, stop, region, model)
    return similar_sounds.find_similar(actor, project, wanted, limit=limit, least=least)


@router.post("/v1/projects/{project}/similar", status_code=201)
def propagate(actor: CurrentActor, project: str, body: Propagate) -> dict[str, Any]:
    """Suggest a label for what is like a stretch; answers the propagation."""
    return propagations.propagate(
        actor,
        project,
        SimilarTo(body.task, body.start, body.stop, body.region, body.model),
        label=body.label,
        least=body.least,
        limit=body.limit,
        leave_out=[propagations.Place(one.task, one.start) for one in body.leave_out],
    )


@router.get("/v1/projects/{project}/similar/models")
def searchable(actor: CurrentActor, project: str, paging: Paging) -> dict[str, Any]:
    """The models whose feature vectors the project can be searched by, and how many tasks have them."""
    return paging.of(similar_preparing.searchable(actor, project))


@router.post("/v1/projects/{project}/similar/vectors", status_code=202)
def prepare(actor: CurrentActor, project: str, body: Prepare) -> dict[str, Any]:
    """Have the feature vectors of all tasks computed; answers the job."""
    return similar_preparing.prepare(actor, project, body.model)


@router.get("/v1/projects/{project}/propagations")
def list_propagations(
    actor: CurrentActor, project: str, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """Labels that were propagated, newest first."""
    return propagations.list_propagations(actor, project, limit=limit, cursor=cursor)


@router.delete("/v1/propagations/{propagation}")
def undo(actor: CurrentActor, propagation: str) -> dict[str, Any]:
    """Take back the suggestions of a propagation that nobody has accepted yet."""
    return propagations.undo(actor, propagation)
