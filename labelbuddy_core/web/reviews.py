"""Routes of reviews and ground truth."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from labelbuddy_core.domain.described_json import DocumentJson
from labelbuddy_core.services.agreement import consensus, merged_consensus
from labelbuddy_core.services.reviews import reviews
from labelbuddy_core.web.authentication import CurrentActor

router = APIRouter(tags=["reviews"])


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RegionDecision(_Body):
    """A decision on one region."""

    id: str
    decision: str
    feedback: str = ""


class ConsensusBody(_Body):
    """The adjudicated document upon a revision (0 for the first)."""

    revision: int = Field(ge=0)
    document: DocumentJson


class ReviewBody(_Body):
    """A decision on a revision, as a whole and by region, and the ground truth that is written with it."""

    revision: int = Field(ge=0)
    decision: str
    feedback: str = ""
    reasons: list[str] = Field(default_factory=list)
    regions: list[RegionDecision] = Field(default_factory=list)
    ground_truth: ConsensusBody | None = None


class MergeBody(_Body):
    """How to merge: majority, weighted, dawid_skene, mace."""

    method: str = "weighted"


@router.post("/v1/annotations/{annotation}/reviews", status_code=201)
def review(actor: CurrentActor, annotation: str, body: ReviewBody) -> dict[str, Any]:
    """Approve or reject a submitted annotation; with `ground_truth` that is written too, or nothing is."""
    return reviews.review_annotation(
        actor,
        annotation,
        revision=body.revision,
        decision=body.decision,
        feedback=body.feedback,
        reasons=body.reasons,
        regions=[region.model_dump() for region in body.regions],
        ground_truth=body.ground_truth and body.ground_truth.model_dump(),
    )


@router.get("/v1/annotations/{annotation}/sent-back", response_model=None)
def get_sent_back(actor: CurrentActor, annotation: str) -> dict[str, Any] | Response:
    """The document as it was when the annotation was sent back last; 204 when it never was."""
    found = reviews.get_sent_back(actor, annotation)
    return Response(status_code=204) if found is None else found


@router.get("/v1/tasks/{task}/consensus")
def get_consensus(actor: CurrentActor, task: str) -> dict[str, Any]:
    """The ground truth of a task."""
    return consensus.get_consensus(actor, task)


@router.put("/v1/tasks/{task}/consensus")
def put_consensus(actor: CurrentActor, task: str, body: ConsensusBody) -> dict[str, Any]:
    """Write the ground truth of a task by hand."""
    return consensus.put_consensus(actor, task, revision=body.revision, document=body.document)


@router.get("/v1/projects/{project}/consensus")
def consensus_summary(actor: CurrentActor, project: str) -> dict[str, Any]:
    """How many tasks are merged, stale and adjudicated, and how far annotators can be relied on."""
    return merged_consensus.consensus_summary(actor, project)


@router.post("/v1/projects/{project}/consensus", status_code=202)
def merge_consensus(actor: CurrentActor, project: str, body: MergeBody) -> dict[str, Any]:
    """Merge the annotations of every task into a consensus; answers the job."""
    return merged_consensus.merge_project(actor, project, method=body.method)


@router.delete("/v1/projects/{project}/consensus", status_code=204)
def remove_consensus(actor: CurrentActor, project: str) -> None:
    """Forget what was merged; what was adjudicated stays."""
    merged_consensus.remove_merged(actor, project)
