"""What a model kept while it learned does not stay behind, also where a crash came before the cleaning up."""

from __future__ import annotations

import urllib.parse
from pathlib import Path

from schoolroom import School

from labelbuddy_core.database import get_database
from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import Job, RunningModel
from labelbuddy_core.inference.model_keys import training_key
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.models.model_supervision import clean_up


def kept_by(school: School, key: str) -> Path:
    """Something in the folder of a model that runs as a process."""
    folder = school.folder / "data" / "model-data" / urllib.parse.quote(key, safe="")
    folder.mkdir(parents=True)
    (folder / "checkpoint.npz").write_bytes(b"x")
    return folder


def end(school: School, run: str, state: str) -> None:
    with get_database().write() as session:
        session.get_one(Job, school.see(run)["job"]).state = state


def test_only_runs_that_go_on_keep_what_they_have(school: School, annotator: Actor) -> None:
    school.teach(4, person=annotator)
    goes_on, failed, cancelled = (school.start() for _ in range(3))
    end(school, failed, "failed")
    end(school, cancelled, "cancelled")
    left = {run: kept_by(school, training_key("pupil", int(run))) for run in (goes_on, failed, cancelled)}
    of_version = kept_by(school, "pupil@tuned-7")
    clean_up()
    assert {run: folder.exists() for run, folder in left.items()} == {goes_on: True, failed: False, cancelled: False}
    assert of_version.exists()


def test_a_cancelled_run_that_another_worker_still_finishes_keeps_what_it_has(school: School, annotator: Actor) -> None:
    school.teach(4, person=annotator)
    run = school.start()
    end(school, run, "cancelled")
    key = training_key("pupil", int(run))
    folder = kept_by(school, key)
    with get_database().write() as session:
        session.add(RunningModel(worker="other", model=key, runtime="process", state="busy", updated_at=now()))
    clean_up()
    assert folder.exists()
