"""A training run from approved labels to a better version: with a real model as a process, on generated sound."""

from __future__ import annotations

import csv
import io
import os
import signal
from typing import Any

import pytest
from quick_pupil import FILE
from schoolroom import School

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import ModelVersion
from labelbuddy_core.errors import Forbidden, Invalid, InvalidState, ModelProblem, NotFound
from labelbuddy_core.inference.runtimes.process import ProcessRuntime
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.installation import jobs
from labelbuddy_core.services.models import model_supervision
from labelbuddy_core.services.training import training_course, training_figures, training_progress, training_runs
from labelbuddy_core.services.training.training_sets import Choices, preview
from labelbuddy_core.settings import get_settings

pytestmark = pytest.mark.long


@pytest.mark.timeout(600)
def test_a_model_learns_what_was_approved_and_is_compared_with_what_it_was(
    music_school: School, annotator: Actor
) -> None:
    school = music_school
    school.teach(40, person=annotator)
    run = school.work(school.start(epochs=30, seed=3))
    assert (run["state"], run["problem"], run["version"]) == ("succeeded", None, f"tuned-{run['id']}")
    assert [row["epoch"] for row in run["epochs"]] == list(range(1, 31))
    assert {"loss", "validation_loss", "validation_f1", "accuracy", "validation_f1/High"} <= set(run["epochs"][-1])
    assert run["epochs"][-1]["loss"] < run["epochs"][0]["loss"]
    assert len(run["checksum"]) == 64
    figures = {(one["measure"], one["label"]): one for one in run["comparison"]["figures"]}
    tags = figures["map", None]
    assert tags["values"][run["version"]]["value"] > 0.9
    assert tags["difference"]["value"] > 0.2
    assert figures["event_f1", None]["values"][run["version"]]["value"] > 0.9
    assert (run["comparison"]["assisted"], run["comparison"]["warning"]) == (0, None)
    assert run["comparison"]["new_labels"] == ["High"]
    rows = list(csv.DictReader(io.StringIO(training_figures.metrics_csv(school.manager, run["id"]))))
    assert {row["what"] for row in rows} == {"epoch", "held-out"}
    assert any(row["measure"] == "map" and row["version"] == "difference" and row["low"] for row in rows)
    # what it kept while it learned is gone, the version is not
    assert not list((school.folder / "data" / "model-data").glob("*training*"))
    assert not training_course.archive_of(int(run["id"])).parent.exists()
    with get_database().read() as session:
        version = session.query(ModelVersion).one()
        assert (version.labels, version.label_map) == (["guitar", "High"], {"guitar": "low", "High": "high"})
        assert (version.base, version.parent) == ("0.1.0-mtt", "0.1.0-mtt")


@pytest.mark.timeout(600)
def test_a_stopped_run_keeps_its_best_epoch_and_is_compared(school: School, annotator: Actor) -> None:
    school.teach(20, person=annotator)
    run = school.start(epochs=5000)

    def stop(_: float, message: str) -> None:
        if message.startswith("Epoch") and not school.see(run)["stop_asked"]:
            training_runs.stop_run(school.manager, run)

    found = school.work(run, stop)
    assert found["state"] == "succeeded"
    assert 1 <= len(found["epochs"]) < 5000
    assert (found["version"], found["best_epoch"] in range(1, len(found["epochs"]) + 1)) == (f"tuned-{run}", True)
    assert found["comparison"]["figures"]
    with pytest.raises(InvalidState, match="already ended"):
        training_runs.stop_run(school.manager, run)


@pytest.mark.timeout(600)
def test_a_cancelled_job_keeps_the_best_epoch_too(school: School, annotator: Actor) -> None:
    school.teach(20, person=annotator)
    run = school.start(epochs=5000)

    def cancel(_: float, message: str) -> None:
        school.cancelled = school.cancelled or message.startswith("Epoch")

    found = school.work(run, cancel)
    assert (found["state"], found["version"], found["comparison"]) == ("cancelled", f"tuned-{run}", None)


