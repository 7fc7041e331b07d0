"""The ground truth of tasks as answers are compared with it: adjudicated, else merged.

A task's only approved annotation counts as ground truth elsewhere; here nobody is compared with themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Consensus, MergedConsensus
from labelbuddy_core.domain.agreement.answers import Answer

TRUTH = 0
"""The ground truth in place of a rater: before all people."""


@dataclass(frozen=True)
class Truth:
    """What is right of a task; `adjudicated` by a reviewer, or else merged from the answers themselves."""

    answer: Answer
    adjudicated: bool


def tasks_with_truth(session: Session, task_ids: list[int]) -> frozenset[int]:
    """Those of the tasks that have an adjudicated or merged ground truth."""
    query = union(*(select(table.task_id).where(table.task_id.in_(task_ids)) for table in (Consensus, MergedConsensus)))
    return frozenset(session.scalars(query))


def truths_of(session: Session, task_ids: list[int]) -> dict[int, Truth]:
    """The ground truth by task, of those that have one."""
    found: dict[int, Truth] = {}
    for table, adjudicated in ((MergedConsensus, False), (Consensus, True)):
        rows = session.execute(select(table.task_id, table.document).where(table.task_id.in_(task_ids)))
        for task_id, document in rows:
            found[task_id] = Truth(Answer.of_document(TRUTH, document), adjudicated)
    return found
