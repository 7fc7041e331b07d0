"""The training page: empty states, the form with its balance, runs with curves, side by side, versions to promote."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import (
    AnnotationItem,
    Job,
    ModelVersion,
    ProjectModel,
    TrainingEpoch,
    TrainingLogLine,
    TrainingRun,
)
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.models import model_links, models
from labelbuddy_core.services.models.weight_files import folder_for_weights, keep_weights
from labelbuddy_core.services.training import training_runs

Make = Callable[..., Any]
YAML = """
name: pupil
version: "1"
process: musicnn
output_schema:
  - {type: region, labels: [dog]}
training:
  supported: true
  parameters:
    epochs: {default: 20, min: 1, max: 100}
    learning_rate: {default: 0.01, min: 0.0001, max: 1}
"""


class Desk:
    """A manager's desk with a project whose annotations are approved."""

    def __init__(self, app: Make, make_user: Make, make_project: Make, add_task: Make, add_annotation: Make) -> None:
        self.app, self.add_task, self.add_annotation = app, add_task, add_annotation
        self.manager, self.annotator = make_user("manager"), make_user("ada")
        self.project = make_project(managers=(self.manager,), annotators=(self.annotator,))
        self.model = ""

    def declare(self, yaml: str = YAML) -> None:
        self.model = models.create_model(self.manager, yaml)["id"]
        model_links.link_model(self.manager, self.project, self.model)

    def approve(self, count: int) -> None:
        for number in range(count):
            task = self.add_task(self.project, duration=10.0, annotators=(self.annotator,))
            annotation = int(self.add_annotation(task, self.annotator, state="approved"))
            label = "dog" if number % 3 else "music"
            value = {"id": "r", "start": 1.0, "end": 3.0, "label": label, "origin": {"kind": "human"}}
            with get_database().write() as session:
                session.add(AnnotationItem(annotation_id=annotation, collection="regions", key="r", label=label,
                                           start=1.0, stop=3.0, value=value))  # fmt: skip

    def done(self, epochs: int = 4, state: str = "succeeded") -> str:
        """A run that has ended as if the worker had done it."""
        run = training_runs.start_run(self.manager, self.project, self.model)["id"]
        values = {"1": {"value": 0.4, "low": 0.3, "high": 0.5}, f"tuned-{run}": {"value": 0.7, "low": 0.6, "high": 0.8}}
        difference = {"value": 0.3, "low": 0.1, "high": 0.5}
        figures = [
            {"measure": "event_f1", "label": label, "values": values, "difference": difference}
            for label in (None, "dog")
        ]
        with get_database().write() as session:
            row = session.get_one(TrainingRun, int(run))
            row.version, row.best_epoch, row.checksum = f"tuned-{run}", 2, f"{int(run):064x}"
            row.comparison = {
                "examples": 6, "assisted": 2, "warning": "2 of 6 held-out examples were labeled with suggestions",
                "threshold": 0.2, "collar": 0.2, "offset_share": 0.2, "replicates": 1000, "figures": figures,
                "new_labels": ["Music"],
            }  # fmt: skip
            for number in range(1, epochs + 1):
                told = {"loss": 1 / number, "validation_loss": 2 / number, "f1": 0.5, "validation_f1/dog": 0.4}
                session.add(TrainingEpoch(run_id=row.id, epoch=number, figures=told))
            session.add(TrainingLogLine(run_id=row.id, text="The model gets the examples (0.1 MB)."))
            session.get_one(Job, row.job_id).state = state
            with folder_for_weights() as folder:
                (folder / "w").write_bytes(b"weights")
                key, digest = keep_weights(folder / "w")
            session.add(
                ModelVersion(
                    model_id=row.model_id,
                    project_id=row.project_id,
                    name=f"tuned-{run}",
                    run_id=row.id,
                    base="1",
                    parent="1",
                    labels=["dog", "Music"],
                    label_map={"dog": "dog", "Music": "music"},
                    weights_key=key,
                    sha256=digest,
                    size=7,
                )
            )
        return run

    def page(self, actor: Actor | None = None) -> AppTest:
        at = self.app(actor or self.manager).run()
        at.switch_page("training.py").run()
        assert not at.exception
        return at


@pytest.fixture
def desk(app: Make, make_user: Make, make_project: Make, add_task: Make, add_annotation: Make) -> Desk:
    return Desk(app, make_user, make_project, add_task, add_annotation)


