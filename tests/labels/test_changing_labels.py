"""Labels in use are changed with everything that has them: what a change reaches, and what it leaves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from labels_lab import MERGE, kept, labels_in, region, save, tag

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import (
    Consensus,
    Job,
    MergedConsensus,
    Model,
    Prediction,
    ProjectModel,
)
from labelbuddy_core.domain.documents import empty_document
from labelbuddy_core.errors import Forbidden, Invalid, InvalidState, NotFound
from labelbuddy_core.jobs.context import JobContext
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations import annotations, handing_in, revisions
from labelbuddy_core.services.installation import jobs
from labelbuddy_core.services.labels import label_change_job, label_changes
from labelbuddy_core.services.predictions import predictions
from labelbuddy_core.services.projects import projects
from labelbuddy_core.services.tasks import tasks

Make = Callable[..., Any]


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


def test_an_older_revision_is_restored_in_the_labels_of_today(
    manager: Actor, person: Actor, project: str, task: str
) -> None:
    save(person, task, 0, region("r1", "speech"))
    save(person, task, 1, region("r2", "dog"))
    label_changes.apply(manager, project, MERGE)
    restored = revisions.restore(person, annotations.get_mine(person, task)["id"], 1)
    assert [one["label"] for one in restored["document"]["regions"]] == ["music"]


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
