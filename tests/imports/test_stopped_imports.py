"""Imports of labels that were cancelled, failed or killed part-way: what is in is told, and goes on, or back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from postgresql_server import on_both_databases
from sqlalchemy import func, select

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import AnnotationItem, Job, OutsideAuthor
from labelbuddy_core.errors import InvalidState
from labelbuddy_core.jobs.context import JobCancelled
from labelbuddy_core.services.imports import (
    annotation_importing,
    annotation_imports,
    annotation_imports_at_once,
    planned_annotations,
)
from labelbuddy_core.services.installation import jobs
from labelbuddy_core.services.projects import projects
from tests.imports.import_lab import Lab, save

Make = Callable[..., Any]
SONGS = 4
EACH = 5
ALL = SONGS * EACH


@pytest.fixture
def lab(make_user: Make, make_project: Make, add_task: Make, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """Every transaction takes the regions of one recording."""
    monkeypatch.setattr(planned_annotations, "AT_ONCE", EACH)
    manager, anna = make_user("manager"), make_user("anna")
    project = make_project(managers=(manager,), annotators=(anna,))
    names = [f"song{number}" for number in range(SONGS)]
    return Lab(manager, anna, project, {one: add_task(project, name=f"{one}.wav", annotators=(anna,)) for one in names})


@pytest.fixture
def checked(lab: Lab) -> Lab:
    """Twenty regions of Ben's, with a label that is not there yet."""
    rows = "".join(f"{n}\t{n + 0.5}\twoof\n" for n in range(EACH))
    lab.add(**{f"song{number}__Ben__txt": rows for number in range(SONGS)})
    lab.do("check")
    return lab


def one(lab: Lab) -> dict[str, Any]:
    return annotation_imports.get(lab.manager, lab.number)


def items() -> int:
    with get_database().read() as session:
        return session.scalar(select(func.count()).select_from(AnnotationItem)) or 0


def labels(lab: Lab) -> list[str]:
    return [label["name"] for label in projects.get_project(lab.manager, lab.project)["labels"]]


def outsiders() -> list[str]:
    with get_database().read() as session:
        return list(session.scalars(select(OutsideAuthor.name)))


def stop(lab: Lab, action: str, after: int, meanwhile: Callable[[], None] = lambda: None) -> None:
    """Begin a job of the import and cancel it when so many transactions have added or taken back something."""
    job = annotation_imports.start(lab.manager, lab.number, action)["job"]["id"]
    told = 0

    def tell(_fraction: float, message: str) -> None:
        nonlocal told
        told += "added" in message or " of " in message
        if told >= after:
            if jobs.get_job(lab.manager, job)["state"] != "cancelled":
                jobs.cancel_job(lab.manager, job)
            meanwhile()
            raise JobCancelled

    with pytest.raises(JobCancelled):
        annotation_importing.ACTIONS[action](int(lab.number), tell)


@on_both_databases
def test_an_import_that_was_cancelled_says_how_much_is_in_and_can_be_undone(checked: Lab) -> None:
    stop(checked, "apply", after=2)
    found = one(checked)
    assert (found["state"], found["part"], found["undoable"]) == ("partial", {"added": 10, "of": ALL}, True)
    assert items() == 10


@on_both_databases
def test_undo_takes_out_all_that_a_stopped_import_added(checked: Lab) -> None:
    mine = {"id": "mine", "start": 1.0, "end": 2.0, "label": "dog", "origin": {"kind": "human"}}
    save(checked.anna, checked.tasks["song0"], 0, mine)
    before = labels(checked)
    stop(checked, "apply", after=2)
    assert (labels(checked), outsiders()) == ([*before, "woof"], ["Ben"])
    report = checked.do("undo")
    assert report["undone"] == {"annotations": 2, "removed": 10, "kept": 0}
    assert report["undone_labels"]["removed"] == ["woof"]
    assert (items(), labels(checked), outsiders()) == (1, before, [])
    found = one(checked)
    assert (found["state"], found["part"], found["undoable"]) == ("undone", None, False)


@on_both_databases
def test_a_stopped_import_goes_on_and_is_reported_as_if_it_had_not_stopped(checked: Lab) -> None:
    stop(checked, "apply", after=2)
    report = checked.do("apply")
    assert (report["new"], report["present"], report["annotations"], report["recordings"]) == (ALL, 0, SONGS, SONGS)
    assert (report["new_labels"], report["untaken"]) == (["woof"], [])
    assert items() == ALL
    assert (one(checked)["state"], one(checked)["part"]) == ("applied", None)
    assert checked.do("undo")["undone"]["removed"] == ALL


def test_an_import_that_stops_twice_counts_what_both_runs_added(checked: Lab) -> None:
    stop(checked, "apply", after=1)
    stop(checked, "apply", after=3)  # the first of them finds everything there
    assert one(checked)["part"] == {"added": 15, "of": ALL}


