"""Guided tours as people follow them: each step is done by the real thing, in the real database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Membership, Model, Prediction
from labelbuddy_core.domain.operations import Save
from labelbuddy_core.domain.permissions import Role
from labelbuddy_core.domain.tour_steps import TOURS
from labelbuddy_core.domain.tours import DONE, SKIPPED
from labelbuddy_core.errors import Invalid, InvalidState, NotFound
from labelbuddy_core.services.accounts import memberships, preferences
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.agreement import consensus
from labelbuddy_core.services.annotations import annotations, handing_in
from labelbuddy_core.services.exports import exports
from labelbuddy_core.services.first_steps import samples, tours
from labelbuddy_core.services.installation import documentation
from labelbuddy_core.services.models import model_links, models
from labelbuddy_core.services.predictions import predictions
from labelbuddy_core.services.projects import projects
from labelbuddy_core.services.releases import release_making, releases
from labelbuddy_core.services.reviews import region_verdicts, reviews
from labelbuddy_core.services.tasks import activity, task_assignment

Make = Callable[..., Any]
ROLES = ("manager", "annotator", "reviewer")


def region(name: str, end: float, kind: str = "human", **origin: Any) -> dict[str, Any]:
    return {"id": name, "start": 1.0, "end": end, "label": "speech", "origin": {"kind": kind, **origin}}


@dataclass
class World:
    """A sample project with a person of each role, and tasks."""

    project: str
    people: dict[str, Actor]
    other: Actor
    tasks: list[str]

    def save(self, person: Actor, task: str, *items: dict[str, Any]) -> int:
        present = annotations.get_mine(person, task)["revision"]
        operations = [{"op": "put", "collection": "regions", "id": one["id"], "value": one} for one in items]
        save = {"client": uuid4(), "sequence": 1, "base_revision": present, "operations": operations}
        return annotations.save(person, task, Save.model_validate(save))["revision"]

    def hand_in(self, person: Actor, task: str, *items: dict[str, Any]) -> dict[str, Any]:
        return handing_in.submit(person, task, self.save(person, task, *items))

    def review(self, task: str, decision: str) -> None:
        """By the reviewer, of what the other annotator handed in."""
        handed_in = self.hand_in(self.other, task, region("r1", 2.0))
        reviews.review_annotation(
            self.people["reviewer"], handed_in["id"], revision=handed_in["revision"], decision=decision, feedback="So."
        )

    def send_back(self, task: str) -> None:
        """By the reviewer, of what the annotator handed in."""
        made = self.hand_in(self.people["annotator"], task, region("r1", 2.0))
        reviews.review_annotation(
            self.people["reviewer"], made["id"], revision=made["revision"], decision="reject", feedback="Again."
        )

    def begin_release(self) -> int:
        """The number of a release that the manager has begun; making it is left to the test."""
        manager = self.people["manager"]
        begun = releases.begin(manager, self.project, name="Sounds", version="1.0", choices={}, at_once=True)
        return int(begun["id"])

    def predict(self, task: str) -> str:
        """The id of a prediction of the bundled model with one region."""
        with get_database().write() as session:
            model = session.query(Model).where(Model.name == "baseline").one()
            document = {"schema": "labelbuddy/annotation@1", "regions": [region("m1", 3.0, "model", score=0.9)]}
            document |= {"points": [], "tags": [], "caption": None, "answers": [], "tiers": []}
            values = {"project_id": int(self.project), "task_id": int(task), "model_id": model.id, "seconds": 0.1}
            row = Prediction(**values, version="1", document=document)
            session.add(row)
            session.flush()
            return str(row.id)

    def steps(self, role: str, page: str = "account") -> dict[str, str]:
        found = tours.follow(self.people[role], page)
        assert found is not None
        return found.steps


@pytest.fixture
def world(make_user: Make, make_project: Make, add_task: Make) -> World:
    models.ensure_bundled_models()
    people = {role: make_user(role, can_create_projects=role == "manager") for role in ROLES}
    other = make_user("other")
    project = make_project(
        managers=(people["manager"],),
        annotators=(people["annotator"], other),
        reviewers=(people["reviewer"],),
        annotators_per_task=2,
    )
    samples.mark_as_sample(people["manager"], project)
    tasks = [add_task(project, annotators=(people["annotator"], other)) for _ in range(4)]
    return World(project, people, other, tasks)


def of_annotator(world: World, step: str) -> None:
    me, task = world.people["annotator"], world.tasks[0]
    match step:
        case "open":
            activity.log_activity(me, task, str(uuid4()), [{"kind": "opened"}])
        case "mark":
            world.save(me, task, region("r1", 2.0))
        case "change":
            world.save(me, task, region("r1", 2.5))
        case "suggestion":
            predictions.decide(me, world.predict(task), "m1", "rejected")
        case "submit":
            world.hand_in(me, task, region("r2", 4.0))
        case "answer":
            mine = annotations.get_mine(me, task)
            reviews.review_annotation(
                world.people["reviewer"], mine["id"], revision=mine["revision"], decision="reject", feedback="Again."
            )
            world.hand_in(me, task, region("r2", 4.5))


def of_reviewer(world: World, step: str) -> None:
    me, tasks = world.people["reviewer"], world.tasks
    match step:
        case "judge":
            world.review(tasks[0], "reject")
        case "approve":
            world.review(tasks[1], "approve")
        case "truth":
            world.hand_in(world.other, tasks[2], region("r1", 2.0))
            document = {"schema": "labelbuddy/annotation@1"}
            consensus.put_consensus(me, tasks[2], revision=0, document=document)
        case "verify":
            made = world.hand_in(world.other, tasks[3], region("r1", 2.0))
            region_verdicts.decide_region(me, made["id"], region="r1", revision=made["revision"], decision="approve")


def of_manager(world: World, step: str) -> None:
    me, project = world.people["manager"], world.project
    match step:
        case "labels":
            labels = [*projects.get_project(me, project)["labels"], {"name": "Bird"}]
            projects.update_project(me, project, {"labels": labels})
        case "give":
            task_assignment.assign_many(me, project, world.tasks[:1], ["other"], add=True)
        case "model":
            (model,) = [one for one in models.list_models(me) if one["name"] == "baseline"]
            model_links.link_model(me, project, model["id"], threshold=0.5)
        case "export":
            exports.open_export(me, project, format_name="csv")
        case "release":
            world.review(world.tasks[3], "approve")
            release_making.make(world.begin_release(), lambda *_: None)
        case "create":
            projects.create_project(me, name="Mine", template="beats")


PAGES = {"standing": "dashboard", "open": "review", "insight": "insight", "project": "project"}


@pytest.mark.parametrize(
    ("role", "does"), [("annotator", of_annotator), ("reviewer", of_reviewer), ("manager", of_manager)]
)
def test_every_step_is_done_by_doing_it_and_none_before(
    role: str, does: Callable[[World, str], None], world: World
) -> None:
    tours.start(world.people[role], role)
    assert world.steps(role) == {}
    done: dict[str, str] = {}
    for step in TOURS[Role(role)].steps:
        does(world, step.id)
        done[step.id] = DONE
        assert world.steps(role, PAGES.get(step.id, "account")) == done, step.id
    tours.leave(world.people[role])
    assert tours.follow(world.people[role], "account") is None
    (choice,) = tours.choices(world.people[role])
    assert choice.state == "finished"


def test_a_release_in_which_nothing_would_be_is_not_made_yet(world: World) -> None:
    tours.start(world.people["manager"], "manager")
    begun = world.begin_release()
    with pytest.raises(InvalidState):
        release_making.make(begun, lambda *_: None)
    assert "release" not in world.steps("manager", "account")


def test_steps_are_told_in_the_language_of_the_editor(world: World) -> None:
    me = world.people["annotator"]
    tours.start(me, "annotator")

    def title(locale: str) -> str:
        found = tours.follow(me, "account", locale)
        assert found is not None
        assert found.present is not None
        return found.present.title

    assert [title("en-US"), title("de-DE"), title("fr")] == ["Open a task", "Eine Aufgabe öffnen", "Open a task"]
    for language, expected in (("de", "Eine Aufgabe öffnen"), ("en", "Open a task")):
        mine = preferences.get_preferences(me)
        preferences.set_preferences(me, mine.model_copy(update={"language": language}))
        assert title("de-DE" if language == "en" else "en-US") == expected


def test_an_accepted_suggestion_is_no_mark_of_ones_own(world: World) -> None:
    me, task = world.people["annotator"], world.tasks[0]
    tours.start(me, "annotator")
    prediction = world.predict(task)
    world.save(me, task, region("r9", 3.0, "model", prediction=prediction, region="m1", score=0.9))
    assert world.steps("annotator") == {"suggestion": DONE}


def test_what_was_done_before_the_tour_or_elsewhere_or_by_others_does_not_count(
    world: World, make_project: Make, add_task: Make
) -> None:
    me = world.people["annotator"]
    of_annotator(world, "mark")
    elsewhere = add_task(make_project(annotators=(me,)), annotators=(me,))
    tours.start(me, "annotator")
    world.save(me, elsewhere, region("r1", 2.0))
    world.hand_in(world.other, world.tasks[1], region("r1", 2.0))
    assert world.steps("annotator") == {}


def test_a_tour_is_offered_in_samples_alone_until_it_was_begun_or_declined(
    world: World, make_user: Make, make_project: Make
) -> None:
    stranger = make_user("stranger")
    make_project(annotators=(stranger,))
    assert tours.offered(stranger) is None
    assert [tours.offered(world.people[role]) for role in ROLES] == list(map(Role, ROLES))
    tours.decline(world.people["manager"], "manager")
    tours.start(world.people["annotator"], "annotator")
    assert [tours.offered(world.people[role]) for role in ROLES] == [None, None, Role.REVIEWER]
    assert tours.follow(world.people["manager"], "project") is None


def test_whoever_has_no_sample_may_begin_a_tour_where_they_work_and_is_told(
    make_user: Make, make_project: Make
) -> None:
    me = make_user()
    project = make_project(annotators=(me,))
    (choice,) = tours.choices(me)
    assert (choice.project_id, choice.sample, choice.state) == (project, False, "")
    tours.start(me, "annotator")
    assert tours.follow(me, "account") is not None
    with pytest.raises(Invalid):
        tours.start(me, "reviewer")


def test_steps_are_skipped_and_a_tour_that_was_left_goes_on_where_it_was(world: World) -> None:
    me = world.people["annotator"]
    tours.start(me, "annotator")
    tours.skip(me, "open")
    of_annotator(world, "mark")
    assert world.steps("annotator") == {"open": SKIPPED, "mark": DONE}
    tours.leave(me)
    of_annotator(world, "change")  # counts too: it was after the beginning
    tours.resume(me, "annotator")
    assert world.steps("annotator") == {"open": SKIPPED, "mark": DONE, "change": DONE}
    tours.start(me, "annotator")
    assert world.steps("annotator") == {}


def test_only_one_tour_is_open_at_a_time(world: World, make_project: Make) -> None:
    me = world.people["manager"]
    with get_database().write() as session:
        session.add(Membership(project_id=int(world.project), user_id=me.id, role="reviewer"))
    tours.start(me, "manager")
    tours.start(me, "reviewer")
    assert {one.tour.role.value: one.state for one in tours.choices(me)} == {"manager": "left", "reviewer": "open"}


def test_the_links_of_an_annotator_lead_to_new_work_and_to_what_was_sent_back(world: World) -> None:
    me = world.people["annotator"]
    back, begun = world.tasks[1], world.tasks[2]
    world.send_back(back)
    world.save(me, begun, region("r1", 2.0))
    tours.start(me, "annotator")
    found = tours.follow(me, "account")
    assert found is not None
    leads = {step.id: tours.lead(me, step, found.project_id) for step in found.tour.steps}
    assert leads["mark"] == {"task": begun}
    assert leads["answer"] == {"task": back}
    assert leads["standing"] == {"project": world.project}


def test_the_tour_of_annotating_is_where_something_was_sent_back_though_another_sample_is_newer(
    world: World, make_project: Make, add_task: Make
) -> None:
    me, other = world.people["annotator"], world.other
    newer = make_project(managers=(other,), annotators=(me,))
    samples.mark_as_sample(other, newer)
    add_task(newer, annotators=(me,))
    world.send_back(world.tasks[1])
    tours.start(me, "annotator")
    found = tours.follow(me, "account")
    assert found is not None
    assert found.project_id == world.project
    assert "answer" in {step.id for step in found.tour.steps}


def test_where_nothing_was_sent_back_the_tour_ends_without_a_remark_to_answer(world: World) -> None:
    me = world.people["annotator"]
    tours.start(me, "annotator")
    for step in ("open", "mark", "change", "suggestion", "submit"):
        of_annotator(world, step)
    found = tours.follow(me, "account")
    assert found is not None
    assert found.present is not None
    assert found.present.id == "standing"
    tours.follow(me, "dashboard")
    tours.leave(me)
    (choice,) = tours.choices(me)
    assert (choice.state, choice.passed, len(choice.tour.steps)) == ("finished", 6, 6)


def test_a_tour_ends_with_its_project(world: World) -> None:
    tours.start(world.people["annotator"], "annotator")
    samples.remove_sample(world.people["manager"], world.project)
    assert tours.follow(world.people["annotator"], "account") is None
    with pytest.raises(NotFound):
        tours.resume(world.people["annotator"], "annotator")


def test_a_tour_rests_while_its_person_is_not_a_member(world: World) -> None:
    annotator = world.people["annotator"]
    tours.start(annotator, "annotator")
    assert tours.follow(annotator, "dashboard") is not None
    memberships.set_member(world.people["manager"], world.project, annotator.username, [])
    assert tours.follow(annotator, "dashboard") is None
    memberships.set_member(world.people["manager"], world.project, annotator.username, ["annotator"])
    assert tours.follow(annotator, "dashboard") is not None


def test_steps_name_pages_that_the_documentation_has(world: World) -> None:
    known = documentation.titles()
    for role in ROLES:
        tours.start(world.people[role], role)
        found = tours.follow(world.people[role], "account")
        assert found is not None
        for step in found.tour.steps:
            assert step.doc in known
            assert documentation.page_called(step.doc)
