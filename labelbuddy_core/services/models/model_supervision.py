"""The worker's side of running models: one set of them a worker, their states written down, people's wishes obeyed."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError

from labelbuddy_core.database import get_database
from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import HistoryEvent, Model, RunningModel, User
from labelbuddy_core.domain.states import ModelState
from labelbuddy_core.errors import LabelBuddyError
from labelbuddy_core.inference.model_keys import key_of, name_of, parts_of
from labelbuddy_core.inference.model_report import ModelReport
from labelbuddy_core.inference.running_models import RunningModels
from labelbuddy_core.inference.specification import Specification
from labelbuddy_core.services.models.model_history import PROMOTED, specification_in_use
from labelbuddy_core.services.models.model_versions import equip
from labelbuddy_core.services.training.training_progress import keys_at_work
from labelbuddy_core.settings import get_settings

log = logging.getLogger(__name__)

STOP_ASKED = "model.stop_asked"
"""The event by which it is known who stopped a model."""
OBEY_SECONDS = 0.5
LOOK_SECONDS = 2.0
WARM_SECONDS = 5.0
REAP_SECONDS = 60.0

_manager: RunningModels | None = None
_models_lock = threading.Lock()


def running_models() -> RunningModels:
    """The running models of this worker process."""
    global _manager
    with _models_lock:
        if _manager is None:
            _manager = RunningModels(get_settings(), observe=write_down, equip=equip)
        return _manager


def close_models() -> None:
    """Stop all models; called when the worker ends."""
    if _manager is not None:
        _manager.close()


def write_down(report: ModelReport) -> None:
    """Keep what a model does for people to see. A database that does not answer must not stop a prediction."""
    try:
        with get_database().write() as session:
            key = (get_settings().worker_name, report.model)
            row = session.get(RunningModel, key)
            if row is None:
                row = RunningModel(worker=key[0], model=key[1])
                session.add(row)
            row.runtime, row.state, row.detail = report.runtime, report.state.value, report.detail[:2000]
            row.started_at, row.last_used_at, row.updated_at = report.started_at, report.last_used_at, now()
            row.memory, row.cpu, row.data, row.restarts = report.memory, report.cpu, report.data, report.restarts
            row.digest, row.device, row.notes = report.digest[:100], report.device, list(report.notes)
    except SQLAlchemyError:
        log.exception("the state of model %s could not be written down", report.model)


def supervise(worker: str, stop: threading.Event) -> None:
    """Look after this worker's models until told to stop: wishes, health, idle and warm models, and orphans."""
    _nothing_runs(worker)
    by_hand: set[str] = set()
    looked = warmed = reaped = float("-inf")
    while not stop.wait(OBEY_SECONDS):
        try:
            obey(worker, by_hand)
            moment = time.monotonic()
            if moment - looked > LOOK_SECONDS:
                running_models().look()
                running_models().stop_idle()
                looked = moment
            if moment - warmed > WARM_SECONDS:
                keep_warm(by_hand)
                warmed = moment
            if moment - reaped > REAP_SECONDS:
                clean_up()
                reaped = moment
        except Exception:
            log.exception("could not look after the models; trying again")


def obey(worker: str, by_hand: set[str]) -> None:
    """Do what people asked this worker for; `by_hand` are the models that a person stopped."""
    with get_database().read() as session:
        asked = session.execute(
            select(RunningModel.model, RunningModel.wanted).where(
                RunningModel.worker == worker, RunningModel.wanted.is_not(None)
            )
        ).all()
    for model, wanted in asked:
        with get_database().write() as session:
            session.execute(
                update(RunningModel)
                .where(RunningModel.worker == worker, RunningModel.model == model, RunningModel.wanted == wanted)
                .values(wanted=None)
            )
        if wanted == "stop":
            by_hand.add(name_of(model))
            who = _who_stopped(name_of(model))
            _in_background(model, lambda key=model, who=who: running_models().stop_by_hand(key, who))
            continue
        by_hand.discard(name_of(model))
        for key, wish in _meant(model).items():
            _in_background(key, lambda key=key, wish=wish: running_models().start(key, wish))


def keep_warm(by_hand: set[str]) -> None:
    """Start the models whose file wants them to run all the time, but those that a person stopped."""
    with get_database().read() as session:
        declared = session.execute(select(Model.name, Model.specification).where(Model.active)).all()
    for name, specification in declared:
        if not (specification.get("resources") or {}).get("keep_warm") or name in by_hand:
            continue
        for key, wish in _lanes(name, None, Specification.model_validate(specification)).items():
            if running_models().may_start(key):
                _in_background(key, lambda key=key, wish=wish: running_models().warm(key, wish))


def clean_up() -> None:
    """Remove what a crash left running, and what runs of training and models not declared any more left behind."""
    removed = running_models().reap()
    if removed:
        log.warning("removed %d container(s) whose worker is gone", removed)
    with get_database().read() as session:
        names, learning = set(session.scalars(select(Model.name))), keys_at_work(session)
    running_models().forget_others(names, learning)


def _meant(key: str) -> dict[str, Specification]:
    """What to run for a key: the name of a model means all its replicas; nothing when it is not declared any more."""
    parts = parts_of(key)
    with get_database().read() as session:
        model = session.scalar(select(Model).where(Model.name == parts.name))
        if model is None:
            return {}
        version = PROMOTED if parts.version is None else parts.version
        lanes = _lanes(parts.name, parts.version, specification_in_use(session, model, version))
    return lanes if not parts.lane else {one: wish for one, wish in lanes.items() if one == key}


def _lanes(name: str, version: str | None, specification: Specification) -> dict[str, Specification]:
    """Each replica or server of a model as batches run it, by its key."""
    return {key_of(name, version, lane): one for lane, one in enumerate(specification.lanes)}


def _who_stopped(name: str) -> str:
    """Who asked last that a model be stopped."""
    with get_database().read() as session:
        model = session.scalar(select(Model.id).where(Model.name == name))
        asked = (
            select(User.name)
            .join(HistoryEvent, HistoryEvent.user_id == User.id)
            .where(HistoryEvent.action == STOP_ASKED, HistoryEvent.subject == f"model:{model}")
            .order_by(HistoryEvent.id.desc())
            .limit(1)
        )
        return session.scalar(asked) or "a manager"


def _nothing_runs(worker: str) -> None:
    """What a worker of this name ran before ended with it."""
    try:
        with get_database().write() as session:
            session.execute(
                update(RunningModel)
                .where(RunningModel.worker == worker)
                .values(state=ModelState.STOPPED.value, detail="", memory=None, cpu=None)
            )
    except SQLAlchemyError:
        log.exception("could not write down that no model runs yet")


def _in_background(model: str, do: Callable[[], None]) -> None:
    def run() -> None:
        try:
            do()
        except LabelBuddyError as problem:
            log.warning("model %s: %s", model, problem.detail)
        except Exception:
            log.exception("model %s could not be started or stopped", model)

    threading.Thread(target=run, name=f"model {model}", daemon=True).start()
