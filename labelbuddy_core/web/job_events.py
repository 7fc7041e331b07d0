"""One poller a process for everybody who watches jobs: a single query every third of a second, however many watch."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.concurrency import run_in_threadpool

from labelbuddy_core.domain.states import FINAL_JOB_STATES
from labelbuddy_core.services.installation import jobs

_POLL_SECONDS = 0.3
_KEEP_ALIVE_SECONDS = 15.0

Change = dict[str, Any]


class JobWatchers:
    """Hands every change of a job to those who watch it. All methods run on the event loop."""

    def __init__(self) -> None:
        self._queues: dict[str, set[asyncio.Queue[Change]]] = {}
        self._last: dict[str, Change] = {}
        self._poller: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def watch(self, present: Change) -> AsyncIterator[AsyncIterator[Change | None]]:
        """Changes of a job after `present`, and None now and then to keep the connection open."""
        job_id = present["id"]
        queue: asyncio.Queue[Change] = asyncio.Queue()
        self._queues.setdefault(job_id, set()).add(queue)
        self._last.setdefault(job_id, present)
        if self._poller is None or self._poller.done():
            self._poller = asyncio.create_task(self._poll())
        try:
            yield self._changes(queue)
        finally:
            self._queues[job_id].discard(queue)
            if not self._queues[job_id]:
                del self._queues[job_id]
                self._last.pop(job_id, None)

    async def _changes(self, queue: asyncio.Queue[Change]) -> AsyncIterator[Change | None]:
        while True:
            try:
                change = await asyncio.wait_for(queue.get(), _KEEP_ALIVE_SECONDS)
            except TimeoutError:
                yield None
                continue
            yield change
            if change["state"] in FINAL_JOB_STATES:
                return

    async def _poll(self) -> None:
        while self._queues:
            found = await run_in_threadpool(jobs.snapshots, list(self._queues))
            for job_id, change in found.items():
                if change != self._last.get(job_id):
                    self._last[job_id] = change
                    for queue in self._queues.get(job_id, ()):
                        queue.put_nowait(change)
            await asyncio.sleep(_POLL_SECONDS)


WATCHERS = JobWatchers()
