"""Routes of who has which task, many at once: assign, release, hand over."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from labelbuddy_core.services.tasks import hand_overs, task_assignment
from labelbuddy_core.web.authentication import CurrentActor

router = APIRouter(tags=["tasks"])


class AssignBody(BaseModel):
    """Tasks and who gets them (usernames): besides those who have them, or instead."""

    model_config = ConfigDict(extra="forbid")

    tasks: list[str]
    annotators: list[str]
    add: bool = False


class ReleaseBody(BaseModel):
    """Tasks to take back, from everybody or from one annotator."""

    model_config = ConfigDict(extra="forbid")

    tasks: list[str]
    annotator: str | None = None


class HandOverBody(BaseModel):
    """Whose open work goes to whom (usernames): all of it, or that on some tasks. With `check` nothing is done."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    giver: str = Field(alias="from")
    taker: str = Field(alias="to")
    tasks: list[str] | None = None
    check: bool = False


@router.post("/v1/projects/{project}/tasks/assign")
def assign_tasks(actor: CurrentActor, project: str, body: AssignBody) -> dict[str, int]:
    """Give tasks to annotators."""
    return task_assignment.assign_many(actor, project, body.tasks, body.annotators, add=body.add)


@router.post("/v1/projects/{project}/tasks/release")
def release_tasks(actor: CurrentActor, project: str, body: ReleaseBody) -> dict[str, int]:
    """Take tasks back so that others can take them."""
    return task_assignment.release_many(actor, project, body.tasks, annotator=body.annotator)


@router.post("/v1/projects/{project}/hand-over")
def hand_work_over(actor: CurrentActor, project: str, body: HandOverBody) -> dict[str, Any]:
    """Hand the open work of one annotator over to another."""
    act = hand_overs.preview if body.check else hand_overs.hand_over
    return act(actor, project, giver=body.giver, taker=body.taker, tasks=body.tasks)
