"""Labels in use are changed with everything that has them, and every change can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from postgresql_server import on_both_databases
from sqlalchemy import select

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import (
    Annotation,
    AnnotationItem,
    Consensus,
    Job,
    MergedConsensus,
    Model,
    Prediction,
    ProjectModel,
)
from labelbuddy_core.domain.documents import empty_document
from labelbuddy_core.domain.operations import Save
from labelbuddy_core.errors import Conflict, Forbidden, Invalid, InvalidState, NotFound
from labelbuddy_core.jobs.context import JobContext
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations import annotations, handing_in, revisions
from labelbuddy_core.services.installation import jobs
from labelbuddy_core.services.labels import label_change_job, label_changes
from labelbuddy_core.services.predictions import predictions
from labelbuddy_core.services.projects import projects
from labelbuddy_core.services.tasks import splitting_by_hand, tasks
from labelbuddy_core.services.tasks.splitting_by_hand import Picked

Make = Callable[..., Any]
MERGE = {"kind": "merge", "labels": ["speech"], "into": "music"}
SIZE = {"id": "size", "name": "Size", "kind": "choice", "choices": ["big", "small"], "required": False}
SPLIT = {"kind": "split", "label": "dog", "attribute": "size", "into": {"big": "Big dog"}}


def region(name: str, label: str, **more: Any) -> dict[str, Any]:
    value = {"id": name, "start": 1.0, "end": 2.0, "label": label, "origin": {"kind": "human"}, **more}
    return {"op": "put", "collection": "regions", "id": name, "value": value}


def tag(label: str) -> dict[str, Any]:
    return {"op": "put", "collection": "tags", "id": label, "value": {"label": label, "origin": {"kind": "human"}}}


def save(person: Actor, task: str, base: int, *operations: dict[str, Any]) -> dict[str, Any]:
    request = {"client": str(uuid4()), "sequence": 1, "base_revision": base, "operations": list(operations)}
    return annotations.save(person, task, Save.model_validate(request))


def labels_in(person: Actor, task: str) -> dict[str, str]:
    document = annotations.get_mine(person, task)["document"]
    return {one["id"]: one["label"] for one in document["regions"]} | {
        f"tag {one['label']}": one["label"] for one in document["tags"]
    }


def kept() -> list[Any]:
    """All items as they are stored."""
    with get_database().read() as session:
        columns = (AnnotationItem.annotation_id, AnnotationItem.collection, AnnotationItem.key, AnnotationItem.label)
        rows = session.execute(select(*columns, AnnotationItem.start, AnnotationItem.stop, AnnotationItem.value))
        return sorted(map(repr, rows))


@pytest.fixture
def manager(make_user: Make) -> Actor:
    return make_user("manager")


@pytest.fixture
def person(make_user: Make) -> Actor:
    return make_user("ada")


@pytest.fixture
def project(make_project: Make, manager: Actor, person: Actor) -> str:
    return make_project(managers=(manager,), annotators=(person,))


@pytest.fixture
def task(project: str, add_task: Make, person: Actor) -> str:
    return add_task(project, name="walk.wav", annotators=(person,))


def test_a_merge_relabels_everything_as_a_revision_and_undo_restores_it_exactly(
    manager: Actor, person: Actor, project: str, task: str
) -> None:
    save(person, task, 0, region("r1", "speech"), region("r2", "dog"), tag("speech"), tag("music"))
    before, labels = kept(), projects.get_project(manager, project)["labels"]
    change = label_changes.apply(manager, project, MERGE)
    assert (change["state"], change["counts"]["items"], change["counts"]["annotations"]) == ("applied", 2, 1)
    assert [one["id"] for one in projects.get_project(manager, project)["labels"]] == ["music", "dog"]
    assert labels_in(person, task) == {"r1": "music", "r2": "dog", "tag music": "music"}
    mine = annotations.get_mine(person, task)
    newest = revisions.list_revisions(person, mine["id"])[0]
    assert (newest["revision"], newest["kind"], newest["user"]) == (2, "labels", "manager")
    assert label_changes.undo(manager, change["id"])["state"] == "undone"
    assert kept() == before
    assert projects.get_project(manager, project)["labels"] == labels
    assert annotations.get_mine(person, task)["revision"] == 3


def test_a_preview_counts_what_would_change_and_changes_nothing(
    manager: Actor, person: Actor, project: str, task: str
) -> None:
    save(person, task, 0, region("r1", "speech"), region("r2", "speech"), region("r3", "dog"))
    handing_in.submit(person, task, 1)
    document = {**empty_document(), "tags": [{"label": "speech", "score": 0.9, "origin": {"kind": "model"}}]}
    with get_database().write() as session:
        model = Model(name="yoho", source="x", specification={"process": "yoho"})
        session.add(model)
        session.flush()
        link = {"label_map": {"Voice": "speech", "Music": "music"}, "label_thresholds": {"speech": 0.6}}
        session.add(ProjectModel(project_id=int(project), model_id=model.id, **link))
        session.add(
            Prediction(
                project_id=int(project), task_id=int(task), model_id=model.id, version="1", document=document, seconds=1
            )
        )
        session.add(Consensus(task_id=int(task), kind="adjudicated", document=document, created_by=manager.id))
    before = kept()
    found = label_changes.preview(manager, project, MERGE)
    assert (found["items"], found["annotations"], found["tasks"], found["relabeled"]) == (2, 1, 1, 2)
    assert (found["by_state"], found["consensus"], found["predictions"]) == ({"submitted": 1}, 1, 1)
    assert found["models"] == [{"model": str(model.id), "name": "yoho", "labels": ["Voice"]}]
    assert found["suggestions"] == 0, "the task is handed in: nobody is offered anything there"
    assert kept() == before
    change = label_changes.apply(manager, project, MERGE)
    with get_database().read() as session:
        link = session.get_one(ProjectModel, (int(project), model.id))
        assert link.label_map == {"Voice": "music", "Music": "music"}
        assert link.label_thresholds == {"music": 0.6}
        truth = session.get_one(Consensus, int(task))
        assert (truth.document["tags"][0]["label"], truth.revision) == ("music", 2)
    label_changes.undo(manager, change["id"])
    with get_database().read() as session:
        link = session.get_one(ProjectModel, (int(project), model.id))
        assert (link.label_map, link.label_thresholds) == ({"Voice": "speech", "Music": "music"}, {"speech": 0.6})
        assert session.get_one(Consensus, int(task)).document == document


def test_what_is_handed_in_or_approved_keeps_its_state(manager: Actor, person: Actor, project: str, task: str) -> None:
    save(person, task, 0, region("r1", "speech"))
    handing_in.submit(person, task, 1)
    label_changes.apply(manager, project, MERGE)
    mine = annotations.get_mine(person, task)
    assert (mine["state"], mine["document"]["regions"][0]["label"]) == ("submitted", "music")
    assert tasks.get_task(manager, task)["state"] == "submitted"


def test_a_merged_consensus_that_was_up_to_date_still_is(
    manager: Actor, person: Actor, project: str, task: str
) -> None:
    save(person, task, 0, region("r1", "speech"))
    handing_in.submit(person, task, 1)
    mine = int(annotations.get_mine(person, task)["id"])
    with get_database().write() as session:
        session.add(
            MergedConsensus(
                task_id=int(task), project_id=int(project), method="majority", sources=[[mine, 1]],
                document={**empty_document(), "tags": [{"label": "speech", "score": 0.7}]},
                soft={"tags": {"speech": 0.7, "music": 0.2}, "regions": {}},
            )
        )  # fmt: skip
    change = label_changes.apply(manager, project, MERGE)
    with get_database().read() as session:
        row = session.get_one(MergedConsensus, int(task))
        assert row.sources == [[mine, 2]]
        assert row.document["tags"][0]["label"] == "music"
        assert row.soft["tags"] == {"music": 0.7}
    label_changes.undo(manager, change["id"])
    with get_database().read() as session:
        row = session.get_one(MergedConsensus, int(task))
        assert (row.sources, row.soft["tags"]) == ([[mine, 3]], {"speech": 0.7, "music": 0.2})


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


def test_an_editor_that_was_open_during_a_split_saves_by_its_rule(
    manager: Actor, person: Actor, project: str, task: str
) -> None:
    ask(manager, project)
    save(person, task, 0, region("r1", "dog", attributes={"size": "big"}))
    label_changes.apply(manager, project, SPLIT)
    save(person, task, 1, region("r1", "dog", attributes={"size": "big"}, end=5.0))
    assert labels_in(person, task) == {"r1": "big-dog"}


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


def test_an_older_revision_is_restored_in_the_labels_of_today(
    manager: Actor, person: Actor, project: str, task: str
) -> None:
    save(person, task, 0, region("r1", "speech"))
    save(person, task, 1, region("r2", "dog"))
    label_changes.apply(manager, project, MERGE)
    restored = revisions.restore(person, annotations.get_mine(person, task)["id"], 1)
    assert [one["label"] for one in restored["document"]["regions"]] == ["music"]


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


def test_predictions_are_offered_in_the_labels_of_today_and_without_deprecated_ones(
    manager: Actor, person: Actor, project: str, task: str
) -> None:
    tags = [{"label": label, "score": 0.9, "origin": {"kind": "model"}} for label in ("speech", "dog")]
    with get_database().write() as session:
        model = Model(name="yoho", source="x", specification={"process": "yoho"})
        session.add(model)
        session.flush()
        document = {**empty_document(), "tags": tags}
        session.add(
            Prediction(
                project_id=int(project), task_id=int(task), model_id=model.id, version="1", document=document, seconds=1
            )
        )
    assert label_changes.preview(manager, project, MERGE)["suggestions"] == 1
    label_changes.apply(manager, project, MERGE)
    label_changes.apply(manager, project, {"kind": "deprecate", "label": "dog"})
    (offered,) = predictions.list_for_task(person, task)["items"]
    assert [one["label"] for one in offered["document"]["tags"]] == ["music"]


def test_a_deprecated_label_is_kept_and_not_given_again(manager: Actor, person: Actor, project: str, task: str) -> None:
    save(person, task, 0, region("r1", "dog"))
    change = label_changes.apply(manager, project, {"kind": "deprecate", "label": "dog"})
    save(person, task, 1, region("r1", "dog", end=4.0))
    with pytest.raises(Invalid, match="“Dog” is not given any more") as refused:
        save(person, task, 2, region("r2", "music"), region("r3", "dog"))
    assert refused.value.field == "operations.1.value.label"
    label_changes.undo(manager, change["id"])
    save(person, task, 2, region("r3", "dog"))


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


def ask(manager: Actor, project: str) -> None:
    labels = projects.get_project(manager, project)["labels"]
    labels[2]["attributes"] = [SIZE]
    projects.update_project(manager, project, {"labels": labels})


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


def test_a_label_that_a_split_made_and_somebody_used_since_stands_in_the_way(
    manager: Actor, person: Actor, project: str, task: str
) -> None:
    change = label_changes.apply(manager, project, {"kind": "split", "label": "dog", "by": "hand", "into": ["Bark"]})
    save(person, task, 0, region("r1", "bark"))
    with pytest.raises(InvalidState, match="“Bark” was given to 1 more since"):
        label_changes.undo(manager, change["id"])


def run(change: dict[str, Any], *, cancelled: bool = False) -> dict[str, Any]:
    """What the worker does with the job of a change."""
    with get_database().read() as session:
        job = session.get_one(Job, change["job"]["id"])
    context = JobContext(job.id, job.arguments, lambda name, function: function(), lambda *_: None, lambda: cancelled)
    return label_change_job.run(context)


def test_a_large_change_is_a_job_that_takes_saves_from_its_first_moment_and_can_be_gone_on_with(
    manager: Actor, person: Actor, project: str, task: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(label_changes, "AT_ONCE", 1)
    save(person, task, 0, region("r1", "speech"), region("r2", "speech"))
    before = kept()
    change = label_changes.apply(manager, project, MERGE)
    assert change["state"] == "applying"
    save(person, task, 1, region("r3", "speech"))
    assert labels_in(person, task) == {"r1": "speech", "r2": "speech", "r3": "music"}
    with pytest.raises(InvalidState, match="has not ended"):
        label_changes.apply(manager, project, {"kind": "recolor", "label": "dog", "color": "#000000"})
    jobs.cancel_job(manager, change["job"]["id"])
    assert label_changes.get_change(manager, change["id"])["state"] == "stopped"
    change = label_changes.resume(manager, change["id"])
    assert run(change)["items"] == 2
    assert labels_in(person, task) == {"r1": "music", "r2": "music", "r3": "music"}
    assert label_changes.get_change(manager, change["id"])["state"] == "applied"
    run(label_changes.undo(manager, change["id"]))
    assert labels_in(person, task) == {"r1": "speech", "r2": "speech", "r3": "speech"}
    assert [one for one in kept() if "'r3'" not in one] == before
    assert label_changes.get_change(manager, change["id"])["state"] == "undone"


def test_only_managers_change_labels(manager: Actor, person: Actor, project: str, make_user: Make) -> None:
    with pytest.raises(Forbidden):
        label_changes.apply(person, project, MERGE)
    change = label_changes.apply(manager, project, MERGE)
    for somebody in (person, make_user()):
        with pytest.raises(NotFound):
            label_changes.undo(somebody, change["id"])


def test_annotations_that_are_gone_do_not_stand_in_the_way(
    manager: Actor, person: Actor, project: str, task: str
) -> None:
    save(person, task, 0, region("r1", "speech"))
    change = label_changes.apply(manager, project, MERGE)
    with get_database().write() as session:
        session.delete(session.scalars(select(Annotation)).one())
    assert label_changes.undo(manager, change["id"])["state"] == "undone"
