"""What a change of the label set goes through, some annotations and ground truths at a time, forward and back."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import LabelChange, LabelChangePart
from labelbuddy_core.domain.relabeling import relabeling_from
from labelbuddy_core.services.labels.converted_saves import take_back_saved
from labelbuddy_core.services.labels.relabeling import (
    SAVED,
    relabel_adjudicated,
    relabel_annotation,
    relabel_merged,
    undo_part,
    with_sources,
)

ROWS: Final = 500
"""Items that a transaction of a job changes, or those of one annotation."""
ALL: Final = 1_000_000
"""As a limit: everything in one transaction."""


def _adjudicated(session: Session, row: LabelChange, after: int, limit: int, _actor_id: int) -> int | None:
    done, last = relabel_adjudicated(session, row, after, limit)
    _count(row, consensus=done)
    return last


def _merged(session: Session, row: LabelChange, after: int, limit: int, _actor_id: int) -> int | None:
    done, last = relabel_merged(session, row, after, limit)
    _count(row, merged=done)
    return last


def _annotations(session: Session, row: LabelChange, after: int, limit: int, actor_id: int) -> int | None:
    """At most `limit` annotations, and no further one once `ROWS` items are relabeled."""
    found = with_sources(session, row.project_id, relabeling_from(row.relabeling).sources, after, limit)
    items, touched, last = 0, 0, None
    for last in found:
        changed = relabel_annotation(session, row, last, actor_id)
        items, touched = items + changed, touched + bool(changed)
        if items >= ROWS and limit < ALL:
            break
    _count(row, items=items, annotations=touched)
    ended = last is None or (last == found[-1] and len(found) < limit)
    return None if ended else last


PARTS: Final = (_adjudicated, _merged, _annotations)
"""One after the other: each takes the id after which it goes on and how much at once, and returns where it got to, None
at its end. Again it passes over what is done."""


def take_back(session: Session, row: LabelChange, *, limit: int, actor_id: int) -> bool:
    """Take back parts of a change, the newest of each annotation first; whether there are more."""
    parts = list(
        session.scalars(
            select(LabelChangePart)
            .where(LabelChangePart.change_id == row.id)
            .order_by(LabelChangePart.kind, LabelChangePart.subject, LabelChangePart.revision.desc())
            .limit(limit)
        )
    )
    items = 0
    for part in parts:
        if part.kind == SAVED:
            take_back_saved(session, part, actor_id)
            session.delete(part)
        else:
            undo_part(session, part, actor_id)
        items += len(part.before)
        if items >= ROWS and limit < ALL:
            return True
    return len(parts) == limit


def conclude(session: Session, row: LabelChange) -> None:
    """The change, or its undoing, is through."""
    if row.state == "undoing":
        row.undone_at = now()
    row.state = "undone" if row.state == "undoing" else "applied"
    session.flush()


def _count(row: LabelChange, **more: int) -> None:
    row.counts = {**row.counts, **{name: row.counts.get(name, 0) + number for name, number in more.items()}}
