"""Routes of tasks: lists, the next one, changes, and what the editor needs of the recording."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict

from labelbuddy_core.services.recordings import compatible_copies, recordings
from labelbuddy_core.services.tasks import queues, skipping, tasks
from labelbuddy_core.web.authentication import CurrentActor
from labelbuddy_core.web.byte_ranges import serve_blob

router = APIRouter(tags=["tasks"])


class TaskChanges(BaseModel):
    """Priority and assignees (usernames) of a task."""

    model_config = ConfigDict(extra="forbid")

    priority: int | None = None
    assignees: list[str] | None = None


class Flag(BaseModel):
    """Whether a task is marked for its managers, and what they should know."""

    model_config = ConfigDict(extra="forbid")

    flagged: bool
    note: str = ""


class Skip(BaseModel):
    """Why a task is put off."""

    model_config = ConfigDict(extra="forbid")

    reason: str


@router.get("/v1/projects/{project}/tasks")
def list_tasks(
    actor: CurrentActor,
    project: str,
    state: str | None = None,
    assignee: str | None = None,
    name: str | None = None,
    flagged: bool = False,
    skipped: bool = False,
    order: str = "priority",
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """The tasks I may see, a page at a time."""
    return tasks.list_tasks(
        actor,
        project,
        state=state,
        assignee=assignee,
        name=name,
        flagged=flagged,
        skipped=skipped,
        order=order,
        limit=limit,
        cursor=cursor,
    )


@router.post("/v1/projects/{project}/tasks/next", responses={204: {"description": "Nothing to do"}})
def next_task(actor: CurrentActor, project: str, after: str | None = None) -> Any:
    """My unfinished task, else one claimed from the pool, else what I skipped; 204 when there is nothing."""
    skipped = int(after) if after is not None and after.isdecimal() and after.isascii() else None
    found = queues.next_task(actor, project, after=skipped)
    return Response(status_code=204) if found is None else tasks.get_task(actor, found)


@router.get("/v1/tasks/{task}")
def get_task(actor: CurrentActor, task: str) -> dict[str, Any]:
    """One task with its recording."""
    return tasks.get_task(actor, task)


@router.patch("/v1/tasks/{task}")
def change_task(actor: CurrentActor, task: str, body: TaskChanges) -> dict[str, Any]:
    """Change priority or assignees."""
    return tasks.change_task(actor, task, body.model_dump(exclude_none=True))


@router.put("/v1/tasks/{task}/flag")
def flag_task(actor: CurrentActor, task: str, body: Flag) -> dict[str, Any]:
    """Mark a task for its managers, or take the mark back."""
    return tasks.flag_task(actor, task, flagged=body.flagged, note=body.note)


@router.post("/v1/tasks/{task}/skip")
def skip_task(actor: CurrentActor, task: str, body: Skip) -> dict[str, Any]:
    """Put a task of my queue off with a reason: it comes back to me after everything else."""
    skipping.skip_task(actor, task, body.reason)
    return tasks.get_task(actor, task)


@router.get("/v1/tasks/{task}/audio", response_class=Response)
def audio(
    actor: CurrentActor, task: str, request: Request, wanted: Annotated[str, Query(alias="as")] = "usual"
) -> Response:
    """What the browser plays; byte ranges. `as=compatible` is the copy for browsers that refuse the usual one."""
    blob = compatible_copies.copy_of(actor, task) if wanted == "compatible" else recordings.playback(actor, task)
    return serve_blob(blob, request)


@router.post("/v1/tasks/{task}/compatible-audio")
def ask_for_compatible_audio(actor: CurrentActor, task: str) -> dict[str, Any]:
    """Have the copy for browsers that refuse the usual one made; ask again until it is `ready`."""
    return compatible_copies.ask_for_copy(actor, task)


@router.get("/v1/tasks/{task}/original", response_class=Response)
def original(actor: CurrentActor, task: str, request: Request) -> Response:
    """The uploaded file; byte ranges."""
    return serve_blob(recordings.original(actor, task), request, download=True)


@router.get("/v1/tasks/{task}/peaks", response_class=Response)
def peaks(actor: CurrentActor, task: str, request: Request) -> Response:
    """The peaks pyramid; byte ranges."""
    return serve_blob(recordings.peaks(actor, task), request)
