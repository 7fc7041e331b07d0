"""What every request passes first: origin, size, sign-in and lock-out; and problem documents for everything refused."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from labelbuddy_core.services.accounts import sign_in, tokens
from labelbuddy_core.services.accounts.accounts import hash_password
from labelbuddy_core.services.accounts.sign_in import open_session
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.models.weight_files import MAX_FIELD_BYTES
from labelbuddy_core.settings import ROOT
from labelbuddy_core.web.authentication import COOKIE
from labelbuddy_core.web.protection import Protection

PASSWORD = "correct horse battery"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 201),
        ({"Origin": "http://labelbuddy.test"}, 201),
        ({"Origin": "http://evil.test"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 201),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_another_site_cannot_make_a_signed_in_browser_change_anything(
    headers: dict[str, str], status: int, make_user: Callable[..., Actor], client_for: Callable[..., Any]
) -> None:
    client = client_for(make_user())
    assert client.post("/api/v1/me/tokens", json={"name": "x"}, headers=headers).status_code == status


def test_a_bearer_token_needs_no_origin_and_ignores_the_cookie(
    make_user: Callable[..., Actor], client_for: Callable[..., Any]
) -> None:
    actor = make_user()
    token = tokens.create_token(actor, name="script")["token"]
    client = client_for(None)
    headers = {"Authorization": f"Bearer {token}", "Origin": "http://evil.test"}
    assert client.get("/api/v1/me", headers=headers).json()["username"] == actor.username
    assert client.post("/api/v1/me/tokens", json={"name": "y"}, headers=headers).status_code == 201
    assert client_for(actor).get("/api/v1/me", headers={"Authorization": "Bearer wrong"}).status_code == 401


def test_a_read_only_token_cannot_write(make_user: Callable[..., Actor], client_for: Callable[..., Any]) -> None:
    token = tokens.create_token(make_user(), name="reader", scope="read")["token"]
    headers = {"Authorization": f"Bearer {token}"}
    client = client_for(None)
    assert client.get("/api/v1/projects", headers=headers).status_code == 200
    assert client.post("/api/v1/me/tokens", json={"name": "x"}, headers=headers).status_code == 403


def test_an_account_is_locked_after_repeated_failures_and_the_lock_is_in_the_database(
    make_user: Callable[..., Actor], client_for: Callable[..., Any]
) -> None:
    make_user("anna", password_hash=hash_password(PASSWORD, "anna"))
    client = client_for(None)
    for _ in range(5):
        assert client.post("/api/v1/session", json={"username": "anna", "password": "wrong"}).status_code == 401
    locked = client.post("/api/v1/session", json={"username": "Anna", "password": PASSWORD})
    assert locked.status_code == 429
    assert int(locked.headers["retry-after"]) > 0


def test_an_address_is_locked_after_failures_of_many_accounts(
    client_for: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_for(None)
    statuses = {
        client.post("/api/v1/session", json={"username": f"user{number}", "password": "x"}).status_code
        for number in range(50)
    }
    assert statuses == {401}
    assert client.post("/api/v1/session", json={"username": "fresh", "password": "x"}).status_code == 429


def test_signing_in_sets_a_cookie_that_scripts_cannot_read_and_signing_out_revokes_it(
    make_user: Callable[..., Actor], client_for: Callable[..., Any]
) -> None:
    make_user("anna", password_hash=hash_password(PASSWORD, "anna"))
    client = client_for(None)
    answer = client.post("/api/v1/session", json={"username": "anna", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    stolen = client.cookies["lb_session"]
    assert client.delete("/api/v1/session").status_code == 204
    other = client_for(None)
    other.cookies.set("lb_session", stolen)
    assert other.get("/api/v1/me").status_code == 401


def test_a_ticket_works_once(make_user: Callable[..., Actor], client_for: Callable[..., Any]) -> None:
    ticket = sign_in.issue_ticket(make_user().id)
    assert client_for(None).post("/api/v1/session/exchange", json={"ticket": ticket}).status_code == 200
    assert client_for(None).post("/api/v1/session/exchange", json={"ticket": ticket}).status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/api/v1/nothing", 404), ("DELETE", "/api/v1/me", 405), ("POST", "/api/v1/projects", 422)],
)
def test_refusals_are_problem_documents(
    method: str, path: str, status: int, make_user: Callable[..., Actor], client_for: Callable[..., Any]
) -> None:
    answer = client_for(make_user()).request(method, path, json={})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert {"type", "title", "status", "detail"} <= set(answer.json())


def test_a_stranger_is_refused_before_the_body_is_read(client_for: Callable[..., Any]) -> None:
    answer = client_for(None).put(
        "/api/v1/projects/1/uploads/u?name=a&size=1", content=b"x" * 100, headers={"Content-Length": "100"}
    )
    assert answer.status_code == 401


def test_a_request_larger_than_allowed_is_refused_by_its_announced_length(
    make_user: Callable[..., Actor], client_for: Callable[..., Any]
) -> None:
    headers = {"Content-Length": str(10**12), "Content-Type": "application/json"}
    answer = client_for(make_user()).post("/api/v1/me/tokens", content=b"{}", headers=headers)
    assert answer.status_code == 413


def test_every_answer_carries_the_content_policy(client_for: Callable[..., Any]) -> None:
    headers = client_for(None).get("/api/v1/health").headers
    assert headers["content-security-policy"].startswith("default-src 'self'")
    assert headers["x-content-type-options"] == "nosniff"


def test_a_body_in_chunks_is_cut_off_at_the_limit(client_for: Callable[..., TestClient]) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(64):
            yield b" " * 65_536

    answer = client_for(None).post("/api/v1/session", content=chunks())
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


def _behind_protection() -> TestClient:
    """Something like Streamlit's own route for file fields: it tells how much it got."""

    async def take(request: Request) -> PlainTextResponse:
        return PlainTextResponse(str(len(await request.body())))

    routes = [Route("/{base:path}_stcore/upload_file/{session}/{file}", take, methods=["GET", "PUT", "DELETE"])]
    app = Starlette(routes=routes, middleware=[Middleware(Protection, policy="default-src 'self'")])
    return TestClient(app, base_url="http://labelbuddy.test", raise_server_exceptions=False)


