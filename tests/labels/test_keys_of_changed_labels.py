"""A key that becomes free picks nothing until a manager gives it again: those who know it by heart would mark
another label."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from labelbuddy_core.database import get_database
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.labels import label_changes
from labelbuddy_core.services.labels.label_edits import edit_labels
from labelbuddy_core.services.labels.project_labels import add_labels
from labelbuddy_core.services.projects import projects

Make = Callable[..., Any]
NAMES = ("Speech", "Siren", "Engine", "A", "B", "C", "D", "E", "F", "Vocal")


@pytest.fixture
def manager(make_user: Make) -> Actor:
    return make_user("manager")


@pytest.fixture
def project(make_project: Make, manager: Actor) -> str:
    """Nine labels with the keys 1 to 9, and a tenth without one."""
    return make_project(managers=(manager,), labels=NAMES)


def labels(manager: Actor, project: str) -> list[dict[str, Any]]:
    return projects.get_project(manager, project)["labels"]


def keys(manager: Actor, project: str) -> dict[str, str | None]:
    return {one["name"]: one["key"] for one in labels(manager, project)}


@pytest.mark.parametrize(
    ("change", "told", "gone"),
    [
        (
            {"kind": "merge", "labels": ["siren"], "into": "engine"},
            "“Siren” was merged into “Engine”; key 2 is free.",
            ["Siren"],
        ),
        ({"kind": "deprecate", "label": "speech"}, "“Speech” is not given any more; key 1 is free.", []),
    ],
)
def test_a_key_that_a_change_frees_goes_to_no_other_label_and_comes_back_with_its_undo(
    manager: Actor, project: str, change: dict[str, Any], told: str, gone: list[str]
) -> None:
    before = keys(manager, project)
    assert label_changes.preview(manager, project, change)["told"] == told
    made = label_changes.apply(manager, project, change)
    assert made["told"] == told
    freed = {"Speech": None} if change["kind"] == "deprecate" else {}
    assert keys(manager, project) == {name: key for name, key in (before | freed).items() if name not in gone}
    label_changes.undo(manager, made["id"])
    assert keys(manager, project) == before


def test_a_label_without_a_key_takes_that_of_the_label_that_is_merged_into_it(manager: Actor, project: str) -> None:
    before = keys(manager, project)
    made = label_changes.apply(manager, project, {"kind": "merge", "labels": ["siren"], "into": "vocal"})
    assert made["told"] == "“Siren” was merged into “Vocal”, which takes key 2."
    assert keys(manager, project)["Vocal"] == "2"
    label_changes.undo(manager, made["id"])
    assert keys(manager, project) == before


def test_a_table_of_labels_gives_free_keys_to_new_labels_alone(manager: Actor, project: str) -> None:
    opened = labels(manager, project)
    without = [one for one in opened if one["id"] != "siren"]
    assert edit_labels(manager, project, opened=opened, edited=without)
    assert keys(manager, project)["Vocal"] is None
    opened = labels(manager, project)
    cleared = [{**one, "key": None} if one["id"] == "speech" else one for one in opened]
    assert edit_labels(manager, project, opened=opened, edited=[*cleared, {"name": "Horn"}])
    assert [keys(manager, project)[name] for name in ("Speech", "Vocal", "Horn")] == [None, None, "1"]


def test_labels_that_an_import_or_a_split_adds_leave_those_without_a_key_as_they_are(
    manager: Actor, project: str
) -> None:
    label_changes.apply(manager, project, {"kind": "merge", "labels": ["siren", "a"], "into": "engine"})
    with get_database().write() as session:
        add_labels(session, int(project), [{"name": "Horn"}])
    assert [keys(manager, project)[name] for name in ("Vocal", "Horn")] == [None, "2"]
    label_changes.apply(manager, project, {"kind": "split", "label": "b", "by": "hand", "into": ["Bell"]})
    assert [keys(manager, project)[name] for name in ("Vocal", "Bell")] == [None, "4"]
