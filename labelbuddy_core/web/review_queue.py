"""Routes of the review queue: what waits, who reviews it, and what sampling leaves out."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from labelbuddy_core.services.reviews import review_assignments, review_claims, review_queues, review_sampling
from labelbuddy_core.web.authentication import CurrentActor
from labelbuddy_core.web.whole_lists import Paging

router = APIRouter(tags=["reviews"])


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ReviewersBody(_Body):
    """Usernames of reviewers of the project."""

    reviewers: list[str]


class SharedOut(_Body):
    """Tasks and reviewers; null for all without a reviewer, and for all reviewers. `everybody` reviews each task."""

    tasks: list[str] | None = None
    reviewers: list[str] | None = None
    everybody: bool = False


@router.get("/v1/projects/{project}/review-queue")
def review_queue(actor: CurrentActor, project: str, paging: Paging) -> dict[str, Any]:
    """Annotations that wait for my review, in the order of the project."""
    waiting = paging.of(review_queues.review_queue(actor, project))
    return {**waiting, "counts": review_queues.review_counts(actor, project)}


@router.get("/v1/projects/{project}/review-assignments")
def review_load(actor: CurrentActor, project: str) -> dict[str, Any]:
    """How much waits for each reviewer, and what sampling leaves out."""
    return review_assignments.review_load(actor, project)


@router.post("/v1/projects/{project}/review-assignments")
def share_out(actor: CurrentActor, project: str, body: SharedOut) -> dict[str, int]:
    """Name reviewers for many tasks."""
    return review_assignments.share_out(
        actor, project, tasks=body.tasks, reviewers=body.reviewers, everybody=body.everybody
    )


@router.post("/v1/projects/{project}/review-sampling", status_code=202)
def sample_again(actor: CurrentActor, project: str) -> dict[str, Any]:
    """Measure every task anew and apply the rules to what no reviewer has decided; answers the job."""
    return review_sampling.sample_again(actor, project)


@router.get("/v1/tasks/{task}/reviewers")
def get_reviewers(actor: CurrentActor, task: str) -> dict[str, Any]:
    """Who is named to review a task."""
    return {"reviewers": review_assignments.reviewers_of(actor, task)}


@router.put("/v1/tasks/{task}/reviewers")
def put_reviewers(actor: CurrentActor, task: str, body: ReviewersBody) -> dict[str, Any]:
    """Name who reviews a task; nobody leaves it to the pool."""
    return {"reviewers": review_assignments.name_reviewers(actor, task, body.reviewers)}


@router.put("/v1/annotations/{annotation}/review-claim")
def hold(actor: CurrentActor, annotation: str) -> dict[str, Any]:
    """Reserve an annotation for me while I review it, or go on holding it; 409 where another reviewer does."""
    return review_claims.open_annotation(actor, annotation)


@router.delete("/v1/annotations/{annotation}/review-claim", status_code=204)
def leave(actor: CurrentActor, annotation: str) -> None:
    """Give it back to the other reviewers."""
    review_claims.leave(actor, annotation)


@router.get("/v1/projects/{project}/review-claims")
def claims(actor: CurrentActor, project: str, paging: Paging) -> dict[str, Any]:
    """What reviewers have open now, for managers."""
    return paging.of(review_claims.claims(actor, project))


@router.post("/v1/annotations/{annotation}/review-claim/release", status_code=204)
def release(actor: CurrentActor, annotation: str) -> None:
    """Take an annotation back from the reviewer who has it open, as a manager."""
    review_claims.release(actor, annotation)
