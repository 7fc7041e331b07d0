"""Predictions: asked for by task or for a whole project, shown, and decided upon."""

from __future__ import annotations

from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Model, Prediction, PredictionDecision, ProjectModel, Recording, Task
from labelbuddy_core.domain.label_thresholds import above
from labelbuddy_core.domain.operations import Decided
from labelbuddy_core.domain.permissions import Permission
from labelbuddy_core.domain.states import RecordingState
from labelbuddy_core.domain.suggestions import WITHHELD
from labelbuddy_core.errors import Invalid, InvalidState, NotFound
from labelbuddy_core.services import first_passes, jobs
from labelbuddy_core.services.access import parse_id, project_access, task_access
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.history import record
from labelbuddy_core.services.pages_of_results import Results, checked_limit, cursor_of, read_cursor
from labelbuddy_core.services.presenting import iso
from labelbuddy_core.services.suggestion_log import revision_of
from labelbuddy_core.services.transactions import reads, writes

DECISIONS = ("rejected", "undecided")
ONE_BY_ONE = Decided()
MAX_BATCH = 20_000


@writes
def predict_task(
    session: Session,
    actor: Actor,
    task_id: str | int,
    model_id: str | int,
    *,
    start: float | None = None,
    stop: float | None = None,
) -> dict[str, Any]:
    """Ask a model about a task, or its stretch from `start` to `stop` (s, recording time); returns the job.

    Raises `Invalid` when the project does not use the model, or the stretch does not lie in the task.
    """
    access = task_access(session, actor, task_id)
    access.require(Permission.PREDICT)
    first_passes.require_visible(session, actor, access)
    if access.recording.state != RecordingState.READY.value:
        raise InvalidState(f"{access.recording.name} is not ready yet.")
    model = _linked(session, access.project.id, model_id)
    first = access.task.start if start is None else start
    last = access.task.stop if stop is None else stop
    if not access.task.start <= first < last <= access.task.stop:
        span = f"{access.task.start:g} … {access.task.stop:g} s"
        raise Invalid(f"The stretch must lie in the task ({span}) and end after it starts.", field="start")
    arguments = {"tasks": [access.task.id], "model": model, "start": first, "stop": last}
    return jobs.submit(session, actor, "predict", arguments, queue="predict", project_id=access.project.id)


@writes
def predict_project(session: Session, actor: Actor, project_id: str | int, model_id: str | int) -> dict[str, Any]:
    """Ask a model about every task of a project that it has not predicted yet; returns the job."""
    access = project_access(session, actor, project_id)
    access.require(Permission.PREDICT_BATCH)
    model = _linked(session, access.project.id, model_id)
    tasks = list(
        session.scalars(
            select(Task.id)
            .join(Recording, Recording.id == Task.recording_id)
            .where(
                Task.project_id == access.project.id,
                Recording.state == RecordingState.READY.value,
                ~exists().where(Prediction.task_id == Task.id, Prediction.model_id == model),
            )
            .order_by(Task.priority.desc(), Task.id)
            .limit(MAX_BATCH)
        )
    )
    if not tasks:
        raise InvalidState("Every task of this project has a prediction of this model already.")
    arguments = {"tasks": tasks, "model": model}
    return jobs.submit(session, actor, "predict", arguments, queue="predict", project_id=access.project.id)


@reads
def list_for_task(session: Session, actor: Actor, task_id: str | int) -> dict[str, Any]:
    """The predictions of a task, newest first, with my decisions on them: the newest of each model and version.

    `withheld` says why there are none for somebody who is not to see suggestions, or not yet; else it is None.
    """
    access = task_access(session, actor, task_id)
    access.require(Permission.OPEN_TASK)
    why = first_passes.withheld(session, actor, access)
    if why is not None:
        return {"items": [], "next_cursor": None, "withheld": {"setting": why.value, "detail": WITHHELD[why]}}
    rows = session.execute(
        select(Prediction, Model.name, Model.license)
        .join(Model, Model.id == Prediction.model_id)
        .where(Prediction.task_id == access.task.id)
        .order_by(Prediction.id.desc())
    ).all()
    newest = {(row[0].model_id, row[0].version): row for row in reversed(rows)}
    kept = sorted(newest.values(), key=lambda row: -row[0].id)
    decisions: dict[int, dict[str, str]] = {}
    for decision in session.scalars(
        select(PredictionDecision).where(
            PredictionDecision.prediction_id.in_([row[0].id for row in kept]), PredictionDecision.user_id == actor.id
        )
    ):
        decisions.setdefault(decision.prediction_id, {})[decision.region] = decision.decision
    own = _label_thresholds(session, access.project.id)
    items = [_json(one, name, text, decisions.get(one.id, {}), own.get(one.model_id)) for one, name, text in kept]
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
        select(Prediction, Model.name, Model.license)
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
    items = [_json(prediction, name, text, {}) for prediction, name, text in rows]
    return Results(items, cursor_of(rows[-1][0].id) if more else None).as_json()


@writes
def decide(
    session: Session, actor: Actor, prediction_id: str | int, region: str, decision: str, by: Decided = ONE_BY_ONE
) -> dict[str, Any]:
    """Reject one item of a prediction (or take the rejection back: `undecided`); acceptance is an edit of the document.

    `region` is the id of a region, `tag:<label>` or `caption`; `by` says whether it was rejected alone.
    """
    prediction = session.get(Prediction, parse_id(prediction_id, "prediction"))
    if prediction is None:
        raise NotFound(f"There is no prediction {prediction_id!r}.")
    try:
        access = task_access(session, actor, prediction.task_id)
    except NotFound:
        raise NotFound(f"There is no prediction {prediction_id!r}.") from None
    access.require(Permission.DECIDE_PREDICTIONS)
    if first_passes.withheld(session, actor, access) is not None:
        raise NotFound(f"There is no prediction {prediction_id!r}.")
    if decision not in DECISIONS:
        raise Invalid(f"decision must be one of {', '.join(DECISIONS)}.", field="decision")
    items = _items(prediction.document)
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


def _items(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The items of a prediction by the names that decisions give them."""
    found = {region["id"]: region for region in document["regions"]}
    found |= {f"tag:{tag['label']}": tag for tag in document["tags"]}
    return found | ({"caption": document["caption"]} if document["caption"] else {})


def _linked(session: Session, project_id: int, model_id: str | int) -> int:
    number = parse_id(model_id, "model")
    if session.get(ProjectModel, (project_id, number)) is None:
        raise Invalid("This project does not use that model; a manager can link it on the project page.", field="model")
    return number


def _json(
    prediction: Prediction,
    model: str,
    license_text: str,
    decisions: dict[str, str],
    thresholds: dict[str, float] | None = None,
) -> dict[str, Any]:
    return {
        "id": str(prediction.id),
        "task": str(prediction.task_id),
        "model": str(prediction.model_id),
        "model_name": model,
        "license": license_text,
        "version": prediction.version,
        "options": prediction.options,
        "document": above(prediction.document, thresholds or {}),
        "decisions": decisions,
        "notes": prediction.notes,
        "seconds": prediction.seconds,
        "created_at": iso(prediction.created_at),
    }
