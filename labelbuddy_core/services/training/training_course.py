"""Teaching a model: it runs apart from the one that predicts, gets the examples, and is watched epoch by epoch."""

from __future__ import annotations

import logging
import secrets
import time
from pathlib import Path
from typing import Any

from labelbuddy_core.errors import ModelGone, ModelProblem
from labelbuddy_core.inference.client import ModelClient
from labelbuddy_core.inference.model_logs import log_path, tail
from labelbuddy_core.inference.runtimes.interface import ModelEnded
from labelbuddy_core.jobs.context import JobContext
from labelbuddy_core.services.models.model_supervision import running_models
from labelbuddy_core.services.models.model_versions import require_apart
from labelbuddy_core.services.training import training_progress as progress
from labelbuddy_core.services.training.training_datasets import write_dataset
from labelbuddy_core.services.training.training_progress import Lesson
from labelbuddy_core.services.training.training_turns import DATASET_SHARE, SILENT, in_turn, patiently
from labelbuddy_core.settings import get_settings

log = logging.getLogger(__name__)

POLL_SECONDS = 0.5
SHARE = 0.85
"""Of the job's progress."""
_PATIENCE = 3
"""How often a model may end without having done another epoch."""
_LAST_LINES = 20


def teach(job: JobContext, lesson: Lesson, weights: Path) -> bool:
    """Teach the model; what came of it is in the file `weights`. False when it was stopped before there was anything.

    Goes on where a crash left it. Raises `ModelProblem` that says why nothing came of it.
    """
    running_models().reap()  # a container whose worker was killed must not go on beside ours
    ended = without_progress = 0
    while True:
        before = progress.known_epochs(lesson.run)
        try:
            return _taught(job, lesson, weights)
        except (ModelGone, ModelEnded) as problem:
            ended += 1
            without_progress = 0 if progress.known_epochs(lesson.run) > before else without_progress + 1
            progress.note(lesson.run, f"The model ended: {problem.detail}")
            if without_progress >= _PATIENCE:
                raise ModelProblem(f"The model ended {ended} times while it learned. {problem.detail}") from None
            progress.note(
                lesson.run, f"It is started again and goes on after epoch {progress.known_epochs(lesson.run)}."
            )
            time.sleep(POLL_SECONDS)


def _taught(job: JobContext, lesson: Lesson, weights: Path) -> bool:
    def tell(message: str) -> None:
        job.progress(DATASET_SHARE, message)

    with running_models().running(lesson.key, lesson.specification.lanes[0], tell) as (client, _):
        assert isinstance(client, ModelClient)  # only models of our own contract are trained
        name = _begun(job, client, lesson)
        if name is None:
            return False
        found = _followed(job, client, lesson, name)
        given = found["version"] is not None and client.fetch_weights(str(found["version"]), weights)
    if found["state"] == "failed":
        if lesson.specification.endpoint is None:
            said = tail(log_path(get_settings().model_logs_folder, lesson.key), _LAST_LINES)
            progress.note(lesson.run, f"What the model wrote last:\n{said}")
        raise ModelProblem(f"The training failed: {found['detail']}.")
    if found["version"] is None:
        return False
    if not given:
        raise ModelProblem(
            f"The model has learned but does not give its weights (GET /weights/{found['version']}): build it with the "
            "serving kit of this version of LabelBuddy, or let it leave weights at `run.weights`."
        )
    return True


def _begun(job: JobContext, client: ModelClient, lesson: Lesson) -> str | None:
    """The run in the model: the one that was begun before a crash, or a new one; None when it is not wanted now."""
    name, _ = progress.run_in_model(lesson.run)
    known = None if name is None else patiently(client, lambda: client.training(name), job.is_cancelled)
    if name is None or known is None:
        return _begun_anew(job, client, lesson, name or secrets.token_hex(8))
    if known["state"] != "interrupted":
        return name

    def go_on() -> str:
        client.resume_training(name)
        progress.note(lesson.run, f"The model goes on after epoch {len(known['rows'])}.")
        return name

    # somebody who stops it wants its best epoch, for which it has to go on
    return in_turn(job, client, lesson, go_on, job.is_cancelled)


