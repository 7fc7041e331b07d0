"""What is called alike can be told apart where one chooses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from page_buttons import button, in_dialog

from labelbuddy_core.services.reviews import review_assignments
from pages._names_apart import names_apart

Make = Callable[..., Any]


def test_only_those_of_one_name_say_which_they_are() -> None:
    assert names_apart({"12": "Birds", "13": "Birds", "14": "Bees"}) == {
        "12": "Birds (12)", "13": "Birds (13)", "14": "Bees",
    }  # fmt: skip


@given(st.dictionaries(st.sampled_from("123456789"), st.sampled_from(["A", "A (1)", "A (2)", "A (1) (1)", "B"])))
def test_no_two_are_called_alike(names: dict[str, str]) -> None:
    assert len(set(names_apart(names).values())) == len(names)


def test_the_newer_of_two_projects_of_one_name_stays_chosen(app: Make, make_user: Make, make_project: Make) -> None:
    manager = make_user()
    _, newer = make_project(name="Race", managers=(manager,)), make_project(name="Race", managers=(manager,))
    at = app(manager).run()
    at.query_params["project"] = newer
    at.switch_page("project.py").run()
    (chosen,) = [one for one in at.sidebar.selectbox if one.label == "Project"]
    assert (chosen.value, f"Race ({newer})" in chosen.options) == (newer, True)
    at.run()  # what the browser sends back are the words
    assert at.query_params["project"] in (newer, [newer])


def test_of_two_reviewers_of_one_name_the_chosen_one_is_named(
    app: Make, make_user: Make, make_project: Make, add_task: Make
) -> None:
    manager, *two = make_user(), make_user("anna1", name="Anna"), make_user("anna2", name="Anna")
    task = add_task(make_project(managers=(manager,), reviewers=two))
    at = app(manager).run()
    at.switch_page("project.py").run()
    (table,) = [one.key for one in at.dataframe if (one.key or "").startswith("tasks-")]
    at.session_state[table] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    at.run()
    button(at, "Reviewers of 1 task …").click().run()
    reviewers = at.multiselect(key="reviewers-of-tasks")
    assert reviewers.options == ["Anna (anna1)", "Anna (anna2)"]
    reviewers.select("Anna (anna2)")
    button(at, "Reviewers of 1 task …").click().run()  # a dialog is open while its opener is pressed
    in_dialog(at, "Reviewers of 1 task …", "Save for 1 task")
    assert review_assignments.reviewers_of(manager, task) == ["anna2"]
