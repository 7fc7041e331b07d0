"""Headphones checks are kept for a person, and managers of a project see who passed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from labelbuddy_core.domain.headphone_check import Answers, Tone, course
from labelbuddy_core.errors import Forbidden, Invalid
from labelbuddy_core.services.accounts import headphone_checks, memberships
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.projects import projects

SEED = 11


def right() -> Answers:
    """What somebody hears whose headphones are as they should be."""
    played = course(SEED)
    tones = tuple(trial.index(Tone.SOFTER) + 1 for trial in played.trials)
    return Answers(played.first_side, played.in_phase, tones)


def check(actor: Actor, answers: Answers | None = None, device: str = "HD 600") -> dict[str, Any]:
    return headphone_checks.keep_check(actor, seed=SEED, answers=answers or right(), device=device)


@pytest.fixture
def project(make_user: Callable[..., Actor]) -> tuple[Actor, Actor, str]:
    """(manager, annotator, project)."""
    manager, ada = make_user("mara", can_create_projects=True), make_user("ada")
    made = projects.create_project(manager, name="Street", template="sound-events")["id"]
    memberships.set_member(manager, made, "ada", ["annotator"])
    return manager, ada, made


def test_a_check_is_kept_with_its_date_and_what_was_worn_the_newest_first(make_user: Callable[..., Actor]) -> None:
    ada, ben = make_user("ada"), make_user("ben")
    assert check(ada, device="  HD   600 ")["passed"]
    check(ada, Answers(None, None, (1,) * 6), device="loudspeakers")
    mine = headphone_checks.my_checks(ada)
    assert [(one["device"], one["passed"]) for one in mine] == [("loudspeakers", False), ("HD 600", True)]
    assert mine[0]["at"].endswith("Z")
    assert headphone_checks.my_checks(ben) == []


@pytest.mark.parametrize("device", ["", "   ", "x" * 81])
def test_a_check_without_a_device_is_refused(make_user: Callable[..., Actor], device: str) -> None:
    with pytest.raises(Invalid) as refused:
        check(make_user("ada"), device=device)
    assert refused.value.field == "device"


def test_the_manager_of_a_project_sees_the_last_check_of_each_member(project: tuple[Actor, Actor, str]) -> None:
    manager, ada, made = project
    check(ada)
    check(ada, Answers(None, None, (1,) * 6), device="loudspeakers")
    found = {one["username"]: one["headphones"] for one in memberships.list_members(manager, made)}
    assert found["mara"] is None
    assert (found["ada"]["passed"], found["ada"]["device"], found["ada"]["correct"]) == (False, "loudspeakers", 2)


def test_others_do_not_see_who_passed(project: tuple[Actor, Actor, str]) -> None:
    _, ada, made = project
    with pytest.raises(Forbidden):
        memberships.list_members(ada, made)


def test_the_members_of_a_project_are_listed_with_as_many_queries_however_many_there_are(
    project: tuple[Actor, Actor, str], make_user: Callable[..., Actor], count_queries: Callable[..., int]
) -> None:
    manager, ada, made = project
    check(ada)
    few = count_queries(lambda: memberships.list_members(manager, made))
    for number in range(5):
        member = make_user(f"member{number}")
        memberships.set_member(manager, made, f"member{number}", ["annotator"])
        check(member)
    assert count_queries(lambda: memberships.list_members(manager, made)) == few
