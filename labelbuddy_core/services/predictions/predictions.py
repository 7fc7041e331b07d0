"""Predictions: shown, and decided upon."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Model, Prediction, PredictionDecision, ProjectModel
from labelbuddy_core.domain.label_thresholds import above
from labelbuddy_core.domain.operations import Decided
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.suggestions import WITHHELD
from labelbuddy_core.errors import Invalid, NotFound
from labelbuddy_core.services.access import parse_id, project_access, task_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations import first_passes
from labelbuddy_core.services.annotations.suggestion_log import revision_of
from labelbuddy_core.services.history import record
from labelbuddy_core.services.pages_of_results import Results, checked_limit, cursor_of, read_cursor
from labelbuddy_core.services.predictions.offered_predictions import offered_documents, placed_document, says_something
from labelbuddy_core.services.presenting import iso
from labelbuddy_core.services.similarity.propagated_suggestions import is_offered, offered_to
from labelbuddy_core.services.transactions import reads, writes

DECISIONS = ("rejected", "undecided")
ONE_BY_ONE = Decided()


@reads
def list_for_task(session: Session, actor: Actor, task_id: str | int) -> dict[str, Any]:
    """The predictions of a task, newest first, with my decisions on them.

    What a newer prediction of the same model and version speaks for, and what I decided about before, is left out, and
    so is what a model of feature vectors gave. `withheld` says why there are none for somebody who is not to see
    suggestions, or not yet; else it is None.
    """
    access = task_access(session, actor, task_id)
    access.require(Permission.OPEN_TASK)
    why = first_passes.withheld(session, actor, access)
    if why is not None:
        return {"items": [], "next_cursor": None, "withheld": {"setting": why.value, "detail": WITHHELD[why]}}
    found = session.execute(
        select(Prediction, Model)
        .join(Model, Model.id == Prediction.model_id)
        .where(Prediction.task_id == access.task.id, offered_to(actor))
        .order_by(Prediction.id.desc())
    ).tuples()
    rows = [(prediction, model.name) for prediction, model in found if says_something(prediction, model)]
    decisions: dict[int, dict[str, str]] = {}
    for decision in session.scalars(
        select(PredictionDecision).where(
            PredictionDecision.prediction_id.in_([row[0].id for row in rows]), PredictionDecision.user_id == actor.id
        )
    ):
        decisions.setdefault(decision.prediction_id, {})[decision.region] = decision.decision
    own = _label_thresholds(session, access.project.id)
    offered = offered_documents(session, actor, access, [row[0] for row in rows], decisions)
    items = [
        {
            **prediction_json(prediction, name, decisions.get(prediction.id, {})),
            "document": above(offered[prediction.id], own.get(prediction.model_id, {})),
        }
        for prediction, name in rows
        if prediction.id in offered
    ]
    return {"items": items, "next_cursor": None, "withheld": None}


@reads
def list_for_project(
    session: Session, actor: Actor, project_id: str | int, *, limit: int | None = None, cursor: str | None = None
) -> dict[str, Any]:
    """The predictions of a project, newest first, a page at a time, for its managers; without decisions."""
    access = project_access(session, actor, project_id)
    access.require(Permission.PREDICT_BATCH)
    size = checked_limit(limit)
    query = (
        select(Prediction, Model.name)
        .join(Model, Model.id == Prediction.model_id)
        .where(Prediction.project_id == access.project.id)
        .order_by(Prediction.id.desc())
        .limit(size + 1)
    )
    if cursor:
        (last,) = read_cursor(cursor, int)
        query = query.where(Prediction.id < int(last))
    rows = session.execute(query).all()
    more, rows = len(rows) > size, rows[:size]
    items = [prediction_json(prediction, name, {}) for prediction, name in rows]
    return Results(items, cursor_of(rows[-1][0].id) if more else None).as_json()


@writes
def decide(
    session: Session, actor: Actor, prediction_id: str | int, region: str, decision: str, by: Decided = ONE_BY_ONE
) -> dict[str, Any]:
    """Reject one item of a prediction (or take the rejection back: `undecided`); acceptance is an edit of the document.

    `region` is the id of a region or a point, `tag:<label>` or `caption`; `by` says whether it was rejected alone.
    """
    prediction = session.get(Prediction, parse_id(prediction_id, "prediction"))
    if prediction is None:
        raise NotFound(f"There is no prediction {prediction_id!r}.")
    try:
        access = task_access(session, actor, prediction.task_id)
    except NotFound:
        raise NotFound(f"There is no prediction {prediction_id!r}.") from None
    access.require(Permission.DECIDE_PREDICTIONS)
    if first_passes.withheld(session, actor, access) is not None or not is_offered(session, actor, prediction):
        raise NotFound(f"There is no prediction {prediction_id!r}.")
    if decision not in DECISIONS:
        raise Invalid(f"decision must be one of {', '.join(DECISIONS)}.", field="decision")
    items = items_by_name(placed_document(session, access, prediction))
    if region not in items:
        raise Invalid(f"The prediction has no item {region!r}.", field="region")
    row = session.get(PredictionDecision, (prediction.id, region, actor.id))
    if decision == "undecided":
        if row is not None:
            session.delete(row)
    elif row is None:
        session.add(PredictionDecision(prediction_id=prediction.id, region=region, user_id=actor.id, decision=decision))
    record(
        session,
        actor,
        f"prediction.{decision}",
        f"prediction:{prediction.id}",
        project_id=prediction.project_id,
        **revision_of(session, actor, access.task.id),
        **by.model_dump(),
        region=region,
        label=items[region].get("label"),
        score=(items[region].get("origin") or {}).get("score"),
        model=session.get_one(Model, prediction.model_id).name,
        version=prediction.version,
    )
    return {"prediction": str(prediction.id), "region": region, "decision": decision}


def _label_thresholds(session: Session, project_id: int) -> dict[int, dict[str, float]]:
    """The lowest scores that the project gave to single labels, by model."""
    query = select(ProjectModel.model_id, ProjectModel.label_thresholds).where(ProjectModel.project_id == project_id)
    return dict(session.execute(query).tuples().all())


def items_by_name(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The items of a prediction by the names that decisions give them."""
    found = {item["id"]: item for item in (*document["regions"], *document["points"])}
    found |= {f"tag:{tag['label']}": tag for tag in document["tags"]}
    return found | ({"caption": document["caption"]} if document["caption"] else {})


def prediction_json(prediction: Prediction, model: str, decisions: dict[str, str]) -> dict[str, Any]:
    """The prediction object of the API."""
    return {
        "id": str(prediction.id),
        "task": str(prediction.task_id),
        "model": str(prediction.model_id),
        "model_name": model,
        "license": prediction.license,
        "version": prediction.version,
        "options": prediction.options,
        "document": prediction.document,
        "decisions": decisions,
        "notes": prediction.notes,
        "seconds": prediction.seconds,
        "created_at": iso(prediction.created_at),
    }
