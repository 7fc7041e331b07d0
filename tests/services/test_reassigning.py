"""Managers free what is stuck: many tasks reassigned or released at once, and work handed over with its history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import orjson
import pytest
from postgresql_server import on_both_databases
from sqlalchemy import update

from labelbuddy_core.database import get_database
from labelbuddy_core.database.base import now
from labelbuddy_core.database.tables import Assignment
from labelbuddy_core.domain.operations import Save
from labelbuddy_core.errors import Forbidden, Invalid, InvalidState, NotFound
from labelbuddy_core.services.accounts import memberships
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.annotations import annotations, handing_in, revisions
from labelbuddy_core.services.exports import exports
from labelbuddy_core.services.reviews import reviews
from labelbuddy_core.services.tasks import hand_overs, queues, skipping, task_assignment, tasks

Make = Callable[..., Any]


def save(person: Actor, task: str, base: int = 0, label: str = "speech", annotation: str | None = None) -> int:
    value = {"label": label, "origin": {"kind": "human"}}
    operation = {"op": "put", "collection": "tags", "id": label, "value": value}
    request = {"client": str(uuid4()), "sequence": 1, "base_revision": base, "operations": [operation]}
    request["annotation"] = annotation
    return annotations.save(person, task, Save.model_validate(request))["revision"]


@pytest.fixture
def people(make_user: Make) -> dict[str, Actor]:
    return {name: make_user(name) for name in ("manager", "ada", "ben", "rita")}


@pytest.fixture
def project(make_project: Make, people: dict[str, Actor]) -> str:
    return make_project(
        managers=(people["manager"],), annotators=(people["ada"], people["ben"]), reviewers=(people["rita"],)
    )


def who(people: dict[str, Actor], task: str) -> list[str]:
    return tasks.get_task(people["manager"], task)["assignees"]


def test_many_tasks_are_given_to_others_and_who_has_begun_one_keeps_it(
    people: dict[str, Actor], project: str, add_task: Make
) -> None:
    begun, waiting, free = (add_task(project, annotators=holders) for holders in [(people["ada"],)] * 2 + [()])
    save(people["ada"], begun)
    done = task_assignment.assign_many(people["manager"], project, [begun, waiting, free], ["ben"], add=False)
    assert done == {"assigned": 3, "released": 1, "kept": 1}
    assert [who(people, task) for task in (begun, waiting, free)] == [["ada", "ben"], ["ben"], ["ben"]]
    done = task_assignment.assign_many(people["manager"], project, [waiting, free], ["ada"], add=True)
    assert done == {"assigned": 2, "released": 0, "kept": 0}
    assert who(people, free) == ["ada", "ben"]


def test_a_claim_is_released_at_once_and_a_draft_stays_with_its_author(
    people: dict[str, Actor], project: str, add_task: Make
) -> None:
    begun, claimed = add_task(project), add_task(project)
    assert queues.next_task(people["ada"], project) == begun
    save(people["ada"], begun)
    assert queues.next_task(people["ada"], project, after=int(begun)) == claimed
    assert queues.next_task(people["ben"], project) is None
    done = task_assignment.release_many(people["manager"], project, [begun, claimed])
    assert done == {"released": 1, "drafts": 1, "kept": 0}
    assert queues.next_task(people["ben"], project) == begun
    assert annotations.get_mine(people["ada"], begun)["revision"] == 1
    assert tasks.get_task(people["ada"], begun)["my_skip"] == "Released by manager"
    with pytest.raises(NotFound):
        tasks.get_task(people["ada"], claimed)


def test_who_had_skipped_a_task_or_only_claimed_it_counts_as_given_it_and_who_has_it_does_not(
    people: dict[str, Actor], project: str, add_task: Make
) -> None:
    skipped, claimed = add_task(project, annotators=(people["ada"],)), add_task(project)
    skipping.skip_task(people["ada"], skipped, "too loud")
    assert queues.next_task(people["ada"], project) == claimed
    for given in (2, 0):
        done = task_assignment.assign_many(people["manager"], project, [skipped, claimed], ["ada"], add=True)
        assert done == {"assigned": given, "released": 0, "kept": 0}
    assert tasks.get_task(people["ada"], skipped)["my_skip"] is None


def test_what_was_handed_in_is_not_released(people: dict[str, Actor], project: str, add_task: Make) -> None:
    task = add_task(project, annotators=(people["ada"], people["ben"]))
    handing_in.submit(people["ada"], task, save(people["ada"], task))
    assert task_assignment.release_many(people["manager"], project, [task]) == {"released": 1, "drafts": 0, "kept": 1}
    assert who(people, task) == ["ada"]


def test_managers_see_whose_claim_has_expired(people: dict[str, Actor], project: str, add_task: Make) -> None:
    task, assigned = add_task(project), add_task(project, annotators=(people["ben"],))
    queues.next_task(people["ada"], project)
    assert tasks.get_task(people["manager"], task)["expired"] == []
    with get_database().write() as session:
        session.execute(update(Assignment).values(last_saved_at=now() - timedelta(hours=25)))
    assert tasks.get_task(people["manager"], task)["expired"] == ["ada"]
    assert tasks.get_task(people["manager"], assigned)["expired"] == []


def test_the_work_of_somebody_who_is_ill_goes_over_with_its_history(
    people: dict[str, Actor], project: str, add_task: Make
) -> None:
    ada, ben, manager = people["ada"], people["ben"], people["manager"]
    draft, back, waiting, done = (add_task(project, annotators=(ada,)) for _ in range(4))
    save(ada, draft, save(ada, draft), "music")
    handing_in.submit(ada, back, save(ada, back))
    handing_in.submit(ada, done, save(ada, done))
    sent_back = annotations.get_mine(ada, back)["id"]
    reviews.review_annotation(
        people["rita"], sent_back, revision=1, decision="reject", feedback="too early", regions=[]
    )
    found = hand_overs.preview(manager, project, giver="ada", taker="ben")
    assert found == {"drafts": 1, "sent_back": 1, "not_begun": 1, "left": []}
    assert who(people, draft) == ["ada"], "a preview changes nothing"
    assert hand_overs.hand_over(manager, project, giver="ada", taker="ben") == found
    assert [who(people, task) for task in (draft, back, waiting, done)] == [["ben"], ["ben"], ["ben"], ["ada"]]
    with pytest.raises(NotFound):
        save(ada, draft, 2)
    mine = annotations.get_mine(ben, draft)
    assert [tag["label"] for tag in mine["document"]["tags"]] == ["music", "speech"]
    (over,) = mine["handed_over"]
    assert (over["from"], over["to"], over["revision"]) == ("ada", "ben", 2)
    save(ben, draft, 2, "dog")
    history = revisions.list_revisions(ben, mine["id"])
    assert [(one["revision"], one["user"]) for one in history] == [(3, "ben"), (2, "ada"), (1, "ada")]
    assert annotations.get_mine(ben, back)["reviews"][0]["feedback"] == "too early"
    assert hand_overs.of_my_annotation(ben, draft) == [over]
    assert hand_overs.of_my_annotation(ben, waiting) == []
    blocks = exports.open_export(manager, project, format_name="jsonl").blocks
    lines = [orjson.loads(line) for line in b"".join(blocks).splitlines()]
    assert {one["task"]["id"]: [each["from"] for each in one.get("handed_over", ())] for one in lines} == {
        draft: ["ada"], back: ["ada"], done: [],
    }  # fmt: skip


def test_who_handed_a_task_over_gets_it_again_from_a_manager_alone(
    people: dict[str, Actor], make_project: Make, add_task: Make
) -> None:
    ada, ben, manager = people["ada"], people["ben"], people["manager"]
    pool = make_project(managers=(manager,), annotators=(ada, ben), annotators_per_task=2)
    begun, waiting = add_task(pool, annotators=(ada,)), add_task(pool, annotators=(ada,))
    save(ada, begun)
    hand_overs.hand_over(manager, pool, giver="ada", taker="ben")
    assert queues.my_queue(ada, pool)["pool"] == 0
    assert queues.next_task(ada, pool) is None
    task_assignment.assign_many(manager, pool, [waiting], ["ada"], add=True)
    assert queues.next_task(ada, pool) == waiting


def test_an_editor_that_is_still_open_at_what_was_handed_over_saves_nothing_into_a_new_annotation(
    people: dict[str, Actor], project: str, add_task: Make
) -> None:
    ada, manager = people["ada"], people["manager"]
    task = add_task(project, annotators=(ada,))
    revision = save(ada, task)
    given = annotations.get_mine(ada, task)["id"]
    assert save(ada, task, revision, "music", given) == 2
    hand_overs.hand_over(manager, project, giver="ada", taker="ben")
    task_assignment.assign_many(manager, project, [task], ["ada"], add=True)
    with pytest.raises(NotFound, match="This annotation was deleted or taken back"):
        save(ada, task, 2, "dog", given)
    assert annotations.get_mine(ada, task)["revision"] == 0
    save(ada, task, 0, "dog")
    with pytest.raises(NotFound, match="not for you"):
        save(ada, task, 2, "speech", given)
    assert [tag["label"] for tag in annotations.get_mine(ada, task)["document"]["tags"]] == ["dog"]


@on_both_databases
def test_work_that_is_handed_back_keeps_the_other_person_out(
    people: dict[str, Actor], make_project: Make, add_task: Make, add_annotation: Make
) -> None:
    ada, ben, manager = people["ada"], people["ben"], people["manager"]
    pool = make_project(managers=(manager,), annotators=(ada, ben), annotators_per_task=2)
    task = add_task(pool, annotators=(ada,))
    add_annotation(task, ada, state="draft")
    for giver, taker in (("ada", "ben"), ("ben", "ada")) * 2:
        hand_overs.hand_over(manager, pool, giver=giver, taker=taker)
        assert queues.next_task(people[giver], pool) is None
        assert queues.next_task(people[taker], pool) == task


@on_both_databases
def test_a_task_is_not_dealt_to_who_handed_it_over(
    people: dict[str, Actor], make_project: Make, add_task: Make, make_user: Make
) -> None:
    ada, ben, manager = people["ada"], people["ben"], people["manager"]
    dealt = make_project(managers=(manager,), annotators=(ada, ben), strategy="disjoint", annotators_per_task=2)
    task = add_task(dealt, annotators=(ada,))
    hand_overs.hand_over(manager, dealt, giver="ada", taker="ben")
    make_user("cora")
    memberships.set_member(manager, dealt, "cora", ["annotator"])
    assert who(people, task) == ["ben", "cora"]


def test_a_task_that_both_have_begun_is_left_and_named(people: dict[str, Actor], project: str, add_task: Make) -> None:
    task = add_task(project, name="walk.wav", annotators=(people["ada"], people["ben"]))
    for name in ("ada", "ben"):
        save(people[name], task)
    done = hand_overs.hand_over(people["manager"], project, giver="ada", taker="ben")
    assert [(one["task"], one["recording"]) for one in done["left"]] == [(task, "walk.wav")]
    assert who(people, task) == ["ada", "ben"]


def test_only_the_chosen_tasks_go_over(people: dict[str, Actor], project: str, add_task: Make) -> None:
    one, other = (add_task(project, annotators=(people["ada"],)) for _ in range(2))
    hand_overs.hand_over(people["manager"], project, giver="ada", taker="ben", tasks=[one])
    assert (who(people, one), who(people, other)) == (["ben"], ["ada"])


def test_only_managers_reassign_and_only_to_annotators_of_the_project(
    people: dict[str, Actor], project: str, add_task: Make, make_project: Make
) -> None:
    task = add_task(project)
    elsewhere = add_task(make_project(managers=(people["manager"],)))
    with pytest.raises(Forbidden):
        task_assignment.assign_many(people["ada"], project, [task], ["ada"], add=True)
    with pytest.raises(Forbidden):
        hand_overs.hand_over(people["ada"], project, giver="ben", taker="ada")
    with pytest.raises(NotFound, match="rita"):
        hand_overs.hand_over(people["manager"], project, giver="ada", taker="rita")
    with pytest.raises(Invalid, match="somebody else"):
        hand_overs.hand_over(people["manager"], project, giver="ada", taker="ada")
    with pytest.raises(NotFound, match=elsewhere):
        task_assignment.release_many(people["manager"], project, [task, elsewhere])


@pytest.mark.parametrize("by_hand", [False, True])
def test_the_task_of_a_draft_goes_on_with_somebody_else_when_its_author_is_removed(
    people: dict[str, Actor], project: str, add_task: Make, by_hand: bool
) -> None:
    task = add_task(project, annotators=(people["ada"],) if by_hand else ())
    assert queues.next_task(people["ada"], project) == task
    save(people["ada"], task)
    assert queues.next_task(people["ben"], project) is None
    memberships.set_member(people["manager"], project, "ada", [])
    assert queues.next_task(people["ben"], project) == task
    handing_in.submit(people["ben"], task, save(people["ben"], task))
    done = annotations.get_mine(people["ben"], task)["id"]
    reviews.review_annotation(people["rita"], done, revision=1, decision="approve")
    found = tasks.get_task(people["manager"], task)
    assert found["state"] == "approved"
    assert [(one["username"], one["state"]) for one in found["work"]] == [("ada", "draft"), ("ben", "approved")]


def test_a_dealt_out_task_is_dealt_to_somebody_else_when_its_drafter_is_removed(
    people: dict[str, Actor], make_project: Make, add_task: Make
) -> None:
    dealt = make_project(managers=(people["manager"],), annotators=(people["ada"], people["ben"]), strategy="disjoint")
    task = add_task(dealt, annotators=(people["ada"],))
    save(people["ada"], task)
    memberships.set_member(people["manager"], dealt, "ada", [])
    assert who(people, task) == ["ada", "ben"]
    assert queues.next_task(people["ben"], dealt) == task


def test_the_draft_of_somebody_who_has_left_is_listed_and_can_be_handed_over(
    people: dict[str, Actor], project: str, add_task: Make
) -> None:
    task = add_task(project)
    queues.next_task(people["ada"], project)
    save(people["ada"], task)
    memberships.set_member(people["manager"], project, "ada", [])
    assert hand_overs.open_work(people["manager"], project) == {"ada": {"drafts": 1, "sent_back": 0, "not_begun": 0}}
    hand_overs.hand_over(people["manager"], project, giver="ada", taker="ben")
    assert hand_overs.open_work(people["manager"], project) == {"ben": {"drafts": 1, "sent_back": 0, "not_begun": 0}}
    with pytest.raises(Forbidden):
        hand_overs.open_work(people["ben"], project)


def test_who_was_removed_reads_words_and_a_stranger_learns_nothing_from_them(
    people: dict[str, Actor], project: str, add_task: Make, make_user: Make
) -> None:
    task = add_task(project, annotators=(people["ada"],))
    revision = save(people["ada"], task)
    memberships.set_member(people["manager"], project, "ada", [])
    said = set()
    for person, wanted in ((people["ada"], task), (make_user("stranger"), task), (people["ada"], "987654321")):
        with pytest.raises(NotFound) as refused:
            save(person, wanted, revision)
        said.add(refused.value.detail)
    (only,) = said
    assert only.startswith("This recording was deleted, or it is not in your queue")
    assert not any(sign.isdigit() for sign in only)


def test_work_goes_over_together_with_the_role_or_not_at_all(
    people: dict[str, Actor], project: str, add_task: Make
) -> None:
    manager = people["manager"]
    memberships.set_member(manager, project, "manager", ["manager", "annotator"])
    task = add_task(project, annotators=(manager,))
    save(manager, task)
    with pytest.raises(InvalidState, match="at least one manager"):
        memberships.set_member(manager, project, "manager", [], hand_over_to="ben")
    assert who(people, task) == ["manager"]
    assert annotations.get_mine(manager, task)["revision"] == 1
    memberships.set_member(manager, project, "manager", ["manager"], hand_over_to="ben")
    assert who(people, task) == ["ben"]
    assert annotations.get_mine(people["ben"], task)["revision"] == 1
