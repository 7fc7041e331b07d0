"""The answers that annotators handed in, task by task in the order of recordings, however many there are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby

import orjson
from sqlalchemy import Text, func, select, tuple_, type_coerce
from sqlalchemy.orm import Session

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Annotation, AnnotationItem, Task
from labelbuddy_core.domain.agreement.answers import Answer, Compared
from labelbuddy_core.domain.states import HANDED_IN
from labelbuddy_core.services.agreement.known_truths import Truth, tasks_with_truth, truths_of
from labelbuddy_core.services.reviews.caption_vectors import TextModel, vectors_of

_TASKS = 200
_ITEMS = 50_000
"""Items of documents that are held at once, unless a single task has more."""
_COMPARED = ("regions", "points", "tags", "caption")


@dataclass(frozen=True)
class Period:
    """Which answers count: those handed in from `since` on and before `until`; None is no bound."""

    since: datetime | None = None
    until: datetime | None = None


@dataclass
class HandedIn:
    """A task with its answers, and the annotations they are from: (id, revision) in ascending order."""

    compared: Compared
    sources: list[tuple[int, int]] = field(default_factory=list)
    handed_in_at: datetime | None = None
    """When the last of the answers was handed in."""
    truth: Truth | None = None


def handed_in(
    project_id: int,
    *,
    least: int,
    period: Period | None = None,
    with_truths: bool = False,
    meanings: TextModel | None = None,
) -> Iterator[HandedIn]:
    """Every task of the project with at least `least` submitted or approved annotations.

    `with_truths` adds what was adjudicated or merged, and the tasks that have it and a single annotation. `meanings` is
    the text model whose vectors of captions are added, as far as they are kept.
    """
    last = (0, 0)
    while True:
        with get_database().read() as session:
            tasks = [
                (row[0], row[1], row[2], row[3])
                for row in session.execute(
                    select(Task.id, Task.recording_id, Task.start, Task.stop)
                    .where(Task.project_id == project_id, tuple_(Task.recording_id, Task.id) > last)
                    .order_by(Task.recording_id, Task.id)
                    .limit(_TASKS)
                )
            ]
            if not tasks:
                return
            annotations = _annotations(session, [task[0] for task in tasks], period or Period())
            truths = tasks_with_truth(session, list(annotations)) if with_truths else frozenset()
            chosen = [
                task
                for task in tasks
                if len(annotations.get(task[0], ())) >= (1 if task[0] in truths else least)
            ]  # fmt: skip
            batch = _that_fit(session, chosen, annotations)
            found = list(_read(session, batch, annotations))
            if meanings is not None:
                _add_meanings(session, meanings, found)
            if truths:
                known = truths_of(session, [task[0] for task in batch])
                found = [replace(one, truth=known.get(one.compared.task)) for one in found]
        last = (batch[-1][1], batch[-1][0]) if len(batch) < len(chosen) else (tasks[-1][1], tasks[-1][0])
        yield from found


def handed_in_of_task(session: Session, task: Task) -> HandedIn:
    """What was handed in of one task, however few."""
    row = (task.id, task.recording_id, task.start, task.stop)
    annotations = _annotations(session, [task.id], Period())
    return next(_read(session, [row], {task.id: annotations.get(task.id, [])}))


def by_recording(tasks: Iterator[HandedIn]) -> Iterator[list[HandedIn]]:
    """The tasks of each recording together."""
    for _, found in groupby(tasks, key=lambda one: one.compared.recording):
        yield list(found)


_Row = tuple[int, int, float, float]
"""Task, recording, start and stop."""
_Sources = dict[int, list[tuple[int, int, int, datetime | None]]]
"""By task: (annotation, user, revision, when it was handed in)."""


def _annotations(session: Session, task_ids: list[int], period: Period) -> _Sources:
    query = (
        select(Annotation.task_id, Annotation.id, Annotation.user_id, Annotation.revision, Annotation.submitted_at)
        .where(
            Annotation.task_id.in_(task_ids),
            Annotation.revision > 0,
            Annotation.state.in_([state.value for state in HANDED_IN]),
        )
        .order_by(Annotation.id)
    )
    if period.since is not None:
        query = query.where(Annotation.submitted_at >= period.since)
    if period.until is not None:
        query = query.where(Annotation.submitted_at < period.until)
    found: _Sources = {}
    for task_id, annotation_id, user_id, revision, submitted_at in session.execute(query):
        found.setdefault(task_id, []).append((annotation_id, user_id, revision, submitted_at))
    return found


def _that_fit(session: Session, tasks: list[_Row], annotations: _Sources) -> list[_Row]:
    ids = [annotation for task in tasks for annotation, *_ in annotations[task[0]]]
    rows = session.execute(
        select(AnnotationItem.annotation_id, func.count())
        .where(AnnotationItem.annotation_id.in_(ids))
        .group_by(AnnotationItem.annotation_id)
    )
    sizes = {row[0]: row[1] for row in rows}
    held = 0
    for number, task in enumerate(tasks):
        held += sum(sizes.get(annotation, 0) for annotation, *_ in annotations[task[0]])
        if held > _ITEMS:
            return tasks[: max(1, number)]
    return tasks


def _add_meanings(session: Session, model: TextModel, found: list[HandedIn]) -> None:
    described = [answer for one in found for answer in one.compared.answers if answer.caption]
    vectors = vectors_of(session, model, {answer.caption for answer in described})
    for answer in described:
        answer.meaning = vectors.get(answer.caption)


def _read(session: Session, tasks: list[_Row], annotations: _Sources) -> Iterator[HandedIn]:
    answers = {
        annotation: Answer(user) for task in tasks for annotation, user, *_ in annotations[task[0]]
    }  # fmt: skip
    items = AnnotationItem.__table__.c
    rows = (
        session.connection()
        .execute(  # plain rows: there are hundreds of thousands
            select(items.annotation_id, items.collection, type_coerce(items.value, Text)).where(
                items.annotation_id.in_(list(answers)), items.collection.in_(_COMPARED)
            )
        )
        .all()
    )
    for annotation_id, collection, value in rows:
        answers[annotation_id].add(collection, orjson.loads(value))
    for task_id, recording_id, start, stop in tasks:
        sources = annotations[task_id]
        said = [answers[annotation].in_order() for annotation, *_ in sources]
        compared = Compared(task_id, recording_id, start, stop, said)
        last = max((moment for *_, moment in sources if moment is not None), default=None)
        yield HandedIn(compared, [(annotation, revision) for annotation, _, revision, _ in sources], last)
