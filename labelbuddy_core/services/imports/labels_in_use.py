"""Why labels are needed: found for many labels at once, one pass over each table."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Text, func, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, Session

from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import (
    Annotation,
    AnnotationItem,
    Consensus,
    MergedConsensus,
    Model,
    ModelVersion,
    Prediction,
    ProjectModel,
    Propagation,
    Revision,
    Task,
)

_LABEL = re.compile(r'"label":("(?:[^"\\]|\\.)*")')
"""In the text of a stored document; quotes within what people wrote have a backslash before them there."""
_ROWS = 200
_BEFORE = timedelta(seconds=30)
"""Other clocks may be late, and a transaction that began before may end after."""


@dataclass(frozen=True)
class Since:
    """A moment: what is older was looked through already."""

    at: datetime
    prediction: int
    """The newest prediction then."""


def moment(session: Session) -> Since:
    """Now, for a later look at what has come since."""
    return Since(now() - _BEFORE, session.scalar(select(func.max(Prediction.id))) or 0)


def reasons_for(
    session: Session, project_id: int, labels: Collection[str], since: Since | None = None
) -> dict[str, str]:
    """By label why it is needed, those alone that are; with `since` only what was written after it is looked at."""
    found: dict[str, str] = {}
    if labels:
        for reasons in _uses(session, project_id, set(labels), since):
            found = reasons | found
            if len(found) == len(set(labels)):
                break
    return found


def _uses(session: Session, project_id: int, wanted: set[str], since: Since | None) -> Iterator[dict[str, str]]:
    """The reasons of one table after the other, the weightiest first and the longest table last."""
    rows = session.execute(
        select(AnnotationItem.label, func.count())
        .join(Annotation, Annotation.id == AnnotationItem.annotation_id)
        .where(Annotation.project_id == project_id, AnnotationItem.label.in_(wanted), *_after(since))
        .group_by(AnnotationItem.label)
    )
    yield _told(
        {label: count for label, count in rows if label}, "item of annotations has it", "items of annotations have it"
    )
    of_task = Task.project_id == project_id
    truths = select(_text(Consensus.document)).join(Task, Task.id == Consensus.task_id).where(of_task)
    if since is not None:
        truths = truths.where(Consensus.updated_at >= since.at)
    yield _told(_mentioned(session, truths, wanted), "ground truth has it", "ground truths have it")
    merged = select(_text(MergedConsensus.document)).where(MergedConsensus.project_id == project_id)
    if since is not None:
        merged = merged.where(MergedConsensus.merged_at >= since.at)
    yield _told(_mentioned(session, merged, wanted), "merged ground truth has it", "merged ground truths have it")
    predictions = select(_text(Prediction.document)).where(Prediction.project_id == project_id)
    if since is not None:
        predictions = predictions.where(Prediction.id > since.prediction)
    yield _told(
        _mentioned(session, predictions, wanted), "suggestion of a model has it", "suggestions of models have it"
    )
    linked = session.execute(
        select(ProjectModel.label_map, Model.name)
        .join(Model, Model.id == ProjectModel.model_id)
        .where(ProjectModel.project_id == project_id)
        .order_by(Model.name.desc())
    ).tuples()
    yield {label: f"labels of {name} become it" for given, name in linked for label in wanted & set(given.values())}
    spread = select(Propagation.label).where(Propagation.project_id == project_id, Propagation.label.in_(wanted))
    yield dict.fromkeys(session.scalars(spread.distinct()), "it was suggested for what is alike")
    learned = session.scalars(select(ModelVersion.label_map).where(ModelVersion.project_id == project_id)).all()
    yield {label: "a model has learned it" for given in learned for label in wanted & set(given.values())}
    yield _history(session, project_id, wanted, since)


def _history(session: Session, project_id: int, wanted: set[str], since: Since | None) -> dict[str, str]:
    """Labels of earlier versions, which people may restore."""
    query = (
        select(Revision.annotation_id, _text(Revision.operations), _text(Revision.snapshot))
        .join(Annotation, Annotation.id == Revision.annotation_id)
        .where(Annotation.project_id == project_id, *_after(since))
    )
    if since is not None:
        query = query.where(Revision.created_at >= since.at)
    annotations: dict[str, set[int]] = {}
    names = _as_written(wanted)
    for annotation, operations, snapshot in session.execute(query.execution_options(yield_per=_ROWS)):
        for written in {*_LABEL.findall(operations or ""), *_LABEL.findall(snapshot or "")}:
            if written in names:
                annotations.setdefault(names[written], set()).add(annotation)
    return {
        label: f"earlier versions of {len(those):,} annotation{'s' if len(those) > 1 else ''} have it"
        for label, those in annotations.items()
    }


def _after(since: Since | None) -> list[ColumnElement[bool]]:
    return [] if since is None else [Annotation.updated_at >= since.at]


def _mentioned(session: Session, documents: Any, wanted: set[str]) -> Counter[str]:
    """In how many documents each of these labels is."""
    names, found = _as_written(wanted), Counter[str]()
    for text in session.scalars(documents.execution_options(yield_per=_ROWS)):
        found.update(names[written] for written in set(_LABEL.findall(text or "")) if written in names)
    return found


def _as_written(labels: Collection[str]) -> dict[str, str]:
    return {orjson.dumps(label).decode(): label for label in labels}


def _text(document: InstrumentedAttribute[Any]) -> ColumnElement[str]:
    """A stored document as it is written, without being read."""
    return type_coerce(document, Text)


def _told(counts: dict[str, int], one: str, several: str) -> dict[str, str]:
    return {label: f"{count:,} {one if count == 1 else several}" for label, count in counts.items()}
