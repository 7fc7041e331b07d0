"""The latest predictions of a model, and the batches of a project, as the pages show them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Job, Prediction
from labelbuddy_core.errors import Forbidden, Invalid
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.models import model_links, models
from labelbuddy_core.services.predictions import latest_predictions, prediction_batches, prediction_requests

Make = Callable[..., Any]
latest = latest_predictions.latest_predictions


@pytest.fixture
def manager(make_user: Make) -> Actor:
    return make_user("manager", can_create_projects=True)


@pytest.fixture
def model(manager: Actor) -> str:
    return models.create_model(manager, "name: odd\nprocess: musicnn\n")["id"]


def predict(model: str, project: str, task: str, **options: Any) -> None:
    with get_database().write() as session:
        session.add(
            Prediction(
                project_id=int(project),
                task_id=int(task),
                model_id=int(model),
                version="3",
                document={},
                options={"start": 0.0, "stop": 60.0, **options},
                seconds=1.5,
            )
        )


def test_the_newest_come_first_with_task_recording_and_time(
    manager: Actor, model: str, make_project: Make, add_task: Make
) -> None:
    project = make_project(managers=(manager,))
    first, second = add_task(project, name="a.wav"), add_task(project, name="b.wav")
    predict(model, project, first)
    predict(model, project, second, kept=True)
    found = latest(manager, model)
    assert [(one["task"], one["recording"], one["kept"]) for one in found] == [
        (second, "b.wav", True),
        (first, "a.wav", False),
    ]
    assert (found[0]["project_name"], found[0]["seconds"], found[0]["version"]) == ("Street sounds", 1.5, "3")
    assert len(latest(manager, model, 1)) == 1


def test_predictions_of_projects_of_others_are_not_told(
    manager: Actor, model: str, make_user: Make, make_project: Make, add_task: Make
) -> None:
    theirs = make_project(managers=(make_user("other"),), annotators=(manager,))
    predict(model, theirs, add_task(theirs))
    assert latest(manager, model) == []
    assert len(latest(make_user(is_administrator=True), model)) == 1
    with pytest.raises(Forbidden):
        latest(make_user(), model)


@pytest.mark.parametrize("limit", [0, 101])
def test_the_number_of_predictions_is_limited(manager: Actor, model: str, limit: int) -> None:
    with pytest.raises(Invalid):
        latest(manager, model, limit)


def plans(action: Callable[[], object]) -> str:
    """How SQLite answers the queries of an action."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    engine = get_database().engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        action()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    lines = []
    with engine.connect() as connection:
        for statement, parameters in asked:
            if statement.lstrip().upper().startswith("SELECT"):
                rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                lines += [str(row[3]) for row in rows]
    return "\n".join(lines)


def test_the_latest_predictions_are_found_by_an_index(
    manager: Actor, model: str, make_project: Make, add_task: Make
) -> None:
    project = make_project(managers=(manager,))
    predict(model, project, add_task(project))
    plan = plans(lambda: latest(manager, model))
    assert "SCAN predictions" not in plan
    assert "USING INDEX ix_predictions_of_model" in plan


def test_waiting_tasks_are_looked_up_by_task_and_not_by_all_predictions_of_the_model(
    manager: Actor, model: str, make_project: Make, add_task: Make
) -> None:
    project = make_project(managers=(manager,))
    model_links.link_model(manager, project, model)
    predict(model, project, add_task(project))
    plan = plans(lambda: prediction_requests.waiting_tasks(manager, project, model))
    assert "SEARCH predictions USING INDEX ix_predictions_of_task" in plan
    assert "ix_predictions_of_model" not in plan


def test_batches_are_found_by_an_index(manager: Actor, make_project: Make) -> None:
    project = make_project(managers=(manager,))
    plan = plans(lambda: prediction_batches.batches(manager, project))
    assert "SCAN jobs" not in plan
    assert "USING INDEX ix_jobs_of_project" in plan


def finish(job: dict[str, Any], state: str, result: dict[str, Any] | None = None) -> None:
    with get_database().write() as session:
        row = session.get_one(Job, job["id"])
        row.state, row.result = state, result


def test_the_running_and_the_last_batch_of_each_model_are_told(
    manager: Actor, model: str, make_project: Make, add_task: Make
) -> None:
    project = make_project(managers=(manager,))
    task = add_task(project)
    add_task(project)
    model_links.link_model(manager, project, model)
    assert prediction_batches.batches(manager, project) == {}
    for result in (1, 2):
        done = prediction_requests.predict_project(manager, project, model)
        finish(done, "succeeded", {"predicted": result, "failed": 0, "problems": []})
    running = prediction_requests.predict_project(manager, project, model)
    finish(prediction_requests.predict_task(manager, task, model), "failed")
    found = prediction_batches.batches(manager, project)[model]
    assert [one["id"] for one in found["running"]] == [running["id"]]
    assert (found["last"]["id"], found["last"]["result"]["predicted"]) == (done["id"], 2)
    assert found["last"]["tasks"] == 2


def test_batches_are_for_managers(make_user: Make, make_project: Make) -> None:
    annotator = make_user()
    project = make_project(annotators=(annotator,))
    with pytest.raises(Forbidden):
        prediction_batches.batches(annotator, project)


def test_the_number_of_waiting_tasks_is_counted_by_the_database(
    manager: Actor, model: str, make_project: Make, add_task: Make
) -> None:
    project = make_project(managers=(manager,))
    model_links.link_model(manager, project, model)
    for _ in range(3):
        add_task(project)
    assert prediction_requests.waiting_tasks(manager, project, model) == 3