def texts(at: AppTest) -> str:
    return "\n".join(one.value for one in [*at.markdown, *at.caption, *at.warning])


def charts(at: AppTest) -> list[str]:
    return [one.proto.spec for one in at.get("plotly_chart")]  # type: ignore[attr-defined]


def test_without_runs_and_models_it_says_what_to_do(desk: Desk) -> None:
    text = texts(desk.page())
    assert "Nothing has been trained yet" in text
    assert "No model of this project can be trained" in text


def test_a_model_that_cannot_be_trained_is_named_with_the_reason(desk: Desk) -> None:
    desk.declare("name: plain\nprocess: musicnn\noutput_schema: [{type: region, labels: [dog]}]\n")
    assert r"The file of plain does not say that it can be trained" in texts(desk.page())


def test_the_form_shows_the_balance_with_warnings_and_starts_a_run(desk: Desk) -> None:
    desk.declare()
    desk.approve(20)
    at = desk.page()
    text = texts(at)
    assert "**14** to learn from" in text
    assert "Fewer than 10 examples to learn from" in text
    at.number_input(key=f"train-parameter-{desk.model}-epochs").set_value(7)
    at.button(key="train-start").click().run()
    assert not at.exception
    (run,) = training_runs.list_runs(desk.manager, desk.project)
    assert (run["parameters"], run["state"]) == ({"epochs": 7, "learning_rate": 0.01}, "queued")
    assert at.selectbox(key="training-run").value == run["id"]
    assert at.session_state["training-tab"] == "Runs"
    assert "No epoch is done yet" in texts(at)


def test_another_model_has_its_own_parameters(desk: Desk) -> None:
    desk.declare()
    first = desk.model
    desk.declare(YAML.replace("pupil", "second").replace("default: 20", "default: 3"))
    desk.approve(4)
    at = desk.page()
    assert at.number_input(key=f"train-parameter-{first}-epochs").value == 20
    at.selectbox(key="train-model").select(desk.model).run()
    assert at.number_input(key=f"train-parameter-{desk.model}-epochs").value == 3


def test_without_approved_annotations_starting_says_why_not(desk: Desk) -> None:
    desk.declare()
    at = desk.page()
    at.button(key="train-start").click().run()
    assert "Nothing can be learned yet" in at.error[0].value


def test_a_run_shows_curves_its_comparison_and_its_log(desk: Desk) -> None:
    desk.declare()
    desk.approve(20)
    run = desk.done()
    at = desk.page()
    text = texts(at)
    assert "the new version is better by \\+0.300" in text or "the new version is better by +0.300" in text
    assert "held\\-out examples were labeled with suggestions" in text
    assert "The version before does not know Music" in text
    drawn = charts(at)
    assert sum("training" in one and "validation" in one for one in drawn) >= 1
    assert any(f"tuned-{run}" in one for one in drawn)
    compared = next(one for one in map(json.loads, drawn) if one["layout"].get("scattermode") == "group")
    assert {trace["orientation"] for trace in compared["data"]} == {"h"}  # else they are moved off their values
    assert "The model gets the examples" in at.code[0].value


def test_a_run_says_who_started_it_and_its_version_is_promoted_where_its_figures_are(desk: Desk) -> None:
    desk.declare()
    desk.approve(20)
    run = desk.done()
    at = desk.page()
    assert "Started by" in texts(at)
    at.button(key=f"promote-of-run-{run}").click().run()
    assert not at.exception
    with get_database().read() as session:
        assert session.scalars(select(ProjectModel.version)).one() == f"tuned-{run}"
    assert ":green-badge[in use]" in texts(at)
    assert not [one for one in at.button if one.key == f"promote-of-run-{run}"]


def test_a_run_of_a_model_that_the_project_gave_up_is_still_shown(desk: Desk) -> None:
    desk.declare()
    desk.approve(20)
    run = desk.done()
    model_links.unlink_model(desk.manager, desk.project, desk.model)
    at = desk.page()
    assert "the new version is better" in texts(at)
    assert not [one for one in at.button if one.key == f"promote-of-run-{run}"]


