"""Labels that an import made go with it when it is taken back, unless somebody has found a use for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from postgresql_server import on_both_databases

from labelbuddy_core.services.projects import projects
from tests.imports.import_lab import Lab, save

Make = Callable[..., Any]
ROWS = "1\t2\tDog\n3\t4\tclick\n5\t6\thum\n"


@pytest.fixture
def lab(make_user: Make, make_project: Make, add_task: Make) -> Lab:
    manager, anna = make_user("manager"), make_user("anna")
    project = make_project(managers=(manager,), annotators=(anna,))
    made = {name: add_task(project, name=f"{name}.wav", annotators=(anna,)) for name in ("song", "street")}
    return Lab(manager, anna, project, made)


def labels(lab: Lab) -> list[str]:
    return [one["name"] for one in projects.get_project(lab.manager, lab.project)["labels"]]


def region(label: str) -> dict[str, Any]:
    return {"id": "mine", "start": 10.0, "end": 11.0, "label": label, "origin": {"kind": "human"}}


@on_both_databases
def test_labels_that_nothing_uses_go_and_the_others_stay_as_they_were(lab: Lab) -> None:
    lab.bring(song__txt=ROWS)
    assert labels(lab) == ["Speech", "Music", "Dog", "click", "hum"]
    report = lab.do("undo")
    assert report["undone_labels"] == {"removed": ["click", "hum"], "kept": []}
    assert labels(lab) == ["Speech", "Music", "Dog"]
    assert lab.do("apply")["new_labels"] == ["click", "hum"]
    assert lab.do("undo")["undone_labels"]["removed"] == ["click", "hum"]


@on_both_databases
def test_a_label_that_somebody_uses_since_stays_and_the_summary_says_why(lab: Lab) -> None:
    lab.bring(song__txt=ROWS)
    save(lab.anna, lab.tasks["street"], 0, region("click"))
    assert lab.do("undo")["undone_labels"] == {
        "removed": ["hum"], "kept": [{"name": "click", "reason": "1 item of annotations has it"}],
    }  # fmt: skip
    assert labels(lab) == ["Speech", "Music", "Dog", "click"]


def test_a_label_of_an_earlier_version_stays_so_that_it_can_be_restored(lab: Lab) -> None:
    lab.bring(song__txt=ROWS)
    save(lab.anna, lab.tasks["street"], 0, region("click"))
    save(lab.anna, lab.tasks["street"], 1, region("dog"))
    (kept,) = lab.do("undo")["undone_labels"]["kept"]
    assert kept == {"name": "click", "reason": "earlier versions of 1 annotation have it"}


def test_a_label_that_was_changed_or_has_others_below_it_stays(lab: Lab) -> None:
    lab.bring(song__txt=ROWS + "7\t8\tbuzz\n")
    given = projects.get_project(lab.manager, lab.project)["labels"]
    changed = [{**one, "name": "Click"} if one["name"] == "click" else one for one in given]
    changed.append({"name": "low hum", "parent": "hum"})
    projects.update_project(lab.manager, lab.project, {"labels": changed})
    report = lab.do("undo")["undone_labels"]
    assert report["removed"] == ["buzz"]
    assert {one["name"]: one["reason"] for one in report["kept"]} == {
        "Click": "somebody changed it since", "hum": "other labels lie below it",
    }  # fmt: skip


def test_labels_that_were_there_before_are_none_of_the_imports(lab: Lab) -> None:
    lab.bring(song__txt="1\t2\tclick\n")
    lab.bring(street__txt="1\t2\tclick\n3\t4\thum\n")
    assert lab.do("undo")["undone_labels"] == {"removed": ["hum"], "kept": []}
    assert "click" in labels(lab)


def test_what_an_import_made_is_known_after_another_dry_run(lab: Lab) -> None:
    lab.bring(song__txt=ROWS)
    lab.do("check")
    assert lab.do("undo")["undone_labels"]["removed"] == ["click", "hum"]
