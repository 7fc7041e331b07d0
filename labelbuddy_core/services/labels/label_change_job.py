"""The job that carries a large change of the label set through all annotations, or takes it back."""

from __future__ import annotations

import time
from typing import Any, Final

from sqlalchemy import func, select

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import LabelChange, LabelChangePart
from labelbuddy_core.domain.relabeling import relabeling_from
from labelbuddy_core.errors import NotFound
from labelbuddy_core.jobs.context import JobContext
from labelbuddy_core.services.labels import label_change_parts
from labelbuddy_core.services.labels.label_change_effects import count_relabeled

_AT_ONCE: Final = 20
"""Annotations in a transaction."""
_PAUSE: Final = 0.003
"""Seconds after a transaction, in which people's saves get their turn."""


def run(job: JobContext) -> dict[str, Any]:
    """Apply or undo; cancelled or killed in the middle it can be gone on with: what is done is passed over."""
    action = job.arguments["action"]
    return job.step(action, _apply if action == "apply" else _undo, job)


def _apply(job: JobContext) -> dict[str, Any]:
    with get_database().read() as session:
        row = _row(session, job)
        total = count_relabeled(session, row.project_id, relabeling_from(row.relabeling))
    done = 0
    for part in label_change_parts.PARTS:
        after: int | None = 0
        while after is not None:
            job.check()
            with get_database().write() as session:
                row = _row(session, job)
                before = row.counts.get("items", 0)
                after = part(session, row, after, _AT_ONCE, _actor(row))
                done += row.counts.get("items", 0) - before
            job.progress(done / max(total, 1), f"{done:,} of {total:,} items")
            time.sleep(_PAUSE)
    with get_database().write() as session:
        label_change_parts.conclude(session, _row(session, job))
    return {"change": str(job.arguments["change"]), "items": done}


def _undo(job: JobContext) -> dict[str, Any]:
    with get_database().read() as session:
        total = session.scalar(select(func.count()).where(LabelChangePart.change_id == job.arguments["change"])) or 0
    more, done = True, 0
    while more:
        job.check()
        with get_database().write() as session:
            row = _row(session, job)
            more = label_change_parts.take_back(session, row, limit=_AT_ONCE, actor_id=_actor(row))
            if not more:
                label_change_parts.conclude(session, row)
        done += _AT_ONCE
        job.progress(min(1.0, done / max(total, 1)), f"{min(done, total):,} of {total:,} annotations")
        time.sleep(_PAUSE)
    return {"change": str(job.arguments["change"]), "annotations": total}


def _row(session: Any, job: JobContext) -> LabelChange:
    row = session.get(LabelChange, job.arguments["change"])
    if row is None:
        raise NotFound("This change of the labels is gone with its project.")
    return row


def _actor(row: LabelChange) -> int:
    if row.created_by is None:
        raise NotFound("Whoever changed the labels has no account any more.")
    return row.created_by
