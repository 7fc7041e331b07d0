"""A manager looks at a task as models see it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from labelbuddy_core.audio.peaks import PeaksBuilder, amplitudes
from labelbuddy_core.audio.storage import derived_key, open_store
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Prediction, Recording, Task
from labelbuddy_core.errors import Forbidden, NotFound
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.models import models
from labelbuddy_core.services.predictions import predicted_tasks
from labelbuddy_core.settings import get_settings

Make = Callable[..., Any]


def loud_then_quiet(folder: Path, rate: int = 8000) -> Path:
    """Peaks of four seconds: two at half of full scale, two at a quarter."""
    builder = PeaksBuilder(folder / "peaks", rate, 1)
    for height in (0.5, 0.25):
        builder.add(np.tile(np.array([height, -height], np.float32), rate)[None])
    builder.finish()
    return folder / "peaks"


@pytest.fixture
def manager(make_user: Make) -> Actor:
    return make_user("manager", can_create_projects=True)


@pytest.fixture
def project(manager: Actor, make_project: Make) -> str:
    return make_project(managers=(manager,), labels=("Dog",))


@pytest.fixture
def task(manager: Actor, project: str, add_task: Make, tmp_path: Path) -> str:
    """A task of four seconds with two predictions of one model; the newer has a region, a point and a tag."""
    made = add_task(project, duration=4.0, name="dog.wav")
    model = models.create_model(manager, "name: odd\nprocess: musicnn\n")["id"]
    origin = {"kind": "model", "score": 0.75}
    document = {
        "regions": [{"id": "r", "label": "dog", "start": 1.0, "end": 2.0, "origin": origin}],
        "points": [{"id": "p", "label": "dog", "time": 3.0, "origin": origin}],
        "tags": [{"label": "dog", "origin": origin}],
    }
    with get_database().write() as session:
        recording = session.get_one(Recording, session.get_one(Task, int(made)).recording_id)
        key = recording.peaks_key = derived_key(recording.sha256, "test", "peaks")
        open_store(get_settings()).put_file(key, loud_then_quiet(tmp_path))
        for said in ({}, document):
            session.add(
                Prediction(
                    project_id=int(project), task_id=int(made), model_id=int(model), version="7",
                    document=said, seconds=1.0, notes=["One was clipped."] if said else [],
                )
            )  # fmt: skip
    return made


def test_the_newest_answer_of_each_model_is_told_with_names_of_labels(manager: Actor, task: str) -> None:
    found = predicted_tasks.predicted_task(manager, task)
    (said,) = found["predictions"]
    assert [(one["label"], one["start"], one["score"]) for one in said["regions"]] == [("Dog", 1.0, 0.75)]
    assert [(one["label"], one["time"]) for one in said["points"]] == [("Dog", 3.0)]
    assert said["counts"] == {"regions": 1, "points": 1, "tags": 1}
    assert (max(found["outline"]), min(found["outline"])) == (0.5, 0.25)


def test_it_is_for_managers(make_user: Make, project: str, task: str, make_project: Make) -> None:
    stranger = make_user()
    make_project(managers=(stranger,))
    with pytest.raises((Forbidden, NotFound)):
        predicted_tasks.predicted_task(stranger, task)


def test_the_project_page_shows_the_task_of_its_address(app: Make, manager: Actor, project: str, task: str) -> None:
    at: AppTest = app(manager).run()
    at.query_params["project"], at.query_params["task"] = project, task
    at.switch_page("project.py").run()
    assert not at.exception
    assert any("what models said" in one.value for one in at.subheader)
    assert any("One was clipped" in one.value for one in at.caption)
    (back,) = [one for one in at.button if one.label == "Back to the project"]
    back.click().run()
    assert "task" not in at.query_params
    assert not any("what models said" in one.value for one in at.subheader)


def test_a_stretch_of_peaks_has_its_own_outline(tmp_path: Path) -> None:
    peaks = loud_then_quiet(tmp_path)
    assert amplitudes(peaks, 0.0, 4.0, 2) == [0.5, 0.25]
    assert set(amplitudes(peaks, 2.5, 4.0, 10)) == {0.25}
