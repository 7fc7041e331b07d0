"""The Models tab of a project: what waits, what runs, what became of the last batch, and the webhook."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from page_buttons import button
from streamlit.testing.v1 import AppTest

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Job
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.installation import jobs
from labelbuddy_core.services.models import model_links, models
from labelbuddy_core.services.predictions import prediction_requests
from labelbuddy_core.settings import get_settings

Make = Callable[..., Any]


@pytest.fixture
def manager(make_user: Make) -> Actor:
    return make_user("manager", can_create_projects=True)


@pytest.fixture
def project(manager: Actor, make_project: Make, add_task: Make) -> str:
    made = make_project(managers=(manager,), labels=("Dog",))
    for _ in range(3):
        add_task(made)
    return made


@pytest.fixture
def model(manager: Actor, project: str) -> str:
    made = models.create_model(manager, "name: odd\nprocess: musicnn\n")["id"]
    model_links.link_model(manager, project, made, label_map={"dogs": "dog"})
    return made


@pytest.fixture
def page(app: Make, manager: Actor) -> Callable[[], AppTest]:
    def open_page() -> AppTest:
        at = app(manager).run()
        at.switch_page("project.py").run()
        assert not at.exception
        return at

    return open_page


def said(at: AppTest) -> str:
    parts = [*at.markdown, *at.caption, *at.error, *at.warning]
    return "\n".join(str(one.value).replace("\\", "") for one in parts)


def change(job: dict[str, Any], **values: Any) -> None:
    with get_database().write() as session:
        row = session.get_one(Job, job["id"])
        for name, value in values.items():
            setattr(row, name, value)


def test_the_number_of_tasks_that_wait_is_shown(page: Callable[[], AppTest], model: str) -> None:
    assert "**3** of 3 tasks wait for a prediction." in said(page())


def test_a_running_batch_is_cancelled_in_the_tab(
    page: Callable[[], AppTest], manager: Actor, project: str, model: str
) -> None:
    job = prediction_requests.predict_project(manager, project, model)
    change(job, state="running", progress=0.33, message="1 of 3 · 12 a minute · 10 s left")
    at = page()
    at.button(key=f"cancel-batch-{job['id']}").click().run()
    assert not at.exception
    assert jobs.get_job(manager, job["id"])["state"] == "cancelled"
    assert "was cancelled; what it had predicted is kept" in said(at)


def test_what_became_of_the_last_batch_is_told_with_its_problems(
    page: Callable[[], AppTest], manager: Actor, project: str, model: str
) -> None:
    job = prediction_requests.predict_project(manager, project, model)
    result = {"predictions": ["1", "2"], "predicted": 2, "failed": 1, "problems": ["Task 3: the file is damaged."]}
    change(job, state="succeeded", result=result)
    text = said(page())
    assert "2 of 3 predicted, 1 failed." in text
    assert "Task 3: the file is damaged." in text


def test_a_batch_that_failed_says_why(page: Callable[[], AppTest], manager: Actor, project: str, model: str) -> None:
    job = prediction_requests.predict_project(manager, project, model)
    change(job, state="failed", problem="The weights do not fit.")
    assert "failed: The weights do not fit." in said(page())


def test_the_webhook_is_switched_for_label_studio_only_and_survives_other_changes(
    page: Callable[[], AppTest], manager: Actor, project: str, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABELBUDDY_ALLOWED_ENDPOINTS", "127.0.0.1")
    get_settings.cache_clear()
    backend = models.create_model(
        manager, "name: backend\nendpoint: http://127.0.0.1:9090\nprotocol: label-studio\n"
        "output_schema: [{type: region, labels: [dogs]}]\n"
    )["id"]  # fmt: skip
    model_links.link_model(manager, project, backend, label_map={"dogs": "dog"})
    at = page()
    at.button(key=f"labels-of-model-{model}").click().run()
    assert not [one for one in at.checkbox if one.key == f"link-{project}-{model}-webhook"]
    at.button(key=f"labels-of-model-{backend}").click().run()
    at.checkbox(key=f"link-{project}-{backend}-webhook").check()
    at.button(key=f"labels-of-model-{backend}").click()
    (save,) = [one for one in at.button if one.label == "Save" and not one.form_id]
    save.click().run()
    assert not at.exception
    assert {one["name"]: one["webhook"] for one in model_links.project_models(manager, project)} == {
        "backend": True,
        "odd": False,
    }
    assert "Told of annotations that are handed in or approved" in said(at)
    at.button(key=f"labels-of-model-{backend}").click().run()
    assert at.checkbox(key=f"link-{project}-{backend}-webhook").value


def test_a_model_is_asked_about_the_tasks_that_are_ticked(
    page: Callable[[], AppTest], manager: Actor, project: str, model: str
) -> None:
    at = page()
    (table,) = [one for one in at.dataframe if (one.key or "").startswith("tasks")]
    shown = [int(task) for task in table.value["Task"]]
    at.session_state[table.key] = {"selection": {"rows": [0, 2], "columns": [], "cells": []}}
    at.run()
    button(at, "Predict 2 tasks …").click().run()
    button(at, "Predict 2 tasks …").click()  # AppTest runs the whole page: the opener is pressed too
    button(at, "Predict 2 tasks").click().run()
    assert not at.exception
    with get_database().read() as session:
        (job,) = session.query(Job).filter(Job.kind == "predict")
    assert job.arguments["tasks"] == sorted([shown[0], shown[2]])


def test_a_model_that_needs_no_labels_is_not_said_to_lack_them(
    page: Callable[[], AppTest], manager: Actor, project: str
) -> None:
    captions = "name: captions\nprocess: musicnn\noutput_schema: [{type: text}]\n"
    model_links.link_model(manager, project, models.create_model(manager, captions)["id"])
    told = said(page())
    assert "no labels need to be matched" in told
    assert "no labels matched yet" not in told


def test_a_model_of_vectors_alone_is_not_said_to_suggest(
    page: Callable[[], AppTest], manager: Actor, project: str
) -> None:
    vectors = "name: vectors\nprocess: musicnn\noutput_schema: [{type: embedding}]\n"
    model_links.link_model(manager, project, models.create_model(manager, vectors)["id"])
    told = said(page())
    assert "License: none given" in told
    assert "Suggests" not in told


def test_the_version_that_is_used_stands_beside_the_name(
    page: Callable[[], AppTest], manager: Actor, project: str, model: str
) -> None:
    model_links.link_model(manager, project, model, version=models.get_model(manager, model)["version"])
    assert "**odd** :gray-badge[1]" in said(page())