def test_two_versions_without_any_difference_are_called_alike(desk: Desk) -> None:
    desk.declare()
    desk.approve(20)
    run = desk.done()
    with get_database().write() as session:
        row = session.get_one(TrainingRun, int(run))
        assert row.comparison is not None
        same = [{**one, "difference": {"value": 0.0, "low": 0.0, "high": 0.0}} for one in row.comparison["figures"]]
        row.comparison = {**row.comparison, "figures": same}
    assert "both versions are alike" in texts(desk.page())


def test_runs_are_shown_side_by_side(desk: Desk) -> None:
    desk.declare()
    desk.approve(20)
    first, second = desk.done(), desk.done(epochs=2)
    at = desk.page()
    at.multiselect(key="training-beside").set_value([first]).run()
    assert not at.exception
    assert any(f"run {first} " in one and f"run {second} " in one for one in charts(at))
    assert "learned from different examples" in texts(at)
    at.segmented_control(key="side-by-side-curve").set_value("f1").run()
    at.selectbox(key="side-by-side-label").set_value("dog").run()
    assert not at.exception
    assert any("F1 of dog" in one and f"run {first} " in one and f"run {second} " in one for one in charts(at))


def test_a_waiting_run_can_be_stopped(desk: Desk) -> None:
    desk.declare()
    desk.approve(20)
    run = training_runs.start_run(desk.manager, desk.project, desk.model)["id"]
    at = desk.page()
    at.button(key=f"stop-run-{run}").click().run()
    assert training_runs.get_run(desk.manager, run)["state"] == "cancelled"


def test_a_version_is_promoted_and_rolled_back(desk: Desk) -> None:
    desk.declare()
    desk.approve(20)
    run = desk.done()

    def link() -> ProjectModel:
        with get_database().read() as session:
            return session.scalars(select(ProjectModel)).one()

    at = desk.page()
    at.button(key=f"promote-{desk.model}-tuned-{run}").click().run()
    assert (link().version, link().label_map) == (f"tuned-{run}", {"dog": "dog", "Music": "music"})
    assert f"the project uses **tuned\\-{run}**" in texts(at)
    back = at.button(key=f"back-{desk.model}")
    assert back.label == f"Roll back to {models.get_model(desk.manager, desk.model)['version']}"
    back.click().run()
    assert link().version == "promoted"


def test_weights_trained_elsewhere_are_registered_from_a_file(desk: Desk) -> None:
    desk.declare()
    at = desk.page()
    assert at.button(key=f"weights-register-{desk.model}").disabled
    given = save({"weight": np.zeros((1, 2), np.float32)}, metadata={"labels": '["dog"]'})
    at.file_uploader(key=f"weights-{desk.model}-0").upload("mine.safetensors", given)
    at.text_input(key=f"weights-name-{desk.model}-0").set_value("lab-2")
    at.text_input(key=f"weights-note-{desk.model}-0").set_value("from the cluster")
    at.run()
    at.button(key=f"weights-register-{desk.model}").click().run()
    assert not at.exception
    assert "Version lab\\-2 is registered" in at.success[0].value
    with get_database().read() as session:
        version = session.scalars(select(ModelVersion)).one()
        assert (version.name, version.labels, version.note) == ("lab-2", ["dog"], "from the cluster")
    assert at.text_input(key=f"weights-name-{desk.model}-1").value == ""
    assert "**lab\\-2** · trained elsewhere" in texts(at)


def test_weights_trained_elsewhere_are_not_asked_for_where_a_model_cannot_be_trained(desk: Desk) -> None:
    desk.declare("name: fixed\nprocess: musicnn\noutput_schema: [{type: region, labels: [dog]}]\n")
    at = desk.page()
    assert "does not say that it can be trained" in texts(at)
    assert not at.get("file_uploader")


def test_a_file_that_holds_no_weights_is_refused_with_the_reason(desk: Desk) -> None:
    desk.declare()
    at = desk.page()
    at.file_uploader(key=f"weights-{desk.model}-0").upload("x.safetensors", b"nothing")
    at.text_input(key=f"weights-name-{desk.model}-0").set_value("lab-2")
    at.run()
    at.button(key=f"weights-register-{desk.model}").click().run()
    assert "This is no safetensors file" in at.error[0].value


def test_others_than_managers_find_no_training_page(desk: Desk) -> None:
    at = desk.app(desk.annotator).run()
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        at.switch_page("training.py")
