"""What a person has done since their tour began: read from the history, the revisions and the activity."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Activity, Annotation, HistoryEvent, Release, Review, Revision, Task, Tour
from labelbuddy_core.domain.tours import Deed

_MOST_EVENTS: Final = 500
_MOST_REVISIONS: Final = 200
_ACTIONS: Final[dict[str, Deed]] = {
    "prediction.accepted": Deed.DECIDED,
    "prediction.edited": Deed.DECIDED,
    "prediction.rejected": Deed.DECIDED,
    "annotation.submitted": Deed.HANDED_IN,
    "region.approved": Deed.JUDGED,
    "region.rejected": Deed.JUDGED,
    "annotation.rejected": Deed.SENT_BACK,
    "annotation.approved": Deed.APPROVED,
    "consensus.adjudicated": Deed.TRUTH,
    "labels.changed": Deed.LABELS,
    "tasks.assigned": Deed.GAVE,
    "tasks.handed-over": Deed.GAVE,
    "model.linked": Deed.LINKED,
    "project.exported": Deed.EXPORTED,
}


def deeds(session: Session, tour: Tour, wanted: Collection[Deed]) -> set[Deed]:
    """Which of the wanted deeds were done in the tour's project."""
    events = _events(session, tour)
    found = {deed for event in events for deed in _of_event(event)}
    if Deed.ANSWERED in wanted:
        found |= _answered(session, [event for event in events if event.action == "annotation.submitted"])
    if Deed.OPENED in wanted:
        found |= _opened(session, tour)
    if {Deed.MARKED, Deed.CHANGED} & set(wanted):
        found |= _marked(session, tour)
    if Deed.RELEASED in wanted:
        found |= _released(session, tour)
    if Deed.CREATED in wanted:
        found |= _created(session, tour)
    return found & set(wanted)


def _events(session: Session, tour: Tour) -> list[HistoryEvent]:
    query = select(HistoryEvent).where(
        HistoryEvent.project_id == tour.project_id,
        HistoryEvent.id > tour.since,
        HistoryEvent.user_id == tour.user_id,
    )
    return list(session.scalars(query.order_by(HistoryEvent.id.desc()).limit(_MOST_EVENTS)))


def _of_event(event: HistoryEvent) -> set[Deed]:
    if event.action == "project.changed":
        return {Deed.LABELS} if "labels" in event.data.get("fields", ()) else set()
    if event.action == "task.changed":
        return {Deed.GAVE} if event.data.get("assignees") else set()
    deed = _ACTIONS.get(event.action)
    return set() if deed is None else {deed}


def _answered(session: Session, submitted: list[HistoryEvent]) -> set[Deed]:
    """Whether one of those handed in had been sent back before."""
    numbers = [int(event.subject.removeprefix("annotation:")) for event in submitted]
    query = select(exists().where(Review.annotation_id.in_(numbers), Review.decision == "reject"))
    return {Deed.ANSWERED} if numbers and session.scalar(query) else set()


def _opened(session: Session, tour: Tour) -> set[Deed]:
    query = select(
        exists().where(
            Activity.user_id == tour.user_id,
            Activity.at >= tour.started_at,
            Activity.task_id == Task.id,
            Task.project_id == tour.project_id,
        )
    )
    return {Deed.OPENED} if session.scalar(query) else set()


def _marked(session: Session, tour: Tour) -> set[Deed]:
    """Whether something new was put into a document, and whether an item was put again."""
    rows = session.execute(
        select(Revision.annotation_id, Revision.operations)
        .join(Annotation, Annotation.id == Revision.annotation_id)
        .where(
            Annotation.user_id == tour.user_id,
            Annotation.project_id == tour.project_id,
            Annotation.updated_at >= tour.started_at,
            Revision.user_id == tour.user_id,
            Revision.created_at >= tour.started_at,
        )
        .order_by(Revision.annotation_id, Revision.revision)
        .limit(_MOST_REVISIONS)
    )
    found: set[Deed] = set()
    seen: set[tuple[int, str, str]] = set()
    for annotation, operations in rows:
        for one in operations:
            key = (annotation, str(one["collection"]), str(one["id"]))
            if one["op"] != "put" or not _by_hand(one["value"]):
                continue
            found.add(Deed.CHANGED if key in seen else Deed.MARKED)
            seen.add(key)
    return found


def _by_hand(value: dict[str, Any]) -> bool:
    return (value.get("origin") or {}).get("kind", "human") in ("human", "analysis")


def _released(session: Session, tour: Tour) -> set[Deed]:
    """A release that was begun is none yet: nothing may be in it."""
    query = select(
        exists().where(
            Release.project_id == tour.project_id,
            Release.created_by == tour.user_id,
            Release.created_at >= tour.started_at,
            Release.published_at.is_not(None),
        )
    )
    return {Deed.RELEASED} if session.scalar(query) else set()


def _created(session: Session, tour: Tour) -> set[Deed]:
    query = select(
        exists().where(
            HistoryEvent.id > tour.since, HistoryEvent.user_id == tour.user_id, HistoryEvent.action == "project.created"
        )
    )
    return {Deed.CREATED} if session.scalar(query) else set()
