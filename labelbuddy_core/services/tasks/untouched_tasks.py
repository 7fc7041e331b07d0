"""Tasks that nobody has begun: they may go when a recording is cut anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Assignment, Task
from labelbuddy_core.domain.states import TaskState
from labelbuddy_core.services.tasks import places

_BATCH = 500


def untouched_tasks(session: Session, recordings: Sequence[int]) -> Iterator[tuple[int, int, float, float]]:
    """Tasks of these recordings that nobody has begun, claimed or flagged: (task, recording, start, stop)."""
    for first in range(0, len(recordings), _BATCH):
        rows = session.execute(
            select(Task.id, Task.recording_id, Task.start, Task.stop).where(
                Task.recording_id.in_(recordings[first : first + _BATCH]),
                Task.state == TaskState.NEW.value,
                Task.flag.is_(None),
                ~exists().where(Assignment.task_id == Task.id, Assignment.kind == places.CLAIM),
            )
        )
        yield from rows.tuples()


def remove_tasks(session: Session, tasks: Sequence[int]) -> None:
    """Delete tasks with what hangs on them, such as predictions."""
    for first in range(0, len(tasks), _BATCH):
        session.execute(delete(Task).where(Task.id.in_(tasks[first : first + _BATCH])))
