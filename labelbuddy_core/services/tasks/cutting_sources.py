"""What recordings can be cut by: their pauses, and the regions of a label that people or models found."""

from __future__ import annotations

import tempfile
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.audio.quiet import quiet_spans
from labelbuddy_core.audio.storage import open_store
from labelbuddy_core.database.tables import Annotation, AnnotationItem, Prediction, ProjectLabel, Recording, Task
from labelbuddy_core.domain.cutting import Stretch
from labelbuddy_core.errors import Invalid
from labelbuddy_core.services.labels.label_aliases import present_document
from labelbuddy_core.services.predictions.standing_suggestions import standing_suggestions
from labelbuddy_core.settings import get_settings

_AT_ONCE = 500


def pauses(recording: Recording, *, threshold: float, least: float) -> list[Stretch]:
    """The pauses of a recording (see `audio.quiet`). Raises `Invalid` while it has no peaks."""
    store = open_store(get_settings())
    key = recording.peaks_key
    if key is None or not store.exists(key):
        raise Invalid(f"The peaks of {recording.name!r} are missing; retry the recording.", field="recordings")
    local = store.local_path(key)
    if local is not None:
        return quiet_spans(local, threshold=threshold, least=least)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "peaks"
        store.fetch_to(key, copy)
        return quiet_spans(copy, threshold=threshold, least=least)


def regions_by_recording(session: Session, project_id: int, label: str, source: str) -> dict[int, list[Stretch]]:
    """Where a label was marked, by recording: in all annotations, or in what models last said.

    Raises `Invalid` for a label that the project does not have.
    """
    if session.get(ProjectLabel, (project_id, label)) is None:
        raise Invalid(f"The label {label!r} is not in this project's label set.", field="regions.label")
    return _marked(session, project_id, label) if source == "annotations" else _predicted(session, project_id, label)


def _marked(session: Session, project_id: int, label: str) -> dict[int, list[Stretch]]:
    rows = session.execute(
        select(Task.recording_id, AnnotationItem.start, AnnotationItem.stop)
        .join(Annotation, Annotation.task_id == Task.id)
        .join(AnnotationItem, AnnotationItem.annotation_id == Annotation.id)
        .where(Task.project_id == project_id, AnnotationItem.label == label, AnnotationItem.start.is_not(None))
    )
    found: dict[int, list[Stretch]] = {}
    for recording, start, stop in rows:
        if start is not None and stop is not None:
            found.setdefault(recording, []).append((start, stop))
    return found


def _predicted(session: Session, project_id: int, label: str) -> dict[int, list[Stretch]]:
    rows = session.execute(
        select(Task.recording_id, Prediction.document)
        .join(Task, Task.id == Prediction.task_id)
        .where(Prediction.id.in_(standing_suggestions(Prediction.project_id == project_id)))
        .execution_options(yield_per=_AT_ONCE)
    )
    found: dict[int, list[Stretch]] = {}
    for recording, document in rows:
        for region in present_document(session, project_id, document).get("regions") or ():
            if region["label"] == label:
                found.setdefault(recording, []).append((region["start"], region["end"]))
    return found
