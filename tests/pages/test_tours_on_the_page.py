"""The guided tour on the pages: offered in the sidebar of samples, followed there, and begun from Help."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from labelbuddy_core.domain.permissions import Role
from labelbuddy_core.domain.tour_steps import TOURS
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.first_steps import samples, tours

Make = Callable[..., Any]


@pytest.fixture
def people(make_user: Make, make_project: Make) -> dict[str, Actor]:
    found = {role: make_user(role) for role in ("manager", "annotator", "reviewer")}
    project = make_project(**{f"{role}s": (person,) for role, person in found.items()})
    samples.mark_as_sample(found["manager"], project)
    return found


def button(at: AppTest, key: str) -> Any:
    (found,) = [one for one in at.button if one.key == key]
    return found


def panel(at: AppTest) -> str:
    return " ".join(one.value for one in at.sidebar.markdown)


def shown(at: AppTest) -> str:
    return " ".join(one.value for one in [*at.title, *at.subheader])


@pytest.mark.parametrize(
    ("role", "first", "opens"),
    [
        ("annotator", "Open a task", "All done"),
        ("reviewer", "Open a review", "Review"),
        ("manager", "Look over the project", "Street sounds"),
    ],
)
def test_each_role_is_offered_its_tour_and_follows_it_in_the_sidebar(
    role: str, first: str, opens: str, app: Make, people: dict[str, Actor]
) -> None:
    me = people[role]
    at = app(me).run()
    assert "New here?" in panel(at)
    button(at, "tour-begin").click().run()
    assert f"**{first}**" in panel(at)
    button(at, f"tour-go-{TOURS[Role(role)].steps[0].id}").click().run()
    assert not at.exception
    assert opens in shown(at) + " ".join(one.value for one in at.markdown)
    at = app(me).run()
    for step in TOURS[Role(role)].steps:
        if f"**{step.title}**" in panel(at):
            button(at, f"tour-skip-{step.id}").click().run()
    assert "That was the tour." in panel(at)
    button(at, "tour-close").click().run()
    assert not at.exception
    assert panel(at) == ""


def test_nothing_of_a_tour_is_seen_in_real_work_until_it_is_begun_from_help(
    app: Make, make_user: Make, make_project: Make
) -> None:
    me = make_user()
    make_project(name="Real work", annotators=(me,))
    at = app(me).run()
    assert panel(at) == ""
    at.switch_page("help.py").run()
    assert any("which is real work" in one.value for one in at.caption)
    button(at, "begin-annotator").click().run()
    assert "**Open a task**" in panel(at)


def test_what_was_declined_or_left_is_on_the_help_page(app: Make, people: dict[str, Actor]) -> None:
    me = people["reviewer"]
    at = app(me).run()
    button(at, "tour-decline").click().run()
    assert panel(at) == ""
    at.switch_page("help.py").run()
    button(at, "begin-reviewer").click().run()
    button(at, "tour-leave").click().run()
    assert panel(at) == ""
    button(at, "resume-reviewer").click().run()
    assert not at.exception
    assert tours.follow(me, "help") is not None
    assert "Open a review" in panel(at)


def test_the_documentation_is_read_in_the_app(app: Make, make_user: Make) -> None:
    at = app(make_user()).run()
    at.query_params["doc"] = "concepts"
    at.switch_page("help.py").run()
    assert not at.exception
    text = " ".join(one.value for one in at.markdown)
    assert "# Concepts" in text
    assert "](help?doc=label-sets)" in text
    at = app(make_user()).run()
    at.query_params["doc"] = "../README"
    at.switch_page("help.py").run()
    assert "There is no page" in at.error[0].value