def _begun_anew(job: JobContext, client: ModelClient, lesson: Lesson, name: str) -> str | None:
    """A new run in the model, which gets the examples; None when it is not wanted now.

    `name` is written down before the model hears of it: a run whose beginning was not answered is found by it.
    """

    def stopped() -> bool:
        return _stopped(job, lesson)

    if stopped():
        return None
    if client.shared:
        about = patiently(client, client.info, stopped)
        if about is None:
            return None
        _require_teachable(about, lesson)
    # before it waits for its turn: cutting takes minutes, in which another may begin
    archive = _dataset(job, lesson)
    if stopped():
        return None
    # others may teach a version of this name there
    version = f"{lesson.name}-{secrets.token_hex(6)}" if client.shared else lesson.name

    def begin() -> str:
        progress.note(lesson.run, f"The model gets the examples ({archive.stat().st_size / 1024**2:.1f} MB).")
        progress.begin_in_model(lesson.run, name)
        given = client.begin_training(archive, lesson.parameters, version, name)
        if given != name:
            progress.begin_in_model(lesson.run, given)
        return given

    return in_turn(job, client, lesson, begin, stopped)


def _dataset(job: JobContext, lesson: Lesson) -> Path:
    archive = archive_of(lesson.run)
    if not archive.exists():
        learned = [one for one in lesson.examples if one.split != "test"]
        progress.note(lesson.run, f"The audio of {len(learned)} examples is cut.")
        write_dataset(archive, lesson.examples, lesson.labels, lesson.specification, _cutting(job))
    _require_room(archive.stat().st_size, lesson)
    return archive


def _require_room(size: int, lesson: Lesson) -> None:
    """Raises `ModelProblem` for a dataset (bytes) for which a model that is run here would be stopped."""
    most = get_settings().model_data_bytes
    if lesson.specification.endpoint is None and size > most:
        raise ModelProblem(
            f"The audio of the examples has {size / 1e9:.1f} GB, and a model may keep {most / 1e9:.1f} GB in /data. "
            "Choose fewer examples, or raise LABELBUDDY_MODEL_DATA_BYTES."
        )


def _require_teachable(about: dict[str, Any], lesson: Lesson) -> None:
    """Raises `ModelProblem` that says why a server that others ask too cannot be taught."""
    if "train" not in (about.get("capabilities") or ()):
        raise ModelProblem(
            f"The server {lesson.specification.endpoint} cannot be trained (GET /info has no capability `train`), "
            "though the model's file says so (training.supported)."
        )
    require_apart(about, lesson.specification)


def forget(lesson: Lesson) -> None:
    """Let a server that others use remove what a run left there. Raises `ModelProblem`."""
    name, _ = progress.run_in_model(lesson.run)
    if name is None or lesson.specification.endpoint is None:
        return
    with running_models().running(lesson.key, lesson.specification.lanes[0], lambda _: None) as (client, _):
        assert isinstance(client, ModelClient)
        client.forget_training(name)


def _followed(job: JobContext, client: ModelClient, lesson: Lesson, name: str) -> dict[str, Any]:
    """Watch a run until it has ended, writing down its epochs."""
    seen: list[dict[str, Any]] = []
    silent, asked_to_stop = 0, False
    while True:
        if not asked_to_stop and _stopped(job, lesson):
            progress.note(lesson.run, "Somebody stopped the run: it ends after this epoch.")
            client.cancel_training(name)
            asked_to_stop = True
        try:
            found = client.training(name)
            silent = 0
        except ModelGone:
            raise
        except ModelProblem:
            silent += 1  # it computes
            if silent >= SILENT:
                raise
            continue
        if found is None:
            raise ModelProblem("The model does not know its run any more.")
        if found["state"] == "interrupted":
            raise ModelGone("It was started again while it learned.")
        rows = [row for row in found.get("rows") or () if isinstance(row, dict) and "epoch" in row]
        if rows != seen:
            progress.keep_epochs(lesson.run, rows, found.get("best"))
            seen = rows
        if found["state"] != "running":
            return found
        _show(job, found, rows)
        time.sleep(POLL_SECONDS)


def _show(job: JobContext, found: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    epochs = found.get("epochs")
    if not epochs:
        job.progress(DATASET_SHARE, str(found.get("detail") or "The model prepares"))
        return
    left = found.get("eta")
    soon = "" if left is None else f", about {_duration(float(left))} left"
    share = DATASET_SHARE + (SHARE - DATASET_SHARE) * len(rows) / max(1, int(epochs))
    job.progress(share, f"Epoch {len(rows)} of {epochs}{soon}")


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def _cutting(job: JobContext) -> Any:
    def tell(done: int, total: int) -> None:
        job.progress(DATASET_SHARE * done / max(1, total), f"Cutting example {done + 1} of {total}")

    return tell


def _stopped(job: JobContext, lesson: Lesson) -> bool:
    return job.is_cancelled() or progress.run_in_model(lesson.run)[1]


def archive_of(run_id: int) -> Path:
    """Where the examples of a run lie until it has ended."""
    return get_settings().data / "work" / f"train-{run_id}" / "dataset.zip"
