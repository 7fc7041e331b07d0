"""Who had the editor open during a change of labels loses nothing, and is told."""

from __future__ import annotations

import pytest
from labels_lab import MERGE, SPLIT, ask, labels_in, region, save

from labelbuddy_core.errors import Conflict
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations import handing_in
from labelbuddy_core.services.labels import label_changes


def test_an_editor_that_was_open_during_a_merge_meets_no_conflict_and_loses_nothing(
    manager: Actor, person: Actor, project: str, task: str
) -> None:
    save(person, task, 0, region("r1", "speech"), region("r2", "speech"))
    label_changes.apply(manager, project, MERGE)
    answer = save(person, task, 1, region("r1", "speech", end=3.0), region("r3", "speech"))
    assert answer["revision"] == 3
    assert answer["labels_changed"] == ["“Speech” was merged into “Music”; key 1 is free."]
    assert {one["label"] for one in answer["values"]["regions"]} == {"music"}
    assert labels_in(person, task) == {"r1": "music", "r2": "music", "r3": "music"}
    assert "labels_changed" not in save(person, task, 3, region("r4", "music"))
    assert handing_in.submit(person, task, 4)["state"] == "submitted"


def test_who_gives_a_label_that_was_merged_away_meanwhile_is_told(
    manager: Actor, person: Actor, project: str, task: str
) -> None:
    save(person, task, 0, region("r1", "dog"))
    change = label_changes.apply(manager, project, MERGE)
    answer = save(person, task, 1, region("r2", "speech"))
    assert answer["labels_changed"] == [change["told"]]
    assert labels_in(person, task) == {"r1": "dog", "r2": "music"}
    assert "labels_changed" not in save(person, task, 2, region("r3", "music"))


def test_an_editor_that_was_open_during_a_split_saves_by_its_rule(
    manager: Actor, person: Actor, project: str, task: str
) -> None:
    ask(manager, project)
    save(person, task, 0, region("r1", "dog", attributes={"size": "big"}))
    label_changes.apply(manager, project, SPLIT)
    save(person, task, 1, region("r1", "dog", attributes={"size": "big"}, end=5.0))
    assert labels_in(person, task) == {"r1": "big-dog"}


def test_other_saves_since_are_a_conflict_as_ever(manager: Actor, person: Actor, project: str, task: str) -> None:
    save(person, task, 0, region("r1", "speech"))
    label_changes.apply(manager, project, MERGE)
    save(person, task, 2, region("r2", "dog"))
    with pytest.raises(Conflict):
        save(person, task, 1, region("r1", "speech", end=3.0))


def test_what_was_merged_can_be_handed_in_by_an_editor_that_has_not_seen_it(
    manager: Actor, person: Actor, project: str, task: str
) -> None:
    save(person, task, 0, region("r1", "speech"))
    label_changes.apply(manager, project, MERGE)
    assert handing_in.submit(person, task, 1)["state"] == "submitted"
