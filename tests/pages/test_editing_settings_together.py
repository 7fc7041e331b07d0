"""Two managers edit the settings of a project at a time: nothing that one of them typed is lost in silence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.projects import projects

Make = Callable[..., Any]
INSTRUCTIONS = "Instructions for annotators (Markdown)"
SHARE = "Share that is reviewed (%)"


class Settings:
    """The forms of a project's settings, as one manager has them open."""

    def __init__(self, at: AppTest, manager: Actor, project: str) -> None:
        self.at, self.manager, self.project = at, manager, project

    def field(self, label: str) -> Any:
        drawn = [*self.at.text_area, *self.at.text_input, *self.at.number_input, *self.at.selectbox]
        (found,) = [one for one in drawn if one.label == label]
        return found

    def press(self, label: str) -> None:
        (button,) = [one for one in self.at.button if one.label == label]
        button.click().run()
        assert not self.at.exception

    @property
    def said(self) -> str:
        drawn = [*self.at.toast, *self.at.error, *self.at.info, *self.at.warning]
        return " ".join(str(one.value) for one in drawn).replace("\\", "")

    @property
    def present(self) -> dict[str, Any]:
        return projects.get_project(self.manager, self.project)

    def by_somebody_else(self, **changes: Any) -> None:
        projects.update_project(self.manager, self.project, changes)


@pytest.fixture
def settings(app: Make, make_user: Make, make_project: Make) -> Settings:
    manager = make_user("manager")
    project = make_project(managers=(manager,))
    at = app(manager).run()
    at.switch_page("project.py").run()
    assert not at.exception
    return Settings(at, manager, project)


def test_what_was_typed_into_a_field_that_somebody_changed_stays_and_is_saved_the_second_time(
    settings: Settings,
) -> None:
    settings.by_somebody_else(instructions="Mark dogs.")
    settings.field(INSTRUCTIONS).set_value("Mark every bark.")
    settings.press("Save")
    assert "Nothing was saved yet. Save again to put yours in its place." in settings.said
    assert f"**{INSTRUCTIONS}** was changed by somebody since you opened it. It is now: Mark dogs." in settings.said
    assert settings.present["instructions"] == "Mark dogs."
    assert settings.field(INSTRUCTIONS).value == "Mark every bark."
    settings.press("Save")
    assert settings.present["instructions"] == "Mark every bark."


def test_a_field_that_only_somebody_else_changed_stays_as_they_made_it(settings: Settings) -> None:
    settings.by_somebody_else(instructions="Mark dogs.", strategy="all")
    settings.field("Name").set_value("Dogs")
    settings.press("Save")
    made = settings.present
    assert (made["name"], made["instructions"]) == ("Dogs", "Mark dogs.")
    assert made["assignment"]["strategy"] == "all"
    assert settings.field(INSTRUCTIONS).value == "Mark dogs."


def test_a_choice_that_somebody_changed_is_told_in_words(settings: Settings) -> None:
    settings.by_somebody_else(strategy="all")
    settings.field("Who gets which task?").set_value("disjoint")
    settings.press("Save")
    assert "It is now: Everybody: each annotator does every task" in settings.said


def test_the_settings_of_today_are_shown_when_asked_for(settings: Settings) -> None:
    settings.by_somebody_else(instructions="Mark dogs.")
    settings.at.run()
    assert "Somebody changed the settings since you opened them" in settings.said
    assert settings.field(INSTRUCTIONS).value == ""
    settings.press("Show the settings of today")
    assert settings.field(INSTRUCTIONS).value == "Mark dogs."
    assert "Somebody changed" not in settings.said


def test_a_rule_of_reviews_that_somebody_changed_is_not_overwritten_in_silence(settings: Settings) -> None:
    settings.by_somebody_else(reviewing={"share": 50.0})
    settings.field(SHARE).set_value(30.0)
    settings.press("Save rules")
    assert f"**{SHARE}** was changed by somebody since you opened it. It is now: 50.0" in settings.said
    assert settings.present["reviewing"]["share"] == 50.0
    settings.press("Save rules")
    assert settings.present["reviewing"]["share"] == 30.0
    assert "Saved" in settings.said


def test_words_of_captions_that_somebody_changed_are_told_as_they_are_written(settings: Settings) -> None:
    settings.by_somebody_else(lexicon=[{"facet": "noise", "value": "rain", "words": ["patter"]}])
    settings.field("Your own words, one value a line").set_value("noise: wind = gust")
    settings.press("Save words")
    assert "It is now: noise: rain = patter" in settings.said
    settings.press("Save words")
    assert [one["value"] for one in settings.present["lexicon"]] == ["wind"]


def test_saving_without_a_change_says_so(settings: Settings) -> None:
    settings.press("Save")
    assert "Nothing to save" in settings.said
