"""Training from the command line: a run is started in a manager's name, and followed until it has ended."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import Model, ProjectLabel
from labelbuddy_core.domain.states import FINAL_JOB_STATES
from labelbuddy_core.errors import Invalid
from labelbuddy_core.services.access import project_called
from labelbuddy_core.services.accounts.accounts import actor_called
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.installation import job_runs
from labelbuddy_core.services.training import training_runs, training_sets
from labelbuddy_core.services.training.training_sets import Choices
from labelbuddy_core.services.transactions import reads

LOOK_SECONDS = 0.5

Say = Callable[[str], None]


def preview(username: str, project: str, model: str, choices: Choices, learn_as: Mapping[str, str]) -> dict[str, Any]:
    """What a run would learn from (see `training_sets.preview`). Raises as `start`."""
    actor, where, what = _who_where_what(username, project, model)
    return training_sets.preview(actor, where, what, _in_words(actor, where, choices, learn_as))


def start(
    username: str,
    project: str,
    model: str,
    choices: Choices,
    learn_as: Mapping[str, str],
    parameters: Mapping[str, float],
) -> dict[str, Any]:
    """Start a run for the worker to do; returns it. `learn_as` says by their names how labels are to be called, none:
    all as usual.

    Raises `NotFound` for an unknown person or project, `Forbidden` for somebody who does not manage it, `Invalid` for
    an unknown model, label or parameter, `InvalidState` when nothing can be learned.
    """
    actor, where, what = _who_where_what(username, project, model)
    chosen = _in_words(actor, where, choices, learn_as)
    return training_runs.start_run(actor, where, what, parameters=dict(parameters), choices=chosen)


def follow(username: str, run_id: str, say: Say) -> dict[str, Any]:
    """Tell of epochs and of what happens until a run has ended; returns it."""
    actor = _who(username)
    epochs = lines = 0
    warned = False
    while True:
        run = training_runs.get_run(actor, run_id)
        for line in run["log"][lines:]:
            say(line["text"])
        lines = len(run["log"])
        for row in run["epochs"][epochs:]:
            say(_epoch(row))
        epochs = len(run["epochs"])
        if run["state"] in FINAL_JOB_STATES:
            return run
        if run["state"] == "queued" and not warned and not job_runs.is_a_worker_alive():
            say("No worker is running: the run waits until one is started (bin/run).")
            warned = True
        time.sleep(LOOK_SECONDS)


def _epoch(row: Mapping[str, float]) -> str:
    known = ("loss", "validation_loss", "f1", "validation_f1")
    figures = [f"{name.replace('_', ' ')} {row[name]:.4f}" for name in known if name in row]
    return f"Epoch {row['epoch']:g}: {', '.join(figures)}"


@reads
def _who(session: Session, username: str) -> Actor:
    return actor_called(session, username)


@reads
def _who_where_what(session: Session, username: str, project: str, model: str) -> tuple[Actor, int, int]:
    """The model may be given by its number or its name."""
    actor, where = actor_called(session, username), project_called(session, project)
    rows = session.execute(select(Model.id, Model.name)).tuples().all()
    found = [number for number, name in rows if model in (str(number), name)]
    if not found:
        known = ", ".join(sorted(name for _, name in rows)) or "none"
        raise Invalid(f"There is no model {model!r}; there are {known}.", field="model")
    return actor, where, found[0]


@reads
def _in_words(
    session: Session, _actor: Actor, project: int, choices: Choices, learn_as: Mapping[str, str]
) -> Choices:  # fmt: skip
    """The choices with labels that were given by name."""
    if not learn_as:
        return choices
    rows = session.execute(
        select(ProjectLabel.name, ProjectLabel.id)
        .where(ProjectLabel.project_id == project)
        .order_by(ProjectLabel.position)
    )
    ids: dict[str, str] = dict(rows.tuples().all())
    for name in learn_as:
        if name not in ids:
            raise Invalid(f"The project has no label {name!r}; it has {', '.join(ids)}.", field="learn")
    named = {ids[name]: word for name, word in learn_as.items()}
    return Choices(named, choices.group_by, choices.validation, choices.test, choices.seed)
