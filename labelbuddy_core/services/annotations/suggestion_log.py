"""What annotators saw of suggestions and decided about them, written into the history for studies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Annotation, Model, Prediction
from labelbuddy_core.domain.operations import Decided
from labelbuddy_core.domain.suggestions import Decision, decisions_between, source_of
from labelbuddy_core.services.access import TaskAccess
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations.annotation_documents import Items, Key, items_of_models
from labelbuddy_core.services.history import Event, record_all

ACTIONS = (
    "prediction.accepted",
    "prediction.edited",
    "prediction.removed",
    "prediction.cut",
    "prediction.rejected",
    "prediction.undecided",
    "suggestions.shown",
    "suggestions.hidden",
    "suggestions.revealed",
    "suggestions.set",
)
"""The events that `services.suggestion_decisions` gives to studies."""

_MOVES = ("cut", "paste")
"""Cutting and pasting, and each of them undone."""


def log_changes(
    session: Session,
    actor: Actor,
    access: TaskAccess,
    annotation: Annotation,
    *,
    before: Items,
    after: Items,
    by: Mapping[Key, Decided],
) -> None:
    """Note which suggestions the newest revision accepted, edited or removed again."""
    decisions = [
        (key, one) for key in {**before, **after} for one in decisions_between(key[1], before.get(key), after.get(key))
    ]
    decisions = _of_whole_suggestions(session, annotation, before, after, decisions)
    if not decisions:
        return
    known = _predictions(session, access.task.id, {one.source.prediction for _, one in decisions})
    about = {"task": str(access.task.id), "annotation": str(annotation.id), "revision": annotation.revision}
    events = [
        Event(
            f"prediction.{_action(one, by.get(key))}",
            f"prediction:{one.source.prediction}",
            {**about, **_item(one), **known[one.source.prediction], **_by(one, by.get(key))},
        )
        for key, one in decisions
        if one.source.prediction in known
    ]
    record_all(session, actor, events, project_id=access.project.id)


def revision_of(session: Session, actor: Actor, task_id: int) -> dict[str, Any]:
    """Task, annotation and revision at which something happens; without an annotation the revision is 0."""
    found = session.execute(
        select(Annotation.id, Annotation.revision).where(Annotation.task_id == task_id, Annotation.user_id == actor.id)
    ).first()
    annotation, revision = (None, 0) if found is None else (str(found[0]), found[1])
    return {"task": str(task_id), "annotation": annotation, "revision": revision}


def _of_whole_suggestions(
    session: Session, annotation: Annotation, before: Items, after: Items, decisions: list[tuple[Key, Decision]]
) -> list[tuple[Key, Decision]]:
    """Decisions without those on a part of a split region while another part stands: a suggestion is accepted with the
    first part and removed with the last."""
    if all(one.kind == "edited" for _, one in decisions):
        return decisions
    changed = {*before, *after}
    elsewhere = {
        source_of(key, item)
        for (collection, key), item in items_of_models(session, annotation.id).items()
        if (collection, key) not in changed
    }
    standing = {
        "accepted": elsewhere | {source_of(key[1], item) for key, item in before.items()},
        "removed": elsewhere | {source_of(key[1], item) for key, item in after.items()},
        "edited": set(),
    }
    kept: list[tuple[Key, Decision]] = []
    for key, one in decisions:
        if one.source not in standing[one.kind]:
            kept.append((key, one))
            if one.kind != "edited":
                standing[one.kind].add(one.source)
    return kept


def _item(one: Decision) -> dict[str, Any]:
    origin = one.item["origin"]
    return {
        "region": one.source.region,
        "label": one.item.get("label"),
        "score": origin.get("score"),
        "edited": bool(origin.get("edited")),
    }


def _by(one: Decision, by: Decided | None) -> dict[str, Any]:
    if one.kind != "accepted":
        return {}
    by = by or Decided()
    return {"how": "paste" if by.how in _MOVES else by.how, "threshold": by.threshold}


def _action(one: Decision, by: Decided | None) -> str:
    """What is cut is not given up: it is about to be pasted."""
    return "cut" if one.kind == "removed" and by is not None and by.how in _MOVES else one.kind


def _predictions(session: Session, task_id: int, wanted: set[str]) -> dict[str, dict[str, Any]]:
    """Model and version of the predictions of a task, by their ids; others are none of this task."""
    numbers = [int(one) for one in wanted if one.isascii() and one.isdigit() and len(one) < 19]
    rows = session.execute(
        select(Prediction.id, Model.name, Prediction.version)
        .join(Model, Model.id == Prediction.model_id)
        .where(Prediction.task_id == task_id, Prediction.id.in_(numbers))
    )
    return {str(number): {"model": model, "version": version} for number, model, version in rows}
