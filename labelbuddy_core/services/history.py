"""The history of actions: append-only, one event for everything a person does that changes something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from labelbuddy_core.database.base import now
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


@dataclass(frozen=True)
class Event:
    """One of many events of a moment, as `record` takes them."""

    action: str
    subject: str
    data: dict[str, Any]


def record_all(session: Session, actor: Actor, events: Sequence[Event], *, project_id: int) -> None:
    """Append many events of one moment in one statement."""
    common = {"at": now(), "user_id": actor.id, "project_id": project_id}
    rows = [{**common, "action": one.action, "subject": one.subject, "data": one.data} for one in events]
    if rows:
        session.execute(insert(HistoryEvent), rows)
