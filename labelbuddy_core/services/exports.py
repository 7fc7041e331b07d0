"""Exports: a project's annotations or ground truth, streamed in a format, with or without the audio."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelbuddy_core.database import get_database
from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import (
    Annotation,
    AnnotationItem,
    Consensus,
    Model,
    Prediction,
    Project,
    Recording,
    Review,
    Task,
    User,
)
from labelbuddy_core.domain.export_records import ExportContext, ExportedAnnotation, ExportedTask
from labelbuddy_core.domain.merging_back import merged_task
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.states import AnnotationState
from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats.export_formats import FORMATS
from labelbuddy_core.formats.losses import losses
from labelbuddy_core.formats.marks import marked
from labelbuddy_core.services.access import project_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotation_answers import review_json
from labelbuddy_core.services.annotation_documents import present_documents
from labelbuddy_core.services.export_archives import archive_with_audio, folder_with_audio, read_original
from labelbuddy_core.services.hand_overs import hand_overs_of
from labelbuddy_core.services.history import record
from labelbuddy_core.services.merged_consensus import merged_of
from labelbuddy_core.services.presenting import iso
from labelbuddy_core.services.project_labels import labels_of
from labelbuddy_core.services.transactions import reads

AudioChoice = Literal["none", "paths", "included"]

WHICH = ("all", "submitted", "approved", "consensus")
AUDIO = ("none", "paths", "included")
_BATCH = 50
_ITEMS_AT_ONCE = 5_000


@dataclass(frozen=True)
class Export:
    """A checked export: what to call it, and its bytes."""

    file_name: str
    media_type: str
    blocks: Iterator[bytes]


def open_export(
    actor: Actor,
    project_id: str | int,
    *,
    format_name: str,
    which: str = "all",
    audio: str = "none",
    merge: bool = False,
) -> Export:
    """An export ready to stream; permission and choices are checked before the first byte.

    `which`: all; submitted (with approved, without rejected); approved; consensus (ground truth).
    `audio`: none; paths (where the API serves it); included (a ZIP with the originals).
    `merge` puts the tasks of each recording together (see `domain.merging_back`).
    """
    if format_name not in FORMATS:
        raise Invalid(f"format must be one of {', '.join(FORMATS)}.", field="format")
    if which not in WHICH:
        raise Invalid(f"which must be one of {', '.join(WHICH)}.", field="which")
    if audio not in AUDIO:
        raise Invalid(f"audio must be one of {', '.join(AUDIO)}.", field="audio")
    chosen = FORMATS[format_name]
    context, number = _context(actor, project_id)
    with get_database().write() as session:  # a token that may only read may export, too
        record(
            session, actor, "project.exported", f"project:{number}", project_id=number,
            format=format_name, which=which, audio=audio, merge=merge,
        )  # fmt: skip
    name = f"labelbuddy-project-{number}-{which}"
    if chosen.members is not None and audio == "none":
        audio = "included"  # these are folders with their audio
    tasks = _recordings(number, which, audio) if merge else _tasks(number, which, audio)
    if audio != "included":
        return Export(f"{name}.{chosen.suffix}", chosen.media_type, chosen.write(tasks, context))
    if chosen.with_audio is not None:
        blocks = chosen.with_audio(tasks, context, read_original)
        return Export(f"{name}.{chosen.suffix}", chosen.media_type, blocks)
    if chosen.members is not None:
        return Export(f"{name}.zip", "application/zip", folder_with_audio(chosen.members, tasks, context))
    blocks = archive_with_audio(chosen, f"{name}.{chosen.suffix}", tasks, context)
    return Export(f"{name}.zip", "application/zip", blocks)


def export_losses(actor: Actor, project_id: str | int, *, format_name: str, which: str = "all") -> dict[str, Any]:
    """What an export would lose of this project's data: {counted, lost: [{what, count}], never: [what]}.

    `never` is what the format does not carry at all, whether the project has it or not; formats that keep everything we
    can count have `counted` false.
    """
    if format_name not in FORMATS:
        raise Invalid(f"format must be one of {', '.join(FORMATS)}.", field="format")
    if which not in WHICH:
        raise Invalid(f"which must be one of {', '.join(WHICH)}.", field="which")
    chosen = FORMATS[format_name]
    context, number = _context(actor, project_id)
    answer: dict[str, Any] = {"counted": chosen.carries is not None, "lost": [], "never": list(chosen.loses)}
    if chosen.carries is not None:
        everything = (one for task in _tasks(number, which, "none") for one in marked(task, context))
        found = losses(everything, chosen.carries)
        answer["lost"] = [{"what": what, "count": count} for what, count in found.most_common()]
    return answer


@reads
def _context(session: Session, actor: Actor, project_id: str | int) -> tuple[ExportContext, int]:
    access = project_access(session, actor, project_id)
    access.require(Permission.EXPORT)
    project: Project = access.project
    labels = labels_of(session, project.id)
    licenses = {name: text for name, text in session.execute(select(Model.name, Model.license)) if text}
    made_under = session.execute(
        select(Prediction.id, Prediction.license)
        .join(Model, Model.id == Prediction.model_id)
        .where(Prediction.project_id == project.id, Prediction.license != Model.license)
    )
    about = {
        "id": str(project.id),
        "name": project.name,
        "template": project.template,
        "instructions": project.instructions,
        "labels": labels,
        "lanes": project.lanes,
        "tiers": project.tiers,
    }
    names = {label["id"]: label["name"] for label in labels}
    others = {str(number): text for number, text in made_under}
    return ExportContext(about, iso(now()), names, licenses, others), project.id


def _tasks(project_id: int, which: str, audio: str) -> Iterator[ExportedTask]:
    """Every task of the project with what is wanted, read in batches by id: memory stays constant."""
    last = 0
    while True:
        with get_database().read() as session:
            rows = session.execute(
                select(Task, Recording)
                .join(Recording, Recording.id == Task.recording_id)
                .where(Task.project_id == project_id, Task.id > last)
                .order_by(Task.id)
                .limit(_BATCH)
            ).all()
            if not rows:
                return
            rows = rows[: tasks_that_fit(session, [row[0].id for row in rows])]
            batch = list(read_tasks(session, [(row[0], row[1]) for row in rows], which, audio))
        last = rows[-1][0].id
        yield from batch


def _recordings(project_id: int, which: str, audio: str) -> Iterator[ExportedTask]:
    """Every recording of the project as one task, put together from its tasks: one recording at a time."""
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
            yield merged_task(found)


def tasks_that_fit(session: Session, task_ids: list[int]) -> int:
    """How many of these tasks are read at once, so that memory stays the same however large their documents are."""
    counted = session.execute(
        select(Annotation.task_id, func.count())
        .join(AnnotationItem, AnnotationItem.annotation_id == Annotation.id)
        .where(Annotation.task_id.in_(task_ids))
        .group_by(Annotation.task_id)
    )
    sizes = {row[0]: row[1] for row in counted}
    held = 0
    for number, task_id in enumerate(task_ids):
        held += sizes.get(task_id, 0)
        if held > _ITEMS_AT_ONCE:
            return max(1, number)
    return len(task_ids)


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
    reviews: dict[int, list[dict[str, Any]]] = {}
    for review, username in session.execute(
        select(Review, User.username)
        .join(User, User.id == Review.reviewer_id)
        .where(Review.annotation_id.in_(ids))
        .order_by(Review.id)
    ):
        reviews.setdefault(review.annotation_id, []).append(review_json(review, username))
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
