"""Trying a model out on the Models page: choosing what to ask about, waiting, and reading the answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from streamlit.testing.v1 import AppTest

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Job
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.models import models
from pages._answer_chart import answer_chart

Make = Callable[..., Any]
ANSWER: dict[str, Any] = {
    "model": "odd",
    "version": "7",
    "digest": "",
    "recording": "dog.wav",
    "start": 10.0,
    "stop": 20.0,
    "seconds": 0.5,
    "outline": [0.1, 0.5, 0.2, 0.0],
    "regions": [
        {"start": 11.0, "end": 12.5, "label": "dogs", "score": 0.9, "low": None, "high": None, "text": None},
        {"start": 14.0, "end": 15.0, "label": "violin", "score": None, "low": None, "high": None, "text": None},
    ],
    "tags": [{"label": "dogs", "score": 0.8}],
    "text": "A dog barks.",
    "notes": ["1 region(s) reached beyond the audio and were clipped."],
    "counts": {"regions": 2, "tags": 1},
    "raw": '{"regions": []}',
    "raw_cut": False,
}


@pytest.fixture
def manager(make_user: Make) -> Actor:
    return make_user("manager", can_create_projects=True)


@pytest.fixture
def model(manager: Actor) -> str:
    return models.create_model(manager, "name: odd\nprocess: musicnn\n")["id"]


@pytest.fixture
def trial(app: Make, manager: Actor, model: str) -> Callable[[], AppTest]:
    """The trial of the model, opened on the Models page."""

    def open_page() -> AppTest:
        at = app(manager).run()
        at.switch_page("model_management.py").run()
        at.button(key=f"try-{model}").click().run()
        assert not at.exception
        return at

    return open_page


def press(at: AppTest, label: str) -> None:
    (found,) = [one for one in at.button if one.label == label]
    found.click().run()
    assert not at.exception


def only_job() -> Job:
    with get_database().read() as session:
        return session.query(Job).one()


def change(**values: Any) -> None:
    with get_database().write() as session:
        row = session.query(Job).one()
        for name, value in values.items():
            setattr(row, name, value)


def said(at: AppTest) -> str:
    parts = [*at.markdown, *at.caption, *at.error, *at.warning, *at.info, *at.text, *at.subheader]
    return "\n".join(str(one.value).replace("\\", "") for one in parts)


def test_the_chosen_stretch_of_the_found_recording_is_asked_about(
    trial: Callable[[], AppTest], manager: Actor, make_project: Make, add_task: Make
) -> None:
    project = make_project(managers=(manager,))
    add_task(project, name="cat.wav")
    dog = add_task(project, name="dog.wav", duration=40.0)
    at = trial()
    at.text_input(key="trial-q").set_value("dog").run()
    assert at.selectbox(key=f"trial-recording-{project}").options == ["dog.wav · 0:40"]
    at.number_input(key=f"trial-{dog}-start").set_value(15.0)
    at.number_input(key=f"trial-{dog}-length").set_value(30.0)
    press(at, "Ask")
    job = only_job()
    assert (job.kind, job.arguments["recording"]) == ("try-model", int(dog))
    assert (job.arguments["start"], job.arguments["stop"]) == (15.0, 40.0)
    assert [one.label for one in at.button if one.label == "Cancel"]


def test_the_answer_is_shown_as_tables_and_as_it_was_given(
    trial: Callable[[], AppTest], manager: Actor, make_project: Make, add_task: Make
) -> None:
    task = add_task(make_project(managers=(manager,)), name="dog.wav")
    at = trial()
    press(at, "Ask")
    change(state="succeeded", result=ANSWER)
    at.run()
    assert not at.exception
    regions, tags = (one.value for one in at.dataframe)
    assert list(regions["Label"]) == ["dogs", "violin"]
    assert "Low (Hz)" not in regions
    assert list(tags["Tag"]) == ["dogs"]
    text = said(at)
    assert "2 regions · 1 tag · text · in 0.50 s · 20 s of sound a second · version 7" in text
    assert "A dog barks." in text
    assert "were clipped" in text
    assert at.json[0].value == '{"regions": []}'
    (player,) = at.get("bidi_component")
    proto: Any = player.proto  # type: ignore[attr-defined]
    heard = orjson.loads(proto.json or proto.mixed.json)
    assert (heard["mode"], heard["task"], heard["start"], heard["stop"]) == ("stretch", task, 10.0, 20.0)


def test_a_failed_trial_says_why_and_can_be_asked_again(
    trial: Callable[[], AppTest], manager: Actor, make_project: Make, add_task: Make
) -> None:
    add_task(make_project(managers=(manager,)))
    at = trial()
    press(at, "Ask")
    change(state="failed", problem="The model needs more than 2 GB.")
    at.run()
    assert "needs more than 2 GB" in said(at)
    assert not next(one for one in at.button if one.label == "Ask").disabled


def test_a_trial_is_cancelled_and_left(
    trial: Callable[[], AppTest], manager: Actor, make_project: Make, add_task: Make
) -> None:
    add_task(make_project(managers=(manager,)))
    at = trial()
    press(at, "Ask")
    press(at, "Cancel")
    assert only_job().state == "cancelled"
    assert "The trial was cancelled." in said(at)
    press(at, "Back to the models")
    assert [one for one in at.button if one.label == "Try it out"]


def test_without_a_project_or_a_recording_it_says_what_to_do(
    trial: Callable[[], AppTest], manager: Actor, make_project: Make
) -> None:
    assert "Create a project and add a recording first." in said(trial())
    make_project(managers=(manager,))
    assert "no recording that is ready yet" in said(trial())


def test_the_chart_has_the_waveform_and_a_lane_for_each_label() -> None:
    wave, dogs, violin = answer_chart(ANSWER).to_dict()["data"]
    assert (min(wave["y"]), max(wave["y"])) == (-0.5, 0.5)
    assert (dogs["base"], dogs["x"], dogs["y"]) == ([11.0], [1.5], ["dogs"])
    assert violin["marker"]["opacity"] == [1.0]


def test_an_answer_without_regions_is_a_waveform_alone() -> None:
    (wave,) = answer_chart({**ANSWER, "regions": []}).to_dict()["data"]
    assert wave["x"][:4] == [11.25, 13.75, 16.25, 18.75]
