"""How many questions a model is put at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from labelbuddy_core.inference.turns import QUICK_SECONDS, Turns


class Clock:
    """Seconds that pass when told."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def answered(turns: Turns, clock: Clock, seconds: float) -> None:
    with turns.taken():
        clock.now += seconds


def gets_a_turn(turns: Turns) -> bool:
    """Whether somebody else would have a turn now."""
    got = threading.Event()

    def ask() -> None:
        with turns.taken():
            got.set()

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    return got.wait(0.2)


@pytest.fixture
def held() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def test_a_model_that_nothing_is_known_of_has_one_question_at_a_time(clock: Clock, held: ExitStack) -> None:
    turns = Turns(ahead=True, clock=clock)
    held.enter_context(turns.taken())
    assert not gets_a_turn(turns)


def test_a_quick_model_is_handed_the_next_question_meanwhile_but_no_third(clock: Clock, held: ExitStack) -> None:
    turns = Turns(ahead=True, clock=clock)
    answered(turns, clock, QUICK_SECONDS / 2)
    held.enter_context(turns.taken())
    held.enter_context(turns.taken())
    assert not gets_a_turn(turns)


def test_a_slow_answer_makes_questions_wait_for_each_other_again(clock: Clock, held: ExitStack) -> None:
    turns = Turns(ahead=True, clock=clock)
    answered(turns, clock, QUICK_SECONDS / 2)
    answered(turns, clock, QUICK_SECONDS * 2)
    held.enter_context(turns.taken())
    assert not gets_a_turn(turns)


def test_a_failure_makes_questions_wait_for_each_other(clock: Clock, held: ExitStack) -> None:
    turns = Turns(ahead=True, clock=clock)
    answered(turns, clock, 0.1)
    with pytest.raises(ValueError, match="broken"), turns.taken():
        raise ValueError("broken")
    held.enter_context(turns.taken())
    assert not gets_a_turn(turns)


def test_servers_of_others_are_never_asked_ahead(clock: Clock, held: ExitStack) -> None:
    turns = Turns(ahead=False, clock=clock)
    answered(turns, clock, 0.1)
    held.enter_context(turns.taken())
    assert not gets_a_turn(turns)


def test_whoever_waits_has_a_turn_when_the_other_is_done(clock: Clock) -> None:
    turns = Turns(ahead=False, clock=clock)
    with turns.taken():
        pass
    assert gets_a_turn(turns)
