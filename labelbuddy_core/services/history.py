"""The history of actions: append-only, one event for everything a person does that changes something."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import HistoryEvent
from labelbuddy_core.services.actors import Actor


def record(
    session: Session,
    actor: Actor | None,
    action: str,
    subject: str,
    *,
    project_id: int | None = None,
    **data: Any,
) -> None:
    """Append an event in the caller's transaction. `subject` is of the form `annotation:12`; no secrets in `data`."""
    session.add(
        HistoryEvent(
            user_id=actor.id if actor else None, project_id=project_id, action=action, subject=subject, data=data
        )
    )
