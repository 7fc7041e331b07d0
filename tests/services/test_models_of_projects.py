"""How a project uses a model: what is asked, and what becomes of its label map."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Job
from labelbuddy_core.errors import Invalid
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.models import model_links, models
from labelbuddy_core.services.predictions import prediction_requests
from labelbuddy_core.services.projects import projects

Make = Callable[..., str]


@pytest.fixture
def linked(make_user: Callable[..., Actor], make_project: Make, add_task: Make) -> tuple[Actor, str, str, str]:
    """A manager, a project with a task of a minute, and a model that helps in it."""
    manager = make_user(is_administrator=True)
    project = make_project(managers=(manager,), labels=("Speech", "Dog"))
    models.ensure_bundled_models()
    (model,) = [one["id"] for one in models.list_models(manager) if one["name"] == "musicnn"]
    model_links.link_model(manager, project, model, threshold=0.2, label_map={"vocal": "speech", "loud": "dog"})
    return manager, project, add_task(project), model


def test_a_project_says_which_models_it_uses_and_how(linked: tuple[Actor, str, str, str]) -> None:
    manager, project, _, model = linked
    (used,) = projects.get_project(manager, project)["models"]
    assert (used["model"], used["threshold"], used["label_map"]) == (model, 0.2, {"vocal": "speech", "loud": "dog"})


def test_a_removed_label_leaves_the_label_maps(linked: tuple[Actor, str, str, str]) -> None:
    manager, project, _, _ = linked
    labels = [one for one in projects.get_project(manager, project)["labels"] if one["name"] == "Speech"]
    projects.update_project(manager, project, {"labels": labels})
    (used,) = projects.get_project(manager, project)["models"]
    assert used["label_map"] == {"vocal": "speech"}


def test_a_stretch_of_a_task_can_be_asked_about(linked: tuple[Actor, str, str, str]) -> None:
    manager, _, task, model = linked
    job = prediction_requests.predict_task(manager, task, model, start=10.0, stop=20.0)
    with get_database().read() as session:
        arguments = session.scalar(select(Job.arguments).where(Job.id == job["id"]))
    assert arguments is not None
    assert (arguments["start"], arguments["stop"]) == (10.0, 20.0)
    with pytest.raises(Invalid, match="must lie in the task"):
        prediction_requests.predict_task(manager, task, model, start=50.0, stop=70.0)


TREE = """
name: listener
image: somebody/listener:1
output_schema: [{type: region, labels: [Animal, Domestic animals, Dog, Bark, Cat, Growling, Speech]}]
parents: {Domestic animals: Animal, Dog: Domestic animals, Cat: Domestic animals, Bark: Dog, Growling: [Dog, Cat]}
"""


def test_labels_of_a_tree_are_added_below_those_that_the_project_has(linked: tuple[Actor, str, str, str]) -> None:
    manager, project, _, _ = linked
    model = models.create_model(manager, TREE)["id"]
    added = ["Bark", "Growling", "Cat", "Animal", "Speech"]
    linked_now = model_links.link_model(manager, project, model, add_labels=added)
    labels = {one["name"]: one["parent"] for one in projects.get_project(manager, project)["labels"]}
    # Dog and Speech were there: a person put them where they are
    expected = {"Speech": None, "Dog": None, "Bark": "dog", "Growling": "dog", "Cat": "animal", "Animal": None}
    assert labels == expected
    assert linked_now["label_map"]["Bark"] == "bark"
