"""What models do at the moment, for those who manage them: state, resources, speed, logs; and starting and stopping."""

from __future__ import annotations

import statistics
from datetime import datetime
from typing import Any

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import Model, Prediction, RunningModel, WorkerHeartbeat
from labelbuddy_core.domain.states import ModelState
from labelbuddy_core.errors import InvalidState
from labelbuddy_core.inference.model_keys import name_of
from labelbuddy_core.inference.model_logs import log_path, tail
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.history import record
from labelbuddy_core.services.installation.job_runs import DEAD_AFTER
from labelbuddy_core.services.models.model_licenses import require_confirmed
from labelbuddy_core.services.models.model_supervision import STOP_ASKED
from labelbuddy_core.services.models.models import list_models, model_for_manager, require_model_manager
from labelbuddy_core.services.presenting import iso
from labelbuddy_core.services.transactions import reads, writes
from labelbuddy_core.settings import get_settings

LATEST = 100
"""Predictions that the speed of a model is told from."""
_AT_ONCE = 100
_LIVELIEST = (ModelState.BUSY, ModelState.READY, ModelState.STARTING, ModelState.FAILED, ModelState.STOPPED)


def states(actor: Actor) -> list[dict[str, Any]]:
    """Every declared model with `state` and `speed`. Raises `Forbidden` for those who manage no project."""
    return with_states(actor, list_models(actor))


@reads
def with_states(session: Session, actor: Actor, models: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Models as `services.models` gives them, each with what it does and how fast it is.

    `state`: {state, wanted, detail, runtime, started_at, last_used_at, memory (bytes), cpu (cores), data (bytes),
    restarts, digest, device, notes, workers}; `speed`, or None: {predictions, median_seconds,
    p95_seconds, audio_per_second}. Raises `Forbidden` for those who manage no project.
    """
    require_model_manager(session, actor)
    found = _states(session, models)
    speeds = _speeds(session, [int(one["id"]) for one in models])
    return [{**one, "state": found[one["id"]], "speed": speeds.get(int(one["id"]))} for one in models]


@reads
def present_states(session: Session, actor: Actor, models: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The `state` of `with_states` alone, by id: for a page that looks again and again. Raises `Forbidden` likewise."""
    require_model_manager(session, actor)
    return _states(session, models)


@reads
def logs(session: Session, actor: Actor, model_id: str | int, lines: int = 200) -> dict[str, Any]:
    """{model, text}: the last lines that a model wrote on this machine; empty for one that runs elsewhere."""
    model = model_for_manager(session, actor, model_id)
    return {"model": str(model.id), "text": tail(log_path(get_settings().model_logs_folder, model.name), lines)}


@writes
def start(session: Session, actor: Actor, model_id: str | int) -> dict[str, Any]:
    """Ask a worker to start a model. Raises `InvalidState` when no worker shows signs of life."""
    model = model_for_manager(session, actor, model_id)
    require_confirmed(model)
    alive = _living_workers(session)
    if not alive:
        raise InvalidState("No worker shows a sign of life, so nothing can be started; start LabelBuddy's worker.")
    rows = _rows(session, model)
    chosen = next((row for row in rows if row.worker in alive and row.model == model.name), None)
    if chosen is None:
        chosen = RunningModel(worker=max(alive, key=lambda name: alive[name]), model=model.name, state="stopped")
        session.add(chosen)
    chosen.wanted = "start"
    record(session, actor, "model.start_asked", f"model:{model.id}", name=model.name)
    session.flush()
    return _state(_rows(session, model), alive)


@writes
def stop(session: Session, actor: Actor, model_id: str | int) -> dict[str, Any]:
    """Ask every worker that runs a model to stop it; one that does not run is no error."""
    model = model_for_manager(session, actor, model_id)
    for row in _rows(session, model):
        row.wanted = "stop"
    record(session, actor, STOP_ASKED, f"model:{model.id}", name=model.name)
    session.flush()
    return _state(_rows(session, model), _living_workers(session))


def _states(session: Session, models: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    alive = _living_workers(session)
    by_model: dict[str, list[RunningModel]] = {}
    for row in session.scalars(select(RunningModel)):
        by_model.setdefault(name_of(row.model), []).append(row)
    return {one["id"]: _state(by_model.get(one["name"], []), alive) for one in models}


def _rows(session: Session, model: Model) -> list[RunningModel]:
    """What workers say of a model, of its replicas and of its other versions."""
    return [row for row in session.scalars(select(RunningModel)) if name_of(row.model) == model.name]


def _living_workers(session: Session) -> dict[str, datetime]:
    found = session.execute(
        select(WorkerHeartbeat.name, WorkerHeartbeat.seen_at).where(WorkerHeartbeat.seen_at > now() - DEAD_AFTER)
    )
    return dict(found.tuples().all())


def _state(rows: list[RunningModel], alive: dict[str, datetime]) -> dict[str, Any]:
    """The liveliest of what the workers say; workers that show no life run nothing any more."""
    known = [row for row in rows if row.worker in alive]
    if not known:
        row = rows[0] if rows else RunningModel(state="stopped", detail="", runtime="", restarts=0, notes=[])
        state, detail = ModelState.STOPPED, ""
    else:
        row = min(known, key=lambda one: _LIVELIEST.index(ModelState(one.state)))
        state, detail = ModelState(row.state), row.detail or ""
    runs = state in (ModelState.BUSY, ModelState.READY)
    return {
        "state": state.value,
        "wanted": row.wanted if known else None,
        "detail": detail,
        "runtime": row.runtime or "",
        "started_at": iso(row.started_at) if runs else None,
        "last_used_at": iso(row.last_used_at),
        "memory": row.memory if runs else None,
        "cpu": row.cpu if runs else None,
        "data": row.data if runs else None,
        "restarts": row.restarts or 0,
        "digest": row.digest or "",
        "device": row.device or "",
        "notes": row.notes or [],
        "workers": sum(one.state in (ModelState.BUSY.value, ModelState.READY.value) for one in known),
    }


def _speeds(session: Session, model_ids: list[int]) -> dict[int, dict[str, Any]]:
    """From the latest predictions of each model, found by its index; a hundred models to a query."""
    found: dict[int, list[tuple[float, float]]] = {}
    for first in range(0, len(model_ids), _AT_ONCE):
        parts = [
            select(
                select(Prediction.model_id, Prediction.seconds, Prediction.options)
                .where(Prediction.model_id == model_id, Prediction.propagation_id.is_(None))
                .order_by(Prediction.id.desc())
                .limit(LATEST)
                .subquery()
            )
            for model_id in model_ids[first : first + _AT_ONCE]
        ]
        for model_id, seconds, options in session.execute(union_all(*parts)):
            audio = float(options.get("stop") or 0) - float(options.get("start") or 0)
            found.setdefault(model_id, []).append((float(seconds), max(0.0, audio)))
    return {model_id: _speed(measured) for model_id, measured in found.items()}


def _speed(measured: list[tuple[float, float]]) -> dict[str, Any]:
    seconds = sorted(pair[0] for pair in measured)
    spent, heard = sum(seconds), sum(pair[1] for pair in measured)
    return {
        "predictions": len(seconds),
        "median_seconds": round(statistics.median(seconds), 4),
        "p95_seconds": round(seconds[min(len(seconds) - 1, int(0.95 * len(seconds)))], 4),
        "audio_per_second": round(heard / spent, 2) if spent > 0 else None,
    }
