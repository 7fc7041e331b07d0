"""An annotation that a reviewer has open is nobody else's to decide, until they decide, leave it or stop working."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from labelbuddy_core.database import get_database
from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import Annotation, AnnotationItem, ReviewClaim
from labelbuddy_core.errors import Forbidden, InvalidState, NotFound
from labelbuddy_core.services.accounts import accounts, memberships
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations import handing_in
from labelbuddy_core.services.reviews import region_verdicts, review_assignments, review_claims, review_queues, reviews

Make = Callable[..., Any]


class Pool:
    """Two reviewers of a pool, and annotations that wait."""

    def __init__(self, make_user: Make, make_project: Make, add_task: Make, add_annotation: Make) -> None:
        self.manager, self.ada, self.rita, self.rolf = (make_user(name) for name in ("maria", "ada", "rita", "rolf"))
        self.project = make_project(managers=(self.manager,), annotators=(self.ada,), reviewers=(self.rita, self.rolf))
        self._add_task, self._add_annotation = add_task, add_annotation

    def waiting(self, number: int = 1) -> list[str]:
        made = []
        for _ in range(number):
            task = self._add_task(self.project, annotators=(self.ada,))
            made.append(str(self._add_annotation(task, self.ada, state="submitted")))
        return made

    def next(self, reviewer: Actor) -> str | None:
        return review_claims.open_next(reviewer, self.project)

    def stop_working(self, minutes: float) -> None:
        with get_database().write() as session:
            session.execute(update(ReviewClaim).values(last_seen_at=now() - timedelta(minutes=minutes)))


def held() -> list[int]:
    with get_database().read() as session:
        return list(session.scalars(select(ReviewClaim.annotation_id)))


@pytest.fixture
def pool(make_user: Make, make_project: Make, add_task: Make, add_annotation: Make) -> Pool:
    return Pool(make_user, make_project, add_task, add_annotation)


def test_two_reviewers_of_a_pool_are_given_different_annotations(pool: Pool) -> None:
    first, second = pool.waiting(2)
    assert pool.next(pool.rita) == first
    assert pool.next(pool.rolf) == second
    assert pool.next(pool.rita) == first, "who comes back goes on with what is open"


def test_reviewers_are_given_different_tasks_as_long_as_there_are(
    pool: Pool, make_user: Make, add_task: Make, add_annotation: Make
) -> None:
    ben = make_user()
    memberships.set_member(pool.manager, pool.project, ben.username, ["annotator"])
    task = add_task(pool.project, annotators=(pool.ada, ben))
    first, beside = (str(add_annotation(task, who, state="submitted")) for who in (pool.ada, ben))
    (elsewhere,) = pool.waiting()
    assert pool.next(pool.rita) == first
    assert pool.next(pool.rolf) == elsewhere
    reviews.review_annotation(pool.rolf, elsewhere, revision=1, decision="approve")
    assert pool.next(pool.rolf) == beside


def test_whoever_goes_to_the_verify_grid_holds_nothing(pool: Pool) -> None:
    (waiting,) = pool.waiting()
    pool.next(pool.rita)
    review_claims.leave_all(pool.rita, pool.project)
    assert pool.next(pool.rolf) == waiting


def test_what_another_has_open_is_neither_opened_nor_decided_and_the_queue_says_who_has_it(pool: Pool) -> None:
    (waiting,) = pool.waiting()
    pool.next(pool.rita)
    assert pool.next(pool.rolf) is None
    with pytest.raises(InvalidState, match="Rita is reviewing"):
        review_claims.open_annotation(pool.rolf, waiting)
    with pytest.raises(InvalidState, match="Rita is reviewing"):
        reviews.review_annotation(pool.rolf, waiting, revision=1, decision="approve")
    assert review_queues.review_queue(pool.rolf, pool.project)[0]["reviewer"] == "Rita"
    assert review_queues.review_queue(pool.rita, pool.project)[0]["reviewer"] is None


def test_whoever_leaves_gives_it_back(pool: Pool) -> None:
    (waiting,) = pool.waiting()
    pool.next(pool.rita)
    review_claims.leave(pool.rolf, waiting)
    assert pool.next(pool.rolf) is None
    review_claims.leave(pool.rita, waiting)
    assert pool.next(pool.rolf) == waiting


def test_a_claim_expires_half_an_hour_after_the_last_work(pool: Pool) -> None:
    (waiting,) = pool.waiting()
    pool.next(pool.rita)
    pool.stop_working(29)
    assert pool.next(pool.rolf) is None
    pool.stop_working(31)
    assert pool.next(pool.rolf) == waiting
    with pytest.raises(InvalidState, match="Rolf is reviewing"):
        review_claims.open_annotation(pool.rita, waiting)


@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_a_decision_ends_the_claim(pool: Pool, decision: str) -> None:
    (waiting,) = pool.waiting()
    pool.next(pool.rita)
    assert held() == [int(waiting)]
    reviews.review_annotation(pool.rita, waiting, revision=1, decision=decision, feedback="Listen again")
    assert held() == []


def test_what_was_withdrawn_and_handed_in_again_is_free(pool: Pool) -> None:
    (waiting,) = pool.waiting()
    pool.next(pool.rita)
    with get_database().read() as session:
        task = session.get_one(Annotation, int(waiting)).task_id
    handing_in.withdraw(pool.ada, task)
    assert held() == []


def test_who_is_not_named_for_a_task_any_more_holds_nothing_of_it(pool: Pool) -> None:
    first, second = pool.waiting(2)
    assert [pool.next(pool.rita), pool.next(pool.rolf)] == [first, second]
    with get_database().read() as session:
        tasks = [session.get_one(Annotation, int(one)).task_id for one in (first, second)]
    review_assignments.name_reviewers(pool.manager, tasks[0], [pool.rolf.username])
    assert held() == [int(second)]
    review_assignments.share_out(
        pool.manager, pool.project, tasks=[str(tasks[1])], reviewers=[pool.rita.username], everybody=True
    )
    assert held() == []
    assert [pool.next(pool.rita), pool.next(pool.rolf)] == [second, first]


def test_whoever_is_named_goes_on_with_what_is_open(pool: Pool) -> None:
    (waiting,) = pool.waiting()
    pool.next(pool.rita)
    with get_database().read() as session:
        task = session.get_one(Annotation, int(waiting)).task_id
    review_assignments.name_reviewers(pool.manager, task, [pool.rita.username, pool.rolf.username])
    assert held() == [int(waiting)]
    review_assignments.name_reviewers(pool.manager, task, [])
    assert held() == [int(waiting)]


def test_who_may_sign_in_no_more_holds_nothing(pool: Pool, make_user: Make) -> None:
    (waiting,) = pool.waiting()
    pool.next(pool.rita)
    accounts.update_user(make_user(is_administrator=True), pool.rita.id, {"active": False})
    assert pool.next(pool.rolf) == waiting


def test_a_manager_sees_what_is_open_and_releases_it(pool: Pool) -> None:
    (waiting,) = pool.waiting()
    pool.next(pool.rita)
    (held,) = review_claims.claims(pool.manager, pool.project)
    assert (held["annotation"], held["annotator"], held["reviewer"]) == (waiting, "Ada", "Rita")
    with pytest.raises(Forbidden):
        review_claims.release(pool.rolf, waiting)
    review_claims.release(pool.manager, waiting)
    assert pool.next(pool.rolf) == waiting
    review_claims.release(pool.manager, waiting)
    with pytest.raises(NotFound):
        review_claims.release(pool.manager, waiting)


def test_who_reviews_no_more_holds_nothing(pool: Pool) -> None:
    (waiting,) = pool.waiting()
    pool.next(pool.rita)
    memberships.set_member(pool.manager, pool.project, pool.rita.username, [])
    assert pool.next(pool.rolf) == waiting


def test_the_verify_grid_leaves_out_what_another_reviewer_has_open(pool: Pool) -> None:
    (waiting,) = pool.waiting()
    value = {"id": "r", "start": 1.0, "end": 2.0, "label": "speech", "origin": {"kind": "human"}}
    with get_database().write() as session:
        session.add(
            AnnotationItem(annotation_id=int(waiting), collection="regions", key="r", label="speech", value=value)
        )
    pool.next(pool.rita)
    assert region_verdicts.labels_to_verify(pool.rolf, pool.project) == []
    assert region_verdicts.labels_to_verify(pool.rita, pool.project) == [{"label": "speech", "count": 1}]
    with pytest.raises(InvalidState, match="Rita is reviewing"):
        region_verdicts.decide_region(pool.rolf, waiting, region="r", revision=1, decision="approve")


def test_ten_reviewers_at_once_are_given_ten_annotations(pool: Pool, make_user: Make) -> None:
    pool.waiting(10)
    people = [make_user() for _ in range(10)]
    for person in people:
        memberships.set_member(pool.manager, pool.project, person.username, ["reviewer"])
    found: list[str | None] = []
    start = threading.Barrier(10)

    def open_one(person: Actor) -> None:
        start.wait()
        found.append(pool.next(person))

    threads = [threading.Thread(target=open_one, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert None not in found
    assert len(set(found)) == 10
