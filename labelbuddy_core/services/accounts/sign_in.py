"""Sign-in: passwords checked with lock-out, one-time tickets, and server-side sessions that can be revoked."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

import bcrypt
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from labelbuddy_core.database import get_database
from labelbuddy_core.database.base import now
from labelbuddy_core.database.missing_rows import insert_missing
from labelbuddy_core.database.tables import BrowserSession, FailedSignIns, Ticket, User
from labelbuddy_core.domain.counted import counted
from labelbuddy_core.errors import LockedOut, Unauthenticated
from labelbuddy_core.services.accounts.accounts import actor_of, check_password, end_sessions
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.history import record
from labelbuddy_core.services.transactions import writes
from labelbuddy_core.settings import get_settings

TICKET_SECONDS = 30
_TOUCH_SECONDS = 60
_WRONG = "The username or the password is wrong."
_DEACTIVATED = "This account was deactivated. Ask an administrator."


@dataclass(frozen=True)
class OpenedSession:
    """A new session: the token goes into the cookie and is kept nowhere else."""

    token: str
    actor: Actor
    seconds: int


def hashed(token: str) -> str:
    """How tokens are kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def check_credentials(username: str, password: str, address: str) -> Actor:
    """The person with this password. `address` is where the attempt comes from (`local` when unknown).

    Raises `LockedOut` after repeated failures of the account or from the address, `Unauthenticated` otherwise. Only who
    knows the password of a deactivated account is told that it is one.
    """
    username = username.strip().lower()[:64]
    with get_database().read() as session:
        _refuse_locked(session, username, address)
        user = session.scalar(select(User).where(User.username == username))
    right = check_password(password, _hash_to_check(user))
    if user is None or not right or not user.active:
        _count_failure(username, address)
        raise Unauthenticated(_DEACTIVATED if user is not None and right else _WRONG)
    with get_database().write() as session:
        _refuse_locked(session, username, address)  # guesses made at once: those that end after the lock do not count
        session.execute(delete(FailedSignIns).where(FailedSignIns.kind == "account", FailedSignIns.key == username))
    return actor_of(user)


@writes
def issue_ticket(session: Session, user_id: int) -> str:
    """A one-time ticket, good for half a minute, that the browser exchanges for a session."""
    session.execute(delete(Ticket).where(Ticket.expires_at < now()))
    token = secrets.token_urlsafe(32)
    session.add(Ticket(token_hash=hashed(token), user_id=user_id, expires_at=now() + timedelta(seconds=TICKET_SECONDS)))
    return token


@writes
def redeem_ticket(session: Session, ticket: str, *, address: str, user_agent: str) -> OpenedSession:
    """Exchange a ticket for a session; raises `Unauthenticated` for one that is used, too old or made up."""
    row = session.get(Ticket, hashed(ticket), with_for_update=True)
    user = session.get(User, row.user_id) if row is not None and row.expires_at >= now() else None
    if row is not None:
        session.delete(row)
    if user is None or not user.active:
        raise Unauthenticated("This sign-in took too long; please sign in again.")
    return _open(session, user, address, user_agent)


@writes
def open_session(session: Session, user_id: int, *, address: str, user_agent: str) -> OpenedSession:
    """A session for somebody whose credentials were just checked."""
    return _open(session, session.get_one(User, user_id), address, user_agent)


def session_actor(token: str) -> Actor | None:
    """The person behind a session cookie, or None; use keeps the session alive."""
    present = now()
    with get_database().read() as session:
        row = session.execute(
            select(BrowserSession, User)
            .join(User, User.id == BrowserSession.user_id)
            .where(
                BrowserSession.token_hash == hashed(token),
                BrowserSession.revoked_at.is_(None),
                BrowserSession.expires_at > present,
                User.active,
            )
        ).first()
    if row is None:
        return None
    opened, user = row
    if (present - opened.last_used_at).total_seconds() > _TOUCH_SECONDS:
        with get_database().write() as session:
            session.execute(
                update(BrowserSession)
                .where(BrowserSession.token_hash == opened.token_hash, BrowserSession.revoked_at.is_(None))
                .values(last_used_at=present, expires_at=present + _lifetime())
            )
    return actor_of(user)


@writes
def close_session(session: Session, token: str) -> None:
    """Sign out: revoke this session."""
    row = session.get(BrowserSession, hashed(token))
    if row is not None and row.revoked_at is None:
        row.revoked_at = now()
        record(session, None, "session.closed", f"user:{row.user_id}")


@writes
def close_all_sessions(session: Session, actor: Actor) -> None:
    """Sign out everywhere."""
    end_sessions(session, actor.id)
    record(session, actor, "session.closed-everywhere", f"user:{actor.id}")


def _hash_to_check(user: User | None) -> str:
    """The hash of a person's password; that of nobody for those who have none, as people without an account."""
    return user.password_hash if user is not None and user.password_hash.startswith("$") else _hash_of_nobody()


@cache
def _hash_of_nobody() -> str:
    """Checked for unknown usernames, so that they take as long as known ones."""
    return bcrypt.hashpw(secrets.token_bytes(16), bcrypt.gensalt()).decode()


def _open(session: Session, user: User, address: str, user_agent: str) -> OpenedSession:
    token = secrets.token_urlsafe(32)
    session.add(
        BrowserSession(
            token_hash=hashed(token),
            user_id=user.id,
            expires_at=now() + _lifetime(),
            address=address[:64],
            user_agent=user_agent[:200],
        )
    )
    actor = actor_of(user)
    record(session, actor, "session.opened", f"user:{user.id}", address=address[:64])
    return OpenedSession(token, actor, int(_lifetime().total_seconds()))


def _lifetime() -> timedelta:
    return timedelta(hours=get_settings().session_hours)


def _refuse_locked(session: Session, username: str, address: str) -> None:
    for kind, key in (("account", username), ("address", address[:64])):
        row = session.get(FailedSignIns, (kind, key))
        if row is not None and row.locked_until is not None and row.locked_until > now():
            left = max(1, round((row.locked_until - now()).total_seconds()))
            minutes = counted(-(-left // 60), "minute")
            raise LockedOut(f"Too many failed attempts. Try again in {minutes}.", retry_after=left)


def _count_failure(username: str, address: str) -> None:
    settings = get_settings()
    with get_database().write() as session:
        of_account, of_address = _held(session, "account", username), _held(session, "address", address[:64])
        _refuse_locked(session, username, address)
        for row, allowed in (
            (of_account, settings.lockout_attempts),
            (of_address, settings.lockout_address_attempts),
        ):
            window = timedelta(seconds=settings.lockout_seconds)
            if now() - row.first_at > window and (row.locked_until is None or row.locked_until <= now()):
                row.failures, row.first_at, row.locked_until = 0, now(), None
            row.failures += 1
            if row.failures >= allowed:
                row.locked_until = now() + window
                record(session, None, "session.locked", f"{row.kind}:{row.key}", failures=row.failures)
        record(session, None, "session.failed", f"account:{username}", address=address[:64])


def _held(session: Session, kind: str, key: str) -> FailedSignIns:
    """The failures counted so far, held until this one is: guesses made at once come one after the other."""
    insert_missing(session, FailedSignIns, [{"kind": kind, "key": key, "failures": 0, "first_at": now()}])
    return session.get_one(FailedSignIns, (kind, key), with_for_update=True)
