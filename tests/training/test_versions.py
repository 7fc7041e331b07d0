"""Versions of a model: promoted, kept apart, rolled back, registered from elsewhere, described by a card."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np
import pytest
from quick_pupil import DIMENSIONS, KIND
from safetensors.numpy import save
from schoolroom import School

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Job, Prediction, ProjectModel
from labelbuddy_core.errors import Forbidden, Invalid, InvalidState, ModelProblem, NotFound
from labelbuddy_core.jobs.context import JobContext
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.predictions import prediction_requests
from labelbuddy_core.services.predictions.predicting import run as predict
from labelbuddy_core.services.training import training_runs, training_versions
from labelbuddy_core.settings import get_settings


def ask(school: School) -> dict[str, Any]:
    """Predict the tasks of the project as the worker does."""
    job_id = prediction_requests.predict_project(school.manager, school.project, school.model)["id"]
    with get_database().read() as session:
        arguments = session.get_one(Job, job_id).arguments
    return predict(
        JobContext(job_id, arguments, lambda name, function: function(), lambda *_: None, lambda: False)
    )  # fmt: skip


def link(school: School) -> ProjectModel:
    with get_database().read() as session:
        return session.get_one(ProjectModel, (int(school.project), int(school.model)))


def a_head(labels: tuple[str, ...] = ("guitar", "High"), model: str = KIND) -> bytes:
    tensors = {"weight": np.zeros((len(labels), DIMENSIONS), np.float32), "bias": np.array([3.0, -3.0], np.float32)}
    about = {"format": "labelbuddy-head-1", "model": model, "labels": json.dumps(labels), "version": "x"}
    return save(tensors, metadata=about)


def named(labels: str) -> bytes:
    """Weights whose header has this for its labels."""
    return save({"weight": np.zeros((2, 2), np.float32)}, metadata={"labels": labels})


def register(school: School, name: str = "mine", weights: bytes | None = None) -> dict[str, Any]:
    given = school.folder / "given.safetensors"
    given.write_bytes(a_head() if weights is None else weights)
    return training_versions.register_version(school.manager, school.project, school.model, name, given, "by hand")


@pytest.mark.timeout(600)
def test_a_promoted_version_predicts_better_and_the_old_predictions_stay(school: School, annotator: Actor) -> None:
    tasks = school.teach(12, person=annotator)
    run = school.work(school.start(epochs=60))
    assert ask(school)["predicted"] == len(tasks)
    training_versions.promote(school.manager, school.project, school.model, run["version"])
    assert link(school).label_map == {"guitar": "low", "High": "high"}
    assert ask(school)["predicted"] == len(tasks)  # every task waits for the new version
    with get_database().read() as session:
        rows = session.query(Prediction).order_by(Prediction.task_id, Prediction.id).all()
    by_version = {row.version for row in rows}
    assert by_version == {"0.1.0-mtt", run["version"]}
    assert len(rows) == 2 * len(tasks)
    new = [row for row in rows if row.version == run["version"]]
    best = [max(row.document["tags"], key=lambda tag: tag["score"])["label"] for row in new]
    assert best == ["low", "high"] * (len(tasks) // 2)
    assert training_versions.roll_back(school.manager, school.project, school.model)["present"] == "promoted"
    with pytest.raises(InvalidState, match="Every task of this project has a prediction"):
        ask(school)
    # a run from the new version continues its line: what was held out stays held out
    training_versions.promote(school.manager, school.project, school.model, run["version"])
    again = school.work(school.start(epochs=5))
    assert (again["parent"], again["state"]) == (run["version"], "succeeded")
    assert again["checksum"] == run["checksum"]
    card = training_versions.card_of(school.manager, school.model, again["version"])
    assert f"- From: version {run['version']} of pupil" in card
    assert "License of the model, which holds for these weights too: ISC" in card
    assert "| Event F1 | all labels |" in card


@pytest.mark.timeout(600)
def test_weights_trained_elsewhere_are_registered_and_used(school: School, annotator: Actor) -> None:
    school.teach(2, person=annotator)
    given = a_head()
    made = register(school, weights=given)
    assert (made["labels"], made["label_map"], made["run"]) == (
        ["guitar", "High"], {"guitar": "low", "High": "high"}, None,
    )  # fmt: skip
    training_versions.promote(school.manager, school.project, school.model, "mine")
    assert ask(school)["predicted"] == 2
    with get_database().read() as session:
        rows = session.query(Prediction).all()
    assert {row.version for row in rows} == {"mine"}
    assert {tag["label"] for row in rows for tag in row.document["tags"]} == {"low"}
    found = training_versions.weights_of(school.manager, school.model, "mine")
    assert found.path is not None
    assert (found.file_name.endswith("-mine.safetensors"), found.path.read_bytes()) == (True, given)
    assert "trained elsewhere" in training_versions.card_of(school.manager, school.model, "mine")


@pytest.mark.timeout(600)
def test_weights_of_another_model_say_so_when_they_are_used(school: School, annotator: Actor) -> None:
    school.teach(1, person=annotator)
    register(school, weights=a_head(model="panns-cnn6"))
    training_versions.promote(school.manager, school.project, school.model, "mine")
    with pytest.raises(ModelProblem, match="the head is of 'panns-cnn6', not of 'quick'"):
        ask(school)


def test_what_are_no_weights_or_no_name_is_refused(school: School) -> None:
    plain = save({"weight": np.zeros((2, 2), np.float32)})
    for name, weights, words in (
        ("mine", b"nothing", "no safetensors file"),
        ("mine", plain, "does not name its labels"),
        ("mine", struct.pack("<Q", 200_000) + b"[" * 200_000, "no safetensors file"),
        ("mine", named("[" * 200_000), "does not name its labels"),
        ("mine", named(r'["a", "half \ud800"]'), r"U\+D800"),
        ("mine", named(r'["a", "b\u0000"]'), r"U\+0000"),
        ("mine", named('["a", "b", "a"]'), "name 'a' twice"),
        ("mi/ne", None, "1 to 40 letters"),
        ("0.1.0-mtt", None, "already"),
        ("promoted", None, "already"),
    ):
        with pytest.raises(Invalid, match=words):
            register(school, name, weights)
    assert not list(get_settings().data.rglob("weights/*"))  # nothing of it came into the storage
    register(school)
    assert list(get_settings().data.rglob("weights/*"))
    with pytest.raises(Invalid, match="already"):
        register(school)


def test_rolling_back_goes_one_version_at_a_time(school: School) -> None:
    for name in ("one", "two"):
        register(school, name)
        training_versions.promote(school.manager, school.project, school.model, name)
    listed = training_versions.list_versions(school.manager, school.project, school.model)
    assert (listed["present"], listed["before"]) == ("two", "one")
    assert [one["version"] for one in listed["items"]] == ["two", "one"]
    found = [training_versions.roll_back(school.manager, school.project, school.model)["present"] for _ in range(2)]
    assert found == ["one", "promoted"]


def test_versions_of_a_project_are_its_managers(
    school: School, annotator: Actor, make_user: Any, make_project: Any
) -> None:
    register(school)
    stranger = make_user("stranger")
    elsewhere = make_project(name="Elsewhere", managers=(stranger,))
    with pytest.raises(NotFound):
        training_versions.weights_of(stranger, school.model, "mine")
    with pytest.raises(NotFound):
        training_versions.promote(stranger, elsewhere, school.model, "mine")
    with pytest.raises(Forbidden):
        training_versions.card_of(annotator, school.model, "mine")
    with pytest.raises(Forbidden):
        training_versions.promote(annotator, school.project, school.model, "mine")
    assert training_runs.list_runs(stranger, elsewhere) == []
