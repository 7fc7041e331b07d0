"""Routes of people: set-up, sign-in and sign-out, my account and tokens, and everybody's accounts."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from labelbuddy_core.domain.preferences import Preferences
from labelbuddy_core.services.accounts import accounts, preferences, sign_in, tokens
from labelbuddy_core.services.accounts.sign_in import OpenedSession
from labelbuddy_core.services.installation import setup
from labelbuddy_core.settings import get_settings
from labelbuddy_core.web.authentication import COOKIE, CurrentActor, address_of, cookie_of
from labelbuddy_core.web.whole_lists import Paging

router = APIRouter(tags=["accounts"])


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Credentials(_Body):
    """Username and password."""

    username: str = Field(max_length=200)
    password: str = Field(max_length=1000)


class Exchange(_Body):
    """A one-time ticket."""

    ticket: str = Field(max_length=200)


class NewUser(_Body):
    """A person to add."""

    username: str
    password: str
    name: str = ""
    email: str = ""
    is_administrator: bool = False
    can_create_projects: bool = False


class SetUp(_Body):
    """The token from the console and the first administrator."""

    token: str
    user: NewUser


class UserChanges(_Body):
    """What to change about a person."""

    name: str | None = None
    email: str | None = None
    password: str | None = None
    is_administrator: bool | None = None
    can_create_projects: bool | None = None
    active: bool | None = None


class PasswordChange(_Body):
    """My present and my new password."""

    present: str = Field(max_length=1000)
    new: str = Field(max_length=1000)


class NewToken(_Body):
    """A token to make: what it is for, what it may do, and for how many days (null: for ever)."""

    name: str
    scope: str = "write"
    days: int | None = 90


@router.post("/v1/setup", status_code=201)
def set_up(body: SetUp) -> dict[str, Any]:
    """Make the first administrator; only while nobody has an account."""
    return setup.create_first_administrator(body.token, body.user.model_dump())


@router.post("/v1/session")
def start_session(body: Credentials, request: Request, response: Response) -> dict[str, Any]:
    """Sign in with username and password; sets the session cookie."""
    address = address_of(request)
    actor = sign_in.check_credentials(body.username, body.password, address)
    agent = request.headers.get("user-agent", "")
    return _with_cookie(request, response, sign_in.open_session(actor.id, address=address, user_agent=agent))


@router.post("/v1/session/exchange")
def exchange_ticket(body: Exchange, request: Request, response: Response) -> dict[str, Any]:
    """Exchange the one-time ticket of the sign-in form; sets the session cookie."""
    agent = request.headers.get("user-agent", "")
    opened = sign_in.redeem_ticket(body.ticket, address=address_of(request), user_agent=agent)
    return _with_cookie(request, response, opened)


@router.delete("/v1/session", status_code=204)
def end_session(request: Request, response: Response) -> None:
    """Sign out; every tab with this session ends with it."""
    token = cookie_of(request.headers)
    if token:
        sign_in.close_session(token)
    response.delete_cookie(COOKIE, path=get_settings().base_path or "/")


@router.get("/v1/me")
def me(actor: CurrentActor) -> dict[str, Any]:
    """Who I am."""
    return accounts.myself(actor)


@router.get("/v1/me/preferences")
def get_preferences(actor: CurrentActor) -> Preferences:
    """My keys and my time to react."""
    return preferences.get_preferences(actor)


@router.put("/v1/me/preferences")
def set_preferences(actor: CurrentActor, body: Preferences) -> Preferences:
    """Set my keys and my time to react."""
    return preferences.set_preferences(actor, body)


@router.put("/v1/me/password", status_code=204)
def change_password(actor: CurrentActor, body: PasswordChange) -> None:
    """Change my password; all my sessions end."""
    accounts.change_own_password(actor, body.present, body.new)


@router.get("/v1/me/tokens")
def list_tokens(actor: CurrentActor, paging: Paging) -> dict[str, Any]:
    """My API tokens, without their secrets."""
    return paging.of(tokens.list_tokens(actor))


@router.post("/v1/me/tokens", status_code=201)
def create_token(actor: CurrentActor, body: NewToken) -> dict[str, Any]:
    """Make an API token; its secret is in this answer and never shown again."""
    return tokens.create_token(actor, name=body.name, scope=body.scope, days=body.days)


@router.delete("/v1/me/tokens/{token}", status_code=204)
def revoke_token(actor: CurrentActor, token: str) -> None:
    """Revoke one of my API tokens."""
    tokens.revoke_token(actor, token)


@router.get("/v1/users")
def list_users(actor: CurrentActor, paging: Paging) -> dict[str, Any]:
    """Everybody with an account (administrators)."""
    return paging.of(accounts.list_users(actor))


@router.post("/v1/users", status_code=201)
def create_user(actor: CurrentActor, body: NewUser) -> dict[str, Any]:
    """Add a person (administrators)."""
    return accounts.create_user(actor, body.model_dump())


@router.patch("/v1/users/{user}")
def update_user(actor: CurrentActor, user: str, body: UserChanges) -> dict[str, Any]:
    """Change a person's name, e-mail, password or flags (administrators)."""
    return accounts.update_user(actor, user, body.model_dump(exclude_none=True))


_COOKIE_SECONDS = 400 * 24 * 3600
"""As long as browsers allow: when a session ends is for the server to say, and use prolongs it."""


def _with_cookie(request: Request, response: Response, opened: OpenedSession) -> dict[str, Any]:
    response.set_cookie(
        COOKIE,
        opened.token,
        max_age=_COOKIE_SECONDS,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
        path=get_settings().base_path or "/",
    )
    return me(opened.actor)
