"""The figures of training runs as files: CSV, and event files of TensorBoard."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelbuddy_core.database.tables import TrainingEpoch, TrainingRun
from labelbuddy_core.formats.tensorboard import Step, event_file
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.training.training_runs import visible_run
from labelbuddy_core.services.transactions import reads

_VALIDATION = "validation_"
_MEMBER_TIME = (1980, 1, 1, 0, 0, 0)
"""The same run gives the same bytes."""


@reads
def metrics_csv(session: Session, actor: Actor, run_id: str | int) -> str:
    """Every figure of a run as CSV: of epochs (`what` is epoch), and of versions and their difference on what was held
    out (`what` is held-out)."""
    run = visible_run(session, actor, run_id)
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow(["run", "what", "epoch", "measure", "label", "version", "value", "low", "high"])
    for row in _epochs(session, run):
        for name, value in row.figures.items():
            measure, _, label = name.partition("/")
            table.writerow([run.id, "epoch", row.epoch, measure, label, run.version or "", value, "", ""])
    for measure, label, version, one in _held_out(run):
        bounds = ["" if one[name] is None else one[name] for name in ("value", "low", "high")]
        table.writerow([run.id, "held-out", "", measure, label, version, *bounds])
    return written.getvalue()


@reads
def tensorboard_zip(session: Session, actor: Actor, run_id: str | int) -> bytes:
    """The figures of a run as a ZIP of event files: a folder each for training, validation, and what was held out.

    Unpacked below one folder, several runs stand side by side in `tensorboard --logdir FOLDER`; curves of training and
    validation have the same names, so that they share a chart. Held-out figures stand at the best epoch.
    """
    run = visible_run(session, actor, run_id)
    epochs = _epochs(session, run)
    training: list[Step] = []
    validation: list[Step] = []
    for row in epochs:
        for steps, chosen in ((training, False), (validation, True)):
            scalars = {
                name.removeprefix(_VALIDATION): value
                for name, value in row.figures.items()
                if name.startswith(_VALIDATION) == chosen
            }
            if scalars:
                steps.append(Step(row.epoch, row.at, scalars))
    files = {"training": training, "validation": validation}
    last = epochs[-1].at if epochs else run.created_at
    for version, scalars in _by_version(run).items():
        files[f"held-out {version}"] = [Step(run.best_epoch or len(epochs), last, scalars)]
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, steps in files.items():
            if steps:
                path = f"run-{run.id}/{name}/events.out.tfevents.{int(run.created_at.timestamp())}.labelbuddy"
                archive.writestr(zipfile.ZipInfo(path, _MEMBER_TIME), event_file(run.created_at, steps))
    return held.getvalue()


def _epochs(session: Session, run: TrainingRun) -> list[TrainingEpoch]:
    query = select(TrainingEpoch).where(TrainingEpoch.run_id == run.id).order_by(TrainingEpoch.epoch)
    return list(session.scalars(query))


def _held_out(run: TrainingRun) -> Iterator[tuple[str, str, str, dict[str, float | None]]]:
    """(measure, label or "", version or "difference", {value, low, high})."""
    for figure in (run.comparison or {}).get("figures", ()):
        for version, one in figure["values"].items():
            yield figure["measure"], figure["label"] or "", version, one
        if figure["difference"]:
            yield figure["measure"], figure["label"] or "", "difference", figure["difference"]


def _by_version(run: TrainingRun) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for measure, label, version, one in _held_out(run):
        if version != "difference" and one["value"] is not None:
            found.setdefault(version, {})[f"{measure}/{label}" if label else measure] = one["value"]
    return found
