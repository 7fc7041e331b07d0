"""Taking a merge back reaches what open editors saved meanwhile under the label that was gone."""

from __future__ import annotations

import pytest
from labels_lab import MERGE, labels_in, region, save, tag
from postgresql_server import on_both_databases

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import (
    MergedConsensus,
)
from labelbuddy_core.domain.documents import empty_document
from labelbuddy_core.errors import InvalidState
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations import annotations, handing_in, revisions
from labelbuddy_core.services.labels import label_changes


@on_both_databases
def test_what_was_saved_with_a_merged_away_label_goes_back_when_the_merge_is_taken_back(
    manager: Actor, person: Actor, project: str, task: str
) -> None:
    save(person, task, 0, region("r1", "dog"))
    change = label_changes.apply(manager, project, MERGE)
    suggested = {"origin": {"kind": "model", "model": "1", "version": "1"}}
    save(person, task, 1, region("r2", "speech", **suggested), region("r3", "music"), tag("speech"))
    save(person, task, 2, region("r2", "music", end=4.0, **suggested), region("r4", "speech"))
    assert labels_in(person, task) == {"r1": "dog", "r2": "music", "r3": "music", "r4": "music", "tag music": "music"}
    assert label_changes.get_change(manager, change["id"])["conflicts"] == []
    label_changes.undo(manager, change["id"])
    assert labels_in(person, task) == {
        "r1": "dog", "r2": "speech", "r3": "music", "r4": "speech", "tag speech": "speech",
    }  # fmt: skip
    mine = annotations.get_mine(person, task)
    (moved,) = [one for one in mine["document"]["regions"] if one["id"] == "r2"]
    assert (moved["end"], moved["origin"]["kind"]) == (4.0, "model")
    newest = revisions.list_revisions(person, mine["id"])[0]
    assert (newest["revision"], newest["kind"], newest["user"]) == (4, "labels", "manager")


def test_edits_that_were_not_saved_yet_when_a_merge_came_do_not_stand_in_the_way_of_its_undo(
    manager: Actor, person: Actor, project: str, task: str
) -> None:
    save(person, task, 0, region("r1", "speech"), region("r2", "speech"))
    change = label_changes.apply(manager, project, MERGE)
    save(person, task, 1, region("r1", "speech", end=3.0))
    save(person, task, 3, region("r1", "music", end=4.0))
    assert label_changes.get_change(manager, change["id"])["conflicts"] == []
    label_changes.undo(manager, change["id"])
    assert labels_in(person, task) == {"r1": "speech", "r2": "speech"}
    assert {one["end"] for one in annotations.get_mine(person, task)["document"]["regions"]} == {2.0, 4.0}


def test_what_got_another_label_since_it_was_saved_during_a_merge_stays_as_it_is(
    manager: Actor, person: Actor, project: str, task: str
) -> None:
    change = label_changes.apply(manager, project, MERGE)
    save(person, task, 0, region("r1", "speech"), region("r2", "speech"), region("r3", "speech"), tag("speech"))
    gone = {"op": "delete", "collection": "tags", "id": "music"}
    save(person, task, 1, region("r1", "dog"), region("r2", "dog"), gone)
    save(person, task, 2, region("r2", "music"), tag("music"))
    label_changes.undo(manager, change["id"])
    assert labels_in(person, task) == {"r1": "dog", "r2": "music", "r3": "speech", "tag music": "music"}


def test_a_tag_that_was_there_when_a_merged_away_one_was_saved_stays_beside_it_at_the_undo(
    manager: Actor, person: Actor, project: str, task: str
) -> None:
    save(person, task, 0, tag("music"))
    change = label_changes.apply(manager, project, MERGE)
    save(person, task, 1, tag("speech"))
    assert labels_in(person, task) == {"tag music": "music"}
    save(person, task, 2, tag("speech"))
    label_changes.undo(manager, change["id"])
    assert labels_in(person, task) == {"tag music": "music", "tag speech": "speech"}


@on_both_databases
def test_what_was_saved_through_two_merges_goes_back_one_at_a_time(
    manager: Actor, person: Actor, project: str, task: str
) -> None:
    first = label_changes.apply(manager, project, MERGE)
    save(person, task, 0, region("r1", "speech"))
    second = label_changes.apply(manager, project, {"kind": "merge", "labels": ["music"], "into": "dog"})
    other = region("r2", "speech")
    save(person, task, 2, other, tag("speech"), region("r3", "music"), region("r4", "dog"))
    with pytest.raises(InvalidState, match="Take back first what was done since: “Music” was merged into “Dog”"):
        label_changes.undo(manager, first["id"])
    label_changes.undo(manager, second["id"])
    assert labels_in(person, task) == {
        "r1": "music", "r2": "music", "r3": "music", "r4": "dog", "tag music": "music",
    }  # fmt: skip
    label_changes.undo(manager, first["id"])
    assert labels_in(person, task) == {
        "r1": "speech", "r2": "speech", "r3": "music", "r4": "dog", "tag speech": "speech",
    }  # fmt: skip


def test_a_later_merge_of_what_was_saved_during_an_earlier_one_is_taken_back_first(
    manager: Actor, person: Actor, project: str, task: str
) -> None:
    first = label_changes.apply(manager, project, MERGE)
    save(person, task, 0, region("r1", "dog"), region("r2", "speech"))
    second = label_changes.apply(manager, project, {"kind": "merge", "labels": ["music"], "into": "dog"})
    conflicts = label_changes.get_change(manager, first["id"])["conflicts"]
    assert conflicts == [f"Take back first what was done since: {second['told']}"]
    save(person, task, 2, region("r3", "dog"))
    label_changes.undo(manager, second["id"])
    label_changes.undo(manager, first["id"])
    assert labels_in(person, task) == {"r1": "dog", "r2": "speech", "r3": "dog"}


def test_a_ground_truth_merged_of_what_was_saved_during_a_merge_is_stale_after_the_undo(
    manager: Actor, person: Actor, project: str, task: str
) -> None:
    change = label_changes.apply(manager, project, MERGE)
    save(person, task, 0, region("r1", "speech"))
    handing_in.submit(person, task, 1)
    mine = int(annotations.get_mine(person, task)["id"])
    document = {**empty_document(), "tags": [{"label": "music", "score": 0.7}]}
    with get_database().write() as session:
        session.add(
            MergedConsensus(
                task_id=int(task), project_id=int(project), method="majority", sources=[[mine, 1]],
                document=document, soft={},
            )
        )  # fmt: skip
    label_changes.undo(manager, change["id"])
    assert labels_in(person, task) == {"r1": "speech"}
    with get_database().read() as session:
        assert session.get_one(MergedConsensus, int(task)).sources == [[mine, 1]]


def test_what_was_restored_in_the_labels_of_today_goes_back_when_the_merge_is_taken_back(
    manager: Actor, person: Actor, project: str, task: str
) -> None:
    save(person, task, 0, region("r1", "speech"), tag("speech"), tag("music"))
    save(person, task, 1, *({**one, "op": "delete", "value": None} for one in (region("r1", "speech"), tag("speech"))))
    change = label_changes.apply(manager, project, MERGE)
    revisions.restore(person, annotations.get_mine(person, task)["id"], 1)
    assert labels_in(person, task) == {"r1": "music", "tag music": "music"}
    label_changes.undo(manager, change["id"])
    assert labels_in(person, task) == {"r1": "speech", "tag music": "music", "tag speech": "speech"}
