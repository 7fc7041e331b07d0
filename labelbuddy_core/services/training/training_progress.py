"""What a training run writes down while it works: epochs, sentences of its log, and where it stands in the model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from labelbuddy_core.database import get_database
from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import Job, Model, RunningModel, TrainingEpoch, TrainingLogLine, TrainingRun
from labelbuddy_core.domain.states import JobState, ModelState
from labelbuddy_core.domain.training.examples import Example
from labelbuddy_core.errors import NotFound
from labelbuddy_core.inference.model_keys import is_of_training, training_key
from labelbuddy_core.inference.specification import Specification
from labelbuddy_core.services.models.model_history import specification_in_use

MAX_LINE = 4000
_ALIVE = timedelta(minutes=2)
"""Workers write down what their models do every few seconds."""


@dataclass(frozen=True)
class Lesson:
    """What is needed to teach: the model as it is before (`specification`), the examples and their labels.

    `key` is what the model runs under while it learns, `name` the version that comes of it.
    """

    run: int
    model: str
    key: str
    name: str
    specification: Specification
    declared: str
    parameters: dict[str, float]
    learn_as: dict[str, str]
    examples: list[Example]

    @property
    def labels(self) -> list[str]:
        return list(dict.fromkeys(self.learn_as.values()))


def load_lesson(run_id: int) -> Lesson:
    """The lesson of a run whose examples are frozen. Raises `NotFound` when it, or its model, is gone."""
    with get_database().read() as session:
        run = run_row(session, run_id)
        model = session.get_one(Model, run.model_id)
        return Lesson(
            run=run.id,
            model=model.name,
            key=training_key(model.name, run.id),
            name=f"tuned-{run.id}",
            specification=specification_in_use(session, model, run.parent),
            declared=model.version,
            parameters=run.parameters,
            learn_as=run.choices["learn_as"],
            examples=[Example.from_json(one) for one in run.snapshot or ()],
        )


def keys_at_work(session: Session) -> set[str]:
    """The keys of models that learn, or will go on: runs that have not ended, and those that finish an epoch after
    their cancellation."""
    unfinished = session.execute(
        select(Model.name, TrainingRun.id)
        .join(TrainingRun, TrainingRun.model_id == Model.id)
        .join(Job, Job.id == TrainingRun.job_id)
        .where(Job.state.in_((JobState.QUEUED.value, JobState.RUNNING.value)))
    )
    alive = session.scalars(
        select(RunningModel.model).where(
            RunningModel.state.in_((ModelState.STARTING.value, ModelState.READY.value, ModelState.BUSY.value)),
            RunningModel.updated_at > now() - _ALIVE,
        )
    )
    return {training_key(name, run) for name, run in unfinished} | {key for key in alive if is_of_training(key)}


def run_row(session: Session, run_id: int) -> TrainingRun:
    """The row of a run. Raises `NotFound`."""
    run = session.get(TrainingRun, run_id)
    if run is None:
        raise NotFound("The training run has been deleted.")
    return run


def note(run_id: int, text: str) -> None:
    """Append a sentence to the log of a run."""
    with get_database().write() as session:
        if session.get(TrainingRun, run_id) is not None:
            session.add(TrainingLogLine(run_id=run_id, text=text[:MAX_LINE]))


def known_epochs(run_id: int) -> int:
    """How many epochs are written down."""
    with get_database().read() as session:
        return len(session.scalars(select(TrainingEpoch.epoch).where(TrainingEpoch.run_id == run_id)).all())


def keep_epochs(run_id: int, rows: list[dict[str, Any]], best: int | None) -> None:
    """Write down epochs that are new or were done again."""
    with get_database().write() as session:
        run = run_row(session, run_id)
        kept = {row.epoch: row for row in session.scalars(select(TrainingEpoch).where(TrainingEpoch.run_id == run_id))}
        for row in rows:
            number = int(row["epoch"])
            figures = {name: float(value) for name, value in row.items() if name != "epoch"}
            if number not in kept:
                session.add(TrainingEpoch(run_id=run_id, epoch=number, figures=figures))
            elif kept[number].figures != figures:
                kept[number].figures = figures
        run.best_epoch = best


def begin_in_model(run_id: int, container_run: str) -> None:
    """Note what a run is called in the model; epochs of one that the model has lost are forgotten."""
    with get_database().write() as session:
        run_row(session, run_id).container_run = container_run
        session.execute(delete(TrainingEpoch).where(TrainingEpoch.run_id == run_id))


def run_in_model(run_id: int) -> tuple[str | None, bool]:
    """What a run is called in the model, and whether somebody asked to stop it."""
    with get_database().read() as session:
        run = run_row(session, run_id)
        return run.container_run, run.stop_asked
