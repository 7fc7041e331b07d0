"""Addresses that lead to work, tables that change under a selection, and names that look like Markdown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from labelbuddy_core.services.recordings import recordings
from labelbuddy_core.services.tasks import tasks
from pages._elements import plain, rows_key

Make = Callable[..., Any]


def headings(at: AppTest) -> list[str]:
    return [one.value for one in [*at.title, *at.subheader]]


def shown_task(at: AppTest) -> str:
    (component,) = [one for one in at.get("bidi_component") if one.proto.component_name == "labelbuddy.editor"]  # type: ignore[attr-defined]
    data: Any = component.proto  # type: ignore[attr-defined]
    return (data.json or data.mixed.json).replace(" ", "")


def test_a_link_to_a_task_of_another_project_opens_that_task(
    app: Make, make_user: Make, make_project: Make, add_task: Make
) -> None:
    actor = make_user()
    first = add_task(make_project(name="First", annotators=(actor,)), annotators=(actor,))
    second = add_task(make_project(name="Second", annotators=(actor,)), annotators=(actor,))
    for task in (first, second):
        at = app(actor).run()
        at.query_params["task"] = task
        at.switch_page("annotate.py").run()
        assert not at.exception
        assert f'"task":"{task}"' in shown_task(at)


def test_a_link_to_somebody_elses_task_says_so_and_shows_the_own_queue(
    app: Make, make_user: Make, make_project: Make, add_task: Make
) -> None:
    actor, other = make_user(), make_user()
    project = make_project(annotators=(actor, other), strategy="disjoint")
    theirs, mine = add_task(project, annotators=(other,)), add_task(project, annotators=(actor,))
    at = app(actor).run()
    at.query_params["task"] = theirs
    at.switch_page("annotate.py").run()
    assert "it is not in your queue" in at.warning[0].value
    assert f'"task":"{mine}"' in shown_task(at)


def test_a_link_to_a_task_that_a_manager_does_not_have_stays_in_its_project(
    app: Make, make_user: Make, make_project: Make, add_task: Make
) -> None:
    actor, other = make_user(), make_user()
    linked = make_project(name="Linked", managers=(actor,), annotators=(actor, other), strategy="disjoint")
    theirs, mine = add_task(linked, annotators=(other,)), add_task(linked, annotators=(actor,))
    elsewhere = make_project(name="Elsewhere", annotators=(actor,))
    add_task(elsewhere, annotators=(actor,))
    at = app(actor).run()
    at.session_state["_labelbuddy_project"] = elsewhere
    at.query_params["task"] = theirs
    at.switch_page("annotate.py").run()
    assert f'"task":"{mine}"' in shown_task(at)
    assert at.warning[0].value.endswith("Here is the next task of your queue in **Linked** instead.")


def test_a_page_that_is_loaded_again_shows_the_same_project(app: Make, make_user: Make, make_project: Make) -> None:
    actor = make_user()
    first = make_project(name="First", managers=(actor,))
    make_project(name="Second", managers=(actor,))
    at = app(actor).run()
    at.switch_page("project.py").run()
    assert headings(at) == ["Second"]
    at.selectbox(key="project-for-manager-None").set_value(first).run()
    assert headings(at) == ["First"]
    again = app(actor)
    again.query_params["project"] = at.query_params["project"][0]
    again.run()
    again.switch_page("project.py").run()
    assert headings(again) == ["First"]
    assert not again.warning


def test_an_address_of_a_project_that_one_does_not_manage_says_so(
    app: Make, make_user: Make, make_project: Make
) -> None:
    actor = make_user()
    make_project(name="Mine", managers=(actor,))
    theirs = make_project(name="Theirs", annotators=(actor,))
    at = app(actor).run()
    at.query_params["project"] = theirs
    at.switch_page("project.py").run()
    assert headings(at) == ["Mine"]
    assert "does not exist, or you are no manager in it" in at.warning[0].value


def test_a_long_queue_is_shown_a_page_at_a_time(app: Make, make_user: Make, make_project: Make, add_task: Make) -> None:
    actor = make_user()
    project = make_project(annotators=(actor,))
    queue = {f"open-{add_task(project, annotators=(actor,))}" for _ in range(30)}
    at = app(actor).run()
    at.switch_page("annotate.py").run()
    first = {one.key for one in at.button} & queue
    at.button(key="queue-more").click().run()
    second = {one.key for one in at.button} & queue
    assert (len(first), len(second)) == (25, 5)
    assert first | second == queue


def test_a_link_to_an_unknown_annotation_says_so(app: Make, make_user: Make, make_project: Make) -> None:
    actor = make_user()
    make_project(reviewers=(actor,))
    at = app(actor).run()
    at.query_params["annotation"] = "77"
    at.switch_page("review.py").run()
    assert "it is not for you" in at.info[0].value


def test_a_link_to_an_annotation_opens_it_in_its_project_and_a_decided_one_says_so(
    app: Make, make_user: Make, make_project: Make, add_task: Make, add_annotation: Make
) -> None:
    actor, other = make_user(), make_user()
    opened = {}
    for name, state in (("First", "submitted"), ("Second", "submitted"), ("Third", "approved")):
        project = make_project(name=name, reviewers=(actor,), annotators=(other,))
        opened[name] = add_annotation(add_task(project, annotators=(other,)), other, state=state)
    for name in ("First", "Second"):
        at = app(actor).run()
        at.query_params["annotation"] = opened[name]
        at.switch_page("review.py").run()
        assert not at.info
        assert f'"annotation":"{opened[name]}"' in shown_task(at)
    at = app(actor).run()
    at.query_params["annotation"] = opened["Third"]
    at.switch_page("review.py").run()
    assert "decided or withdrawn" in at.info[0].value
    assert not at.get("bidi_component")


def test_the_project_page_survives_the_deletion_of_its_last_recording(
    app: Make, make_user: Make, make_project: Make, add_task: Make
) -> None:
    actor = make_user()
    project = make_project(managers=(actor,))
    add_task(project)
    at = app(actor).run()
    at.switch_page("project.py").run()
    (one,) = recordings.list_recordings(actor, project)["items"]
    recordings.delete_recording(actor, one["id"])
    at.run()
    assert not at.exception
    assert tasks.list_tasks(actor, project)["items"] == []


def test_a_selection_belongs_to_the_rows_it_was_made_in() -> None:
    assert rows_key("tasks", ["1", "2"]) == rows_key("tasks", ["1", "2"])
    assert rows_key("tasks", ["1", "2"]) != rows_key("tasks", ["1", "3"])


@pytest.mark.parametrize(
    "name", ["kick $1 and $2.wav", "*loud*_take_.wav", "# 1 [a](b) :red[x] <b>.wav", "R&amp;B ~~x~~ | y"]
)
def test_a_name_means_nothing_as_markdown(name: str, app: Make, make_user: Make, make_project: Make) -> None:
    actor = make_user()
    make_project(name=name, managers=(actor,))
    at = app(actor).run()
    at.switch_page("project.py").run()
    assert headings(at)[0] == plain(name)
    assert plain(name).replace("\\", "") == name


def test_the_project_follows_the_address_when_the_browser_goes_back(
    app: Make, make_user: Make, make_project: Make
) -> None:
    manager = make_user()
    first, second = (make_project(name=name, managers=(manager,)) for name in ("First", "Second"))
    at = app(manager).run()
    at.query_params["project"] = first
    at.switch_page("project.py").run()
    at.sidebar.selectbox[0].select(second).run()
    assert at.query_params["project"] in (second, [second])
    at.query_params["project"] = first
    at.run()
    assert at.sidebar.selectbox[0].value == first
