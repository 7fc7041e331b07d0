"""First start: an empty installation hands a token to whoever sees the console, who makes the first administrator."""

from __future__ import annotations

import hmac
import secrets
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import InstallationValue, User
from labelbuddy_core.errors import Forbidden, InvalidState
from labelbuddy_core.services.accounts.accounts import actor_of, add_user, user_json
from labelbuddy_core.services.accounts.sign_in import hashed
from labelbuddy_core.services.history import record
from labelbuddy_core.services.transactions import reads, writes

_KEY = "setup-token"


@reads
def is_set_up(session: Session) -> bool:
    """Whether anybody has an account."""
    return session.scalar(select(User.id).limit(1)) is not None


@writes
def ensure_setup_token(session: Session) -> str | None:
    """A fresh set-up token while nobody has an account, else None. Only its hash is kept."""
    if session.scalar(select(User.id).limit(1)) is not None:
        return None
    token = secrets.token_urlsafe(12)
    session.merge(InstallationValue(key=_KEY, value=hashed(token)))
    return token


@writes
def create_first_administrator(session: Session, token: str, values: dict[str, Any]) -> dict[str, Any]:
    """Make the first administrator with the token from the console.

    Raises `InvalidState` once anybody has an account, `Forbidden` for a wrong token, `Invalid` naming a wrong field.
    """
    if session.scalar(select(User.id).limit(1)) is not None:
        raise InvalidState("LabelBuddy is set up already; sign in.")
    kept = session.get(InstallationValue, _KEY)
    if kept is None or not hmac.compare_digest(kept.value, hashed(token.strip())):
        raise Forbidden("This is not the token that the console shows.", field="token")
    user = add_user(session, {**values, "is_administrator": True, "can_create_projects": True})
    session.delete(kept)
    record(session, actor_of(user), "user.first-administrator", f"user:{user.id}")
    return user_json(user)
