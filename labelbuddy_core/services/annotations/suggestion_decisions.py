"""What annotators saw and decided about suggestions, for studies: read from the history, streamed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import HistoryEvent, User
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats import csv_export, decisions_export, jsonl_export
from labelbuddy_core.services.access import project_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations.suggestion_log import ACTIONS
from labelbuddy_core.services.exports.exports import Export
from labelbuddy_core.services.history import record
from labelbuddy_core.services.presenting import iso
from labelbuddy_core.services.transactions import reads

_BATCH = 1000
_WRITERS: dict[str, tuple[Callable[[Iterable[dict[str, Any]]], Iterator[bytes]], str]] = {
    "csv": (decisions_export.write_csv, csv_export.MEDIA_TYPE),
    "jsonl": (decisions_export.write_jsonl, jsonl_export.MEDIA_TYPE),
}


def open_decisions(actor: Actor, project_id: str | int, *, format_name: str) -> Export:
    """The events of a project in the order in which they happened, ready to stream; for those who may export."""
    if format_name not in _WRITERS:
        raise Invalid(f"format must be one of {', '.join(_WRITERS)}.", field="format")
    number = _allowed(actor, project_id)
    with get_database().write() as session:  # a token that may only read may export, too
        what = {"what": "suggestion-decisions", "format": format_name}
        record(session, actor, "project.exported", f"project:{number}", project_id=number, **what)
    write, media_type = _WRITERS[format_name]
    name = f"labelbuddy-project-{number}-suggestion-decisions.{format_name}"
    return Export(name, media_type, write(_events(number)))


@reads
def _allowed(session: Session, actor: Actor, project_id: str | int) -> int:
    access = project_access(session, actor, project_id)
    access.require(Permission.EXPORT)
    return access.project.id


def _events(project_id: int) -> Iterator[dict[str, Any]]:
    last = 0
    while True:
        with get_database().read() as session:
            rows = session.execute(
                select(HistoryEvent, User.username)
                .outerjoin(User, User.id == HistoryEvent.user_id)
                .where(HistoryEvent.project_id == project_id, HistoryEvent.id > last, HistoryEvent.action.in_(ACTIONS))
                .order_by(HistoryEvent.id)
                .limit(_BATCH)
            ).all()
        if not rows:
            return
        last = rows[-1][0].id
        for event, username in rows:
            kind, _, number = event.subject.partition(":")
            about = {"prediction": number} if kind == "prediction" else {}
            action = event.action.partition(".")[2]
            yield {**event.data, **about, "at": iso(event.at), "user": username, "action": action}
