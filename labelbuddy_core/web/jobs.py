"""Routes of jobs: list, watch (polling or server-sent events) and cancel."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from labelbuddy_core.domain.states import FINAL_JOB_STATES
from labelbuddy_core.services.access import parse_id
from labelbuddy_core.services.installation import jobs
from labelbuddy_core.web.authentication import CurrentActor
from labelbuddy_core.web.job_events import WATCHERS

router = APIRouter(tags=["jobs"])


@router.get("/v1/jobs")
def list_jobs(
    actor: CurrentActor,
    project: str | None = None,
    state: str | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """The jobs I may see, newest first."""
    project_id = None if project is None else parse_id(project, "project")
    return jobs.list_jobs(actor, project_id=project_id, state=state, limit=limit, cursor=cursor)


@router.get("/v1/jobs/{job}")
def get_job(actor: CurrentActor, job: str) -> dict[str, Any]:
    """A job's state, progress (0 … 1), message, result and problem."""
    return jobs.get_job(actor, job)


@router.delete("/v1/jobs/{job}")
def cancel_job(actor: CurrentActor, job: str) -> dict[str, Any]:
    """Cancel a job that has not ended."""
    return jobs.cancel_job(actor, job)


@router.get("/v1/jobs/{job}/events")
async def watch_job(actor: CurrentActor, job: str, request: Request) -> StreamingResponse:
    """The job as server-sent events: one at once, one for every change, the last when it has ended."""
    first = await run_in_threadpool(jobs.get_job, actor, job)

    async def events() -> AsyncIterator[bytes]:
        yield _event(first)
        if first["state"] in FINAL_JOB_STATES:
            return
        async with WATCHERS.watch(first) as changes:
            async for change in changes:
                if await request.is_disconnected():
                    return
                yield b": still here\n\n" if change is None else _event(change)

    headers = {"Cache-Control": "no-store", "Content-Encoding": "identity", "X-Accel-Buffering": "no"}
    return StreamingResponse(events(), media_type="text/event-stream", headers=headers)


def _event(job: dict[str, Any]) -> bytes:
    return b"event: job\ndata: " + orjson.dumps(job) + b"\n\n"
