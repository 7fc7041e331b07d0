"""What each person set for the editor; it follows them to every browser."""

from __future__ import annotations

from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import User
from labelbuddy_core.domain.preferences import Preferences
from labelbuddy_core.errors import NotFound
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.transactions import reads, writes


@reads
def get_preferences(session: Session, actor: Actor) -> Preferences:
    """My preferences; the usual ones while I have not set any."""
    return Preferences.model_validate(_me(session, actor).preferences)


@writes
def set_preferences(session: Session, actor: Actor, preferences: Preferences) -> Preferences:
    """Keep my preferences in place of those before."""
    _me(session, actor).preferences = preferences.model_dump()
    return preferences


def _me(session: Session, actor: Actor) -> User:
    user = session.get(User, actor.id)
    if user is None:
        raise NotFound("Your account is gone.")
    return user
