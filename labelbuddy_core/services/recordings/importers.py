"""Who imports: what comes in comes with this person's rights as they are now."""

from __future__ import annotations

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import User
from labelbuddy_core.errors import InvalidState
from labelbuddy_core.services.accounts.accounts import actor_of
from labelbuddy_core.services.actors import Actor


def importer(created_by: int | None) -> Actor:
    """Who began an import. Raises `InvalidState` when the account is gone or closed."""
    with get_database().read() as session:
        user = session.get(User, created_by) if created_by else None
    if user is None or not user.active:
        raise InvalidState("Who began this import has no account any more; begin it again.")
    return actor_of(user)
