"""Who is asking: a bearer token, else the session cookie."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from labelbuddy_core.errors import Unauthenticated
from labelbuddy_core.services.accounts.sign_in import session_actor
from labelbuddy_core.services.accounts.tokens import token_actor
from labelbuddy_core.services.actors import Actor

COOKIE = "lb_session"


def bearer_of(headers: Headers) -> str | None:
    """The bearer token of a request; such a request ignores the cookie."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def cookie_of(headers: Headers) -> str | None:
    """The session token in the cookie."""
    return cookie_parser(headers.get("cookie", "")).get(COOKIE)


def find_actor(headers: Headers) -> Actor | None:
    """The person behind a request's headers, or None. Reads the database."""
    bearer = bearer_of(headers)
    if bearer is not None:
        return token_actor(bearer)
    cookie = cookie_of(headers)
    return session_actor(cookie) if cookie else None


def current_actor(request: Request) -> Actor:
    """The person behind a request; raises `Unauthenticated` when there is none."""
    state = request.scope.setdefault("state", {})
    actor = state.get("labelbuddy_actor") or find_actor(request.headers)
    if actor is None:
        raise Unauthenticated("Sign in, or send a valid token.")
    return actor


def address_of(request: Request) -> str:
    """Where a request comes from, for lock-outs; `local` when the server is not told."""
    return request.client.host if request.client else "local"


CurrentActor = Annotated[Actor, Depends(current_actor)]
