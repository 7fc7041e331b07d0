"""The tasks on which annotators differ most, with the place where to begin looking."""

from __future__ import annotations

import heapq
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Annotation, Recording, Task, User
from labelbuddy_core.domain.agreement.answers import Compared
from labelbuddy_core.domain.agreement.disagreement_map import worst_place
from labelbuddy_core.domain.agreement.pairs import disagreement
from labelbuddy_core.domain.agreement.sums import Sums
from labelbuddy_core.domain.states import HANDED_IN

WORST = 50
"""How many tasks with the most disagreement a report names."""


class WorstTasks:
    """The tasks on which annotators differ most, of any number of tasks; `hidden` ones are left out."""

    def __init__(self, hidden: frozenset[int]) -> None:
        self._heap: list[tuple[float, int, float]] = []
        self._hidden = hidden

    def consider(self, task: Compared, sums: Sums) -> None:
        """Take up a task with its sums."""
        differ = disagreement(sums)
        if differ is None or differ <= 0.0 or task.task in self._hidden:
            return
        if len(self._heap) < WORST:
            heapq.heappush(self._heap, (differ, -task.task, worst_place(task)))
        elif (differ, -task.task) > self._heap[0][:2]:
            heapq.heapreplace(self._heap, (differ, -task.task, worst_place(task)))

    def as_json(self) -> list[dict[str, Any]]:
        """[{task, recording, start, stop, at, disagreement, annotations}], most disagreement first; `at` in seconds."""
        ordered = sorted(self._heap, reverse=True)
        with get_database().read() as session:
            rows = session.execute(
                select(Task.id, Recording.name, Task.start, Task.stop)
                .join(Recording, Recording.id == Task.recording_id)
                .where(Task.id.in_([-task for _, task, _ in ordered]))
            )
            named = {row[0]: row for row in rows}
            work = _handed_in_work(session, list(named))
        return [
            {
                "task": str(-task),
                "recording": named[-task][1],
                "start": named[-task][2],
                "stop": named[-task][3],
                "at": round(at, 6),
                "disagreement": round(differ, 4),
                "annotations": work.get(-task, []),
            }
            for differ, task, at in ordered
            if -task in named
        ]


def _handed_in_work(session: Session, task_ids: list[int]) -> dict[int, list[dict[str, Any]]]:
    rows = session.execute(
        select(Annotation.task_id, Annotation.id, User.username, Annotation.state)
        .join(User, User.id == Annotation.user_id)
        .where(Annotation.task_id.in_(task_ids), Annotation.state.in_([state.value for state in HANDED_IN]))
        .order_by(Annotation.id)
    )
    found: dict[int, list[dict[str, Any]]] = {}
    for task_id, annotation_id, username, state in rows:
        found.setdefault(task_id, []).append({"id": str(annotation_id), "annotator": username, "state": state})
    return found
