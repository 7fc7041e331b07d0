"""What managers click to change labels in use, and to reassign what is stuck."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from streamlit.testing.v1 import AppTest

from labelbuddy_core.domain.operations import Save
from labelbuddy_core.services.accounts import memberships
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations import annotations, handing_in
from labelbuddy_core.services.labels import label_changes
from labelbuddy_core.services.projects import projects
from labelbuddy_core.services.tasks import cutting, queues, tasks
from labelbuddy_core.services.tasks.cutting import Cut

Make = Callable[..., Any]


@pytest.fixture
def manager(make_user: Make) -> Actor:
    return make_user("manager")


@pytest.fixture
def person(make_user: Make) -> Actor:
    return make_user("ada")


@pytest.fixture
def page(app: Make, manager: Actor) -> Callable[[], AppTest]:
    def open_page() -> AppTest:
        at = app(manager).run()
        at.switch_page("project.py").run()
        assert not at.exception
        return at

    return open_page


def field(at: AppTest, kind: str, label: str) -> Any:
    (found,) = [one for one in getattr(at, kind) if one.label == label]
    return found


def mark(person: Actor, task: str, label: str, start: float = 1.0, end: float = 2.0) -> None:
    value = {"id": "r1", "start": start, "end": end, "label": label, "origin": {"kind": "human"}}
    operation = {"op": "put", "collection": "regions", "id": "r1", "value": value}
    request = {"client": str(uuid4()), "sequence": 1, "base_revision": 0, "operations": [operation]}
    annotations.save(person, task, Save.model_validate(request))


def press(at: AppTest, label: str) -> None:
    field(at, "button", label).click().run()
    assert not at.exception


def test_a_merge_is_looked_at_done_and_taken_back(
    page: Callable[[], AppTest], manager: Actor, person: Actor, make_project: Make, add_task: Make
) -> None:
    project = make_project(managers=(manager,), annotators=(person,))
    mark(person, add_task(project, annotators=(person,)), "speech")
    at = page()
    field(at, "selectbox", "Into").set_value("music").run()
    field(at, "multiselect", "Merge").set_value(["speech"]).run()
    press(at, "What would change?")
    said = " ".join(one.value for one in at.markdown)
    assert "1 item in 1 annotation of 1 task (1 draft)." in said
    assert "1 of them gets another label." in said
    assert len(projects.get_project(manager, project)["labels"]) == 3
    press(at, "Do it")
    assert [one["id"] for one in projects.get_project(manager, project)["labels"]] == ["music", "dog"]
    press(at, "Undo")
    assert [one["id"] for one in projects.get_project(manager, project)["labels"]] == ["speech", "music", "dog"]


def test_another_target_of_a_merge_keeps_the_labels_that_were_chosen(
    page: Callable[[], AppTest], manager: Actor, make_project: Make
) -> None:
    make_project(managers=(manager,))
    at = page()
    field(at, "selectbox", "Into").set_value("music").run()
    field(at, "multiselect", "Merge").set_value(["speech", "dog"]).run()
    field(at, "selectbox", "Into").set_value("speech").run()
    assert field(at, "multiselect", "Merge").value == ["dog"]
    field(at, "selectbox", "Into").set_value("music").run()
    assert field(at, "multiselect", "Merge").value == ["dog"]
    field(at, "multiselect", "Merge").set_value([]).run()
    field(at, "selectbox", "Into").set_value("speech").run()
    assert field(at, "multiselect", "Merge").value == []


def test_what_stands_in_the_way_of_an_undo_is_shown(
    page: Callable[[], AppTest], manager: Actor, make_project: Make
) -> None:
    project = make_project(managers=(manager,))
    at = page()
    field(at, "selectbox", "What to do").set_value("rename").run()
    field(at, "text_input", "New name").set_value("Talk").run()
    press(at, "What would change?")
    press(at, "Do it")
    labels = projects.get_project(manager, project)["labels"]
    projects.update_project(manager, project, {"labels": [{**labels[0], "name": "Voice"}, *labels[1:]]})
    press(at, "Undo")
    assert [one.value for one in at.error] == [
        r"This change cannot be taken back\: The label “Voice” was changed since\."
    ]


def test_chosen_tasks_are_assigned_on_the_page(
    page: Callable[[], AppTest], manager: Actor, person: Actor, make_project: Make, add_task: Make
) -> None:
    project = make_project(managers=(manager,), annotators=(person,))
    made = [add_task(project) for _ in range(2)]
    at = page()
    (key,) = [one.key for one in at.dataframe if (one.key or "").startswith("tasks")]
    assert key is not None
    at.session_state[key] = {"selection": {"rows": [0, 1], "columns": [], "cells": []}}
    at.run()
    field(at, "button", "Assign or release 2 tasks …").click().run()
    (chosen,) = [one for one in at.multiselect if one.key == "annotators-of-chosen-tasks"]
    chosen.set_value(["ada"])
    field(at, "button", "Assign or release 2 tasks …").click().run()
    field(at, "button", "Assign or release 2 tasks …").click()
    press(at, "Assign 2 tasks")
    assert [tasks.get_task(manager, task)["assignees"] for task in made] == [["ada"], ["ada"]]


def test_the_work_of_a_person_is_handed_over_on_the_page(
    page: Callable[[], AppTest], manager: Actor, person: Actor, make_user: Make, make_project: Make, add_task: Make
) -> None:
    project = make_project(managers=(manager,), annotators=(person, make_user("ben")))
    task = add_task(project, annotators=(person,))
    mark(person, task, "speech")
    at = page()
    opener = "Hand somebody's work over …"
    field(at, "button", opener).click().run()
    field(at, "selectbox", "From").set_value("ada")
    field(at, "button", opener).click().run()
    field(at, "selectbox", "To").set_value("ben")
    field(at, "button", opener).click().run()
    assert any("1 draft, 0 sent back, 0 not begun" in one.value for one in at.markdown)
    field(at, "button", opener).click()
    press(at, "Hand over")
    assert tasks.get_task(manager, task)["assignees"] == ["ben"]


def test_the_work_of_who_is_removed_is_handed_over_in_the_same_question(
    page: Callable[[], AppTest], manager: Actor, person: Actor, make_user: Make, make_project: Make, add_task: Make
) -> None:
    project = make_project(managers=(manager,), annotators=(person, make_user("ben")))
    task = add_task(project, annotators=(person,))
    mark(person, task, "speech")
    at = page()
    (roles,) = [one for one in at.button_group if (one.key or "").split("-")[2:3] == ["ada"]]
    roles.set_value([]).run()
    assert any("1 draft, 0 sent back, 0 not begun" in one.value for one in at.markdown)
    field(at, "selectbox", "What becomes of it?").set_value("ben").run()
    press(at, "Remove")
    assert tasks.get_task(manager, task)["assignees"] == ["ben"]
    assert [one["username"] for one in memberships.list_members(manager, project)] == ["ben", "manager"]


def test_taking_the_role_of_annotator_asks_what_becomes_of_a_draft_and_keeps_the_other_role(
    page: Callable[[], AppTest], manager: Actor, person: Actor, make_project: Make, add_task: Make
) -> None:
    project = make_project(managers=(manager,), annotators=(person,), reviewers=(person,))
    mark(person, add_task(project, annotators=(person,)), "speech")
    at = page()
    (roles,) = [one for one in at.button_group if (one.key or "").split("-")[2:3] == ["ada"]]
    roles.set_value(["reviewer"]).run()
    press(at, "Take the role")
    assert {one["username"]: one["roles"] for one in memberships.list_members(manager, project)}["ada"] == ["reviewer"]


def test_what_a_split_leaves_to_decide_is_opened_at_its_place(
    page: Callable[[], AppTest], manager: Actor, person: Actor, make_project: Make, add_task: Make
) -> None:
    project = make_project(managers=(manager,), annotators=(person,))
    task = add_task(project, annotators=(person,))
    mark(person, task, "speech", 1.25, 2.5)
    label_changes.apply(manager, project, {"kind": "split", "label": "speech", "by": "hand", "into": ["Talk", "Song"]})
    (table,) = [one.value for one in page().dataframe if "Answers" in one.value.columns]
    assert table["Time"].tolist() == ["0:01.250 – 0:02.500"]
    assert table["Open"].tolist() == [f"insight?project={project}&task={task}&at=1.250"]


def test_recordings_are_cut_on_the_page_after_a_look(
    page: Callable[[], AppTest], manager: Actor, make_project: Make, add_task: Make
) -> None:
    project = make_project(managers=(manager,))
    add_task(project, duration=90.0)
    at = page()
    opener = "Cut all recordings into tasks …"
    field(at, "button", opener).click().run()
    (said,) = [one.value for one in at.markdown if one.value.startswith("**2 new tasks**, 1:30 in all")]
    assert "from 30 to 60 s long; 1 task that nobody has begun goes; 1 recording was gone through." in said
    field(at, "button", opener).click()
    press(at, "Make 2 tasks")
    found = tasks.list_tasks(manager, project)["items"]
    assert sorted((one["start"], one["stop"]) for one in found) == [(0.0, 60.0), (60.0, 90.0)]
    (table,) = [one.value for one in page().dataframe if "Annotators" in one.value.columns]
    assert sorted(table["From"]) == ["0:00", "1:00"]


def test_a_cut_keeps_its_values_while_another_way_is_looked_at_and_shows_milliseconds(
    page: Callable[[], AppTest], manager: Actor, make_project: Make, add_task: Make
) -> None:
    project = make_project(managers=(manager,))
    add_task(project, duration=90.0)
    at = page()
    opener = "Cut all recordings into tasks …"

    def chosen(kind: str, label: str, value: Any) -> None:
        field(at, "button", opener).click()  # AppTest runs the whole page
        field(at, kind, label).set_value(value).run()
        assert not at.exception

    field(at, "button", opener).click().run()
    chosen("number_input", "Length (s)", 29.82)
    chosen("number_input", "Overlap (s)", 5.0)
    chosen("segmented_control", "How", "table")
    chosen("segmented_control", "How", "length")
    assert [field(at, "number_input", name).value for name in ("Length (s)", "Overlap (s)")] == [29.82, 5.0]
    (table,) = [one.value for one in at.dataframe if "Length (s)" in one.value.columns]
    assert table["From"].tolist()[:2] == ["0:00.000", "0:24.820"]
    assert table["To"].tolist()[0] == "0:29.820"


def test_times_of_a_cut_are_said_as_they_were_typed(
    page: Callable[[], AppTest], manager: Actor, make_project: Make, add_task: Make
) -> None:
    add_task(make_project(managers=(manager,)), duration=24.69)
    at = page()
    opener = "Cut all recordings into tasks …"
    field(at, "button", opener).click().run()
    field(at, "button", opener).click()  # AppTest runs the whole page
    field(at, "number_input", "Length (s)").set_value(12.345).run()
    assert not at.exception
    assert {one.proto.format for one in at.number_input if one.label in ("Length (s)", "Overlap (s)")} == {"%g"}
    (said,) = [one.value for one in at.markdown if one.value.startswith("**2 new tasks**")]
    assert said.startswith("**2 new tasks**, 0:24.690 in all; each 12.345 s long;")


def test_what_putting_tasks_together_changes_is_counted_on_the_page(
    page: Callable[[], AppTest], manager: Actor, person: Actor, make_project: Make, add_task: Make
) -> None:
    project = make_project(managers=(manager,), annotators=(person,))
    add_task(project, duration=18.0)
    cutting.cut_recordings(manager, project, Cut(length=10.0, overlap=2.0))
    for start, end in ((9.0, 10.0), (9.0, 12.0)):
        task = queues.next_task(person, project)
        assert task is not None
        mark(person, task, "speech", start, end)
        handing_in.submit(person, task, 1)
    at = page()
    field(at, "selectbox", "Format").set_value("jsonl").run()
    assert "Count what would be lost" not in [one.label for one in at.button], "it carries everything"
    field(at, "checkbox", "Put the tasks of each recording together").check().run()
    press(at, "Count what would be lost")
    told = "Putting tasks together: 1 region(s) joined with the same one of the task before."
    assert told in [one.value for one in at.info]
