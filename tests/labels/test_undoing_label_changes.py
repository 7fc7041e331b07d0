"""A change of labels is taken back, unless somebody built upon it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from labels_lab import MERGE, kept, labels_in, region, save
from sqlalchemy import select

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import (
    Annotation,
)
from labelbuddy_core.errors import InvalidState
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.labels import label_changes
from labelbuddy_core.services.projects import projects

Make = Callable[..., Any]


def test_a_change_that_was_built_upon_is_not_taken_back_and_says_why(
    manager: Actor, person: Actor, project: str, task: str
) -> None:
    save(person, task, 0, region("r1", "speech"), region("r2", "speech"))
    change = label_changes.apply(manager, project, MERGE)
    save(person, task, 2, region("r1", "dog"))
    before = kept()
    with pytest.raises(InvalidState, match="Ada changed one item") as refused:
        label_changes.undo(manager, change["id"])
    assert refused.value.extra["conflicts"] == label_changes.get_change(manager, change["id"])["conflicts"]
    assert kept() == before


def test_work_on_other_items_does_not_stand_in_the_way(manager: Actor, person: Actor, project: str, task: str) -> None:
    save(person, task, 0, region("r1", "speech"))
    change = label_changes.apply(manager, project, MERGE)
    save(person, task, 2, region("r2", "music"))
    label_changes.undo(manager, change["id"])
    assert labels_in(person, task) == {"r1": "speech", "r2": "music"}


def test_changes_are_taken_back_one_upon_the_other(manager: Actor, person: Actor, project: str, task: str) -> None:
    save(person, task, 0, region("r1", "speech"))
    before = kept()
    first = label_changes.apply(manager, project, MERGE)
    second = label_changes.apply(manager, project, {"kind": "merge", "labels": ["music"], "into": "dog"})
    assert labels_in(person, task) == {"r1": "dog"}
    with pytest.raises(InvalidState, match="Take back first what was done since: “Music” was merged into “Dog”"):
        label_changes.undo(manager, first["id"])
    label_changes.undo(manager, second["id"])
    label_changes.undo(manager, first["id"])
    assert kept() == before
    with pytest.raises(InvalidState, match="taken back already"):
        label_changes.undo(manager, first["id"])


def test_an_older_merge_is_taken_back_without_what_a_newer_one_removed(
    manager: Actor, make_project: Make, make_user: Make
) -> None:
    names = ("speech", "music", "dog", "siren", "engine")
    project = make_project(managers=(manager,), labels=names)
    older = label_changes.apply(manager, project, {"kind": "merge", "labels": ["music"], "into": "speech"})
    newer = label_changes.apply(manager, project, {"kind": "merge", "labels": ["siren"], "into": "engine"})
    label_changes.undo(manager, older["id"])
    assert [one["id"] for one in projects.get_project(manager, project)["labels"]] == [
        "speech", "music", "dog", "engine",
    ]  # fmt: skip
    label_changes.undo(manager, newer["id"])
    assert [one["id"] for one in projects.get_project(manager, project)["labels"]] == list(names)


def test_annotations_that_are_gone_do_not_stand_in_the_way(
    manager: Actor, person: Actor, project: str, task: str
) -> None:
    save(person, task, 0, region("r1", "speech"))
    change = label_changes.apply(manager, project, MERGE)
    with get_database().write() as session:
        session.delete(session.scalars(select(Annotation)).one())
    assert label_changes.undo(manager, change["id"])["state"] == "undone"
