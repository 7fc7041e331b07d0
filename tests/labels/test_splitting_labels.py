"""One label becomes several, by an answer or by hand, and one again."""

from __future__ import annotations

import pytest
from labels_lab import SPLIT, ask, kept, labels_in, region, save, tag

from labelbuddy_core.errors import Invalid, InvalidState
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.labels import label_changes
from labelbuddy_core.services.projects import projects
from labelbuddy_core.services.tasks import splitting_by_hand
from labelbuddy_core.services.tasks.splitting_by_hand import Picked


def test_a_split_leaves_a_list_to_decide_by_hand_and_one_undo_takes_all_back(
    manager: Actor, person: Actor, project: str, task: str
) -> None:
    ask(manager, project)
    big, other = region("r1", "dog", attributes={"size": "big"}), region("r2", "dog", text="?")
    save(person, task, 0, big, other, region("r3", "music"), tag("dog"))
    before, labels = kept(), projects.get_project(manager, project)["labels"]
    change = label_changes.apply(manager, project, SPLIT)
    assert labels_in(person, task) == {"r1": "big-dog", "r2": "dog", "r3": "music", "tag dog": "dog"}
    found = splitting_by_hand.open_items(manager, change["id"])
    assert (found["total"], [one["id"] for one in found["items"]]) == (2, ["r2", "dog"])
    row = found["items"][0]
    assert (row["recording"], row["annotator"], row["start"], row["text"]) == ("walk.wav", "ada", 1.0, "?")
    picks = [Picked(one["annotation"], one["collection"], one["id"], "big-dog") for one in found["items"]]
    assert splitting_by_hand.pick_labels(manager, change["id"], picks) == {"relabeled": 2}
    assert labels_in(person, task) == {"r1": "big-dog", "r2": "big-dog", "r3": "music", "tag big-dog": "big-dog"}
    assert splitting_by_hand.pick_labels(manager, change["id"], picks) == {"relabeled": 0}
    with pytest.raises(Invalid, match="not a label of this split"):
        splitting_by_hand.pick_labels(manager, change["id"], [Picked(row["annotation"], "regions", "r2", "music")])
    label_changes.undo(manager, change["id"])
    assert kept() == before
    assert projects.get_project(manager, project)["labels"] == labels


def test_what_was_saved_by_the_rule_of_a_split_goes_back_when_it_is_taken_back(
    manager: Actor, person: Actor, project: str, task: str
) -> None:
    ask(manager, project)
    big = {"attributes": {"size": "big"}}
    save(person, task, 0, region("r1", "dog", **big))
    change = label_changes.apply(manager, project, SPLIT)
    save(person, task, 1, region("r2", "dog", **big))
    save(person, task, 3, region("r3", "big-dog", **big))
    with pytest.raises(InvalidState, match="“Big dog” was given to 1 more since"):
        label_changes.undo(manager, change["id"])
    save(person, task, 4, {"op": "delete", "collection": "regions", "id": "r3"})
    label_changes.undo(manager, change["id"])
    assert labels_in(person, task) == {"r1": "dog", "r2": "dog"}


def test_a_split_is_not_taken_back_to_a_label_that_was_merged_away_since(
    manager: Actor, person: Actor, project: str, task: str
) -> None:
    ask(manager, project)
    save(person, task, 0, region("r1", "dog", attributes={"size": "big"}))
    change = label_changes.apply(manager, project, SPLIT)
    merge = label_changes.apply(manager, project, {"kind": "merge", "labels": ["dog"], "into": "music"})
    with pytest.raises(InvalidState, match="“Dog” is not a label any more"):
        label_changes.undo(manager, change["id"])
    label_changes.undo(manager, merge["id"])
    label_changes.undo(manager, change["id"])
    assert labels_in(person, task) == {"r1": "dog"}


def test_a_label_that_a_split_made_and_somebody_used_since_stands_in_the_way(
    manager: Actor, person: Actor, project: str, task: str
) -> None:
    change = label_changes.apply(manager, project, {"kind": "split", "label": "dog", "by": "hand", "into": ["Bark"]})
    save(person, task, 0, region("r1", "bark"))
    with pytest.raises(InvalidState, match="“Bark” was given to 1 more since"):
        label_changes.undo(manager, change["id"])
