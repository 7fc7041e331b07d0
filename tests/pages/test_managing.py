"""What managers click on the dashboard and the project page."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from page_buttons import button, in_dialog
from streamlit.testing.v1 import AppTest

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Job, Model, ProjectModel, Recording
from labelbuddy_core.services.accounts import memberships
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.installation import jobs
from labelbuddy_core.services.models import model_links, models
from labelbuddy_core.services.projects import projects
from labelbuddy_core.services.recordings import recordings
from labelbuddy_core.services.tasks import tasks
from labelbuddy_core.settings import ROOT

Make = Callable[..., Any]


@pytest.fixture
def manager(make_user: Make) -> Actor:
    return make_user("manager", can_create_projects=True)


@pytest.fixture
def project_page(app: Make, manager: Actor) -> Callable[[], AppTest]:
    def open_page() -> AppTest:
        at = app(manager).run()
        at.switch_page("project.py").run()
        assert not at.exception
        return at

    return open_page


def select(at: AppTest, table: str, rows: list[int]) -> None:
    """Select rows of the table whose key begins like this."""
    (key,) = [one.key for one in at.dataframe if (one.key or "").startswith(table)]
    at.session_state[key] = {"selection": {"rows": rows, "columns": [], "cells": []}}
    at.run()
    assert not at.exception


def test_a_project_is_created_on_the_dashboard(app: Make, manager: Actor) -> None:
    at = app(manager).run()
    button(at, "New project").click().run()
    (name,) = [one for one in at.text_input if one.label == "Name"]
    name.set_value("kick $1 and $2")
    in_dialog(at, "New project", "Create project")
    (made,) = projects.list_projects(manager)
    assert made["name"] == "kick $1 and $2"
    assert at.subheader[0].value == r"kick \$1 and \$2"


def test_deleting_the_last_recording_of_the_list_leaves_nothing_selected(
    project_page: Callable[[], AppTest], manager: Actor, make_project: Make, add_task: Make
) -> None:
    project = make_project(managers=(manager,))
    for name in ("a.wav", "b.wav", "c.wav"):
        add_task(project, name=name)
    at = project_page()
    last = recordings.list_recordings(manager, project)["items"][2]["name"]
    select(at, "tasks", [2])
    select(at, "recordings", [2])
    button(at, "Delete 1 recording …").click().run()
    assert any(last.replace(".", r"\.") in one.value for one in at.markdown)
    in_dialog(at, "Delete 1 recording …", "Delete for good")
    names = [one["name"] for one in recordings.list_recordings(manager, project)["items"]]
    assert len(names) == 2
    assert last not in names
    assert not [one for one in at.button if one.label.startswith("Delete 1 recording")]


def test_a_recording_that_failed_is_shown_once_with_the_way_to_delete_it(
    project_page: Callable[[], AppTest], manager: Actor, make_project: Make, add_task: Make
) -> None:
    project = make_project(managers=(manager,))
    for name in ("good.wav", "broken.wav"):
        add_task(project, name=name)
    with get_database().write() as session:
        broken = session.query(Recording).filter(Recording.name == "broken.wav").one()
        broken.state, broken.problem = "failed", "It is no audio."
        key = f"delete-recording-{broken.id}"
    at = project_page()
    (table,) = [one.value for one in at.dataframe if (one.key or "").startswith("recordings")]
    assert list(table["Name"]) == ["good.wav"]
    at.button(key=key).click().run()
    at.button(key=key).click()
    button(at, "Delete for good").click().run()
    assert not at.exception
    assert [one["name"] for one in recordings.list_recordings(manager, project)["items"]] == ["good.wav"]


def test_annotators_of_a_task_are_listed_by_how_they_stand_and_empty_columns_leave_them_room(
    project_page: Callable[[], AppTest],
    manager: Actor,
    make_user: Make,
    make_project: Make,
    add_task: Make,
    add_annotation: Make,
) -> None:
    people = tuple(make_user(name) for name in ("ada", "ben", "cem", "dan"))
    project = make_project(managers=(manager,), annotators=people)
    task = add_task(project, annotators=people)
    for person in people[:3]:
        add_annotation(task, person, state="submitted")
    table = project_page().dataframe[0].value
    assert list(table["Annotators"]) == ["ada, ben, cem (submitted); dan (not begun)"]
    assert not {"Flag", "Skipped"} & set(table.columns)


def test_tasks_are_listed_by_what_was_flagged(
    project_page: Callable[[], AppTest], manager: Actor, make_project: Make, add_task: Make
) -> None:
    project = make_project(managers=(manager,))
    first, second = (add_task(project, name=name) for name in ("a.wav", "b.wav"))
    tasks.flag_task(manager, second, flagged=True, note="clipped")
    at = project_page()
    (marked,) = [one for one in at.selectbox if one.label == "Marked"]
    assert set(at.dataframe[0].value["Task"]) == {int(first), int(second)}
    marked.set_value("Flagged").run()
    assert at.dataframe[0].value[["Task", "Flag"]].to_dict("records") == [{"Task": int(second), "Flag": "clipped"}]


def test_a_selection_stays_behind_when_another_project_is_opened(
    project_page: Callable[[], AppTest], manager: Actor, make_project: Make, add_task: Make
) -> None:
    for name in ("First", "Second"):
        add_task(make_project(name=name, managers=(manager,)))
    at = project_page()
    select(at, "recordings", [0])
    (chosen,) = [one for one in at.selectbox if one.label == "Project"]
    chosen.set_value(next(one["id"] for one in projects.list_projects(manager) if one["id"] != chosen.value)).run()
    assert not at.exception
    assert not [one for one in at.button if one.label.startswith("Delete 1 recording")]


def test_when_suggestions_are_shown_is_set_on_the_page(
    project_page: Callable[[], AppTest], manager: Actor, make_project: Make
) -> None:
    project = make_project(managers=(manager,))
    at = project_page()
    (choice,) = [one for one in at.selectbox if one.label.startswith("When do annotators see")]
    choice.set_value("after_first_pass")
    button(at, "Save").click().run()
    assert not at.exception
    assert projects.get_project(manager, project)["suggestions"] == "after_first_pass"


def test_tiers_are_set_on_the_page(project_page: Callable[[], AppTest], manager: Actor, make_project: Make) -> None:
    project = make_project(managers=(manager,))
    at = project_page()
    (choice,) = [one for one in at.selectbox if one.label.startswith("What are the lanes")]
    choice.set_value("tiers")
    (names,) = [one for one in at.text_area if one.label.startswith("Tiers")]
    names.set_value("Ada\n\nBen")
    button(at, "Save").click().run()
    assert not at.exception
    made = projects.get_project(manager, project)
    assert (made["lanes"], made["tiers"]) == ("tiers", ["Ada", "Ben"])


def places(at: AppTest) -> Iterator[int]:
    """Where the tabs stand among what the page draws."""
    for place, block in at.main.children.items():
        if "Tasks" in [getattr(one, "label", "") for one in getattr(block, "children", {}).values()]:
            yield place


def test_a_job_that_begins_or_ends_leaves_the_tabs_where_they_are(
    project_page: Callable[[], AppTest], manager: Actor, make_project: Make, add_task: Make
) -> None:
    project = make_project(managers=(manager,))
    add_task(project)
    at = project_page()
    (before,) = places(at)
    with get_database().write() as session:
        job = jobs.submit(session, manager, "ingest", {}, project_id=int(project), message="a*b*.wav")["id"]
    at.run()
    assert [one.proto.text for one in at.get("progress") if "Reading" in one.proto.text] == [  # type: ignore[attr-defined]
        r"Reading recordings: a\*b\*\.wav"
    ]
    assert list(places(at)) == [before]
    jobs.cancel_job(manager, job)
    at.run()
    assert list(places(at)) == [before]


def test_a_running_job_is_shown_however_many_have_ended_since(
    project_page: Callable[[], AppTest], manager: Actor, make_project: Make
) -> None:
    project = make_project(managers=(manager,))
    with get_database().write() as session:
        jobs.submit(session, manager, "predict", {}, project_id=int(project), message="the first")
        for _ in range(25):
            later = jobs.submit(session, manager, "predict", {}, project_id=int(project))["id"]
            session.get_one(Job, later).state = "succeeded"
    shown = [one.proto.text for one in project_page().get("progress")]  # type: ignore[attr-defined]
    assert "Predicting: the first" in shown


def roles_of(at: AppTest, username: str) -> Any:
    (found,) = [one for one in at.button_group if (one.key or "").split("-")[2:3] == [username]]
    return found


def test_taking_the_last_role_away_asks_first(
    project_page: Callable[[], AppTest], manager: Actor, make_user: Make, make_project: Make
) -> None:
    project = make_project(managers=(manager,), annotators=(make_user("anna"),))

    def members() -> list[str]:
        return sorted(one["username"] for one in memberships.list_members(manager, project))

    at = project_page()
    roles_of(at, "anna").set_value([]).run()
    assert members() == ["anna", "manager"]
    button(at, "Keep").click().run()
    assert roles_of(at, "anna").value == ["annotator"]
    at.run()
    assert not [one for one in at.button if one.label == "Keep"]
    roles_of(at, "anna").set_value([]).run()
    button(at, "Remove").click().run()
    assert not at.exception
    assert members() == ["manager"]


def test_a_model_is_given_up_only_after_a_question(
    project_page: Callable[[], AppTest], manager: Actor, make_project: Make
) -> None:
    project = make_project(managers=(manager,))
    models.ensure_bundled_models()
    with get_database().write() as session:
        bundled = session.query(Model).filter(Model.name == "musicnn").one()
        session.add(ProjectModel(project_id=int(project), model_id=bundled.id))
    at = project_page()
    button(at, "Stop using …").click().run()
    assert len(model_links.project_models(manager, project)) == 1
    in_dialog(at, "Stop using …", "Stop using")
    assert model_links.project_models(manager, project) == []


def test_the_colors_of_labels_are_seen_beside_their_names_which_are_no_html(
    project_page: Callable[[], AppTest], manager: Actor, make_project: Make
) -> None:
    make_project(managers=(manager,), labels=("<b>loud</b>", "Dog"))
    (swatches,) = [one.proto.body for one in project_page().get("html") if "Dog" in one.proto.body]  # type: ignore[attr-defined]
    assert "&lt;b&gt;loud&lt;/b&gt;" in swatches
    assert swatches.count("background:#") == 2


def test_the_accent_of_both_themes_can_be_read() -> None:
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"]
    for name in ("light", "dark"):
        accent = theme[name]["primaryColor"]
        assert contrast(accent, "#ffffff") >= 4.5
        assert contrast(accent, theme[name]["backgroundColor"]) >= 3.0


def contrast(one: str, other: str) -> float:
    """The contrast of two colors after WCAG 2."""

    def luminance(color: str) -> float:
        parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)
