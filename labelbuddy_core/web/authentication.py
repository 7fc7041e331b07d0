"""Who is asking: a bearer token, else the session cookie."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from labelbuddy_core.errors import SomebodyElse, Unauthenticated
from labelbuddy_core.services.accounts.sign_in import session_actor
from labelbuddy_core.services.accounts.tokens import token_actor
from labelbuddy_core.services.actors import Actor

COOKIE = "lb_session"
PERSON = "labelbuddy-person"
"""The header in which a page says whose it is: the id of the person who opened it."""


def bearer_of(headers: Headers) -> str | None:
    """The bearer token of a request; such a request ignores the cookie."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def cookie_of(headers: Headers) -> str | None:
    """The session token in the cookie."""
    return cookie_parser(headers.get("cookie", "")).get(COOKIE)


def find_actor(headers: Headers) -> Actor | None:
    """The person behind a request's headers, or None. Reads the database.

    Raises `SomebodyElse` when a page asks that another person opened: its cookie is the browser's, not the page's.
    """
    bearer = bearer_of(headers)
    if bearer is not None:
        return token_actor(bearer)
    cookie = cookie_of(headers)
    actor = session_actor(cookie) if cookie else None
    if actor is not None and headers.get(PERSON, str(actor.id)) != str(actor.id):
        raise SomebodyElse(
            "Somebody else signed in with this browser. Sign in as yourself again, or reload this page to work as them."
        )
    return actor


def current_actor(request: Request) -> Actor:
    """The person behind a request; raises `Unauthenticated` when there is none, `SomebodyElse` as `find_actor`."""
    state = request.scope.setdefault("state", {})
    actor = state.get("labelbuddy_actor") or find_actor(request.headers)
    if actor is None:
        raise Unauthenticated("Sign in, or send a valid token.")
    return actor


def address_of(request: Request) -> str:
    """Where a request comes from, for lock-outs; `local` when the server is not told."""
    return request.client.host if request.client else "local"


CurrentActor = Annotated[Actor, Depends(current_actor)]
