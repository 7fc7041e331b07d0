"""Find more like this: the stretches of a project that are most like one of them, by the vectors that a model gave."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Annotation, AnnotationItem, Recording, Task
from labelbuddy_core.domain.documents import Collection
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.similarity import apart, query_of
from labelbuddy_core.errors import Invalid, InvalidState, NotFound
from labelbuddy_core.inference.embedding import unpacked
from labelbuddy_core.services.access import TaskAccess, task_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations import first_passes
from labelbuddy_core.services.labels.labels_there import labels_there
from labelbuddy_core.services.similarity.similar_vectors import (
    Space,
    read_blob,
    refresh,
    searched_tasks,
    space_of,
    vectors_of_tasks,
)
from labelbuddy_core.services.transactions import reads

MOST_RESULTS = 200
USUAL_RESULTS = 50
LOWEST = -1.0
"""No stretch is less similar than this."""
_IDENTIFIER = re.compile(r"[A-Za-z0-9_.:\-]{1,64}")


@dataclass(frozen=True)
class SimilarTo:
    """What is looked for: a task, a stretch of it (s), or one of its regions; by the vectors of `model`, or the newest.

    With start and stop the region is only named, so that it need not be saved yet.
    """

    task: str | int
    start: float | None = None
    stop: float | None = None
    region: str | None = None
    model: str | int | None = None


@dataclass(frozen=True)
class Source:
    """The stretch (s) that is looked for, whose it is, and the label that it has, as far as that is known."""

    project_id: int
    task_id: int
    recording: str
    start: float
    stop: float
    region: str | None
    label: str | None


@dataclass(frozen=True)
class Hit:
    """A stretch (s) of a task that is like the source, from -1 to 1."""

    task_id: int
    start: float
    stop: float
    similarity: float


@dataclass(frozen=True)
class Search:
    """What a search found, the likeliest first: among how many vectors of how many tasks, and how many are unread.

    `everybody` says that the person manages the project, and sees what others marked.
    """

    everybody: bool
    source: Source
    space: Space
    hits: list[Hit]
    vectors: int
    tasks: int
    unread: int


def find_similar(
    actor: Actor,
    project_id: str | int,
    wanted: SimilarTo,
    *,
    limit: int = USUAL_RESULTS,
    least: float = LOWEST,
) -> dict[str, Any]:
    """The stretches most like one of them, at most `limit` (to 200), of a similarity from `least` on.

    {source, model, searched: {vectors, tasks, unread}, items: [{task, recording, start, stop, similarity, labels}]};
    `labels` are those that regions there have already: those of everybody for managers, else one's own. Annotators
    search in the tasks of their queue. Raises `InvalidState` while the task has no vectors.
    """
    search = search_similar(actor, project_id, wanted, limit=limit, least=least)
    source, space = search.source, search.space
    return {
        "source": {
            "task": str(source.task_id),
            "recording": source.recording,
            "start": source.start,
            "stop": source.stop,
            "region": source.region,
            "label": source.label,
        },
        "model": {
            "id": str(space.model_id),
            "name": space.model,
            "version": space.version,
            "license": space.license,
        },
        "searched": {"vectors": search.vectors, "tasks": search.tasks, "unread": search.unread},
        "items": _described(actor, search),
    }


def search_similar(actor: Actor, project_id: str | int, wanted: SimilarTo, *, limit: int, least: float) -> Search:
    """As `find_similar`, with nothing but times and similarities of what was found."""
    if not 1 <= limit <= MOST_RESULTS:
        raise Invalid(f"limit is a number from 1 to {MOST_RESULTS}.", field="limit")
    if not LOWEST <= least <= 1.0:
        raise Invalid("least is a similarity, from -1 to 1.", field="least")
    everybody, source, space, blob, everything, mine = _asked(actor, project_id, wanted)
    try:
        embedding = unpacked(read_blob(blob))
    except NotFound:
        raise InvalidState("The storage has lost the feature vectors of this task; ask the model again.") from None
    query = query_of(embedding.times, embedding.vectors, source.start, source.stop)
    if query is None:
        raise InvalidState("The feature vectors of this stretch say nothing: all of their numbers are 0.")
    unread = refresh(space, everything)
    by_blob: dict[str, list[int]] = {}
    for task, key in mine.items():
        by_blob.setdefault(key, []).append(task)
    blobs = list(by_blob)
    found, vectors = space.index.search(blobs, query)
    taken = {blobs.index(blob): [(source.start, source.stop)]} if blob in by_blob else {}
    kept = apart((one for one in found if one.similarity >= least), limit, taken)
    hits = [
        Hit(task, one.start, one.stop, round(min(1.0, one.similarity), 4))
        for one in kept
        for task in by_blob[blobs[one.sound]]
    ]
    return Search(everybody, source, space, hits[:limit], vectors, len(mine), unread)


@reads
def _asked(
    session: Session, actor: Actor, project_id: str | int, wanted: SimilarTo
) -> tuple[bool, Source, Space, str, dict[int, str], dict[int, str]]:
    """Whether they manage; the source, its space and blob; all tasks with vectors there; those that are searched."""
    access = task_access(session, actor, wanted.task)
    if str(access.project.id) != str(project_id):
        raise NotFound(f"There is no task {wanted.task!r} in this project.")
    access.require(Permission.PREDICT)
    first_passes.require_visible(session, actor, access)
    source = _source(session, actor, access, wanted)
    space, blob = space_of(session, access, wanted.model)
    everything = vectors_of_tasks(session, space)
    mine = searched_tasks(session, actor, access.at, everything)
    return access.at.is_manager, source, space, blob, everything, mine


def _source(session: Session, actor: Actor, access: TaskAccess, wanted: SimilarTo) -> Source:
    region, label = wanted.region, None
    start = access.task.start if wanted.start is None else wanted.start
    stop = access.task.stop if wanted.stop is None else wanted.stop
    if region is not None:
        if not _IDENTIFIER.fullmatch(region):
            raise Invalid("A region's id has 1 to 64 letters, digits and signs of _ . : -", field="region")
        item = _region(session, actor, access, region)
        if item is not None:
            label = item.label
        if wanted.start is None and wanted.stop is None:
            if item is None or item.start is None or item.stop is None:
                raise Invalid(f"You see no region {region!r} in this task.", field="region")
            start, stop = item.start, item.stop
    # a region may end a little behind the sound; an instant has no length
    if not (access.task.start <= start <= stop and start < access.task.stop and stop <= access.task.stop + 0.005):
        span = f"{access.task.start:g} … {access.task.stop:g} s"
        raise Invalid(f"The stretch must lie in the task ({span}) and end after it starts.", field="start")
    return Source(access.project.id, access.task.id, access.recording.name, start, stop, region, label)


def _region(session: Session, actor: Actor, access: TaskAccess, region: str) -> AnnotationItem | None:
    """A saved region of this id: one's own, or for managers anybody's."""
    query = (
        select(AnnotationItem)
        .join(Annotation, Annotation.id == AnnotationItem.annotation_id)
        .where(
            Annotation.task_id == access.task.id,
            AnnotationItem.collection == Collection.REGIONS.value,
            AnnotationItem.key == region,
        )
        .order_by((Annotation.user_id == actor.id).desc(), Annotation.id)
        .limit(1)
    )
    if not access.at.is_manager:
        query = query.where(Annotation.user_id == actor.id)
    return session.scalar(query)


@reads
def _described(session: Session, actor: Actor, search: Search) -> list[dict[str, Any]]:
    tasks = {hit.task_id for hit in search.hits}
    names = dict(
        session.execute(
            select(Task.id, Recording.name).join(Recording, Recording.id == Task.recording_id).where(Task.id.in_(tasks))
        )
        .tuples()
        .all()
    )
    labels = labels_there(
        session,
        [(hit.task_id, hit.start, hit.stop) for hit in search.hits],
        only_of=None if search.everybody else actor.id,
    )
    return [
        {
            "task": str(hit.task_id),
            "recording": names[hit.task_id],
            "start": hit.start,
            "stop": hit.stop,
            "similarity": hit.similarity,
            "labels": found,
        }
        for hit, found in zip(search.hits, labels, strict=True)
        if hit.task_id in names
    ]