FIELD = "/_stcore/upload_file/a-session/a-file"


def test_file_fields_of_pages_take_files_of_managers_only(make_user: Callable[..., Actor], data_folder: Path) -> None:
    statuses = {}
    for who in ("nobody", "annotator", "manager"):
        with _behind_protection() as client:
            if who != "nobody":
                actor = make_user(can_create_projects=who == "manager")
                client.cookies.set(COOKIE, open_session(actor.id, address="test", user_agent="test").token)
            statuses[who] = [client.put(FIELD, content=b"x" * 9).status_code, client.delete(FIELD).status_code]
    assert statuses == {"nobody": [401, 401], "annotator": [403, 403], "manager": [200, 200]}


def test_file_fields_of_pages_refuse_other_sites_other_methods_and_large_files(
    make_user: Callable[..., Actor], data_folder: Path
) -> None:
    def much() -> Iterator[bytes]:
        for _ in range(70):
            yield b" " * 1024**2

    with _behind_protection() as client:
        opened = open_session(make_user(can_create_projects=True).id, address="test", user_agent="test")
        client.cookies.set(COOKIE, opened.token)
        for path in (FIELD, f"/lab{FIELD}"):
            assert client.put(path, content=b"x", headers={"Origin": "http://evil.test"}).status_code == 403
            assert client.get(path).status_code == 404
            assert client.put(path, content=b"x", headers={"Content-Length": str(10**9)}).status_code == 413
            assert client.put(path, content=much()).status_code == 413
            assert client.put(path, content=b"x" * 1024**2).text == str(1024**2)


def test_a_field_of_a_page_takes_what_the_protection_lets_through() -> None:
    configured = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert configured["server"]["maxUploadSize"] * 1024**2 == MAX_FIELD_BYTES
