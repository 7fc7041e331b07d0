"""API tokens: for scripts, shown once, kept hashed, limited in scope and time."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database import get_database
from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import ApiToken, User
from labelbuddy_core.domain.plain_names import one_line
from labelbuddy_core.errors import Invalid, NotFound
from labelbuddy_core.services.access import parse_id
from labelbuddy_core.services.accounts.accounts import actor_of
from labelbuddy_core.services.accounts.sign_in import hashed
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.history import record
from labelbuddy_core.services.presenting import iso
from labelbuddy_core.services.transactions import reads, writes

PREFIX = "lb_"
SCOPES = ("read", "write")
MAX_DAYS = 3650


@reads
def list_tokens(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """My tokens that are not revoked, without their secret."""
    rows = session.scalars(
        select(ApiToken).where(ApiToken.user_id == actor.id, ApiToken.revoked_at.is_(None)).order_by(ApiToken.id)
    )
    return [_json(row) for row in rows]


@writes
def create_token(
    session: Session, actor: Actor, *, name: str, scope: str = "write", days: int | None = 90
) -> dict[str, Any]:
    """A new token; `token` is in the answer this once. `days` None never expires."""
    name = one_line(" ".join(name.split()), "name")
    if not name or len(name) > 80:
        raise Invalid("A token needs a name of 1 to 80 characters.", field="name")
    if scope not in SCOPES:
        raise Invalid("scope must be read or write.", field="scope")
    if days is not None and not 1 <= days <= MAX_DAYS:
        raise Invalid(f"days must be from 1 to {MAX_DAYS}.", field="days")
    token = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken(
        user_id=actor.id,
        name=name,
        token_hash=hashed(token),
        scope=scope,
        expires_at=None if days is None else now() + timedelta(days=days),
    )
    session.add(row)
    session.flush()
    record(session, actor, "token.created", f"token:{row.id}", scope=scope)
    return {**_json(row), "token": token}


@writes
def revoke_token(session: Session, actor: Actor, token_id: str | int) -> None:
    """Revoke one of my tokens at once."""
    row = session.get(ApiToken, parse_id(token_id, "token"))
    if row is None or row.user_id != actor.id or row.revoked_at is not None:
        raise NotFound(f"You have no token {token_id!r}.")
    row.revoked_at = now()
    record(session, actor, "token.revoked", f"token:{row.id}")


def token_actor(token: str) -> Actor | None:
    """The person behind a bearer token, or None."""
    with get_database().read() as session:
        row = session.execute(
            select(ApiToken, User)
            .join(User, User.id == ApiToken.user_id)
            .where(ApiToken.token_hash == hashed(token), ApiToken.revoked_at.is_(None), User.active)
        ).first()
    if row is None or (row[0].expires_at is not None and row[0].expires_at <= now()):
        return None
    if row[0].last_used_at is None or (now() - row[0].last_used_at).total_seconds() > 60:
        with get_database().write() as session:
            session.get_one(ApiToken, row[0].id).last_used_at = now()
    return actor_of(row[1], can_write=row[0].scope == "write")


def _json(row: ApiToken) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "name": row.name,
        "scope": row.scope,
        "created_at": iso(row.created_at),
        "expires_at": iso(row.expires_at),
        "last_used_at": iso(row.last_used_at),
    }
