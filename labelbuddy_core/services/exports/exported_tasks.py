"""A project's tasks as exports and releases carry them: annotations, reviews and ground truth, read in batches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Annotation, Consensus, Recording, Task, User
from labelbuddy_core.domain.export_records import ExportedAnnotation, ExportedTask
from labelbuddy_core.domain.merging_back import merged_task
from labelbuddy_core.domain.states import AnnotationState
from labelbuddy_core.services.agreement.merged_consensus import merged_of
from labelbuddy_core.services.annotations.annotation_answers import reviews_of
from labelbuddy_core.services.annotations.annotation_documents import present_documents
from labelbuddy_core.services.exports.task_batches import next_tasks
from labelbuddy_core.services.presenting import iso
from labelbuddy_core.services.tasks.hand_overs import hand_overs_of

_BATCH = 50


def tasks_for_export(project_id: int, which: str, audio: str) -> Iterator[ExportedTask]:
    """Every task of the project with what is wanted, read in batches by id: memory stays constant."""
    last = 0
    while True:
        with get_database().read() as session:
            rows = next_tasks(session, project_id, last)
            if not rows:
                return
            batch = list(read_tasks(session, rows, which, audio))
        last = rows[-1][0].id
        yield from batch


def recordings_for_export(
    project_id: int, which: str, audio: str, changed: Counter[str] | None = None
) -> Iterator[ExportedTask]:
    """Every recording of the project as one task, put together from its tasks: one recording at a time.

    `changed` counts what is not as it was in the tasks.
    """
    last = 0
    while True:
        with get_database().read() as session:
            recording = session.scalar(
                select(Recording).where(Recording.project_id == project_id, Recording.id > last)
                .order_by(Recording.id).limit(1)
            )  # fmt: skip
            if recording is None:
                return
            last = recording.id
            rows = [
                (task, recording)
                for task in session.scalars(select(Task).where(Task.recording_id == recording.id).order_by(Task.id))
            ]
            found = [
                one
                for first in range(0, len(rows), _BATCH)
                for one in read_tasks(session, rows[first : first + _BATCH], which, audio)
            ]
        if found:
            yield merged_task(found, changed)


def read_tasks(session: Session, rows: list[tuple[Task, Recording]], which: str, audio: str) -> Iterator[ExportedTask]:
    """Tasks with what is wanted of them; those without ground truth are left out where that is wanted."""
    ids = [task.id for task, _ in rows]
    annotations = _annotations(session, ids, which)
    adjudicated = {
        row.task_id: (row, username)
        for row, username in session.execute(
            select(Consensus, User.username)
            .join(User, User.id == Consensus.created_by)
            .where(Consensus.task_id.in_(ids))
        )
    }
    merged = merged_of(session, ids)
    for task, recording in rows:
        found = annotations.get(task.id, [])
        truth: dict[str, Any] | None = None
        if task.id in adjudicated:
            row, username = adjudicated[task.id]
            truth = {"kind": "adjudicated", "by": username, "document": row.document}
        elif task.id in merged:
            truth = {"by": None, **merged[task.id]}
        else:
            approved = [one for one in found if one.state == AnnotationState.APPROVED]
            if len(approved) == 1:
                truth = {"kind": "approved", "by": approved[0].annotator, "document": approved[0].document}
        if which == "consensus":
            found = [_as_annotation(task.id, truth)] if truth else []
            if truth is None:
                continue
        yield ExportedTask(
            id=str(task.id),
            recording=_recording_json(recording),
            start=task.start,
            stop=task.stop,
            state=task.state,
            annotations=tuple(found),
            consensus=truth,
            audio_path=_audio_path(task, recording, audio),
        )


def _annotations(session: Session, task_ids: list[int], which: str) -> dict[int, list[ExportedAnnotation]]:
    query = (
        select(Annotation, User.username)
        .join(User, User.id == Annotation.user_id)
        .where(Annotation.task_id.in_(task_ids), Annotation.revision > 0)
        .order_by(Annotation.task_id, Annotation.id)
    )
    if which == "submitted":
        query = query.where(Annotation.state.in_([AnnotationState.SUBMITTED.value, AnnotationState.APPROVED.value]))
    elif which in ("approved", "consensus"):
        query = query.where(Annotation.state == AnnotationState.APPROVED.value)
    rows = session.execute(query).all()
    ids = [row[0].id for row in rows]
    documents = present_documents(session, ids)
    reviews = reviews_of(session, ids)
    handed_over = hand_overs_of(session, ids)
    found: dict[int, list[ExportedAnnotation]] = {}
    for annotation, username in rows:
        found.setdefault(annotation.task_id, []).append(
            ExportedAnnotation(
                id=str(annotation.id),
                annotator=username,
                state=annotation.state,
                revision=annotation.revision,
                updated_at=iso(annotation.updated_at),
                document=documents[annotation.id],
                reviews=tuple(reviews.get(annotation.id, ())),
                sampling=annotation.sampling,
                handed_over=tuple(handed_over.get(annotation.id, ())),
            )
        )
    return found


def _as_annotation(task_id: int, truth: dict[str, Any]) -> ExportedAnnotation:
    return ExportedAnnotation(
        id=f"consensus-{task_id}",
        annotator="consensus",
        state="approved",
        revision=0,
        updated_at="",
        document=truth["document"],
        consensus={name: value for name, value in truth.items() if name not in ("document", "by")},
    )


def _recording_json(recording: Recording) -> dict[str, Any]:
    return {
        "id": str(recording.id),
        "name": recording.name,
        "sha256": recording.sha256,
        "duration": recording.duration,
        "sample_rate": recording.sample_rate,
        "channels": recording.channels,
        "license": (recording.attributes or {}).get("license"),
        "attributes": recording.attributes or {},
    }


def _audio_path(task: Task, recording: Recording, audio: str) -> str:
    if audio == "included":
        return _member(recording)
    return f"/api/v1/tasks/{task.id}/original" if audio == "paths" else ""


def _member(recording: Recording) -> str:
    """Where a recording lies in an export with audio; the id keeps equal names apart."""
    name = PurePosixPath(recording.name).name
    return f"audio/{recording.id}_{name}"
