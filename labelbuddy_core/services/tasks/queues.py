"""Who gets which task: claiming from the pool, dealing out, and releasing."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import String, and_, case, cast, delete, exists, func, or_, select, true, union_all, update
from sqlalchemy.orm import Session, aliased

from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import (
    Annotation,
    Assignment,
    HandedOver,
    Membership,
    Project,
    ReviewAssignment,
    Task,
)
from labelbuddy_core.domain.permissions import Permission, Role
from labelbuddy_core.domain.states import AnnotationState, TaskState
from labelbuddy_core.services.access import project_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.history import record
from labelbuddy_core.services.tasks import places
from labelbuddy_core.services.tasks.places import ASSIGNED, CLAIM, RELEASED
from labelbuddy_core.services.tasks.skipping import put_off_task
from labelbuddy_core.services.transactions import reads, writes

_WANTING = (TaskState.NEW.value, TaskState.IN_PROGRESS.value, TaskState.REJECTED.value)
"""States of tasks that may want another annotator."""


@writes
def next_task(session: Session, actor: Actor, project_id: str | int, *, after: int | None = None) -> str | None:
    """The id of the task to work on next: what was sent back first, then what I began, then what waits in my queue,
    else one claimed from the pool, else what I put off; None when there is nothing.

    `after` is a task that should not be offered again while there is another.
    """
    access = project_access(session, actor, project_id)
    access.require(Permission.ANNOTATE)
    project = access.project
    _lock(session, project)
    unfinished = _unfinished(session, actor, project.id)
    for task_id in [task for task in unfinished if task != after]:
        return str(task_id)
    claimed = _claim(session, actor, project) if project.strategy != "disjoint" else None
    if claimed is None:
        claimed = put_off_task(session, actor, project, after=after)
    if claimed is not None:
        record(session, actor, "task.claimed", f"task:{claimed}", project_id=project.id)
        return str(claimed)
    return str(after) if after in unfinished else None


@reads
def my_queue(session: Session, actor: Actor, project_id: str | int) -> dict[str, int]:
    """How many tasks of mine are rejected, drafts, new, submitted and approved, and how many wait in the pool."""
    access = project_access(session, actor, project_id)
    access.require(Permission.ANNOTATE)
    project = access.project
    counts = {"rejected": 0, "draft": 0, "new": 0, "submitted": 0, "approved": 0, "pool": 0}
    rows = session.execute(
        select(Annotation.state, func.count())
        .select_from(Assignment)
        .outerjoin(Annotation, and_(Annotation.task_id == Assignment.task_id, Annotation.user_id == actor.id))
        .where(Assignment.user_id == actor.id, Assignment.project_id == project.id)
        .group_by(Annotation.state)
    )
    for state, count in rows:
        counts["new" if state is None else state] = count
    if project.strategy != "disjoint":
        counts["pool"] = session.scalar(select(func.count()).select_from(_open_tasks(actor, project).subquery())) or 0
    return counts


def assign_missing(session: Session, project: Project, tasks: Collection[int] | None = None) -> None:
    """Deal out what the project's strategy deals out: `disjoint` fills every task (or only these) up to its number of
    annotators, giving to whoever has least; `all` and `pool` are claimed when wanted."""
    if project.strategy != "disjoint":
        return
    people = list(
        session.scalars(
            select(Membership.user_id)
            .where(Membership.project_id == project.id, Membership.role == Role.ANNOTATOR.value)
            .order_by(Membership.user_id)
        )
    )
    if not people:
        return
    load = dict.fromkeys(people, 0)
    for user_id, count in session.execute(
        select(Assignment.user_id, func.count())
        .where(Assignment.project_id == project.id, Assignment.user_id.in_(people))
        .group_by(Assignment.user_id)
    ):
        load[user_id] = count
    put_off = and_(Assignment.kind == CLAIM, Assignment.skipped_at.is_not(None))  # it holds no place: `places.taken`
    taken = func.count(case((put_off, None), else_=Assignment.user_id))
    rows = session.execute(
        select(Task.id, taken, func.group_concat(Assignment.user_id) if _is_sqlite(session) else _joined())
        .outerjoin(Assignment, Assignment.task_id == Task.id)
        .where(Task.project_id == project.id, true() if tasks is None else Task.id.in_(tasks))
        .group_by(Task.id)
        .having(taken < project.annotators_per_task)
        .order_by(Task.id)
    ).all()
    kept_out = _kept_out(session, project.id)
    for task_id, held, joined in rows:
        holders = {int(part) for part in str(joined or "").split(",") if part}
        free = [person for person in people if person not in holders | kept_out.get(task_id, set())]
        candidates = sorted(free, key=lambda who: (load[who], who))
        for person in candidates[: project.annotators_per_task - held]:
            session.add(Assignment(task_id=task_id, user_id=person, project_id=project.id, kind=ASSIGNED))
            load[person] += 1
    session.flush()


def _kept_out(session: Session, project_id: int) -> dict[int, set[int]]:
    """By task those who are not to annotate it: who is named to review it, and whose work on it went to another."""
    found: dict[int, set[int]] = {}
    kinds = (ReviewAssignment, HandedOver)
    for task_id, user_id in session.execute(
        union_all(*(select(kind.task_id, kind.user_id).where(kind.project_id == project_id) for kind in kinds))
    ):
        found.setdefault(task_id, set()).add(user_id)
    return found


def release_open(session: Session, actor: Actor, project_id: int, user_id: int) -> None:
    """Free the places of a person who leaves: tasks without anything of theirs are taken back, drafts stay without a
    place, also in tasks that were given by hand."""
    of_the_person = (Assignment.project_id == project_id, Assignment.user_id == user_id)
    work = exists().where(Annotation.task_id == Assignment.task_id, Annotation.user_id == user_id)
    session.execute(delete(Assignment).where(*of_the_person, ~work))
    session.execute(
        update(Assignment)
        .where(*of_the_person, work.where(Annotation.state == AnnotationState.DRAFT.value))
        .values(kind=CLAIM, skipped_at=now(), skip_reason=RELEASED.format(manager=actor.username))
    )


def _unfinished(session: Session, actor: Actor, project_id: int) -> list[int]:
    rows = session.execute(
        select(Assignment.task_id, Annotation.state, Task.priority, Task.rank)
        .join(Task, Task.id == Assignment.task_id)
        .outerjoin(Annotation, and_(Annotation.task_id == Assignment.task_id, Annotation.user_id == actor.id))
        .where(
            Assignment.user_id == actor.id,
            Assignment.project_id == project_id,
            Assignment.skipped_at.is_(None),
            or_(
                Annotation.id.is_(None),
                Annotation.state.in_([AnnotationState.DRAFT.value, AnnotationState.REJECTED.value]),
            ),
        )
    ).all()
    order = {AnnotationState.REJECTED.value: 0, AnnotationState.DRAFT.value: 1, None: 2}
    return [row[0] for row in sorted(rows, key=lambda row: (order[row[1]], -row[2], -row[3], row[0]))]


def _open_tasks(actor: Actor, project: Project) -> Any:
    """Tasks the person could claim: not in the own queue, not taken from them, and with a place free."""
    mine = aliased(Assignment)
    query = select(Task.id).where(
        Task.project_id == project.id,
        Task.state.in_(_WANTING),  # by the index: a project with 100,000 finished tasks is as quick as a new one
        ~exists().where(mine.task_id == Task.id, mine.user_id == actor.id).correlate(Task),
        ~exists().where(ReviewAssignment.task_id == Task.id, ReviewAssignment.user_id == actor.id).correlate(Task),
        ~exists().where(HandedOver.task_id == Task.id, HandedOver.user_id == actor.id).correlate(Task),
    )
    return query if project.strategy == "all" else query.where(places.taken() < project.annotators_per_task)


def _claim(session: Session, actor: Actor, project: Project) -> int | None:
    if project.state != "active":
        return None
    task_id = session.scalar(
        _open_tasks(actor, project).order_by(Task.priority.desc(), Task.rank.desc(), Task.id).limit(1)
    )
    if task_id is None:
        return None
    if project.strategy == "pool":  # whoever let the claim expire without a save loses the place
        session.execute(
            delete(Assignment).where(
                Assignment.task_id == task_id,
                Assignment.kind == CLAIM,
                Assignment.last_saved_at < places.expired(),
                ~exists().where(Annotation.task_id == task_id, Annotation.user_id == Assignment.user_id),
            )
        )
    session.add(Assignment(task_id=task_id, user_id=actor.id, project_id=project.id, kind=CLAIM))
    session.flush()
    return task_id


def _lock(session: Session, project: Project) -> None:
    """Claims in one project happen one after the other (SQLite: every writer does anyway)."""
    if not _is_sqlite(session):
        session.execute(select(Project.id).where(Project.id == project.id).with_for_update())


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _joined() -> Any:
    return func.string_agg(cast(Assignment.user_id, String), ",")
