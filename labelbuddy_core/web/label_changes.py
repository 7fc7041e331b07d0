"""Routes of changes of a label set in use: look at one before, do it, list them, take one back."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from labelbuddy_core.services.labels import label_changes
from labelbuddy_core.services.tasks import splitting_by_hand
from labelbuddy_core.services.tasks.splitting_by_hand import Picked
from labelbuddy_core.web.authentication import CurrentActor

router = APIRouter(tags=["label changes"])


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PickedBody(_Body):
    """An item of the list, and the label that it gets."""

    annotation: str
    collection: str = "regions"
    id: str
    label: str


class PicksBody(_Body):
    """Items of the list with their labels."""

    items: list[PickedBody] = Field(max_length=splitting_by_hand.MAX_PICKED)


@router.post("/v1/projects/{project}/label-changes/preview")
def preview_label_change(actor: CurrentActor, project: str, change: dict[str, Any]) -> dict[str, Any]:
    """What a change of the label set would do; nothing is changed."""
    return label_changes.preview(actor, project, change)


@router.post("/v1/projects/{project}/label-changes", status_code=201)
def change_labels(actor: CurrentActor, project: str, change: dict[str, Any]) -> dict[str, Any]:
    """Change the label set with everything that is labeled; a large change has a `job`."""
    return label_changes.apply(actor, project, change)


@router.get("/v1/projects/{project}/label-changes")
def list_label_changes(
    actor: CurrentActor, project: str, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """The changes of a project's label set, newest first."""
    return label_changes.list_changes(actor, project, limit=limit, cursor=cursor)


@router.get("/v1/label-changes/{change}")
def get_label_change(actor: CurrentActor, change: str) -> dict[str, Any]:
    """One change, with what stands in the way of taking it back."""
    return label_changes.get_change(actor, change)


@router.post("/v1/label-changes/{change}/undo")
def undo_label_change(actor: CurrentActor, change: str) -> dict[str, Any]:
    """Take a change back."""
    return label_changes.undo(actor, change)


@router.post("/v1/label-changes/{change}/resume")
def resume_label_change(actor: CurrentActor, change: str) -> dict[str, Any]:
    """Go on with a change whose job was stopped."""
    return label_changes.resume(actor, change)


@router.get("/v1/label-changes/{change}/items")
def list_items_to_split(
    actor: CurrentActor, change: str, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """What a split left to be decided by hand."""
    return splitting_by_hand.open_items(actor, change, limit=limit, cursor=cursor)


@router.post("/v1/label-changes/{change}/items")
def split_by_hand(actor: CurrentActor, change: str, body: PicksBody) -> dict[str, int]:
    """Decide items of a split by hand."""
    return splitting_by_hand.pick_labels(
        actor, change, [Picked(one.annotation, one.collection, one.id, one.label) for one in body.items]
    )
