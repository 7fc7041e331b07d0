"""Weights that are sent to be registered: who may not register them is refused before a byte of them is taken."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from schoolroom import School
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount

from labelbuddy_core.services.accounts import tokens
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.settings import get_settings
from labelbuddy_core.web import training
from labelbuddy_core.web.application import api
from labelbuddy_core.web.protection import Protection

CHUNK = b"x" * 1024
CHUNKS = 20


def put(school: School, actor: Actor, name: str = "mine", *, scope: str = "write") -> tuple[int, int]:
    """Send weights in chunks; the status, and how many chunks the server took."""
    token = tokens.create_token(actor, name="script", scope=scope)["token"]
    app = Starlette(routes=[Mount("/api", app=api())], middleware=[Middleware(Protection, policy="")])
    path = f"/api/v1/projects/{school.project}/models/{school.model}/versions/{name}"
    asked = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "PUT", "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
        "headers": [(b"host", b"labelbuddy.test"), (b"authorization", f"Bearer {token}".encode())],
        "client": ("127.0.0.1", 1), "server": ("labelbuddy.test", 80),
    }  # fmt: skip
    taken, statuses = 0, []

    async def receive() -> dict[str, Any]:
        nonlocal taken
        taken += 1
        return {"type": "http.request", "body": CHUNK, "more_body": taken < CHUNKS}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    async def request() -> None:
        await app(asked, receive, send)

    with ThreadPoolExecutor(1) as thread:  # other tests may have left a loop running in this one
        thread.submit(lambda: asyncio.run(request())).result()
    return statuses[0], taken


def test_who_may_not_register_weights_is_refused_before_they_are_taken(
    school: School, annotator: Actor, make_user: Callable[..., Actor]
) -> None:
    assert put(school, make_user("stranger")) == (404, 0)
    assert put(school, annotator) == (403, 0)
    assert put(school, school.manager, scope="read") == (403, 0)
    assert put(school, school.manager, "promoted") == (422, 0)
    assert put(school, school.manager, "tuned-1") == (422, 0)
    assert put(school, school.manager) == (422, CHUNKS)  # what it sends are no weights


def test_weights_in_chunks_are_cut_off_when_the_disk_has_no_more_room(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    def looks() -> Iterator[int]:
        yield 10**15
        while True:
            yield 0

    monkeypatch.setenv("LABELBUDDY_MIN_FREE_BYTES", "1000")
    get_settings.cache_clear()
    free = looks()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=next(free), total=10**15, used=0))
    monkeypatch.setattr(training, "CHECKED_EVERY", 4 * len(CHUNK))
    assert put(school, school.manager) == (507, 4)
    assert not list((get_settings().data / "work").glob("weights-*"))