def test_what_somebody_had_of_it_before_counts_as_there_already_after_a_stop(checked: Lab) -> None:
    first = checked.number
    rows = "".join(f"{n}\t{n + 0.5}\twoof\n" for n in range(EACH))
    checked.bring(song0__Ben__txt=rows)
    checked.number = first
    stop(checked, "apply", after=2)
    assert one(checked)["part"]["added"] == 5
    report = checked.do("apply")
    assert (report["new"], report["present"], report["recordings"]) == (15, 5, 3)


def test_an_import_that_failed_can_be_undone(checked: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    annotation_imports.start(checked.manager, checked.number, "apply")

    def full(_fraction: float, message: str) -> None:
        if "added" in message:
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        annotation_importing.ACTIONS["apply"](int(checked.number), full)
    end_job(checked, "failed")
    assert (one(checked)["part"], one(checked)["undoable"]) == ({"added": 5, "of": ALL}, True)
    assert checked.do("undo")["undone"]["removed"] == 5


def test_an_import_of_which_only_its_labels_are_in_takes_them_back(checked: Lab) -> None:
    annotation_imports.start(checked.manager, checked.number, "apply")

    def at_once(_fraction: float, _message: str) -> None:
        raise JobCancelled

    with pytest.raises(JobCancelled):
        annotation_importing.ACTIONS["apply"](int(checked.number), at_once)
    end_job(checked, "cancelled")
    assert (one(checked)["part"], one(checked)["undoable"]) == ({"added": 0, "of": ALL}, True)
    assert checked.do("undo")["undone_labels"]["removed"] == ["woof"]
    assert not one(checked)["undoable"]


def test_an_import_whose_undo_was_stopped_is_partial_and_can_go_either_way(
    checked: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("labelbuddy_core.services.imports.undoing_imports._AT_ONCE", 1)
    checked.do("apply")
    stop(checked, "undo", after=1)
    assert one(checked)["part"] == {"added": 15, "of": ALL}
    report = checked.do("apply")
    assert (report["new"], report["present"], items()) == (ALL, 0, ALL)
    stop(checked, "undo", after=3)
    checked.do("undo")
    assert items() == 0


def test_a_cancelled_run_that_is_still_at_work_adds_nothing_after_the_next_one_began(checked: Lab) -> None:
    job = annotation_imports.start(checked.manager, checked.number, "apply")["job"]["id"]

    def undo_meanwhile(_fraction: float, message: str) -> None:
        if "added" in message and jobs.get_job(checked.manager, job)["state"] != "cancelled":
            jobs.cancel_job(checked.manager, job)
            checked.do("undo")

    with pytest.raises(InvalidState, match="in another job"):
        annotation_importing.ACTIONS["apply"](int(checked.number), undo_meanwhile)
    assert items() == 0
    assert one(checked)["state"] == "undone"


def test_a_cancelled_run_stops_when_its_import_is_forgotten(checked: Lab) -> None:
    job = annotation_imports.start(checked.manager, checked.number, "apply")["job"]["id"]

    def forget_meanwhile(_fraction: float, message: str) -> None:
        if "added" in message:
            jobs.cancel_job(checked.manager, job)
            annotation_imports.remove(checked.manager, checked.number)

    with pytest.raises(InvalidState, match="removed this import"):
        annotation_importing.ACTIONS["apply"](int(checked.number), forget_meanwhile)
    assert items() == 5


def test_no_file_is_added_to_an_import_of_which_something_is_in(checked: Lab) -> None:
    stop(checked, "apply", after=1)
    with pytest.raises(InvalidState, match="undo this one first"):
        annotation_imports.add_file(checked.manager, checked.number, "more.txt", b"1\t2\tDog\n")
    checked.do("undo")
    assert annotation_imports.add_file(checked.manager, checked.number, "more.txt", b"1\t2\tDog\n")["state"] == "open"


def test_another_dry_run_leaves_what_is_in_undoable_and_counts_on(checked: Lab) -> None:
    stop(checked, "apply", after=2)
    report = checked.do("check")
    assert (report["new"], report["present"], one(checked)["undoable"]) == (10, 10, True)
    stop(checked, "apply", after=3)
    assert one(checked)["part"] == {"added": 15, "of": ALL}
    assert checked.do("undo")["undone"]["removed"] == 15


def test_the_command_line_takes_a_stopped_import_back_but_none_that_is_at_work(checked: Lab) -> None:
    number = checked.number
    with pytest.raises(InvalidState, match="nothing of this import"):
        annotation_imports_at_once.undo_at_once("manager", number, lambda *_: None)
    stop(checked, "apply", after=2)
    annotation_imports.start(checked.manager, number, "apply")
    with pytest.raises(InvalidState, match="at work"):
        annotation_imports_at_once.undo_at_once("manager", number, lambda *_: None)
    end_job(checked, "cancelled")
    assert annotation_imports_at_once.undo_at_once("manager", number, lambda *_: None)["removed"] == 10
    assert items() == 0


def end_job(lab: Lab, state: str) -> None:
    with get_database().write() as session:
        session.get_one(Job, one(lab)["job"]["id"]).state = state
