"""What managers see and choose when labels of other tools are imported on the project page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from page_buttons import button
from streamlit.testing.v1 import AppTest

from labelbuddy_core.jobs.context import JobCancelled
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.imports import annotation_importing, annotation_imports, planned_annotations
from labelbuddy_core.services.installation import jobs
from labelbuddy_core.services.installation.job_runs import DatabaseJobBoard
from labelbuddy_core.services.models import model_links, models
from tests.imports.conftest import context

Make = Callable[..., Any]


@pytest.fixture
def manager(make_user: Make) -> Actor:
    return make_user("manager")


@pytest.fixture
def checked(manager: Actor, make_project: Make, add_task: Make) -> str:
    """An import that has been checked; its id."""
    project = make_project(managers=(manager,))
    add_task(project, name="song.wav")
    return bring(manager, project, "song.Ben.txt", b"1\t2\tDog\n3\t4\twoof\n5\t4\tDog\n")


@pytest.fixture
def page(app: Make, manager: Actor, checked: str) -> AppTest:
    return opened(app, manager)


def work(manager: Actor, number: str) -> None:
    """Do the job of an import as the worker does."""
    job = annotation_imports.get(manager, number)["job"]["id"]
    DatabaseJobBoard().finish(job, "succeeded", annotation_importing.run(context(job)), None)


def bring(manager: Actor, project: str, name: str, content: bytes) -> str:
    """Give a new import a file and let it be checked; its id."""
    number = annotation_imports.begin(manager, project)["id"]
    annotation_imports.add_file(manager, number, name, content)
    annotation_imports.start(manager, number, "check")
    work(manager, number)
    return number


def opened(app: Make, manager: Actor) -> AppTest:
    """The page of the project."""
    at = app(manager).run()
    at.switch_page("project.py").run()
    assert not at.exception
    return at


def said(at: AppTest) -> str:
    return "\n".join(str(one.value) for one in [*at.markdown, *at.caption, *at.error]).replace("\\", "")


def test_the_dry_run_is_shown_and_its_problems_are_listed(page: AppTest) -> None:
    assert "2 new in 1 recording" in said(page)
    button(page, "1 problem").click().run()
    assert not page.exception
    rows = [one.value for one in page.dataframe if "Why" in one.value.columns]
    assert rows[0]["Why"].tolist() == ["the end (4 s) lies before the start (5 s)."]


def test_an_import_a_model_and_a_recording_of_the_same_number_are_on_one_page(
    app: Make, manager: Actor, checked: str
) -> None:
    model = models.create_model(manager, "name: odd\nprocess: musicnn\n")["id"]
    model_links.link_model(manager, annotation_imports.get(manager, checked)["project"], model, label_map={})
    assert checked == model
    at = opened(app, manager)
    assert {"Labels and scores …", "Check again", "Import"} <= {one.label for one in at.button}


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("oddly.csv", b"PK\x03\x04" + bytes(60), "The file is a ZIP archive that is named otherwise"),
        ("empty.csv", b"", "The file is empty."),
        ("empty.json", b" \n", "The file is empty."),
    ],
)
def test_a_file_of_which_nothing_can_be_taken_is_no_import(
    app: Make, manager: Actor, make_project: Make, add_task: Make, name: str, content: bytes, why: str
) -> None:
    project = make_project(managers=(manager,))
    add_task(project, name="song.wav")
    number = bring(manager, project, name, content)
    at = opened(app, manager)
    assert "nothing to import" in said(at)
    assert button(at, "Import").disabled
    assert "1 problem" in button(at, "Import").help
    button(at, "1 problem").click().run()
    rows = [one.value for one in at.dataframe if "Why" in one.value.columns]
    assert rows[0]["Why"].tolist()[0].startswith(why)
    at.selectbox(key=f"s-import-{number}").set_value("approved").run()
    assert not button(at, "Import").disabled, "another choice may take something"


def test_an_empty_label_track_can_be_imported_since_it_says_that_nothing_was_heard(
    app: Make, manager: Actor, make_project: Make, add_task: Make
) -> None:
    project = make_project(managers=(manager,))
    add_task(project, name="song.wav")
    bring(manager, project, "song.Ben.txt", b"")
    assert not button(opened(app, manager), "Import").disabled


def test_an_import_is_done_and_taken_back(page: AppTest, manager: Actor, checked: str) -> None:
    (state,) = [one for one in page.selectbox if one.label == "Count as"]
    state.set_value("approved")
    button(page, "Import").click().run()
    assert not page.exception
    assert annotation_imports.get(manager, checked)["choices"]["state"] == "approved"
    assert "At work" in said(page)
    work(manager, checked)
    page.run()
    assert "2 imported in 1 recording" in said(page)
    button(page, "Undo …").click().run()
    button(page, "Undo …").click()  # AppTest runs the whole page, so what opened the dialog is pressed too
    button(page, "Undo").click().run()
    assert not page.exception
    work(manager, checked)
    page.run()
    assert "taken back: 2 removed" in said(page)
    assert "Labels removed: woof." in said(page)


@pytest.fixture
def stopped(manager: Actor, checked: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """An import that was cancelled after the first of its two regions; its id."""
    monkeypatch.setattr(planned_annotations, "AT_ONCE", 1)
    job = annotation_imports.start(manager, checked, "apply")["job"]["id"]

    def cancel(_fraction: float, message: str) -> None:
        if message == "1 added":
            jobs.cancel_job(manager, job)
            raise JobCancelled

    with pytest.raises(JobCancelled):
        annotation_importing.apply(int(checked), cancel)
    return checked


def test_an_import_that_was_cancelled_says_what_is_in_and_is_undone(app: Make, manager: Actor, stopped: str) -> None:
    at = opened(app, manager)
    assert "stopped: 1 of 2 is in" in said(at)
    button(at, "Undo …").click().run()
    button(at, "Undo …").click()  # AppTest runs the whole page, so what opened the dialog is pressed too
    button(at, "Undo").click().run()
    work(manager, stopped)
    at.run()
    assert "taken back: 1 removed" in said(at)


def test_an_import_that_was_cancelled_goes_on(app: Make, manager: Actor, stopped: str) -> None:
    at = opened(app, manager)
    button(at, "Import").click().run()
    assert "1 of 2 is in" in said(at)
    work(manager, stopped)
    at.run()
    assert "2 imported in 1 recording" in said(at)
    assert "there already" not in said(at)


def test_an_import_that_was_cancelled_is_not_dismissed_without_a_warning(
    app: Make, manager: Actor, stopped: str
) -> None:
    project = annotation_imports.get(manager, stopped)["project"]
    at = opened(app, manager)
    button(at, "Dismiss …").click().run()
    assert "it **cannot be undone any more**" in said(at)
    assert annotation_imports.get(manager, stopped)["undoable"]
    button(at, "Dismiss …").click()
    button(at, "Dismiss").click().run()
    assert not annotation_imports.list_imports(manager, project)["items"]


def test_an_import_that_was_checked_again_can_still_be_undone(app: Make, manager: Actor, stopped: str) -> None:
    annotation_imports.start(manager, stopped, "check")
    work(manager, stopped)
    at = opened(app, manager)
    assert "1 new in 1 recording · 1 there already" in said(at)
    assert {"Undo …", "Dismiss …"} <= {one.label for one in at.button}


def test_a_table_with_columns_that_nobody_knows_asks_which_is_which(
    app: Make, manager: Actor, make_project: Make, add_task: Make
) -> None:
    project = make_project(managers=(manager,))
    add_task(project, name="song.wav")
    number = bring(manager, project, "meta.csv", b"clip,t0,t1,what\nsong.wav,1,2,Dog\n")
    at = opened(app, manager)
    assert ["*Column of start*" in one.value for one in at.warning] == [True]
    columns = {one.label: one for one in at.selectbox if one.label.startswith("Column of ")}
    for field, column in (("recording", "clip"), ("start", "t0"), ("end", "t1"), ("label", "what")):
        columns[f"Column of {field}"].set_value(column)
    button(at, "Check again").click().run()
    work(manager, number)
    at.run()
    assert not at.warning
    assert "1 new in 1 recording" in said(at)


def test_a_table_of_tags_is_told_and_may_be_read_otherwise(
    app: Make, manager: Actor, make_project: Make, add_task: Make
) -> None:
    project = make_project(managers=(manager,))
    add_task(project, name="song.wav")
    number = bring(manager, project, "meta.csv", b"file,category,loud,noisy\nsong.wav,Dog,1,0\n")
    at = opened(app, manager)
    assert not at.warning
    (rows,) = [one for one in at.selectbox if one.label == "A row is"]
    assert rows.value == "tags"
    rows.set_value("tag-columns").run()
    (tags,) = [one for one in at.multiselect if one.label == "Columns of tags"]
    tags.set_value(["loud"])
    button(at, "Check again").click().run()
    work(manager, number)
    report = annotation_imports.get(manager, number)["report"]
    assert (report["new"], [one["name"] for one in report["labels"]]) == (1, ["loud"])


def test_recordings_of_which_nothing_is_taken_are_named_with_the_reason(
    page: AppTest, manager: Actor, checked: str
) -> None:
    annotation_imports.start(manager, checked, "apply")
    work(manager, checked)
    annotation_imports.start(manager, checked, "check")
    work(manager, checked)
    page.run()
    assert "0 new · 2 there already" in said(page)
    assert "Nothing is taken of 1 recording (song.wav): everything is there already." in said(page)


def test_marks_without_a_label_and_earlier_imports_are_reached(
    app: Make, manager: Actor, make_project: Make, add_task: Make
) -> None:
    project = make_project(managers=(manager,))
    add_task(project, name="song.wav")
    for _ in range(6):
        bring(manager, project, "song.Ben.txt", b"1\t2\t\n")
    at = opened(app, manager)
    table = next(one for one in at.dataframe if "Name of a new label" in one.value)
    assert table.value[["In the files", "Label"]].values.tolist() == [["(none)", "To be chosen"]]
    assert not [one for one in at.button if one.key == "dismiss-1"]
    button(at, "More").click().run()
    assert [one.key for one in at.button if (one.key or "").startswith("dismiss-")] == ["dismiss-1"]


def test_a_file_that_is_not_unicode_is_read_once_its_encoding_is_chosen(
    app: Make, manager: Actor, make_project: Make, add_task: Make
) -> None:
    project = make_project(managers=(manager,))
    add_task(project, name="song.wav")
    number = bring(manager, project, "song.txt", "1\t2\tKäse\n".encode("cp1252"))
    at = opened(app, manager)
    (encoding,) = [one for one in at.selectbox if one.label == "Encoding of files"]
    encoding.set_value("cp1252")
    button(at, "Check again").click().run()
    work(manager, number)
    report = annotation_imports.get(manager, number)["report"]
    assert (report["new"], [one["name"] for one in report["labels"]]) == (1, ["Käse"])
