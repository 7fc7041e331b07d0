"""What the prediction service asks of the database, asked of a real PostgreSQL server."""

from __future__ import annotations

from pathlib import Path

import pytest
from laboratory import Lab
from sqlalchemy import inspect

from labelbuddy_core.database import get_database
from labelbuddy_core.database.base import Base
from labelbuddy_core.database.tables import Job, Task
from labelbuddy_core.errors import Invalid
from labelbuddy_core.services.models import model_states, models
from labelbuddy_core.services.predictions import (
    embeddings,
    latest_predictions,
    prediction_batches,
    prediction_requests,
    predictions,
)
from labelbuddy_core.services.projects import projects
from labelbuddy_core.services.similarity import propagations, similar_preparing, similar_sounds
from labelbuddy_core.services.similarity.similar_sounds import SimilarTo

BOTH = "process: answering\noutput_schema:\n  - {type: region, labels: [speech, music]}\n  - type: embedding\n"


@pytest.fixture
def data_folder(postgresql_folder: Path) -> Path:
    """An empty installation whose database is on a PostgreSQL server."""
    return postgresql_folder


def test_the_migrated_database_has_the_tables_of_the_code(data_folder: Path) -> None:
    assert not get_database().is_sqlite
    found = inspect(get_database().engine)
    for name, table in Base.metadata.tables.items():
        assert {column["name"] for column in found.get_columns(name)} == {column.name for column in table.columns}


def test_batches_are_told_from_their_arguments(lab: Lab) -> None:
    tasks = lab.record(2)
    model = lab.declare(BOTH)
    lab.ask(model)
    prediction_requests.predict_task(lab.manager, tasks[0], model)  # no batch
    running = prediction_requests.predict_project(lab.manager, lab.project, model, again=True)
    told = prediction_batches.batches(lab.manager, lab.project)[model]
    assert [one["id"] for one in told["running"]] == [running["id"]]
    assert told["last"]["tasks"] == 2


def test_a_batch_is_predicted_and_what_is_known_is_not_asked_again(lab: Lab) -> None:
    tasks = lab.record(3)
    model = lab.declare(BOTH)
    assert prediction_requests.waiting_tasks(lab.manager, lab.project, model) == 3
    assert lab.ask(model)["predicted"] == 3
    assert prediction_requests.waiting_tasks(lab.manager, lab.project, model) == 0
    with get_database().write() as session:
        job = Job(id="again", kind="predict", queue="predict", arguments={"tasks": tasks, "model": int(model)})
        job.project_id = int(lab.project)
        session.add(job)
    asked = lab.times_asked()
    assert lab.run("again")["predicted"] == 3
    assert lab.times_asked() == asked
    assert len(latest_predictions.latest_predictions(lab.manager, model)) == 6
    (shown,) = model_states.with_states(lab.manager, models.list_models(lab.manager))
    assert shown["speed"]["predictions"] == 6


def test_vectors_are_kept_and_order_the_queue(lab: Lab) -> None:
    tasks = lab.record(3)
    model = lab.declare(BOTH)
    projects.update_project(lab.manager, lab.project, {"queue_order": "diversity"})
    lab.ask(model)
    with get_database().read() as session:
        rows = [session.get_one(Task, task) for task in tasks]
    assert sorted(row.rank for row in rows) == pytest.approx([1 / 3, 2 / 3, 1.0])
    (told,) = embeddings.list_embeddings(lab.manager, str(rows[0].recording_id))
    assert embeddings.read_embedding(lab.manager, told["id"])[:2] == b"PK"


def test_similar_sounds_are_found_and_a_label_is_propagated_and_taken_back(lab: Lab) -> None:
    tasks = lab.record(3)
    lab.ask(lab.declare(BOTH))
    wanted = SimilarTo(tasks[0], 0.0, 0.5)
    assert len(similar_sounds.find_similar(lab.manager, lab.project, wanted)["items"]) == 5
    with pytest.raises(Invalid):
        similar_sounds.find_similar(lab.manager, lab.project, SimilarTo(tasks[0], region="r_1"))
    made = propagations.propagate(lab.manager, lab.project, wanted, label="dog", least=-1.0)
    assert (made["stretches"], made["tasks"]) == (5, 3)

    def offered() -> int:
        items = predictions.list_for_task(lab.manager, tasks[1])["items"]
        return sum("similar to" in one["origin"]["version"] for item in items for one in item["document"]["regions"])

    assert offered() == 2
    assert propagations.undo(lab.manager, made["id"])["undone_at"]
    assert offered() == 0
    (told,) = similar_preparing.searchable(lab.manager, lab.project)
    assert (told["tasks"], told["of"]) == (3, 3)
