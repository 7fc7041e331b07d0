"""The headphones page: a check from the first sound to what it says, as somebody does it."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from labelbuddy_core.domain.headphone_check import Side, Tone, course
from labelbuddy_core.services.accounts import headphone_checks, memberships
from labelbuddy_core.services.actors import Actor
from labelbuddy_core.services.projects import projects
from pages import _headphone_steps

SIDES = {Side.LEFT: 1, Side.RIGHT: 2}


def opened(app: Callable[..., AppTest], actor: Actor) -> AppTest:
    return app(actor).run().switch_page("headphones.py").run()


def begun(at: AppTest, device: str = "HD 600") -> AppTest:
    at.text_input[0].set_value(device)
    press(at, "Begin")
    return press(at, "It is comfortable")


def press(at: AppTest, label: str) -> AppTest:
    next(one for one in at.button if one.label == label).click().run()
    assert not at.exception
    return at


def answer(at: AppTest, number: int) -> None:
    """Press the button of an answer, as the key of its number does."""
    step = at.session_state["_labelbuddy_headphone_check"].step
    at.button(key=f"headphones-{step}-{number}").click().run()
    assert not at.exception


def finish(at: AppTest, quietest: Tone) -> None:
    played = course(at.session_state["_labelbuddy_headphone_check"].seed)
    answer(at, SIDES[played.first_side])
    answer(at, played.in_phase)
    for trial in played.trials:
        answer(at, trial.index(quietest) + 1)


def test_who_hears_everything_passes_and_it_is_kept_with_what_was_worn(
    app: Callable[..., AppTest], make_user: Callable[..., Actor]
) -> None:
    ada = make_user("ada")
    at = begun(opened(app, ada), "Wired *over-ear*")
    finish(at, Tone.SOFTER)
    assert "Passed" in at.success[0].value
    (kept,) = headphone_checks.my_checks(ada)
    assert (kept["passed"], kept["device"]) == (True, "Wired *over-ear*")
    assert opened(app, ada).text_input[0].value == "Wired *over-ear*"


def test_over_loudspeakers_the_page_says_what_stood_out_and_what_to_do(
    app: Callable[..., AppTest], make_user: Callable[..., Actor]
) -> None:
    ada = make_user("ada")
    at = begun(opened(app, ada))
    finish(at, Tone.ANTIPHASE)
    assert "Not passed" in at.warning[0].value
    assert any("0 of 6" in one.value and "loudspeakers" in one.value for one in at.markdown)
    assert not any("mono audio" in one.value for one in at.markdown)


def test_a_sound_is_played_again_as_often_as_one_likes(
    app: Callable[..., AppTest], make_user: Callable[..., Actor]
) -> None:
    at = begun(opened(app, make_user("ada")))
    first = at.get("audio")[0].proto.url
    press(at, "Play again")
    assert at.get("audio")[0].proto.url != first
    assert at.session_state["_labelbuddy_headphone_check"].step == _headphone_steps.SIDES


def test_an_answer_that_was_given_too_early_is_taken_back(
    app: Callable[..., AppTest], make_user: Callable[..., Actor]
) -> None:
    at = begun(opened(app, make_user("ada")))
    answer(at, 1)
    press(at, "Back")
    check = at.session_state["_labelbuddy_headphone_check"]
    assert (check.step, len(check.chosen)) == (_headphone_steps.SIDES, 1)
    answer(at, 2)
    assert check.chosen[_headphone_steps.SIDES] == 2


def test_a_check_that_is_stopped_leaves_nothing(app: Callable[..., AppTest], make_user: Callable[..., Actor]) -> None:
    ada = make_user("ada")
    press(begun(opened(app, ada)), "Stop the check")
    assert headphone_checks.my_checks(ada) == []


def test_a_check_without_a_device_does_not_begin(app: Callable[..., AppTest], make_user: Callable[..., Actor]) -> None:
    at = press(opened(app, make_user("ada")), "Begin")
    assert "Say what you wear" in at.error[0].value


def test_a_manager_sees_on_the_people_tab_who_passed(
    app: Callable[..., AppTest], make_user: Callable[..., Actor]
) -> None:
    manager, ada = make_user("mara", can_create_projects=True), make_user("ada")
    project = projects.create_project(manager, name="Street", template="sound-events")["id"]
    memberships.set_member(manager, project, "ada", ["annotator"])
    at = begun(opened(app, ada), "HD 600")
    finish(at, Tone.SOFTER)
    at = app(manager).run().switch_page("project.py").run()
    row = next(one.value for one in at.markdown if "`ada`" in one.value)
    assert "headphones passed" in row
    assert "HD 600" in row
    assert "headphones" not in next(one.value for one in at.markdown if "`mara`" in one.value)
