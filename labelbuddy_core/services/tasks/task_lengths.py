"""How long tasks are."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Task

_AT_ONCE = 500


def task_lengths(tasks: Sequence[int]) -> dict[int, float]:
    """The seconds of sound of each task, of those that there are."""
    found: dict[int, float] = {}
    with get_database().read() as session:
        for first in range(0, len(tasks), _AT_ONCE):
            wanted = tasks[first : first + _AT_ONCE]
            rows = session.execute(select(Task.id, Task.stop - Task.start).where(Task.id.in_(wanted)))
            found.update(rows.tuples().all())
    return found
