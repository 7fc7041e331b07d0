"""Tasks: list, show, prioritize, assign and flag them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Annotation, Assignment, Recording, Task, User
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.plain_names import readable
from labelbuddy_core.domain.states import (
    AnnotationState,
    TaskState,
    annotation_state_for,
    own_task_state,
)
from labelbuddy_core.errors import Invalid
from labelbuddy_core.services.access import REVIEWABLE, ProjectAccess, project_access, task_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.history import record
from labelbuddy_core.services.pages_of_results import Results, checked_limit, cursor_of, read_cursor
from labelbuddy_core.services.presenting import iso
from labelbuddy_core.services.reviews import review_places
from labelbuddy_core.services.tasks.places import CLAIM, expired
from labelbuddy_core.services.tasks.task_assignment import assign
from labelbuddy_core.services.transactions import reads, writes

ORDERS = ("priority", "newest")
MAX_NOTE = 1000


@reads
def list_tasks(
    session: Session,
    actor: Actor,
    project_id: str | int,
    *,
    state: str | None = None,
    assignee: str | None = None,
    name: str | None = None,
    flagged: bool = False,
    skipped: bool = False,
    order: str = "priority",
    limit: int | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """Tasks a page at a time: all for a manager, the own queue for an annotator, the review queue for a reviewer.

    `skipped` are those that somebody put off (for annotators: they themselves) and has not taken up again.
    """
    access = project_access(session, actor, project_id)
    size = checked_limit(limit)
    if order not in ORDERS:
        raise Invalid(f"order must be one of {', '.join(ORDERS)}.", field="order")
    if state is not None and state not in list(TaskState):
        raise Invalid(f"state must be one of {', '.join(TaskState)}.", field="state")
    query = _visible(actor, access)
    if state is not None:
        query = query.where(_in_state(actor, access, TaskState(state)))
    if assignee:
        query = query.where(
            exists().where(
                Assignment.task_id == Task.id,
                Assignment.user_id == User.id,
                User.username == assignee.strip().lower(),
            )
        )
    if flagged:
        query = query.where(Task.flag.is_not(None))
    if skipped:
        whose = () if access.is_manager else (Assignment.user_id == actor.id,)
        query = query.where(exists().where(Assignment.task_id == Task.id, Assignment.skip_reason.is_not(None), *whose))
    if name:
        query = query.where(Recording.name.icontains(name, autoescape=True))
    total = None if cursor else session.scalar(query.with_only_columns(func.count(Task.id)).order_by(None))
    query = _ordered(query, order, cursor).limit(size + 1)
    rows = [(task, recording) for task, recording in session.execute(query)]
    more, rows = len(rows) > size, rows[:size]
    after = None
    if more:
        last = rows[-1][0]
        after = cursor_of(last.priority, last.id) if order == "priority" else cursor_of(last.id)
    return Results(_present(session, actor, rows, access), after, total).as_json()


@reads
def get_task(session: Session, actor: Actor, task_id: str | int) -> dict[str, Any]:
    """One task that the person may see."""
    access = task_access(session, actor, task_id)
    return _present(session, actor, [(access.task, access.recording)], access.at)[0]


@writes
def change_task(session: Session, actor: Actor, task_id: str | int, changes: dict[str, Any]) -> dict[str, Any]:
    """Change the priority, or who has the task (`assignees`: usernames of annotators)."""
    access = task_access(session, actor, task_id)
    access.require(Permission.CHANGE_TASKS)
    if "priority" in changes:
        if not -1000 <= changes["priority"] <= 1000:
            raise Invalid("priority must be from -1000 to 1000.", field="priority")
        access.task.priority = changes["priority"]
    if "assignees" in changes:
        assign(session, access.task, changes["assignees"])
    record(session, actor, "task.changed", f"task:{access.task.id}", project_id=access.project.id, **changes)
    session.flush()
    return _present(session, actor, [(access.task, access.recording)], access.at)[0]


@writes
def flag_task(session: Session, actor: Actor, task_id: str | int, *, flagged: bool, note: str = "") -> dict[str, Any]:
    """Mark a task for its managers with a note, or take the mark back. For everybody who may open the task."""
    access = task_access(session, actor, task_id)
    access.require(Permission.OPEN_TASK)
    if len(note) > MAX_NOTE:
        raise Invalid(f"The note is longer than {MAX_NOTE} characters.", field="note")
    readable(note, "note")
    access.task.flag = note.strip() if flagged else None
    action = "task.flagged" if flagged else "task.unflagged"
    record(session, actor, action, f"task:{access.task.id}", project_id=access.project.id, note=note.strip())
    session.flush()
    return _present(session, actor, [(access.task, access.recording)], access.at)[0]


def recording_summary(recording: Recording) -> dict[str, Any]:
    """The recording object of the API."""
    return {
        "id": str(recording.id),
        "name": recording.name,
        "duration": recording.duration,
        "sample_rate": recording.sample_rate,
        "channels": recording.channels,
        "sha256": recording.sha256,
        "size": recording.size,
        "state": recording.state,
        "problem": recording.problem,
        "warning": recording.warning,
        "attributes": recording.attributes,
        "statistics": recording.statistics,
        "created_at": iso(recording.created_at),
    }


def _visible(actor: Actor, access: ProjectAccess) -> Select[Task, Recording]:
    query = (
        select(Task, Recording)
        .join(Recording, Recording.id == Task.recording_id)
        .where(Task.project_id == access.project.id)
    )
    if access.allows(Permission.VIEW_ALL_TASKS):
        return query
    own = exists().where(Assignment.task_id == Task.id, Assignment.user_id == actor.id)
    to_review = exists().where(
        Annotation.task_id == Task.id, Annotation.user_id != actor.id, Annotation.state.in_(REVIEWABLE)
    ) & review_places.reaches(actor, access.project, Task.id)
    if access.project.blind:  # nobody sees the work of others on a task that they do themselves
        to_review = and_(to_review, ~own)
    if access.allows(Permission.ANNOTATE) and access.allows(Permission.REVIEW):
        return query.where(own | to_review)
    return query.where(own if access.allows(Permission.ANNOTATE) else to_review)


def _ordered(query: Select[Task, Recording], order: str, cursor: str | None) -> Select[Task, Recording]:
    if order == "newest":
        if cursor:
            (last,) = read_cursor(cursor, int)
            query = query.where(Task.id < int(last))
        return query.order_by(Task.id.desc())
    if cursor:
        priority, last = read_cursor(cursor, int, int)
        query = query.where(
            (Task.priority < int(priority)) | ((Task.priority == int(priority)) & (Task.id > int(last)))
        )
    return query.order_by(Task.priority.desc(), Task.id)


def _sees_others(access: ProjectAccess) -> bool:
    """Whether the person may know how a task stands beyond their own annotation of it."""
    return access.allows(Permission.VIEW_ALL_TASKS) or access.allows(Permission.REVIEW)


def _in_state(actor: Actor, access: ProjectAccess, state: TaskState) -> ColumnElement[bool]:
    if _sees_others(access):
        return Task.state == state.value
    mine = annotation_state_for(state)
    own = (Annotation.task_id == Task.id, Annotation.user_id == actor.id)
    return ~exists().where(*own) if mine is None else exists().where(*own, Annotation.state == mine.value)


@dataclass(frozen=True)
class _OwnPart:
    """What the person has to do with a task."""

    state: str
    skipped: str | None
    """Why they put it off."""


def _own_parts(session: Session, actor: Actor, rows: list[tuple[Task, Recording]]) -> dict[int, _OwnPart]:
    found = session.execute(
        select(Task.id, Annotation.state, Assignment.skip_reason)
        .outerjoin(Annotation, and_(Annotation.task_id == Task.id, Annotation.user_id == actor.id))
        .outerjoin(Assignment, and_(Assignment.task_id == Task.id, Assignment.user_id == actor.id))
        .where(Task.id.in_([task.id for task, _ in rows]))
    )
    return {
        task_id: _OwnPart(own_task_state(AnnotationState(state) if state else None).value, skipped)
        for task_id, state, skipped in found
    }


def _present(
    session: Session, actor: Actor, rows: list[tuple[Task, Recording]], access: ProjectAccess
) -> list[dict[str, Any]]:
    """The JSON of tasks; who else has a task is for managers, how others did is for managers and reviewers."""
    own = _own_parts(session, actor, rows)
    sees_others = _sees_others(access)
    people: dict[int, list[dict[str, str | None]]] = {}
    idle: dict[int, list[str]] = {}
    if access.is_manager:
        state = func.coalesce(Annotation.state, "new")
        late = (Assignment.kind == CLAIM) & (Assignment.last_saved_at < expired()) & state.in_(["new", "draft"])
        found = session.execute(
            select(Assignment.task_id, User.username, state, Assignment.skip_reason, late)
            .join(User, User.id == Assignment.user_id)
            .outerjoin(
                Annotation, (Annotation.task_id == Assignment.task_id) & (Annotation.user_id == Assignment.user_id)
            )
            .where(Assignment.task_id.in_([task.id for task, _ in rows]))
            .order_by(User.username)
        )
        for task_id, username, work, skipped, is_late in found:
            people.setdefault(task_id, []).append({"username": username, "state": work, "skipped": skipped})
            if is_late:
                idle.setdefault(task_id, []).append(username)
    answer = []
    for task, recording in rows:
        working = people.get(task.id, [])
        answer.append(
            {
                "id": str(task.id),
                "project": str(task.project_id),
                "recording": recording_summary(recording),
                "start": task.start,
                "stop": task.stop,
                "state": task.state if sees_others else own[task.id].state,
                "my_state": own[task.id].state,
                "priority": task.priority,
                "flag": task.flag,
                "my_skip": own[task.id].skipped,
                "assignees": [one["username"] for one in working],
                "work": working,
                "expired": idle.get(task.id, []),
            }
        )
    return answer
