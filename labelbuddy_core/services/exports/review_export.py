"""The reviews of a project with their reasons, a row a reason, streamed: for a paper, and for teaching annotators."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Annotation, Recording, Review, Task, User
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.errors import Invalid
from labelbuddy_core.formats import csv_export, decisions_export, jsonl_export
from labelbuddy_core.services.access import project_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.exports.exports import Export
from labelbuddy_core.services.history import record
from labelbuddy_core.services.presenting import iso
from labelbuddy_core.services.transactions import reads

_BATCH = 1000
_FORMATS = {
    "csv": (decisions_export.write_csv, csv_export.MEDIA_TYPE),
    "jsonl": (decisions_export.write_jsonl, jsonl_export.MEDIA_TYPE),
}


def open_reviews(actor: Actor, project_id: str | int, *, format_name: str) -> Export:
    """The reviews in the order in which they were made, ready to stream; for those who may export.

    A review with several reasons has a row for each, one without has a row with an empty reason.
    """
    if format_name not in _FORMATS:
        raise Invalid(f"format must be one of {', '.join(_FORMATS)}.", field="format")
    number = _allowed(actor, project_id)
    with get_database().write() as session:  # a token that may only read may export, too
        what = {"what": "reviews", "format": format_name}
        record(session, actor, "project.exported", f"project:{number}", project_id=number, **what)
    write, media_type = _FORMATS[format_name]
    name = f"labelbuddy-project-{number}-reviews.{format_name}"
    return Export(name, media_type, write(_rows(number), decisions_export.REVIEW_COLUMNS))


@reads
def _allowed(session: Session, actor: Actor, project_id: str | int) -> int:
    access = project_access(session, actor, project_id)
    access.require(Permission.EXPORT)
    return access.project.id


def _rows(project_id: int) -> Iterator[dict[str, Any]]:
    annotator, reviewer, last = aliased(User), aliased(User), 0
    while True:
        with get_database().read() as session:
            found = session.execute(
                select(Review, Annotation.task_id, Recording.name, annotator.username, reviewer.username)
                .join(Annotation, Annotation.id == Review.annotation_id)
                .join(Task, Task.id == Annotation.task_id)
                .join(Recording, Recording.id == Task.recording_id)
                .join(annotator, annotator.id == Annotation.user_id)
                .join(reviewer, reviewer.id == Review.reviewer_id)
                .where(Annotation.project_id == project_id, Review.id > last)
                .order_by(Review.id)
                .limit(_BATCH)
            ).all()
        if not found:
            return
        last = found[-1][0].id
        for review, task, recording, who, by in found:
            about = {
                "at": iso(review.created_at),
                "review": str(review.id),
                "recording": recording,
                "task": str(task),
                "annotation": str(review.annotation_id),
                "revision": review.revision,
                "annotator": who,
                "reviewer": by,
                "decision": review.decision,
                "feedback": review.feedback,
                "regions_rejected": sum(one["decision"] == "reject" for one in review.regions),
            }
            for reason in review.reasons or [""]:
                yield {**about, "reason": reason}
