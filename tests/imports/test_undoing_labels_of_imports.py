"""Labels that an import made go with it when it is taken back, unless somebody has found a use for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from postgresql_server import on_both_databases
from sqlalchemy import event, select

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import AnnotationImport, Consensus, User
from labelbuddy_core.services.imports.import_runs import ImportRun
from labelbuddy_core.services.imports.made_labels import MADE, needed_labels, take_back_labels
from labelbuddy_core.services.imports.undoing_imports import undo_annotations
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


@on_both_databases
def test_a_label_of_a_ground_truth_stays(lab: Lab) -> None:
    lab.bring(song__txt=ROWS)
    with get_database().write() as session:
        said = {"regions": [region("click"), region("click"), {**region("dog"), "text": '"label":"hum"'}]}
        author = session.scalars(select(User.id).limit(1)).one()
        session.add(Consensus(task_id=int(lab.tasks["song"]), kind="adjudicated", document=said, created_by=author))
    assert lab.do("undo")["undone_labels"] == {
        "removed": ["hum"], "kept": [{"name": "click", "reason": "1 ground truth has it"}],
    }  # fmt: skip


@on_both_databases
def test_forty_labels_are_looked_for_in_no_more_statements_than_two(lab: Lab) -> None:
    counts: list[int] = []
    for names in (["a", "b"], [f"sound {number}" for number in range(40)]):
        lab.bring(song__txt="".join(f"1\t2\t{name}\n" for name in names))
        statements: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any, kept: list[str] = statements) -> None:
            kept.append(statement)

        event.listen(get_database().engine, "before_cursor_execute", note)
        try:
            assert sorted(lab.do("undo")["undone_labels"]["removed"]) == sorted(names)
        finally:
            event.remove(get_database().engine, "before_cursor_execute", note)
        assert any("revisions.snapshot" in one for one in statements)
        counts.append(len(statements))
    assert counts[1] == counts[0]


@on_both_databases
def test_a_label_that_comes_into_use_while_all_are_looked_for_stays(lab: Lab) -> None:
    lab.bring(song__txt=ROWS)
    project = int(lab.project)
    with get_database().read() as session:
        row = session.get_one(AnnotationImport, int(lab.number))
        made, run = row.report[MADE], ImportRun(row.id, row.job_id)
    undo_annotations(run, int(lab.manager.id), lambda *_: None)
    with get_database().read() as session:
        needed = needed_labels(session, project, made)
    assert not needed.reasons
    save(lab.anna, lab.tasks["street"], 0, region("click"))
    with get_database().write() as session:
        assert take_back_labels(session, project, made, needed) == {
            "removed": ["hum"], "kept": [{"name": "click", "reason": "1 item of annotations has it"}],
        }  # fmt: skip
