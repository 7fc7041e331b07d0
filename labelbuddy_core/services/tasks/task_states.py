"""Keep the derived state of tasks in step with their annotations and ground truth."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Annotation, Consensus, Membership, Project, Task
from labelbuddy_core.domain.permissions import Role
from labelbuddy_core.domain.states import AnnotationState, task_state

_BATCH = 500


def refresh_task_states(session: Session, task_ids: Collection[int]) -> None:
    """Recompute the states of these tasks in a constant number of queries."""
    session.flush()
    rows = session.execute(
        select(Task.id, Task.state, Project).join(Project, Project.id == Task.project_id).where(Task.id.in_(task_ids))
    ).all()
    if not rows:
        return
    found: dict[int, list[AnnotationState]] = {}
    for task_id, state in session.execute(
        select(Annotation.task_id, Annotation.state).where(Annotation.task_id.in_(task_ids))
    ):
        found.setdefault(task_id, []).append(AnnotationState(state))
    adjudicated = set(session.scalars(select(Consensus.task_id).where(Consensus.task_id.in_(task_ids))))
    wanted = {
        project.id: wanted_annotations(session, project) for project in {row[2].id: row[2] for row in rows}.values()
    }
    changed: dict[str, list[int]] = {}
    for task_id, present, project in rows:
        state = task_state(found.get(task_id, []), wanted=wanted[project.id], adjudicated=task_id in adjudicated).value
        if state != present:
            changed.setdefault(state, []).append(task_id)
    for state, ids in changed.items():
        session.execute(update(Task).where(Task.id.in_(ids)).values(state=state))


def refresh_project(session: Session, project: Project) -> None:
    """Recompute the states of all tasks of a project that anybody has begun."""
    begun = list(session.scalars(select(Annotation.task_id).where(Annotation.project_id == project.id).distinct()))
    for first in range(0, len(begun), _BATCH):
        refresh_task_states(session, begun[first : first + _BATCH])


def wanted_annotations(session: Session, project: Project) -> int:
    """How many annotations a task of the project needs: as set, or with strategy `all` one from every annotator."""
    if project.strategy != "all":
        return project.annotators_per_task
    people = session.scalar(
        select(func.count()).where(Membership.project_id == project.id, Membership.role == Role.ANNOTATOR.value)
    )
    return max(1, people or 0)
