"""Routes of the verify grid: regions of one label, decided one by one."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from labelbuddy_core.services.reviews import region_verdicts
from labelbuddy_core.web.authentication import CurrentActor
from labelbuddy_core.web.whole_lists import Paging

router = APIRouter(tags=["reviews"])


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Verdict(_Body):
    """A decision on one region of a revision: approve, reject, or null to take it back."""

    region: str
    revision: int = Field(ge=0)
    decision: str | None


class Finish(_Body):
    """What is wrong with what was rejected."""

    feedback: str = ""


@router.get("/v1/projects/{project}/labels-to-verify")
def labels_to_verify(actor: CurrentActor, project: str, paging: Paging) -> dict[str, Any]:
    """Labels of regions in my review queue that I have not decided."""
    return paging.of(region_verdicts.labels_to_verify(actor, project))


@router.get("/v1/projects/{project}/regions-to-verify")
def regions_to_verify(
    actor: CurrentActor, project: str, label: str, offset: int = 0, limit: int = 60
) -> dict[str, Any]:
    """Regions of a label that I have not decided, the least certain first."""
    return region_verdicts.regions_to_verify(actor, project, label, offset=offset, limit=limit)


@router.post("/v1/projects/{project}/verified-annotations")
def finish(actor: CurrentActor, project: str, body: Finish) -> dict[str, Any]:
    """Decide the annotations of which I have decided everything."""
    return region_verdicts.finish(actor, project, feedback=body.feedback)


@router.get("/v1/annotations/{annotation}/region-verdicts")
def my_verdicts(actor: CurrentActor, annotation: str, paging: Paging) -> dict[str, Any]:
    """What I have decided about regions of an annotation."""
    return paging.of(region_verdicts.my_verdicts(actor, annotation))


@router.put("/v1/annotations/{annotation}/region-verdicts")
def decide_region(actor: CurrentActor, annotation: str, body: Verdict) -> dict[str, Any]:
    """Decide one region, or take that back."""
    return region_verdicts.decide_region(
        actor, annotation, region=body.region, revision=body.revision, decision=body.decision
    )
