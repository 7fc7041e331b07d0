"""Who annotates and reviews in samples: the demo's accounts where it is loaded, else people without an account."""

from __future__ import annotations

from typing import Final

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Annotation, Membership, OutsideAuthor, Review, User
from labelbuddy_core.domain.permissions import Role
from labelbuddy_core.services.accounts.accounts import actor_of
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.imports.import_choices import OUTSIDE

DEMO_ACCOUNTS: Final = ("demo-annotator", "demo-annotator-2", "demo-reviewer")
_PEOPLE: Final = (
    ("sample-annotator-1", "Sample annotator 1"),
    ("sample-annotator-2", "Sample annotator 2"),
    ("sample-reviewer", "Sample reviewer"),
)
_UNUSABLE: Final = "!"
"""No password has this hash."""
ROLES: Final = (Role.ANNOTATOR, Role.ANNOTATOR, Role.REVIEWER)


def ensure_people(session: Session) -> list[Actor]:
    """Two annotators and a reviewer, in this order; made where they are not there yet."""
    demo = [session.scalar(select(User).where(User.username == name, User.active)) for name in DEMO_ACCOUNTS]
    if all(demo):
        return [actor_of(one) for one in demo if one is not None]
    return [actor_of(_ensure(session, username + OUTSIDE, name)) for username, name in _PEOPLE]


def _ensure(session: Session, username: str, name: str) -> User:
    user = session.scalar(select(User).where(User.username == username))
    if user is None:
        user = User(username=username, name=name, email="", password_hash=_UNUSABLE, active=False)
        session.add(user)
        session.flush()
        session.add(OutsideAuthor(user_id=user.id, name=name))
        session.flush()
    return user


def forget_people(session: Session) -> None:
    """Remove the people without an account when no project needs them, or holds work of theirs, any more."""
    names = [username + OUTSIDE for username, _ in _PEOPLE]
    idle = select(User.id).where(
        User.username.in_(names),
        ~exists().where(Membership.user_id == User.id),
        ~exists().where(Annotation.user_id == User.id),
        ~exists().where(Review.reviewer_id == User.id),
    )
    session.execute(delete(User).where(User.id.in_(list(session.scalars(idle)))))
