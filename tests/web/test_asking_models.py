"""Asking models over HTTP: what becomes a job, and what is refused with a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Job
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.models import model_links, models

Make = Callable[..., Any]


@pytest.fixture
def linked(make_user: Make, make_project: Make, add_task: Make) -> tuple[Actor, Actor, str, str, str]:
    manager, annotator = make_user(is_administrator=True), make_user()
    project = make_project(managers=(manager,), annotators=(annotator,), labels=("Speech",), strategy="all")
    models.ensure_bundled_models()
    (model,) = [one["id"] for one in models.list_models(manager) if one["name"] == "musicnn"]
    model_links.link_model(manager, project, model, label_map={"vocal": "speech"})
    return manager, annotator, project, add_task(project, annotators=(annotator,)), model


def arguments(job: dict[str, Any]) -> dict[str, Any]:
    with get_database().read() as session:
        found = session.scalar(select(Job.arguments).where(Job.id == job["id"]))
    assert found is not None
    return found


def test_a_manager_has_all_tasks_predicted_again(linked: Any, client_for: Make) -> None:
    manager, _, project, task, model = linked
    answer = client_for(manager).post(f"/api/v1/projects/{project}/predictions", json={"model": model, "again": True})
    assert answer.status_code == 202, answer.text
    assert arguments(answer.json()) == {"tasks": [int(task)], "model": int(model), "again": True}


def test_an_annotator_asks_about_a_stretch_anew(linked: Any, client_for: Make) -> None:
    _, annotator, _, task, model = linked
    body = {"model": model, "start": 1.0, "stop": 2.0, "again": True}
    answer = client_for(annotator).post(f"/api/v1/tasks/{task}/predictions", json=body)
    assert answer.status_code == 202, answer.text
    assert arguments(answer.json()) == {
        "tasks": [int(task)],
        "model": int(model),
        "start": 1.0,
        "stop": 2.0,
        "again": True,
    }


def test_an_annotator_does_not_ask_about_all_tasks(linked: Any, client_for: Make) -> None:
    _, annotator, project, _, model = linked
    answer = client_for(annotator).post(f"/api/v1/projects/{project}/predictions", json={"model": model})
    assert answer.status_code == 403


def test_the_order_of_the_queue_is_set_and_a_wrong_one_refused(linked: Any, client_for: Make) -> None:
    manager, _, project, _, _ = linked
    client = client_for(manager)
    changed = client.patch(f"/api/v1/projects/{project}", json={"queue_order": "disagreement"})
    assert (changed.status_code, changed.json()["queue_order"]) == (200, "disagreement")
    refused = client.patch(f"/api/v1/projects/{project}", json={"queue_order": "best"})
    assert (refused.status_code, refused.json()["field"]) == (422, "queue_order")
