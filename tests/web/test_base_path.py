"""Under a base path: what the root itself answers, and what reaches the API."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from labelbuddy_core.web.base_path import BasePath


async def told(request: Request) -> PlainTextResponse:
    return PlainTextResponse(request.url.path)


def client_of(base: str) -> TestClient:
    routes = [Route("/{path:path}", told, methods=["GET", "HEAD", "POST"])]
    app = Starlette(routes=routes, middleware=[Middleware(BasePath, base=base)])
    return TestClient(app, follow_redirects=False)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_root_leads_to_the_base_path(method: str) -> None:
    answer = client_of("/labels").request(method, "/?lang=de")
    assert (answer.status_code, answer.headers["Location"]) == (307, "/labels/?lang=de")
    assert answer.headers["Cache-Control"] == "no-store"
    assert client_of("/labels").get("/").headers["Location"] == "/labels/"


@pytest.mark.parametrize(
    "path", ["/api/v1/health", "/_stcore/health", "/other", "/labels/", "/labels", "//evil.example"]
)
def test_nothing_but_the_root_is_redirected(path: str) -> None:
    answer = client_of("/labels").get(f"http://testserver{path}")
    assert (answer.status_code, answer.text) == (200, path)


def test_without_a_base_path_and_for_other_methods_the_root_is_passed_on() -> None:
    assert client_of("").get("/").text == "/"
    assert client_of("/labels").post("/").text == "/"


def test_the_api_is_reached_with_and_without_the_base_path() -> None:
    client = client_of("/labels")
    assert client.get("/labels/api/v1/health").text == client.get("/api/v1/health").text == "/api/v1/health"
