"""Routes of annotations: the editor's saves, handing in and taking back, revisions, and activity."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from labelbuddy_core.domain.operations import Replacement, Save
from labelbuddy_core.services.annotations import annotations, handing_in, revisions
from labelbuddy_core.services.reviews import caption_differences
from labelbuddy_core.services.tasks import activity
from labelbuddy_core.web.authentication import CurrentActor
from labelbuddy_core.web.whole_lists import Paging

router = APIRouter(tags=["annotations"])


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RevisionBody(_Body):
    """The revision that is meant."""

    revision: int = Field(ge=0)


class ActivityEvent(_Body):
    """What happened, for how many seconds, and when."""

    kind: str
    seconds: float = 0.0
    at: str | None = None


class ActivityBody(_Body):
    """Events of one browser tab."""

    client: UUID
    events: list[ActivityEvent]


@router.get("/v1/tasks/{task}/annotation")
def get_mine(actor: CurrentActor, task: str, compact: bool = False) -> Response:
    """My annotation of a task; `compact` leaves out most of what is null or empty in regions: the editor's opening."""
    written = annotations.get_mine_written(actor, task, compact=compact)
    return Response(written, media_type="application/json")


@router.patch("/v1/tasks/{task}/annotation")
def save(actor: CurrentActor, task: str, body: Save) -> dict[str, Any]:
    """Apply operations to my annotation: the editor's save."""
    return annotations.save(actor, task, body)


@router.put("/v1/tasks/{task}/annotation")
def replace(actor: CurrentActor, task: str, body: Replacement) -> dict[str, Any]:
    """Replace my annotation's document: for scripts."""
    return annotations.replace(actor, task, body)


@router.post("/v1/tasks/{task}/annotation/submit")
def submit(actor: CurrentActor, task: str, body: RevisionBody) -> dict[str, Any]:
    """Hand in my annotation."""
    return handing_in.submit(actor, task, body.revision)


@router.post("/v1/tasks/{task}/annotation/withdraw")
def withdraw(actor: CurrentActor, task: str) -> dict[str, Any]:
    """Take back what I handed in."""
    return handing_in.withdraw(actor, task)


@router.get("/v1/tasks/{task}/captions")
def compare_captions(actor: CurrentActor, task: str) -> dict[str, Any]:
    """The captions of a task with the phrases in which they differ, for its managers and reviewers."""
    return caption_differences.compare_captions(actor, task)


@router.get("/v1/tasks/{task}/annotations")
def list_for_task(actor: CurrentActor, task: str, paging: Paging) -> Response:
    """The annotations of a task, for its managers and reviewers."""
    found = annotations.list_for_task(actor, task, limit=paging.limit, cursor=paging.cursor)
    return Response(found, media_type="application/json")


@router.post("/v1/tasks/{task}/activity", status_code=204)
def log_activity(actor: CurrentActor, task: str, body: ActivityBody) -> None:
    """Log what I did in a task and for how long."""
    activity.log_activity(actor, task, str(body.client), [event.model_dump() for event in body.events])


@router.get("/v1/annotations/{annotation}")
def get_annotation(actor: CurrentActor, annotation: str) -> dict[str, Any]:
    """One annotation."""
    return annotations.get_annotation(actor, annotation)


@router.get("/v1/annotations/{annotation}/revisions")
def list_revisions(actor: CurrentActor, annotation: str, paging: Paging) -> dict[str, Any]:
    """The revisions of an annotation, newest first."""
    return paging.of(revisions.list_revisions(actor, annotation))


@router.get("/v1/annotations/{annotation}/revisions/{revision}")
def get_revision(actor: CurrentActor, annotation: str, revision: int) -> dict[str, Any]:
    """The document as it stood at a revision."""
    return revisions.get_revision(actor, annotation, revision)


@router.post("/v1/annotations/{annotation}/restore")
def restore(actor: CurrentActor, annotation: str, body: RevisionBody) -> dict[str, Any]:
    """Return to an earlier revision."""
    return revisions.restore(actor, annotation, body.revision)
