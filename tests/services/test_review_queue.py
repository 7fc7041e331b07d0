"""Whom what was handed in reaches for a review: by name, by pool, by sampling, and in which order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import orjson
import pytest
from postgresql_server import on_both_databases
from sqlalchemy import select

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import HistoryEvent, Job
from labelbuddy_core.domain.operations import Replacement
from labelbuddy_core.errors import Forbidden, InvalidState, NotFound
from labelbuddy_core.services.accounts import memberships
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations import annotations, handing_in
from labelbuddy_core.services.exports import exports
from labelbuddy_core.services.projects import projects
from labelbuddy_core.services.reviews import review_assignments, review_queues, review_sampling, reviews
from labelbuddy_core.services.tasks import queues, tasks

Make = Callable[..., Any]


def document(*spans: tuple[float, float], score: float | None = None) -> dict[str, Any]:
    origin: dict[str, Any] = {"kind": "human"}
    if score is not None:
        origin = {"kind": "model", "model": "m", "version": "1", "prediction": "1", "region": "x", "score": score}
    regions = [
        {"id": f"r{number}", "start": start, "end": end, "label": "speech", "origin": origin}
        for number, (start, end) in enumerate(spans)
    ]
    return {"schema": "labelbuddy/annotation@1", "regions": regions}


class Lab:
    """Two annotators and two reviewers of one project."""

    def __init__(self, make_user: Make, make_project: Make, add_task: Make) -> None:
        self.manager, self.ada, self.ben = (make_user() for _ in range(3))
        self.rita, self.rolf = make_user(), make_user()
        self.project = make_project(
            managers=(self.manager,),
            annotators=(self.ada, self.ben),
            reviewers=(self.rita, self.rolf),
            strategy="disjoint",
            annotators_per_task=1,
        )
        self._add_task = add_task

    def task(self, *people: Actor) -> str:
        return self._add_task(self.project, annotators=people or (self.ada,))

    def rules(self, **rules: Any) -> None:
        projects.update_project(self.manager, self.project, {"reviewing": rules})

    def hand_in(self, task: str, person: Actor | None = None, written: dict[str, Any] | None = None) -> dict[str, Any]:
        who = person or self.ada
        base = annotations.get_mine(who, task)["revision"]
        request = Replacement(client=uuid4(), sequence=1, base_revision=base, document=written or document((1, 2)))
        return handing_in.submit(who, task, annotations.replace(who, task, request)["revision"])

    def queue(self, reviewer: Actor) -> list[str]:
        return [one["task"] for one in review_queues.review_queue(reviewer, self.project)]

    def counts(self, reviewer: Actor) -> dict[str, int]:
        return review_queues.review_counts(reviewer, self.project)


@pytest.fixture
def lab(make_user: Make, make_project: Make, add_task: Make) -> Lab:
    return Lab(make_user, make_project, add_task)


def test_a_task_with_a_named_reviewer_is_seen_by_nobody_else(lab: Lab) -> None:
    named, pooled = lab.task(), lab.task()
    handed = lab.hand_in(named)
    lab.hand_in(pooled)
    assert review_assignments.name_reviewers(lab.manager, named, [lab.rita.username]) == [lab.rita.username]
    assert lab.queue(lab.rita) == [named, pooled]
    assert lab.queue(lab.rolf) == [pooled]
    assert lab.counts(lab.rolf)["waiting"] == 1
    assert [one["id"] for one in tasks.list_tasks(lab.rolf, lab.project)["items"]] == [pooled]
    with pytest.raises(NotFound):
        reviews.review_annotation(lab.rolf, handed["id"], revision=handed["revision"], decision="approve")


def test_by_hand_nothing_reaches_reviewers_who_are_not_named(lab: Lab) -> None:
    lab.rules(reviewers="by_hand")
    task = lab.task()
    lab.hand_in(task)
    assert lab.queue(lab.rita) == []
    assert review_assignments.review_load(lab.manager, lab.project)["unnamed"] == 1
    assert review_assignments.share_out(lab.manager, lab.project) == {"named": 1, "without": 0}
    assert lab.queue(lab.rita) + lab.queue(lab.rolf) == [task]


def test_nobody_is_named_for_their_own_work_nor_offered_it(lab: Lab) -> None:
    memberships.set_member(lab.manager, lab.project, lab.ada.username, ["annotator", "reviewer"])
    task = lab.task(lab.ada)
    with pytest.raises(InvalidState, match="own work"):
        review_assignments.name_reviewers(lab.manager, task, [lab.ada.username])
    assert review_assignments.share_out(lab.manager, lab.project, tasks=[task], reviewers=[lab.ada.username]) == {
        "named": 0,
        "without": 1,
    }
    other = lab.task(lab.ben)
    review_assignments.name_reviewers(lab.manager, other, [lab.ada.username])
    projects.update_project(lab.manager, lab.project, {"strategy": "pool", "annotators_per_task": 2})
    assert queues.next_task(lab.ada, lab.project, after=int(task)) == task
    with pytest.raises(InvalidState, match="own work"):
        tasks.change_task(lab.manager, other, {"assignees": [lab.ben.username, lab.ada.username]})


def test_dealt_out_reviews_are_shared_evenly_and_never_to_the_annotator(lab: Lab) -> None:
    lab.rules(reviewers="dealt")
    memberships.set_member(lab.manager, lab.project, lab.ben.username, ["annotator", "reviewer"])
    made = [lab.task(lab.ben) for _ in range(4)]
    for task in made:
        lab.hand_in(task, lab.ben)
    assert lab.queue(lab.ben) == []
    shares = [lab.queue(lab.rita), lab.queue(lab.rolf)]
    assert [len(share) for share in shares] == [2, 2]
    assert sorted(shares[0] + shares[1]) == sorted(made)


def test_who_reviews_no_more_gives_back_what_they_were_named_for(lab: Lab) -> None:
    task = lab.task()
    lab.hand_in(task)
    review_assignments.name_reviewers(lab.manager, task, [lab.rita.username])
    memberships.set_member(lab.manager, lab.project, lab.rita.username, [])
    assert lab.queue(lab.rolf) == [task]


def test_many_tasks_are_given_to_several_reviewers_at_once(lab: Lab) -> None:
    made = [lab.task() for _ in range(3)]
    people = [lab.rita.username, lab.rolf.username]
    review_assignments.share_out(lab.manager, lab.project, tasks=made, reviewers=people, everybody=True)
    assert [review_assignments.reviewers_of(lab.manager, task) for task in made] == [sorted(people)] * 3
    with pytest.raises(NotFound, match="is not a reviewer"):
        review_assignments.share_out(lab.manager, lab.project, tasks=made, reviewers=[lab.ben.username])
    with pytest.raises(Forbidden):
        review_assignments.share_out(lab.rita, lab.project)


def test_what_is_not_in_the_sample_stays_submitted_and_waits_for_nobody(lab: Lab) -> None:
    lab.rules(share=0)
    task = lab.task()
    handed = lab.hand_in(task)
    assert handed["state"] == "submitted"
    assert lab.queue(lab.rita) == []
    assert lab.counts(lab.rita) == {"waiting": 0, "incomplete": 0, "left": 1, "by_sampling": 0, "decided": 0}
    asked = review_queues.review_queue(lab.rita, lab.project, annotation=handed["id"])
    assert asked[0]["because"] == "left"
    assert reviews.review_annotation(lab.rita, handed["id"], revision=handed["revision"], decision="approve")


def test_what_is_not_in_the_sample_is_approved_where_the_project_says_so_and_says_so_in_exports(lab: Lab) -> None:
    lab.rules(share=0, unsampled="approve")
    task = lab.task()
    assert lab.hand_in(task)["state"] == "approved"
    assert tasks.get_task(lab.manager, task)["state"] == "approved"
    assert lab.counts(lab.rita)["by_sampling"] == 1
    opened = exports.open_export(lab.manager, lab.project, format_name="jsonl", which="approved", audio="none")
    (line,) = b"".join(opened.blocks).splitlines()
    assert orjson.loads(line)["sampling"] == "approved"
    with get_database().read() as session:
        actions = list(session.scalars(select(HistoryEvent.action)))
    assert "annotation.approved_by_sampling" in actions


def test_changed_rules_hold_for_what_nobody_decided_also_what_sampling_had_approved(lab: Lab) -> None:
    lab.rules(share=0, unsampled="approve")
    task = lab.task()
    lab.hand_in(task)
    lab.rules(share=100)
    with get_database().read() as session:
        assert session.scalars(select(Job.kind)).all() == [review_sampling.KIND] * 2
    assert review_sampling.apply_rules(int(lab.project)) == 1
    assert lab.queue(lab.rita) == [task]
    assert tasks.get_task(lab.manager, task)["state"] == "submitted"


def test_a_suggestion_of_which_the_model_was_not_sure_is_reviewed(lab: Lab) -> None:
    lab.rules(share=0, below_confidence=0.5)
    sure, unsure = lab.task(), lab.task()
    lab.hand_in(sure, written=document((1, 2), score=0.9))
    lab.hand_in(unsure, written=document((1, 2), score=0.3))
    (waiting,) = review_queues.review_queue(lab.rita, lab.project)
    assert (waiting["task"], waiting["because"]) == (unsure, "confidence")


@on_both_databases
def test_annotators_who_agree_are_not_reviewed_once_both_have_handed_in(lab: Lab) -> None:
    projects.update_project(lab.manager, lab.project, {"strategy": "disjoint", "annotators_per_task": 2})
    lab.rules(share=0, below_agreement=0.8)
    alike, apart = lab.task(lab.ada, lab.ben), lab.task(lab.ada, lab.ben)
    lab.hand_in(alike, lab.ada)
    assert lab.counts(lab.rita)["incomplete"] == 1
    lab.hand_in(alike, lab.ben)
    lab.hand_in(apart, lab.ada)
    lab.hand_in(apart, lab.ben, document((1, 5)))
    assert lab.queue(lab.rita) == [apart, apart]
    assert lab.counts(lab.rita) == {"waiting": 2, "incomplete": 0, "left": 2, "by_sampling": 0, "decided": 0}
    handing_in.withdraw(lab.ben, alike)
    assert lab.counts(lab.rita)["incomplete"] == 1


def test_what_was_sent_back_is_reviewed_again_outside_the_sample(lab: Lab) -> None:
    task = lab.task()
    handed = lab.hand_in(task)
    reviews.review_annotation(
        lab.rita, handed["id"], revision=handed["revision"], decision="reject", feedback="Too late"
    )
    lab.rules(share=0)
    lab.hand_in(task, written=document((1, 3)))
    (waiting,) = review_queues.review_queue(lab.rita, lab.project)
    assert waiting["because"] == "again"


@on_both_databases
def test_the_queue_begins_with_what_differs_most(lab: Lab) -> None:
    projects.update_project(lab.manager, lab.project, {"strategy": "disjoint", "annotators_per_task": 2})
    lab.rules(order="disagreement")
    alone = lab.task(lab.ada)
    lab.hand_in(alone)
    by_end = {}
    for end in (2.1, 5.0, 3.0):
        task = by_end[end] = lab.task(lab.ada, lab.ben)
        lab.hand_in(task, lab.ada)
        lab.hand_in(task, lab.ben, document((1, end)))
    found = review_queues.review_queue(lab.rita, lab.project)
    assert [one["task"] for one in found[::2]] == [by_end[5.0], by_end[3.0], by_end[2.1], alone]
    assert found[0]["disagreement"] == pytest.approx(0.75)


def test_the_seed_of_the_sampling_is_told_to_managers_alone_and_cannot_be_set(lab: Lab) -> None:
    lab.rules(share=50, seed="mine")
    seed = projects.get_project(lab.manager, lab.project)["reviewing"]["seed"]
    assert len(seed) == 16
    lab.rules(share=40)
    assert projects.get_project(lab.manager, lab.project)["reviewing"]["seed"] == seed
    assert "seed" not in projects.get_project(lab.ada, lab.project)["reviewing"]
