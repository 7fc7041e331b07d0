"""Declaring models: what is allowed here, what every saved file leaves behind, and how projects use one differently."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from sqlalchemy import select

from labelbuddy_core.audio.encoding import encode
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Job, Model, Prediction
from labelbuddy_core.domain.label_matching import similar_labels
from labelbuddy_core.errors import Forbidden, Invalid, SpecificationProblem
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.models import model_history, model_links, models
from labelbuddy_core.services.predictions import predictions
from labelbuddy_core.services.projects import projects
from labelbuddy_core.services.recordings import ingestion, uploads
from labelbuddy_core.settings import get_settings

Make = Callable[..., str]
FIRST = 'image: "lab/tagger:1"\nversion: "1"\noutput_schema: [{type: region, labels: [dogs, Male voice, no music]}]\n'
SECOND = FIRST.replace('"1"', '"2"') + "resources: {memory: 4g}\n"


@pytest.fixture
def manager(make_user: Callable[..., Actor]) -> Actor:
    return make_user(can_create_projects=True)


def test_every_saved_file_is_kept_with_who_and_what_changed(manager: Actor) -> None:
    model = models.create_model(manager, FIRST)["id"]
    models.update_model(manager, model, SECOND)
    models.update_model(manager, model, SECOND)
    newest, oldest = models.list_history(manager, model)
    assert (newest["number"], newest["version"], newest["by"]) == (2, "2", manager.name)
    assert "+resources: {memory: 4g}" in newest["diff"]
    assert '-version: "1"' in newest["diff"]
    assert (oldest["source"], oldest["diff"]) == (FIRST, "")


def test_an_earlier_file_can_be_taken_back_by_its_owner(manager: Actor, make_user: Callable[..., Actor]) -> None:
    model = models.create_model(manager, FIRST)["id"]
    models.update_model(manager, model, SECOND)
    assert models.restore_model(manager, model, 1)["version"] == "1"
    newest = models.list_history(manager, model)[0]
    assert (newest["number"], newest["restored_from"], newest["source"]) == (3, 1, FIRST)
    with pytest.raises(Invalid, match="no number 9"):
        models.restore_model(manager, model, 9)
    with pytest.raises(Forbidden):
        models.restore_model(make_user(can_create_projects=True), model, 2)


def test_a_project_stays_with_the_version_it_chose(manager: Actor, make_project: Make) -> None:
    project = make_project(managers=(manager,))
    model = models.create_model(manager, FIRST)["id"]
    model_links.link_model(manager, project, model, version="1")
    models.update_model(manager, model, SECOND)
    assert model_links.label_suggestions(manager, project, model)["versions"] == ["promoted", "2", "1"]
    with get_database().read() as session:
        row = session.get_one(Model, int(model))
        assert model_history.specification_in_use(session, row, "1").resources.memory == 2 * 1024**3
        assert model_history.specification_in_use(session, row, "promoted").resources.memory == 4 * 1024**3
    with pytest.raises(Invalid, match="version must be one of promoted, 2, 1"):
        model_links.link_model(manager, project, model, version="7")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: x\nimage: evil/miner:1", "Line 2, column 8: The image 'evil/miner:1' is not allowed here"),
        ("endpoint: https://evil.example", "LABELBUDDY_ALLOWED_ENDPOINTS"),
    ],
)
def test_what_the_administrator_does_not_allow_is_refused_when_it_is_declared(
    manager: Actor, monkeypatch: pytest.MonkeyPatch, text: str, message: str
) -> None:
    monkeypatch.setenv("LABELBUDDY_ALLOWED_IMAGES", "lab/*, registry.example.org/*")
    monkeypatch.setenv("LABELBUDDY_ALLOWED_ENDPOINTS", "*.lab.example.org")
    get_settings.cache_clear()
    with pytest.raises(SpecificationProblem) as caught:
        models.create_model(manager, text)
    assert message in caught.value.detail
    assert models.create_model(manager, "endpoint: https://gpu.lab.example.org")["runs"] == "remote"
    assert models.allowed_places(manager)["images"] == ["lab/*", "registry.example.org/*"]


def test_a_file_is_checked_without_being_declared(manager: Actor) -> None:
    found = models.check_model(manager, "image: a\nport: 0\nenvironment: {A_KEY: x}")
    assert [one["line"] for one in found["mistakes"]] == [2, 3]
    good = models.check_model(manager, "image: a\nenvironment: {A_KEY: {secret: hf}}")
    assert good["valid"]
    assert "labelbuddy secret set hf" in good["notes"][0]
    assert models.list_models(manager) == []


def test_a_name_that_is_taken_is_told_with_its_line(manager: Actor) -> None:
    model = models.create_model(manager, "image: a\nname: Tagger")["id"]
    (mistake,) = models.check_model(manager, "image: b\nname: Tagger")["mistakes"]
    assert (mistake["line"], mistake["field"]) == (2, "name")
    assert models.check_model(manager, "image: b\nname: Tagger", model)["valid"]


def test_two_projects_use_one_model_differently(manager: Actor, make_project: Make, add_task: Make) -> None:
    model = models.create_model(manager, FIRST)["id"]
    first = make_project(name="A", managers=(manager,), labels=("Dog", "Voice"))
    second = make_project(name="B", managers=(manager,), labels=("Animal",))
    model_links.link_model(manager, first, model, threshold=0.2, label_thresholds={"dog": 0.8})
    model_links.link_model(manager, second, model, threshold=0.5, label_map={"dogs": "animal"}, automatic=True)
    (one,), (other,) = (model_links.project_models(manager, project) for project in (first, second))
    assert (one["label_map"], one["label_thresholds"], one["automatic"]) == ({"dogs": "dog"}, {"dog": 0.8}, False)
    assert (other["label_map"], other["label_thresholds"], other["automatic"]) == ({"dogs": "animal"}, {}, True)


def test_a_label_with_a_threshold_of_its_own_is_suggested_only_above_it(
    manager: Actor, make_project: Make, add_task: Make
) -> None:
    project = make_project(managers=(manager,), labels=("Dog", "Voice"))
    model = models.create_model(manager, FIRST)["id"]
    model_links.link_model(manager, project, model, label_thresholds={"dog": 0.8})
    task = add_task(project)
    regions = [
        {"id": f"{label}{score}", "start": 1.0, "end": 2.0, "label": label, "origin": {"score": score}}
        for label in ("dog", "voice")
        for score in (0.5, 0.9)
    ]
    document = {"regions": regions, "points": [], "tags": [{"label": "dog", "score": 0.3}], "caption": None}
    with get_database().write() as session:
        values = {"project_id": int(project), "task_id": int(task), "model_id": int(model), "seconds": 1.0}
        session.add(Prediction(**values, version="1", document=document))
    shown = predictions.list_for_task(manager, task)["items"][0]["document"]
    assert [one["id"] for one in shown["regions"]] == ["dog0.9", "voice0.5", "voice0.9"]
    assert shown["tags"] == []


@pytest.mark.parametrize("thresholds", [{"nothing": 0.5}, {"dog": 1.5}, {"dog": 0.1}])
def test_a_threshold_of_a_label_lies_above_the_models(
    manager: Actor, make_project: Make, thresholds: dict[str, float]
) -> None:
    project = make_project(managers=(manager,), labels=("Dog",))
    model = models.create_model(manager, FIRST)["id"]
    with pytest.raises(Invalid, match="label_thresholds"):
        model_links.link_model(manager, project, model, threshold=0.2, label_thresholds=thresholds)


def test_a_label_that_is_removed_loses_its_threshold(manager: Actor, make_project: Make) -> None:
    project = make_project(managers=(manager,), labels=("Dog", "Voice"))
    model = models.create_model(manager, FIRST)["id"]
    model_links.link_model(manager, project, model, label_thresholds={"dog": 0.8})
    labels = [one for one in projects.get_project(manager, project)["labels"] if one["name"] != "Dog"]
    projects.update_project(manager, project, {"labels": labels})
    assert model_links.project_models(manager, project)[0]["label_thresholds"] == {}


def test_a_new_recording_is_put_to_the_models_that_are_asked_by_themselves(
    manager: Actor, make_project: Make, tmp_path: object
) -> None:
    project = make_project(managers=(manager,), labels=("Dog",))
    asked, not_asked = (models.create_model(manager, f"image: lab/{name}")["id"] for name in ("one", "two"))
    model_links.link_model(manager, project, asked, automatic=True)
    model_links.link_model(manager, project, not_asked)
    source = get_settings().data / "tone.wav"
    encode([np.sin(np.arange(44_100, dtype=np.float32) / 20)[np.newaxis] * np.float32(0.3)], 44_100, source)
    with uploads.begin_upload(manager, project, "u", name="tone.wav", size=source.stat().st_size) as incoming:
        incoming.write(source.read_bytes())
    added = uploads.finish_upload(manager, project, "u", incoming)
    ingestion.ingest_recording(int(added["recording"]["id"]), lambda _: None)
    with get_database().read() as session:
        jobs = session.scalars(select(Job.arguments).where(Job.kind == "predict")).all()
    (arguments,) = jobs
    assert (arguments["model"], len(arguments["tasks"])) == (int(asked), 1)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("dogs barking", "dog"),
        ("male_voice", "speech"),
        ("automobile", "car"),
        ("percusion", "drums"),
        ("no speech", None),
        ("violin", None),
    ],
)
def test_labels_that_mean_nearly_the_same_are_proposed(theirs: str, ours: str | None) -> None:
    labels = {"dog": "Dog", "speech": "Speech", "car": "Cars", "drums": "Percussion"}
    assert similar_labels([theirs], labels).get(theirs) == ours
