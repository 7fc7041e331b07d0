"""Accounts of people: made, changed and deactivated by administrators; passwords."""

from __future__ import annotations

import re
from typing import Any

import bcrypt
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import BrowserSession, OutsideAuthor, User
from labelbuddy_core.domain.plain_names import one_line
from labelbuddy_core.errors import Conflict, Invalid, InvalidState, NotFound
from labelbuddy_core.services.access import parse_id
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.history import record
from labelbuddy_core.services.reviews import review_holds
from labelbuddy_core.services.transactions import reads, writes

MIN_PASSWORD = 10
_MAX_PASSWORD_BYTES = 72  # bcrypt ignores what comes after
_USERNAME = re.compile(r"^[a-z0-9][a-z0-9._-]{1,39}$")
_EMAIL = re.compile(r"^[^@\s]+@[^@\s]+$")
FLAGS = ("is_administrator", "can_create_projects", "active")


@reads
def list_users(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """Everybody with an account, for an administrator."""
    actor.require_administrator()
    without = select(OutsideAuthor.user_id)
    return [
        user_json(one) for one in session.scalars(select(User).where(User.id.not_in(without)).order_by(User.username))
    ]


@reads
def myself(session: Session, actor: Actor) -> dict[str, Any]:
    """The acting person's own account."""
    return user_json(session.get_one(User, actor.id))


@writes
def create_user(session: Session, actor: Actor, values: dict[str, Any]) -> dict[str, Any]:
    """Add a person: username, password, and optionally name, email and flags."""
    actor.require_administrator()
    user = add_user(session, values)
    record(session, actor, "user.created", f"user:{user.id}", username=user.username)
    return user_json(user)


@writes
def update_user(session: Session, actor: Actor, user_id: str | int, changes: dict[str, Any]) -> dict[str, Any]:
    """Change name, email, flags or password of somebody. Deactivating ends all their sessions.

    Raises `InvalidState` when no active administrator would be left.
    """
    actor.require_administrator()
    user = session.get(User, parse_id(user_id, "user"))
    if user is None:
        raise NotFound(f"There is no user {user_id!r}.")
    if "name" in changes:
        user.name = _name(changes["name"])
    if "email" in changes:
        user.email = _email(changes["email"])
    for flag in FLAGS:
        if flag in changes:
            setattr(user, flag, bool(changes[flag]))
    if "password" in changes:
        user.password_hash = hash_password(changes["password"], user.username)
    session.flush()
    if not session.scalar(select(func.count()).where(User.is_administrator, User.active)):
        raise InvalidState("At least one active administrator must remain.")
    if not user.active or "password" in changes:
        end_sessions(session, user.id)
    if not user.active:
        review_holds.release_everywhere(session, user.id)
    record(session, actor, "user.changed", f"user:{user.id}", fields=sorted(changes))
    return user_json(user)


def change_own_password(actor: Actor, present: str, new: str) -> None:
    """Change my password; all my other sessions end. Raises `Invalid` when `present` is not my password."""
    kept = _password_hash(actor)  # bcrypt takes long; nobody waits for it with a save
    if not check_password(present, kept):
        raise Invalid("This is not your present password.", field="present")
    _replace_password(actor, kept, hash_password(new, actor.username, field="new"))


@reads
def _password_hash(session: Session, actor: Actor) -> str:
    return session.get_one(User, actor.id).password_hash


@writes
def _replace_password(session: Session, actor: Actor, kept: str, fresh: str) -> None:
    user = session.get_one(User, actor.id, with_for_update=True)
    if user.password_hash != kept:
        raise Conflict("Your password was changed in the meantime; sign in again.")
    user.password_hash = fresh
    end_sessions(session, user.id)
    record(session, actor, "user.password", f"user:{user.id}")


def add_user(session: Session, values: dict[str, Any]) -> User:
    """The row of a new person, checked; in the caller's transaction."""
    username = str(values.get("username") or "").strip().lower()
    if not _USERNAME.match(username):
        raise Invalid(
            "A username has 2 to 40 letters a–z, digits, dots, hyphens or underscores, and begins with one of the "
            "first two.",
            field="username",
        )
    if session.scalar(select(User.id).where(User.username == username)):
        raise Invalid(f"The username {username!r} is taken.", field="username")
    user = User(
        username=username,
        name=_name(values.get("name") or username),
        email=_email(values.get("email") or ""),
        password_hash=hash_password(str(values.get("password") or ""), username),
        is_administrator=bool(values.get("is_administrator", False)),
        can_create_projects=bool(values.get("can_create_projects", False)),
    )
    session.add(user)
    session.flush()
    return user


def set_password(session: Session, username: str, password: str) -> None:
    """Give somebody a new password from the command line; all their sessions end."""
    user = session.scalar(select(User).where(User.username == username.strip().lower()))
    if user is None:
        raise NotFound(f"Nobody is called {username!r}.")
    user.password_hash = hash_password(password, user.username)
    end_sessions(session, user.id)
    record(session, None, "user.password", f"user:{user.id}")


def hash_password(password: str, username: str, *, field: str = "password") -> str:
    """bcrypt of an acceptable password. Raises `Invalid` for one that is too short, too long or too easy."""
    if len(password) < MIN_PASSWORD:
        raise Invalid(f"A password needs at least {MIN_PASSWORD} characters.", field=field)
    if len(password.encode()) > _MAX_PASSWORD_BYTES:
        raise Invalid(f"A password may have at most {_MAX_PASSWORD_BYTES} bytes.", field=field)
    if username in password.lower() or len(set(password)) < 5 or password.isdigit():
        raise Invalid("This password is easy to guess: avoid the username, digits only, and repetition.", field=field)
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt()).decode()


def check_password(password: str, password_hash: str) -> bool:
    """Whether a password fits a hash; takes as long when it does not."""
    try:
        return bcrypt.checkpw(password.encode()[:_MAX_PASSWORD_BYTES], password_hash.encode())
    except ValueError:
        return False


def end_sessions(session: Session, user_id: int) -> None:
    """Revoke every browser session of a person."""
    session.execute(
        update(BrowserSession)
        .where(BrowserSession.user_id == user_id, BrowserSession.revoked_at.is_(None))
        .values(revoked_at=now())
    )


def actor_of(user: User, *, can_write: bool = True) -> Actor:
    """The acting person behind a row."""
    return Actor(
        user.id, user.username, user.name, user.is_administrator, user.can_create_projects, can_write=can_write
    )


def actor_called(session: Session, username: str) -> Actor:
    """The person of this user name, for the command line. Raises `NotFound`."""
    user = session.scalar(select(User).where(User.username == username.strip().lower(), User.active))
    if user is None:
        raise NotFound(f"Nobody with an account is called {username!r}.")
    return actor_of(user)


def user_json(user: User) -> dict[str, Any]:
    """The user object of the API."""
    return {
        "id": str(user.id),
        "username": user.username,
        "name": user.name,
        "email": user.email,
        "is_administrator": user.is_administrator,
        "can_create_projects": user.can_create_projects,
        "active": user.active,
    }


def _name(name: str) -> str:
    name = one_line(" ".join(str(name).split()), "name")
    if not name or len(name) > 120:
        raise Invalid("A name has 1 to 120 characters.", field="name")
    return name


def _email(email: str) -> str:
    email = one_line(str(email).strip(), "email")
    if email and (len(email) > 254 or not _EMAIL.match(email)):
        raise Invalid(f"{email!r} is not an e-mail address.", field="email")
    return email
