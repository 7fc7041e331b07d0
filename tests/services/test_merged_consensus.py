"""A project's annotations merged into a consensus: kept, stale when others come, never over what was adjudicated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from sqlalchemy import update

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Annotation, AnnotationItem, Job, MergedConsensus
from labelbuddy_core.domain.consensus.trust import Method
from labelbuddy_core.errors import Forbidden, Invalid, InvalidState
from labelbuddy_core.jobs.context import JobContext
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.agreement import consensus, merged_consensus
from labelbuddy_core.services.exports import exports
from labelbuddy_core.services.installation import jobs
from labelbuddy_core.services.installation.job_runs import DatabaseJobBoard

Make = Callable[..., Any]
Regions = list[tuple[float, float, str]]
EMPTY = {"schema": "labelbuddy/annotation@1"}
HUMAN = {"kind": "human"}


class Merging:
    """A project with three annotators whose annotations are merged."""

    def __init__(self, people: dict[str, Actor], project: str, add_task: Make, add_annotation: Make) -> None:
        self.manager, self.reviewer = people["manager"], people["reviewer"]
        self.annotators = [people[name] for name in ("ada", "ben", "cem")]
        self.project, self.add_task, self.add_annotation = project, add_task, add_annotation
        self.said: list[str] = []

    def task(self, *answers: Regions, state: str = "submitted", tag: str = "music") -> str:
        task = self.add_task(self.project, duration=10.0, annotators=tuple(self.annotators))
        for person, regions in zip(self.annotators, answers, strict=False):
            annotation = int(self.add_annotation(task, person, state=state))
            with get_database().write() as session:
                for number, (start, end, label) in enumerate(regions):
                    value = {"id": f"r{number}", "start": start, "end": end, "label": label, "origin": HUMAN}
                    session.add(AnnotationItem(annotation_id=annotation, collection="regions", key=f"r{number}",
                                               label=label, start=start, stop=end, value=value))  # fmt: skip
                if regions:
                    value = {"label": tag, "score": None, "origin": HUMAN}
                    session.add(AnnotationItem(annotation_id=annotation, collection="tags", key=tag, label=tag,
                                               value=value))  # fmt: skip
        return task

    def merge(self, method: str = "weighted") -> dict[str, Any]:
        job = merged_consensus.merge_project(self.manager, self.project, method=method)
        board = DatabaseJobBoard()
        begun = board.begin(job["id"])
        assert begun is not None
        context = JobContext(
            job["id"], begun["arguments"], run_step=lambda _, function: function(),
            tell=lambda _, message: self.said.append(message), is_cancelled=lambda: board.is_cancelled(job["id"]),
        )  # fmt: skip
        result = merged_consensus.run(context)
        board.finish(job["id"], "succeeded", result, None)
        return result

    def truth(self, task: str) -> dict[str, Any]:
        return consensus.get_consensus(self.manager, task)

    def exported(self, which: str = "consensus", name: str = "jsonl") -> list[dict[str, Any]]:
        opened = exports.open_export(self.manager, self.project, format_name=name, which=which)
        return [orjson.loads(line) for line in b"".join(opened.blocks).splitlines() if line.strip()]


@pytest.fixture
def lab(make_user: Make, make_project: Make, add_task: Make, add_annotation: Make) -> Merging:
    people = {name: make_user(name) for name in ("manager", "reviewer", "ada", "ben", "cem")}
    project = make_project(
        managers=(people["manager"],), reviewers=(people["reviewer"],), annotators_per_task=3,
        annotators=tuple(people[name] for name in ("ada", "ben", "cem")),
    )  # fmt: skip
    return Merging(people, project, add_task, add_annotation)


@pytest.mark.parametrize("method", list(Method))
def test_tasks_with_two_or_more_answers_are_merged_by_every_method(lab: Merging, method: str) -> None:
    task = lab.task([(1.0, 3.0, "dog")], [(1.2, 3.0, "dog")], [(1.1, 3.4, "dog")])
    single = lab.task([(1.0, 3.0, "dog")])
    result = lab.merge(method)
    assert (result["tasks"], result["method"]) == (1, method)
    found = lab.truth(task)
    assert (found["kind"], found["method"], found["stale"], found["revision"]) == ("merged", method, False, 0)
    (region,) = found["document"]["regions"]
    assert (region["label"], region["origin"]["kind"]) == ("dog", "consensus")
    assert 1.0 <= region["start"] <= 1.2
    assert region["start"] == 1.1 or method != "majority"
    assert found["soft"]["regions"]["c1"]["annotators"] == ["ada", "ben", "cem"]
    assert [tag["label"] for tag in found["document"]["tags"]] == ["music"]
    assert lab.truth(single)["kind"] == "none"


def test_a_job_that_is_done_says_that_all_are_merged(lab: Merging) -> None:
    lab.task([(1.0, 3.0, "dog")], [(1.0, 3.0, "dog")])
    lab.merge("majority")
    assert lab.said[-1] == "1 of 1 tasks merged"


def test_what_was_adjudicated_wins_and_is_not_touched_by_merging_again(lab: Merging) -> None:
    task = lab.task([(1.0, 3.0, "dog")], [(1.0, 3.0, "dog")])
    lab.merge()
    written = consensus.put_consensus(lab.reviewer, task, revision=0, document=EMPTY)
    lab.merge("majority")
    assert lab.truth(task) == written
    assert lab.truth(task)["kind"] == "adjudicated"
    assert [line["consensus"]["kind"] for line in lab.exported()] == ["adjudicated"]
    summary = merged_consensus.consensus_summary(lab.reviewer, lab.project)
    assert (summary["merged"], summary["adjudicated"], summary["method"]) == (1, 1, "majority")


def change(task: str, person: Actor, **values: Any) -> None:
    with get_database().write() as session:
        session.execute(
            update(Annotation).where(Annotation.task_id == int(task), Annotation.user_id == person.id).values(**values)
        )


@pytest.mark.parametrize("how", ["another", "changed", "rejected"])
def test_a_consensus_is_stale_when_other_annotations_are_handed_in(lab: Merging, how: str) -> None:
    task = lab.task([(1.0, 3.0, "dog")], [(1.0, 3.0, "dog")])
    other = lab.task([(1.0, 3.0, "dog")], [(1.0, 3.0, "dog")])
    lab.merge()
    if how == "another":
        lab.add_annotation(task, lab.annotators[2], state="submitted")
    elif how == "changed":
        change(task, lab.annotators[0], revision=2)
    else:
        change(task, lab.annotators[0], state="rejected")
    assert lab.truth(task)["stale"]
    assert not lab.truth(other)["stale"]
    assert merged_consensus.consensus_summary(lab.manager, lab.project)["stale"] == 1
    assert [line["consensus"]["stale"] for line in lab.exported()] == [True, False]
    lab.merge()
    assert merged_consensus.consensus_summary(lab.manager, lab.project)["stale"] == 0
    assert lab.truth(task)["kind"] == ("none" if how == "rejected" else "merged")


def test_the_export_holds_soft_labels_and_spreads(lab: Merging) -> None:
    lab.task([(1.0, 3.0, "dog")], [(1.2, 3.0, "dog")], [])
    lab.merge("majority")
    (line,) = lab.exported()
    assert line["annotator"] == "consensus"
    assert line["consensus"]["soft"]["tags"] == {"music": pytest.approx(2 / 3, abs=1e-6)}
    assert line["consensus"]["soft"]["regions"]["c1"]["onset_spread"] == pytest.approx(0.1)
    assert line["document"]["tags"][0]["score"] == pytest.approx(2 / 3, abs=1e-6)
    whole = orjson.loads(b"".join(exports.open_export(lab.manager, lab.project, format_name="json").blocks))
    assert whole["tasks"][0]["consensus"]["kind"] == "merged"
    assert whole["tasks"][0]["consensus"]["soft"]["regions"]["c1"]["support"] > 0.5
    assert all("consensus" not in one for one in whole["tasks"][0]["annotations"])
    rows = b"".join(exports.open_export(lab.manager, lab.project, format_name="csv", which="consensus").blocks)
    assert b",consensus," in rows


def test_the_summary_says_whom_to_rely_on(lab: Merging) -> None:
    for number in range(6):
        lab.task([(1.0, 3.0, "dog")], [(1.0, 3.0, "dog")], [(5.0 + number / 4, 6.0 + number / 4, "dog")])
    lab.merge("dawid_skene")
    people = {
        one["annotator"]: one
        for one in merged_consensus.consensus_summary(lab.reviewer, lab.project)["annotators"]
    }  # fmt: skip
    assert people["ada"]["reliability_time"] > people["cem"]["reliability_time"]
    assert people["ada"]["reliability_tags"] is not None


def test_only_managers_merge_and_one_job_at_a_time(lab: Merging) -> None:
    lab.task([(1.0, 3.0, "dog")], [(1.0, 3.0, "dog")])
    for person in (lab.reviewer, lab.annotators[0]):
        with pytest.raises(Forbidden):
            merged_consensus.merge_project(person, lab.project, method="mace")
    with pytest.raises(Invalid, match="method"):
        merged_consensus.merge_project(lab.manager, lab.project, method="coin")
    with pytest.raises(Forbidden):
        merged_consensus.consensus_summary(lab.annotators[0], lab.project)
    job = merged_consensus.merge_project(lab.manager, lab.project, method="mace")
    with pytest.raises(InvalidState, match="already"):
        merged_consensus.merge_project(lab.manager, lab.project, method="mace")
    jobs.cancel_job(lab.manager, job["id"])
    assert lab.merge()["tasks"] == 1


def test_what_was_merged_can_be_forgotten(lab: Merging) -> None:
    task = lab.task([(1.0, 3.0, "dog")], [(1.0, 3.0, "dog")])
    lab.merge()
    merged_consensus.remove_merged(lab.manager, lab.project)
    assert lab.truth(task)["kind"] == "none"
    assert merged_consensus.consensus_summary(lab.manager, lab.project)["method"] is None
    with get_database().read() as session:
        assert session.query(MergedConsensus).count() == 0
        assert session.query(Job).count() == 1


def test_an_interrupted_merge_begins_again_without_doubles(lab: Merging, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merged_consensus, "_BATCH", 2)
    for _ in range(5):
        lab.task([(1.0, 3.0, "dog")], [(1.0, 3.0, "dog")])
    job = merged_consensus.merge_project(lab.manager, lab.project, method="majority")
    looked = iter([False] * 4)
    context = JobContext(
        job["id"], {"project": int(lab.project), "method": "majority"}, run_step=lambda _, function: function(),
        tell=lambda *_: None, is_cancelled=lambda: next(looked, True),
    )  # fmt: skip
    with pytest.raises(Exception):  # noqa: B017 - it is cut off, however
        merged_consensus.run(context)
    jobs.cancel_job(lab.manager, job["id"])
    assert lab.merge("majority")["tasks"] == 5
    assert merged_consensus.consensus_summary(lab.manager, lab.project)["merged"] == 5
