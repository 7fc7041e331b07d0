"""What models said of one task, for those who manage its project: to look at, not to decide upon."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelbuddy_core.audio.peaks import amplitudes
from labelbuddy_core.audio.storage import open_store
from labelbuddy_core.database.tables import Model, Prediction, ProjectLabel
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.services.access import TaskAccess, task_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.labels.label_aliases import present_document
from labelbuddy_core.services.predictions.offered_predictions import placed_document, says_something
from labelbuddy_core.services.predictions.predictions import prediction_json
from labelbuddy_core.services.presenting import iso
from labelbuddy_core.services.transactions import reads
from labelbuddy_core.settings import get_settings

POINTS = 800
"""Numbers of the outline of a sound."""
MAX_MODELS = 20
MAX_ITEMS = 500


def predicted_task(actor: Actor, task_id: str | int) -> dict[str, Any]:
    """A task with the newest prediction of each model.

    {task, project, recording, start, stop (s), outline, predictions: [{id, model, version, seconds, created_at, notes,
    regions, points, tags, text, counts}]}, with names of labels; of regions, points and tags the likeliest 500, and how
    many there are. Raises `Forbidden` or `NotFound`.
    """
    found, peaks_key = _found(actor, task_id)
    return {**found, "outline": _outline(peaks_key, found["start"], found["stop"])}


@reads
def newest_predictions(session: Session, actor: Actor, task_id: str | int) -> dict[str, Any]:
    """The newest prediction of each model of a task, as the API has predictions, whole and without decisions.

    Raises `Forbidden` or `NotFound`.
    """
    access = task_access(session, actor, task_id)
    access.require(Permission.PREDICT_BATCH)
    items = [
        {**prediction_json(one, name, {}), "document": placed_document(session, access, one)}
        for one, name in _newest(session, access)
    ]
    return {"items": items, "next_cursor": None}


def _newest(session: Session, access: TaskAccess) -> list[tuple[Prediction, str]]:
    """With the name of the model; not of models of feature vectors."""
    newest = (
        select(func.max(Prediction.id))
        .where(Prediction.task_id == access.task.id, Prediction.propagation_id.is_(None))
        .group_by(Prediction.model_id)
    )
    rows = session.execute(
        select(Prediction, Model)
        .join(Model, Model.id == Prediction.model_id)
        .where(Prediction.id.in_(newest))
        .order_by(Prediction.id.desc())
    ).tuples()
    found = [(prediction, model.name) for prediction, model in rows if says_something(prediction, model)]
    return found[:MAX_MODELS]


@reads
def _found(session: Session, actor: Actor, task_id: str | int) -> tuple[dict[str, Any], str | None]:
    access = task_access(session, actor, task_id)
    access.require(Permission.PREDICT_BATCH)
    rows = _newest(session, access)
    labels = select(ProjectLabel.id, ProjectLabel.name).where(ProjectLabel.project_id == access.project.id)
    names = dict(session.execute(labels).tuples().all())
    found = {
        "task": str(access.task.id),
        "project": str(access.project.id),
        "recording": access.recording.name,
        "start": access.task.start,
        "stop": access.task.stop,
        "predictions": [_told(prediction, _present(session, prediction), name, names) for prediction, name in rows],
    }
    return found, access.recording.peaks_key


def _present(session: Session, prediction: Prediction) -> dict[str, Any]:
    return present_document(session, prediction.project_id, prediction.document)


def _told(prediction: Prediction, document: dict[str, Any], model: str, names: dict[str, str]) -> dict[str, Any]:
    def items(kind: str, *members: str) -> list[dict[str, Any]]:
        return [
            {
                "label": names.get(one["label"], one["label"]),
                "score": (one.get("origin") or {}).get("score"),
                **{member: one.get(member) for member in members},
            }
            for one in document.get(kind) or ()
        ]

    regions = items("regions", "start", "end", "low", "high", "text")
    points = items("points", "time")
    tags = sorted(items("tags"), key=lambda one: -(one["score"] or 0.0))
    caption = document.get("caption") or {}
    return {
        "id": str(prediction.id),
        "model": model,
        "version": prediction.version,
        "seconds": prediction.seconds,
        "created_at": iso(prediction.created_at),
        "notes": prediction.notes,
        "regions": sorted(_likeliest(regions), key=lambda one: (one["start"], one["end"])),
        "points": sorted(_likeliest(points), key=lambda one: one["time"]),
        "tags": tags[:MAX_ITEMS],
        "text": caption.get("text") or "",
        "counts": {"regions": len(regions), "points": len(points), "tags": len(tags)},
    }


def _likeliest(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(items, key=lambda one: -(one["score"] or 0.0))[:MAX_ITEMS]


def _outline(peaks_key: str | None, start: float, stop: float) -> list[float]:
    """The shape of a stretch; nothing while its recording has no peaks."""
    store = open_store(get_settings())
    if peaks_key is None or not store.exists(peaks_key):
        return []
    local = store.local_path(peaks_key)
    if local is not None:
        return amplitudes(local, start, stop, POINTS)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "peaks"
        store.fetch_to(peaks_key, copy)
        return amplitudes(copy, start, stop, POINTS)
