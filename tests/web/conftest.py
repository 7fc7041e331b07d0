"""Clients of the API as it is served: with the protection around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.testclient import TestClient

from labelbuddy_core.services.accounts.sign_in import open_session
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.web.application import api
from labelbuddy_core.web.authentication import COOKIE
from labelbuddy_core.web.protection import Protection

ClientFor = Callable[[Actor | None], TestClient]


@pytest.fixture(scope="session")
def served() -> Starlette:
    """The API behind its middleware."""
    return Starlette(
        routes=[Mount("/api", app=api())], middleware=[Middleware(Protection, policy="default-src 'self'")]
    )


@pytest.fixture
def client_for(served: Starlette, data_folder: Path) -> Iterator[ClientFor]:
    """A client with the session cookie of somebody, or of nobody."""
    clients: list[TestClient] = []

    def make(actor: Actor | None) -> TestClient:
        client = TestClient(served, base_url="http://labelbuddy.test", raise_server_exceptions=False)
        if actor is not None:
            opened = open_session(actor.id, address="test", user_agent="test")
            client.cookies.set(COOKIE, opened.token)
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()
