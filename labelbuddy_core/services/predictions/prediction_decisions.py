"""Many decisions on the suggestions of a task at once."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Model, Prediction, PredictionDecision
from labelbuddy_core.domain.operations import Decided
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.errors import Invalid, NotFound
from labelbuddy_core.services.access import parse_id, task_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations import first_passes
from labelbuddy_core.services.annotations.suggestion_log import revision_of
from labelbuddy_core.services.history import Event, record_all
from labelbuddy_core.services.predictions.offered_predictions import placed_document
from labelbuddy_core.services.predictions.predictions import DECISIONS, ONE_BY_ONE, items_by_name
from labelbuddy_core.services.similarity.propagated_suggestions import is_offered
from labelbuddy_core.services.transactions import writes

MAX_DECISIONS = 5000


class ItemDecision(BaseModel):
    """A decision on one item of a prediction: rejected or undecided; `by` says whether it was rejected alone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    prediction: str
    region: str
    decision: str
    by: Decided = ONE_BY_ONE


class Decisions(BaseModel):
    """Decisions in the order in which they were made."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    decisions: list[ItemDecision] = Field(max_length=MAX_DECISIONS)


def decide_many(actor: Actor, task_id: str | int, request: Decisions) -> dict[str, Any]:
    """Reject items, or take rejections back, in one transaction; what stands already is neither changed nor logged.

    Raises `Invalid` naming the decision that is wrong; then nothing is changed.
    """
    return _decide_many(actor, task_id, request.decisions)


@writes
def _decide_many(session: Session, actor: Actor, task_id: str | int, decisions: list[ItemDecision]) -> dict[str, Any]:
    access = task_access(session, actor, task_id)
    access.require(Permission.DECIDE_PREDICTIONS)
    if first_passes.withheld(session, actor, access) is not None:
        raise NotFound("There are no suggestions for you in this task.")
    items: dict[str, dict[str, dict[str, Any]]] = {}
    found: dict[str, Prediction] = {}
    names: dict[str, str] = {}
    standing: dict[tuple[int, str], PredictionDecision] = {}
    where = revision_of(session, actor, access.task.id)
    events: list[Event] = []
    for position, one in enumerate(decisions):
        field = f"decisions.{position}"
        if one.prediction not in found:
            prediction = session.get(Prediction, parse_id(one.prediction, "prediction"))
            of_this_task = prediction is not None and prediction.task_id == access.task.id
            if prediction is None or not of_this_task or not is_offered(session, actor, prediction):
                raise Invalid(f"The task has no prediction {one.prediction!r}.", field=f"{field}.prediction")
            found[one.prediction] = prediction
            items[one.prediction] = items_by_name(placed_document(session, access, prediction))
            names[one.prediction] = session.get_one(Model, prediction.model_id).name
            mine = select(PredictionDecision).where(
                PredictionDecision.prediction_id == prediction.id, PredictionDecision.user_id == actor.id
            )
            standing |= {(prediction.id, row.region): row for row in session.scalars(mine)}
        prediction, item = found[one.prediction], items[one.prediction].get(one.region)
        if one.decision not in DECISIONS:
            raise Invalid(f"decision must be one of {', '.join(DECISIONS)}.", field=f"{field}.decision")
        if item is None:
            raise Invalid(f"The prediction has no item {one.region!r}.", field=f"{field}.region")
        row = standing.get((prediction.id, one.region))
        if (one.decision == "rejected") == (row is not None):
            continue
        if row is None:
            row = PredictionDecision(
                prediction_id=prediction.id, region=one.region, user_id=actor.id, decision=one.decision
            )
            session.add(row)
            standing[prediction.id, one.region] = row
        else:
            session.delete(standing.pop((prediction.id, one.region)))
            session.flush()
        about = {"region": one.region, "label": item.get("label"), "score": (item.get("origin") or {}).get("score")}
        model = {"model": names[one.prediction], "version": prediction.version}
        data = {**where, **one.by.model_dump(), **about, **model}
        events.append(Event(f"prediction.{one.decision}", f"prediction:{prediction.id}", data))
    record_all(session, actor, events, project_id=access.project.id)
    return {"changed": len(events)}
