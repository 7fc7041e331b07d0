"""The train job: freeze the examples, teach the model epoch by epoch, keep the best as a version, compare it.

What a crash interrupts goes on: the examples are in the run, the model goes on after its last epoch, and what has been
kept is not made again.
"""

from __future__ import annotations

import logging
import shutil
from pathlib import Path
from typing import Any

from sqlalchemy import delete

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Model, ModelVersion, Project, ProjectModel, RunningModel, TrainingRun
from labelbuddy_core.domain.training.examples import checksum
from labelbuddy_core.errors import LabelBuddyError, NotFound
from labelbuddy_core.inference.model_keys import training_key
from labelbuddy_core.jobs.context import JobCancelled, JobContext
from labelbuddy_core.services.access import ProjectAccess
from labelbuddy_core.services.history import record
from labelbuddy_core.services.models.model_history import specification_in_use
from labelbuddy_core.services.models.model_supervision import running_models
from labelbuddy_core.services.models.model_versions import find_version
from labelbuddy_core.services.models.weight_files import folder_for_weights, keep_weights
from labelbuddy_core.services.training import training_progress as progress
from labelbuddy_core.services.training.training_comparison import compare
from labelbuddy_core.services.training.training_course import SHARE, archive_of, forget, teach
from labelbuddy_core.services.training.training_sets import Choices, Teachable, require_lessons, training_set

log = logging.getLogger(__name__)


def run(job: JobContext) -> dict[str, Any]:
    """Teach the model of a run; the result names the version.

    A run that is cancelled while the model learns keeps its best epoch as a version, too.
    """
    run_id = int(job.arguments["run"])
    try:
        job.step("snapshot", _freeze, run_id)
        # not `job.step`, which does not begin for somebody who cancelled: what was learned before a crash is kept
        version = job.run_step("teach", lambda: _teach(job, run_id))
        if version is None:
            raise JobCancelled
        job.step("compare", _compare, job, run_id)
    finally:
        job.run_step("clean up", lambda: _clean_up(run_id))
    return {"run": str(run_id), "version": version}


def _freeze(run_id: int) -> str:
    """Keep the examples as they are now; a repetition finds them."""
    with get_database().write() as session:
        row = progress.run_row(session, run_id)
        if row.snapshot is not None:
            return row.checksum
        model = session.get_one(Model, row.model_id)
        link = session.get(ProjectModel, (row.project_id, row.model_id))
        if link is None:
            raise NotFound(f"The project does not use {model.name} any more.")
        access = ProjectAccess(session.get_one(Project, row.project_id), frozenset())
        specification = specification_in_use(session, model, row.parent)
        made = training_set(session, Teachable(access, model, link, specification), Choices(**row.choices))
        require_lessons(made)
        row.snapshot = [example.as_json() for example in made.examples]
        row.checksum = checksum(made.examples)
        row.choices = {**row.choices, "learn_as": made.learn_as}
        row.balance = {"labels": made.balance.labels, "splits": made.balance.splits, "warnings": made.balance.warnings}
        kept = row.checksum
    progress.note(run_id, f"{len(made.examples)} examples are frozen (checksum {kept[:12]}).")
    return kept


def _teach(job: JobContext, run_id: int) -> str | None:
    with get_database().read() as session:
        known = progress.run_row(session, run_id).version
    if known is not None:
        return known
    lesson = progress.load_lesson(run_id)
    with folder_for_weights() as folder:
        weights = folder / "weights"
        if not teach(job, lesson, weights):
            progress.note(run_id, "The run was stopped before it had given weights; nothing is kept.")
            return None
        _keep(lesson, weights)
    return lesson.name


def _keep(lesson: progress.Lesson, weights: Path) -> None:
    """Make a file of weights a version of the model. A repetition finds it."""
    size = weights.stat().st_size
    key, digest = keep_weights(weights)
    with get_database().write() as session:
        row = progress.run_row(session, lesson.run)
        row.version = lesson.name
        if find_version(session, row.model_id, lesson.name) is None:
            before = find_version(session, row.model_id, row.parent)
            session.add(
                ModelVersion(
                    model_id=row.model_id,
                    name=lesson.name,
                    project_id=row.project_id,
                    run_id=row.id,
                    base=before.base if before else row.parent,
                    parent=row.parent,
                    labels=lesson.labels,
                    label_map={word: label for label, word in reversed(lesson.learn_as.items())},
                    weights_key=key,
                    sha256=digest,
                    size=size,
                    created_by=row.created_by,
                )
            )
            record(
                session, None, "model.version_trained", f"model:{row.model_id}", project_id=row.project_id,
                version=lesson.name, run=row.id, sha256=digest,
            )  # fmt: skip
        best = "" if row.best_epoch is None else f" (epoch {row.best_epoch})"
    progress.note(lesson.run, f"Version {lesson.name} is kept{best}: {size / 1024:.0f} KB.")


def _compare(job: JobContext, run_id: int) -> bool:
    """Figures of the new version and its parent; that there are none does not undo the version."""
    lesson = progress.load_lesson(run_id)
    with get_database().read() as session:
        row = progress.run_row(session, run_id)
        model = session.get_one(Model, row.model_id)
        link = session.get(ProjectModel, (row.project_id, row.model_id))
        new = specification_in_use(session, model, lesson.name)
    label_map = link.label_map if link else {}
    of_parent = {
        label: lesson.learn_as[label_id] for label, label_id in label_map.items() if label_id in lesson.learn_as
    }  # fmt: skip
    of_parent |= {word: word for word in lesson.labels if word in lesson.specification.labels}
    new_labels = [word for word in lesson.labels if word not in of_parent.values()]

    def tell(version: str, done: int, total: int) -> None:
        job.check()
        job.progress(SHARE, f"Version {version} hears what was held out: {done + 1} of {total}")

    progress.note(run_id, "The new version and the one before are compared on what was held out.")
    try:
        figures = compare(
            lesson.model,
            lesson.declared,
            [(lesson.specification, of_parent), (new, {word: word for word in lesson.labels})],
            lesson.examples,
            lesson.labels,
            link.threshold if link else 0.5,
            tell,
        )
        found = {**figures, "new_labels": new_labels}
    except LabelBuddyError as problem:
        found = {"problem": problem.detail, "figures": []}
        progress.note(run_id, f"They could not be compared: {problem.detail}")
    with get_database().write() as session:
        progress.run_row(session, run_id).comparison = found
    return True


def _clean_up(run_id: int) -> bool:
    """Stop the model that learned and remove what it kept, and the examples."""
    with get_database().read() as session:
        row = session.get(TrainingRun, run_id)
        model = None if row is None else session.get(Model, row.model_id)
        frozen = row is not None and row.snapshot is not None
    if model is not None:
        if frozen:
            _forget_elsewhere(run_id)
        key = training_key(model.name, run_id)
        running_models().remove(key)
        with get_database().write() as session:
            session.execute(delete(RunningModel).where(RunningModel.model == key))
    shutil.rmtree(archive_of(run_id).parent, ignore_errors=True)
    return True


def _forget_elsewhere(run_id: int) -> None:
    """A server that cannot be reached now keeps some megabytes of a run; that must not undo the run."""
    try:
        forget(progress.load_lesson(run_id))
    except LabelBuddyError as problem:
        progress.note(run_id, f"What the server kept of this run could not be removed: {problem.detail}")
