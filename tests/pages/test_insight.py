"""The insight page: figures with sentences, the way to the worst tasks, and merging, for managers and reviewers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import AnnotationItem
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.installation import jobs
from pages._insight_parts import number

Make = Callable[..., Any]


class Lab:
    """A project with two annotators, a manager and a reviewer."""

    def __init__(self, app: Make, make_user: Make, make_project: Make, add_task: Make, add_annotation: Make) -> None:
        self.app, self.add_task, self.add_annotation = app, add_task, add_annotation
        self.manager, self.reviewer = make_user("manager"), make_user("reviewer")
        self.annotators = (make_user("ada"), make_user("ben"))
        self.project = make_project(
            managers=(self.manager,), reviewers=(self.reviewer,), annotators=self.annotators, annotators_per_task=2
        )

    def task(self, *spans: tuple[float, float], name: str | None = None) -> tuple[str, list[str]]:
        task = self.add_task(self.project, duration=10.0, annotators=self.annotators, name=name)
        made = []
        for person, (start, end) in zip(self.annotators, spans, strict=False):
            made.append(self.add_annotation(task, person, state="submitted"))
            value = {"id": "r", "start": start, "end": end, "label": "dog", "origin": {"kind": "human"}}
            with get_database().write() as session:
                session.add(AnnotationItem(annotation_id=int(made[-1]), collection="regions", key="r", label="dog",
                                           start=start, stop=end, value=value))  # fmt: skip
        return task, made

    def page(self, actor: Actor) -> AppTest:
        at = self.app(actor).run()
        at.switch_page("insight.py").run()
        assert not at.exception
        return at


@pytest.fixture
def lab(app: Make, make_user: Make, make_project: Make, add_task: Make, add_annotation: Make) -> Lab:
    return Lab(app, make_user, make_project, add_task, add_annotation)


def texts(at: AppTest) -> str:
    return "\n".join(one.value for one in [*at.markdown, *at.caption])


def test_without_anything_to_compare_it_says_what_to_do(lab: Lab) -> None:
    lab.task((1.0, 3.0))
    text = texts(lab.page(lab.manager))
    assert "Nothing to compare yet" in text
    assert "Annotators per task" in text
    assert "Annotations handed in so far: 1" in text


def test_figures_come_with_sentences_and_the_worst_task_leads_to_its_review(lab: Lab) -> None:
    lab.task((1.0, 3.0), (1.0, 3.0))
    _, (waiting, _) = lab.task((1.0, 3.0), (6.0, 8.0), name="worst.wav")
    at = lab.page(lab.reviewer)
    text = texts(at)
    assert "Fleiss' κ: " in text
    assert "of the way from chance to full agreement" in text
    assert r"**100 %** · worst\.wav" in text
    frames = [one.value for one in at.dataframe]
    assert any("How to read it" in frame.columns and "Dog" in frame["Label"].tolist() for frame in frames)
    charts = {chart.key for chart in at.get("plotly_chart")}
    assert charts == {"label-chart-time", "label-chart-events", "pairs", "boundaries", "confusion-matrix"}
    assert not [one for one in at.button if one.label.startswith("Merge")]
    next(one for one in at.button if one.label == "Review").click().run()
    assert not at.exception
    assert at.query_params["annotation"] in (waiting, [waiting])


def test_a_manager_is_led_to_the_task_and_merges(lab: Lab) -> None:
    lab.task((1.0, 3.0), (6.0, 8.0), name="worst.wav")
    at = lab.page(lab.manager)
    assert "Nothing has been merged yet" in texts(at)
    next(one for one in at.button if one.label == "Merge annotations").click().run()
    assert not at.exception
    (job,) = jobs.list_jobs(lab.manager, state="open")["items"]
    assert job["kind"] == "consensus"
    assert not [one for one in at.button if one.label == "Merge annotations"]
    next(one for one in at.button if one.label == "Show task").click().run()
    assert not at.exception
    assert next(one for one in at.text_input if one.label == "Recording").value == "worst.wav"


def test_new_answers_and_other_settings_are_measured_anew(lab: Lab) -> None:
    lab.task((1.0, 3.0), (1.4, 3.0))
    at = lab.page(lab.manager)
    assert "**Event F1 (collar): 0.00" in texts(at)
    next(one for one in at.number_input if one.label == "Collar (s)").set_value(0.5).run()
    assert "**Event F1 (collar): 1.00" in texts(at)
    lab.task((1.0, 3.0), (8.0, 9.0))
    assert "**Event F1 (collar): 0.00" in texts(lab.page(lab.manager))


def test_a_task_is_opened_at_the_place_where_annotators_differ(lab: Lab) -> None:
    task, _ = lab.task((1.0, 3.0), (1.0, 7.0), name="worst.wav")
    at = lab.page(lab.reviewer)
    next(one for one in at.button if one.label == "Show where").click().run()
    assert not at.exception
    assert (at.query_params["task"], at.query_params["at"]) in ((task, "3.000"), ([task], ["3.000"]))
    assert any(r"worst\.wav\: where annotators differ" in one.value for one in at.subheader)
    stretches = next(one.value for one in at.dataframe if "Marked by" in one.value.columns)
    assert stretches[["Label", "Marked by", "Not by"]].values.tolist() == [["Dog", "ben", "ada"]]
    assert stretches["Open"][0].startswith("insight?project=")
    next(one for one in at.button if one.label == "Close the task").click().run()
    assert not any("where annotators differ" in one.value for one in at.subheader)


@pytest.mark.parametrize(
    ("spans", "said"),
    [
        ((), "Nothing is handed in yet."),
        (((1.0, 3.0),), "Only one annotation is handed in: there is nothing to compare it with yet."),
        (((1.0, 3.0), (1.0, 3.0)), "Everybody says the same here."),
    ],
)
def test_people_are_said_to_agree_on_a_task_only_where_there_are_two_of_them(
    spans: tuple[tuple[float, float], ...], said: str, lab: Lab
) -> None:
    lab.task((1.0, 3.0), (1.0, 7.0))
    task, _ = lab.task(*spans)
    at = lab.app(lab.manager).run()
    at.query_params["task"] = task
    at.query_params["project"] = lab.project
    at.switch_page("insight.py").run()
    assert not at.exception
    assert [one.value for one in [*at.success, *at.info]] == [said]


def test_annotators_confusions_and_months_are_shown(lab: Lab) -> None:
    lab.task((1.0, 3.0), (6.0, 8.0))
    at = lab.page(lab.manager)
    assert r"Onsets: only" not in texts(at)  # nothing in common
    confused = next(one.value for one in at.dataframe if "Place 1" in one.value.columns)
    assert confused["Count"].tolist() == [2.0]
    assert "task=" in confused["Place 1"][0]
    next(one for one in at.toggle if one.label == "Measure month by month").set_value(True).run()
    assert not at.exception


def test_a_phase_without_answers_says_that_there_is_nothing(lab: Lab) -> None:
    lab.task((1.0, 3.0), (1.0, 3.0))
    at = lab.page(lab.manager)
    next(one for one in at.date_input if one.label == "Handed in from").set_value(date(2030, 1, 1)).run()
    assert not at.exception
    assert "Nobody has marked anything in the tasks that can be compared." in texts(at)


def test_a_bound_just_below_zero_is_shown_without_a_minus() -> None:
    assert number({"value": -0.001, "low": -0.0, "high": 1.0}) == "0.00 (0.00 to 1.00)"
    assert number({"value": 0.5, "low": -0.25, "high": 1.0}) == "0.50 (-0.25 to 1.00)"