@pytest.mark.timeout(600)
def test_a_model_that_is_killed_goes_on_after_its_last_epoch(school: School, annotator: Actor) -> None:
    school.teach(12, person=annotator)
    run = school.start(epochs=600, batch=1)
    killed: list[int] = []

    def kill(_: float, message: str) -> None:
        if message.startswith("Epoch") and not killed:
            runtime = model_supervision.running_models()._runtimes["process"]
            assert isinstance(runtime, ProcessRuntime)
            killed.append(training_progress.known_epochs(int(run)))
            os.kill(runtime._running[f"pupil@training-{run}"].process.pid, signal.SIGKILL)

    found = school.work(run, kill)
    assert killed[0] >= 1
    assert (found["state"], found["version"]) == ("succeeded", f"tuned-{run}")
    assert [row["epoch"] for row in found["epochs"]] == list(range(1, 601))
    words = [line["text"] for line in found["log"]]
    (resumed,) = [line for line in words if line.startswith("The model goes on after epoch")]
    assert int(resumed.split()[-1].strip(".")) >= killed[0]


@pytest.mark.timeout(600)
def test_a_training_that_fails_says_why(school: School, annotator: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    school.teach(20, person=annotator)
    with pytest.raises(InvalidState, match="Nothing can be learned yet"):
        training_runs.start_run(school.manager, school.project, school.model, choices=Choices(learn_as={}))
    monkeypatch.setattr(training_course, "POLL_SECONDS", 0.05)
    weights = get_settings().models_folder / "quick-pupil"
    weights.mkdir(parents=True)
    (weights / FILE).write_bytes(b"damaged")
    run = school.start()
    with pytest.raises(Exception, match=r"(?i)safetensor|header"):
        school.work(run)
    assert not training_course.archive_of(int(run)).parent.exists()


def test_what_is_learned_from_is_only_what_was_approved(school: School, annotator: Actor) -> None:
    school.teach(20, person=annotator)
    school.teach(6, person=annotator, state="submitted")
    school.teach(4, person=annotator, assisted=True)
    shown = preview(school.manager, school.project, school.model, Choices())
    assert sum(one["examples"] for one in shown["splits"].values()) == 24
    assert shown["left_out"] == {"nothing approved": 6}
    assert shown["splits"]["test"]["assisted"] == 0
    assert shown["learn_as"] == {"low": "guitar", "high": "High"}
    assert shown["parameters"]["epochs"] == {"default": 40, "min": 1, "max": 5000, "whole": True}


def test_wrong_choices_are_refused_with_the_field(school: School, annotator: Actor) -> None:
    school.teach(4, person=annotator)
    start: Any = training_runs.start_run
    for given, field in (
        ({"parameters": {"epochs": 0}}, "parameters.epochs"),
        ({"parameters": {"speed": 1}}, "parameters.speed"),
        ({"choices": Choices(test=0.9)}, "test"),
        ({"choices": Choices(learn_as={"cat": "Cat"})}, "learn_as.cat"),
    ):
        with pytest.raises(Invalid) as refused:
            start(school.manager, school.project, school.model, **given)
        assert refused.value.field == field


def test_only_managers_train_and_see_runs(school: School, annotator: Actor, make_user: Any) -> None:
    school.teach(8, person=annotator)
    run = school.start()
    stranger = make_user("stranger")
    for ask in (
        lambda who: training_runs.get_run(who, run),
        lambda who: training_runs.list_runs(who, school.project),
        lambda who: training_runs.stop_run(who, run),
        lambda who: training_figures.metrics_csv(who, run),
        lambda who: training_runs.start_run(who, school.project, school.model),
        lambda who: preview(who, school.project, school.model, Choices()),
    ):
        with pytest.raises(Forbidden):
            ask(annotator)
        with pytest.raises(NotFound):
            ask(stranger)


def test_a_run_that_waits_is_cancelled_when_it_is_stopped(school: School, annotator: Actor) -> None:
    school.teach(8, person=annotator)
    run = school.start()
    assert training_runs.stop_run(school.manager, run)["state"] == "cancelled"
    assert jobs.get_job(school.manager, school.see(run)["job"])["state"] == "cancelled"


def test_examples_for_which_a_model_would_be_stopped_are_not_sent(
    school: School, annotator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    school.teach(8, person=annotator)
    monkeypatch.setenv("LABELBUDDY_MODEL_DATA_BYTES", "20000")
    get_settings.cache_clear()
    with pytest.raises(ModelProblem, match=r"a model may keep 0\.0 GB in /data.*LABELBUDDY_MODEL_DATA_BYTES"):
        school.work(school.start(epochs=2))
