"""Sample projects: what they hold, made again, and removed in one go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from labelbuddy_core.cli import main
from labelbuddy_core.database import get_database
from labelbuddy_core.database.tables import Annotation, Job, Membership, Project, Recording, Review, Task, User
from labelbuddy_core.domain.documents import fitted, items_of, parse_document
from labelbuddy_core.domain.label_sets import complete
from labelbuddy_core.domain.sample_answers import answer
from labelbuddy_core.domain.templates import TEMPLATES
from labelbuddy_core.errors import Forbidden, Invalid, InvalidState
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.agreement import agreement
from labelbuddy_core.services.first_steps import sample_making, samples
from labelbuddy_core.services.first_steps.sample_contents import RECORDINGS, SAMPLES, labels_of, recording
from labelbuddy_core.services.models import models
from labelbuddy_core.services.projects import projects
from labelbuddy_core.services.releases import release_previews
from labelbuddy_core.services.reviews import review_queues
from labelbuddy_core.services.tasks import queues

Make = Callable[..., Any]


def make(actor: Actor, template: str) -> str:
    return sample_making.make_at_once(actor.username, template, lambda *_: None)


def count(what: Any, *where: Any) -> int:
    with get_database().read() as session:
        return session.scalar(select(func.count()).select_from(what).where(*where)) or 0


def states(what: Any) -> dict[str, int]:
    with get_database().read() as session:
        return dict(session.execute(select(what.state, func.count()).group_by(what.state)).tuples().all())


@pytest.fixture
def manager(make_user: Make) -> Actor:
    models.ensure_bundled_models()
    return make_user("anna", can_create_projects=True)


def test_every_template_has_a_sample_whose_recordings_are_the_same_each_time() -> None:
    assert list(SAMPLES) == list(TEMPLATES)
    for template in SAMPLES:
        (name, samples, truth), (again, repeated, same) = recording(template, 1), recording(template, 1)
        assert (name, truth) == (again, same)
        assert (samples == repeated).all()
        assert 2.0 < len(samples) / 44_100 < 25.0
        assert truth.regions or truth.beats


@pytest.mark.parametrize("template", sorted(SAMPLES))
def test_what_is_said_in_every_sample_is_valid_and_its_annotators_differ(template: str) -> None:
    labels = {label.id for label in complete(labels_of(template))}
    for number in range(RECORDINGS):
        _, samples, truth = recording(template, number)
        first, second = (parse_document(answer(truth, person)) for person in (0, 1))
        assert first != second
        for document in (first, second):
            for _, item in items_of(document):
                fitted(item, labels=labels, start=0.0, stop=len(samples) / 44_100)


@pytest.mark.parametrize("template", ["beats", "custom", "qa"])
def test_a_sample_has_tasks_in_every_state_and_work_for_every_role(template: str, manager: Actor) -> None:
    project = make(manager, template)
    assert states(Recording) == {"ready": RECORDINGS}
    assert states(Task) == {"approved": 1, "submitted": 2, "rejected": 1, "in_progress": 1, "new": 2}
    assert states(Annotation) == {"approved": 2, "submitted": 5, "rejected": 1, "draft": 1}
    assert count(Review) == 3
    assert (
        sum(one["tasks"] for one in release_previews.preview(manager, project, {})["figures"]["splits"].values()) == 1
    )
    shown = projects.get_project(manager, project)
    assert shown["sample"]
    assert set(shown["my_roles"]) == {"manager", "annotator", "reviewer"}
    assert queues.my_queue(manager, project)["rejected"] == 1
    assert review_queues.review_counts(manager, project)["waiting"] >= 4
    asked = count(Job, Job.kind == "predict")
    assert asked == (SAMPLES[template].model is not None)
    assert any(
        one["value"] is not None and one["value"] < 0.99 for one in agreement.agreement(manager, project)["figures"]
    )


def test_a_sample_made_again_is_the_one_that_is_there_and_nothing_is_added(manager: Actor) -> None:
    first = make(manager, "transcription")
    annotated = count(Annotation)
    assert make(manager, "transcription") == first
    assert (count(Project), count(Recording), count(Annotation)) == (1, RECORDINGS, annotated)
    assert samples.begin_sample(manager, "transcription") == {"project": first, "job": None}


def test_a_sample_that_was_interrupted_is_completed(manager: Actor) -> None:
    class Killed(Exception):
        pass

    def kill() -> None:
        if count(Recording) == 3:
            raise Killed

    begun = samples.begin_sample(manager, "beats")
    arguments = {"project": int(begun["project"]), "template": "beats", "maker": manager.id}
    with pytest.raises(Killed):
        sample_making.fill(arguments, lambda *_: None, kill)
    sample_making.fill(arguments, lambda *_: None, lambda: None)
    assert states(Annotation) == {"approved": 2, "submitted": 5, "rejected": 1, "draft": 1}


def test_all_samples_are_removed_in_one_go_with_their_people_and_nothing_else_is(
    manager: Actor, make_project: Make
) -> None:
    real = make_project(managers=(manager,))
    people = count(User)
    gone = make(manager, "beats")
    make(manager, "transcription")
    more = count(User)
    samples.remove_sample(manager, gone)
    assert count(User) == more  # the other needs them
    make(manager, "beats")
    assert [one["name"] for one in samples.my_samples(manager)] == [
        "Sample: transcription (two voices)",
        "Sample: beats and bars (drums)",
    ]
    with pytest.raises(InvalidState):
        samples.remove_sample(manager, real)
    assert samples.remove_my_samples(manager) == 2
    assert (count(Project), count(User)) == (1, people)


def test_people_whose_work_is_in_another_sample_stay_though_they_are_no_members_of_it(manager: Actor) -> None:
    make(manager, "transcription")
    gone = samples.begin_sample(manager, "beats")["project"]
    people = count(User)
    with get_database().write() as session:
        session.execute(delete(Membership).where(Membership.user_id != manager.id))
    samples.remove_sample(manager, gone)
    assert count(User) == people


def test_only_who_may_create_projects_makes_samples(make_user: Make) -> None:
    with pytest.raises(Forbidden):
        samples.begin_sample(make_user(), "beats")
    with pytest.raises(Invalid):
        samples.begin_sample(make_user(can_create_projects=True), "songs")


def test_the_command_line_makes_samples_and_removes_them(manager: Actor, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sample", "transcription", "--as", "anna"]) == 0
    assert "is ready" in capsys.readouterr().out
    assert states(Recording) == {"ready": RECORDINGS}
    assert main(["sample", "--remove", "--as", "anna"]) == 0
    assert "1 sample project(s) removed" in capsys.readouterr().out
    assert count(Project) == 0
