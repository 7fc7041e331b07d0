"""Open work of somebody who cannot go on is handed over to another annotator, with its history.

Drafts and what was sent back become the other person's annotations; every revision keeps the name of who made it, and
so do reviews and the time that was spent. What was handed in stays with its author. Who gave a task away gets it again
only from a manager: as another annotator of it they would be compared with their own work.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.base import now
from labelbuddy_core.database.many_rows import insert_many
from labelbuddy_core.database.tables import (
    Annotation,
    Assignment,
    HandedOver,
    HistoryEvent,
    Recording,
    ReviewAssignment,
    Task,
    User,
)
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.states import EDITABLE, AnnotationState
from labelbuddy_core.errors import Invalid, NotFound
from labelbuddy_core.services.access import ProjectAccess, project_access, task_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.history import Event, record, record_all
from labelbuddy_core.services.presenting import iso
from labelbuddy_core.services.tasks.places import ASSIGNED
from labelbuddy_core.services.tasks.task_assignment import annotator_called, tasks_of
from labelbuddy_core.services.transactions import reads, writes

HANDED_OVER: Final = "annotation.handed-over"
_AT_ONCE: Final = 500
_KINDS: Final = {AnnotationState.DRAFT: "drafts", AnnotationState.REJECTED: "sent_back", None: "not_begun"}


@dataclass(frozen=True)
class _Work:
    """One task of the person, with the annotation of it if there is one, and why it stays with them if it does."""

    assignment: Assignment
    annotation: Annotation | None
    recording: str
    why: str | None


@reads
def preview(
    session: Session, actor: Actor, project_id: str | int, *, giver: str, taker: str, tasks: Sequence[str] | None = None
) -> dict[str, Any]:
    """What would be handed over: {drafts, sent_back, not_begun, left: [{task, recording, why}]}."""
    access, from_id, to_id = _people(session, actor, project_id, giver, taker)
    going, left = _work(session, access, from_id, to_id, tasks)
    return _told(going, left)


@writes
def hand_over(
    session: Session, actor: Actor, project_id: str | int, *, giver: str, taker: str, tasks: Sequence[str] | None = None
) -> dict[str, Any]:
    """Hand the open work of one person (usernames) over to another: all of it in the project, or only these tasks.

    Tasks that the other person has begun too, or reviews, are left with the first, and told. Answers as `preview`.
    Raises `NotFound` when the taker is no annotator of the project.
    """
    access, from_id, to_id = _people(session, actor, project_id, giver, taker)
    going, left = _work(session, access, from_id, to_id, tasks)
    events: list[Event] = []
    for work in going:
        task_id = work.assignment.task_id
        session.delete(work.assignment)
        held = session.get(Assignment, (task_id, to_id))
        if held is None:
            held = Assignment(task_id=task_id, user_id=to_id, project_id=access.project.id)
            session.add(held)
        held.kind, held.last_saved_at, held.skipped_at, held.skip_reason = ASSIGNED, now(), None, None
        if work.annotation is not None:
            work.annotation.user_id = to_id
            data = {"from": giver, "to": taker, "revision": work.annotation.revision}
            events.append(Event(HANDED_OVER, f"annotation:{work.annotation.id}", data))
        session.flush()
    _note_givers(session, access.project.id, [work.assignment.task_id for work in going], giver=from_id, taker=to_id)
    told = _told(going, left)
    record_all(session, actor, events, project_id=access.project.id)
    record(
        session, actor, "tasks.handed-over", f"project:{access.project.id}", project_id=access.project.id,
        giver=giver, taker=taker, **{**told, "left": len(left)},
    )  # fmt: skip
    return told


@reads
def open_work(session: Session, actor: Actor, project_id: str | int) -> dict[str, dict[str, int]]:
    """Who has work in a project that could be handed over, also who has left it: by username {drafts, sent_back,
    not_begun}."""
    access = project_access(session, actor, project_id)
    access.require(Permission.CHANGE_TASKS)
    rows = session.execute(
        select(User.username, Annotation.state, func.count())
        .select_from(Assignment)
        .join(User, User.id == Assignment.user_id)
        .outerjoin(Annotation, (Annotation.task_id == Assignment.task_id) & (Annotation.user_id == Assignment.user_id))
        .where(
            Assignment.project_id == access.project.id,
            Annotation.id.is_(None) | Annotation.state.in_([state.value for state in EDITABLE]),
        )
        .group_by(User.username, Annotation.state)
        .order_by(User.username)
    )
    found: dict[str, dict[str, int]] = {}
    for username, state, count in rows:
        counts = found.setdefault(username, {"drafts": 0, "sent_back": 0, "not_begun": 0})
        counts[_KINDS[state]] = count
    return found


@reads
def of_my_annotation(session: Session, actor: Actor, task_id: str | int) -> list[dict[str, Any]]:
    """From whom my annotation of a task came, oldest first; empty when I began it."""
    access = task_access(session, actor, task_id)
    access.require(Permission.ANNOTATE)
    mine = session.scalar(
        select(Annotation.id).where(Annotation.task_id == access.task.id, Annotation.user_id == actor.id)
    )
    return [] if mine is None else hand_overs_of(session, [mine]).get(mine, [])


def hand_overs_of(session: Session, annotation_ids: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    """From whom to whom annotations went: by annotation [{from, to, revision, at}], oldest first."""
    found: dict[int, list[dict[str, Any]]] = {}
    ids = list(annotation_ids)
    for first in range(0, len(ids), _AT_ONCE):
        subjects = [f"annotation:{one}" for one in ids[first : first + _AT_ONCE]]
        rows = session.execute(
            select(HistoryEvent.subject, HistoryEvent.data, HistoryEvent.at)
            .where(HistoryEvent.subject.in_(subjects), HistoryEvent.action == HANDED_OVER)
            .order_by(HistoryEvent.id)
        )
        for subject, data, at in rows:
            found.setdefault(int(subject.partition(":")[2]), []).append({**data, "at": iso(at)})
    return found


def _people(
    session: Session, actor: Actor, project_id: str | int, giver: str, taker: str
) -> tuple[ProjectAccess, int, int]:
    access = project_access(session, actor, project_id)
    access.require(Permission.CHANGE_TASKS)
    from_id = session.scalar(select(User.id).where(User.username == giver.strip().lower()))
    if from_id is None:
        raise NotFound(f"Nobody is called {giver!r}.")
    to_id = annotator_called(session, access.project.id, taker)
    if from_id == to_id:
        raise Invalid("Choose somebody else to take the work over.", field="to")
    return access, from_id, to_id


def _work(
    session: Session, access: ProjectAccess, from_id: int, to_id: int, tasks: Sequence[str] | None
) -> tuple[list[_Work], list[_Work]]:
    """What goes over, and what is left because the taker has begun it too, or reviews it."""
    query = (
        select(Assignment, Annotation, Recording.name)
        .join(Task, Task.id == Assignment.task_id)
        .join(Recording, Recording.id == Task.recording_id)
        .outerjoin(Annotation, (Annotation.task_id == Assignment.task_id) & (Annotation.user_id == from_id))
        .where(
            Assignment.user_id == from_id,
            Assignment.project_id == access.project.id,
            Annotation.id.is_(None) | Annotation.state.in_([state.value for state in EDITABLE]),
        )
        .order_by(Assignment.task_id)
    )
    if tasks is not None:
        query = query.where(Assignment.task_id.in_(tasks_of(session, access.project.id, tasks)))
    stays = _what_stays(session, access.project.id, to_id)
    found = [
        _Work(assignment, annotation, recording, stays.get(assignment.task_id))
        for assignment, annotation, recording in session.execute(query)
    ]
    return [one for one in found if one.why is None], [one for one in found if one.why is not None]


def _what_stays(session: Session, project_id: int, to_id: int) -> dict[int, str]:
    """The tasks that somebody cannot take over, each with the reason."""
    reviewed = select(ReviewAssignment.task_id).where(
        ReviewAssignment.project_id == project_id, ReviewAssignment.user_id == to_id
    )
    begun = select(Annotation.task_id).where(Annotation.project_id == project_id, Annotation.user_id == to_id)
    return {
        **dict.fromkeys(session.scalars(reviewed), "The other person reviews this task."),
        **dict.fromkeys(session.scalars(begun), "The other person has begun this task too."),
    }


def _note_givers(session: Session, project_id: int, tasks: Sequence[int], *, giver: int, taker: int) -> None:
    """From now on these tasks are not given to the giver by themselves; the taker may have given them away before."""
    for first in range(0, len(tasks), _AT_ONCE):
        some = tasks[first : first + _AT_ONCE]
        session.execute(delete(HandedOver).where(HandedOver.task_id.in_(some), HandedOver.user_id.in_([giver, taker])))
    insert_many(session, HandedOver, [{"task_id": one, "user_id": giver, "project_id": project_id} for one in tasks])


def _told(going: list[_Work], left: list[_Work]) -> dict[str, Any]:
    states = [None if one.annotation is None else one.annotation.state for one in going]
    return {
        "drafts": states.count("draft"),
        "sent_back": states.count("rejected"),
        "not_begun": states.count(None),
        "left": [
            {
                "task": str(one.assignment.task_id),
                "recording": one.recording,
                "why": one.why,
            }
            for one in left
        ],
    }
